"""A client that nobody here wrote, matrix-nio: signs in, joins what it is invited to, answers what it
reads, and prints what it saw. Started by test_matrix_nio.t.

    /usr/bin/python3 matrix_nio_client.py URL USER PASSWORD"""
import asyncio
import sys

import nio

url, user, password = sys.argv[1:]


async def main():
    client = nio.AsyncClient(url, user)

    async def on_invite(room, event):
        print('invited to', room.room_id, 'by', event.sender, flush=True)
        print('join', type(await client.join(room.room_id)).__name__, flush=True)

    async def on_message(room, event):
        print('read', event.sender, repr(event.body), flush=True)
        if event.sender == client.user_id:
            return
        answer = await client.room_send(room.room_id, 'm.room.message', {
            'msgtype': 'm.text', 'body': 'heard: ' + event.body}, tx_id='t-' + event.event_id)
        again = await client.room_send(room.room_id, 'm.room.message', {
            'msgtype': 'm.text', 'body': 'heard: ' + event.body}, tx_id='t-' + event.event_id)
        print('sent', type(answer).__name__, answer.event_id == again.event_id, flush=True)

    client.add_event_callback(on_invite, nio.InviteMemberEvent)
    client.add_event_callback(on_message, nio.RoomMessageText)
    answer = await client.login(password)
    print('login', type(answer).__name__, getattr(answer, 'user_id', answer), flush=True)
    if isinstance(answer, nio.LoginError):
        await client.close()
        return
    who = await client.whoami()
    print('whoami', who.user_id, flush=True)
    for _ in range(8):
        answer = await client.sync(timeout=1000)
        print('sync', type(answer).__name__, flush=True)
        if not isinstance(answer, nio.SyncResponse):
            break
        for room_id, info in answer.rooms.join.items():
            if info.timeline.limited and info.timeline.prev_batch:
                page = await client.room_messages(room_id, start='s0', end=info.timeline.prev_batch,
                                                  direction=nio.MessageDirection.front, limit=100)
                print('page', type(page).__name__, len(page.chunk), flush=True)
            print('members', client.rooms[room_id].member_count, flush=True)
    await client.close()


asyncio.run(main())

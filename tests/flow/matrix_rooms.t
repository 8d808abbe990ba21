#!/usr/bin/env python3
"""The real binary in rooms of every kind: threads, edits, deletions, rooms that are replaced, left or
become encrypted; and an event that nobody expects stops nothing."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Tap, wait_until
from matrix import BOT_USER, Homeserver, bot_on

tap = Tap()


def once(hs, ids, name, seconds=30):
    hs.wait_replies(ids, seconds)
    time.sleep(0.3)
    tap.is_(hs.not_once(ids), {}, name)


def changes(hs, id):
    """What the replies to a question were changed into."""
    mine = {e['id'] for e in hs.sent()
            if e['content'].get('m.relates_to', {}).get('m.in_reply_to', {}).get('event_id') == id}
    return [e['content']['m.new_content']['body'] for e in hs.sent()
            if e['content'].get('m.relates_to', {}).get('event_id') in mine]


def other_room(hs):
    return hs.room(['@fay:fake'], direct=True)


with Homeserver(duplicates=1) as hs, bot_on(hs) as bot:
    hs.wait_polls()
    room = hs.room(['@ann:fake'], direct=True)
    group = hs.room(['@ann:fake', '@ben:fake', '@cem:fake'], joined=True)
    once(hs, [hs.ask(room, 'can i swim')], 'a server that gives every event twice: answered once')

    wait_until(lambda: hs.account_data('m.direct') == {'@ann:fake': [room]}, 10, 'the record')
    tap.ok(True, 'the direct room is recorded in its account, the other one is not')

    root = hs.ask(group, 'a thread about washing')
    id = hs.ask(group, 'can i wash my hair', '@ben:fake', content={
        'm.mentions': {'user_ids': [BOT_USER]},
        'm.relates_to': {'rel_type': 'm.thread', 'event_id': root, 'is_falling_back': True,
                         'm.in_reply_to': {'event_id': root}}})
    once(hs, [id], 'in a thread')
    relation = hs.replies([id])[id][0]['m.relates_to']
    tap.is_([relation['rel_type'], relation['event_id']], ['m.thread', root], 'the answer is in it')

    id = hs.ask(room, 'can i go to the sauna')
    once(hs, [id], 'a question')
    hs.edit(room, id, 'is alcohol ok')
    wait_until(lambda: changes(hs, id), 20, 'the change')
    tap.ok('alcohol' in changes(hs, id)[0].lower(), 'edited, its answer becomes the other one',
           changes(hs, id))
    hs.fault('/send/', hang_ms=1500)
    first = hs.ask(room, 'may i run')
    hs.wait_hanging()
    gone = hs.ask(room, 'may i go by bike')
    time.sleep(0.3)
    hs.redact(room, gone)
    once(hs, [first], 'a reply that takes its time')
    time.sleep(0.5)
    wait_until(lambda: not hs.report()['hanging'], 10, 'the end of the hanging')
    time.sleep(0.3)
    tap.is_(hs.replies([gone]), {gone: []}, 'a question that is deleted meanwhile gets none')

    hs.edit(room, id, 'i can not breathe and my throat is swelling')
    wait_until(lambda: len(hs.replies([id])[id]) == 2, 20, 'the safety text')
    tap.ok('112' in hs.replies([id])[id][1]['body'], 'made urgent, it gets a safety text of its own')

    calm = hs.mention(group, 'Clinic Bot: can i drive', '@ben:fake')
    open_one = hs.ask(room, 'can i swim')
    once(hs, [calm, open_one], 'two questions')
    bot.kill9()
    hs.edit(group, calm, 'i can not breathe and my throat is swelling', '@ben:fake')
    hs.edit(room, open_one, 'can i go to the sauna')
    bot.start()
    wait_until(lambda: len(hs.replies([calm])[calm]) == 2, 20, 'the safety text')
    tap.ok('112' in hs.replies([calm])[calm][1]['body'],
           'killed, a later run knows that the question in a group was for it')
    wait_until(lambda: changes(hs, open_one), 20, 'the change')
    tap.ok('sauna' in changes(hs, open_one)[0].lower(),
           'and how old one in a direct room is: its answer is changed')

    faye = other_room(hs)
    id = hs.ask(faye, 'photo.jpg', '@fay:fake', content={'msgtype': 'm.image'})
    hs.wait_replies([id])
    tap.ok('picture' in hs.replies([id])[id][0]['body'].lower(), 'a picture is answered as one',
           hs.replies([id]))

    read = hs.count('messages')
    hs.fault('/join', hang_ms=1500, status=502)
    late = hs.room(['@gil:fake'], direct=True)
    hs.wait_hanging()
    calm, alarm, last = (hs.ask(late, body, '@gil:fake') for body in (
        'is alcohol ok', 'i can not breathe and my throat is swelling', 'can i swim'))
    hs.say(late, 'only a notice', '@gil:fake', content={'msgtype': 'm.notice'}, times=60)
    once(hs, [alarm, last], 'the question before it came, behind sixty events, and an urgent one')
    tap.ok('112' in hs.replies([alarm])[alarm][0]['body'] and hs.replies([calm]) == {calm: []},
           'which gets a safety text, and others none', hs.replies([alarm, calm]))
    tap.ok(hs.count('messages') > read, 'they were read back')

    pest = hs.room(['@pest:fake'], direct=True)
    once(hs, [hs.ask(pest, 'can i swim', '@pest:fake')], 'somebody who is answered')
    tap.is_(hs.account_data('m.direct'),
            {'@ann:fake': [room], '@fay:fake': [faye], '@gil:fake': [late], '@pest:fake': [pest]},
            'each direct room was recorded')
    hs.account_data('m.ignored_user_list', {'ignored_users': {'@pest:fake': {}}})
    hs.wait_polls()
    ignored = hs.ask(pest, 'i can not breathe', '@pest:fake')
    again = hs.room(['@pest:fake'], direct=True)
    wait_until(lambda: hs.report()['bot'][again] == 'leave', 10, 'the declining')
    once(hs, [hs.ask(room, 'is alcohol ok, by the way')], 'others are answered')
    tap.is_(hs.replies([ignored]), {ignored: []}, 'ignored, they are not, nor is their invitation')
    bot.kill9()
    later = hs.ask(pest, 'can i swim', '@pest:fake')
    bot.start()
    once(hs, [hs.ask(room, 'may i run')], 'killed, too')
    tap.is_(hs.replies([later]), {later: []}, 'the list is known to a later run')

    for content in ({'body': 7}, {'msgtype': 'm.text', 'body': None}, {'msgtype': ['x']}, {},
                    {'m.relates_to': 'x'}, {'m.mentions': [1]}, {'m.new_content': 5},
                    {'body': 'a\0b', 'formatted_body': {}}):
        hs.say(room, 'hello', content=content)
    hs.state(room, 'm.room.tombstone', {'replacement_room': 9})
    other = hs.room(['@cem:fake'], direct=True)
    once(hs, [hs.ask(other, 'can i swim', '@cem:fake')], 'events of no sense stop nothing')

    new = hs.room(['@cem:fake'], public=True, predecessor=other)
    hs.state(other, 'm.room.tombstone', {'replacement_room': new}, sender='@cem:fake')
    wait_until(lambda: hs.report()['bot'][new] == 'join', 20, 'the move')
    once(hs, [hs.ask(new, 'and here?  can i swim', '@cem:fake')], 'a room that is replaced is followed')

    hs.member(new, '@cem:fake', 'leave', '@cem:fake')
    wait_until(lambda: hs.report()['bot'][new] == 'leave', 20, 'the leaving')
    tap.ok(True, 'alone in a room it leaves')

    turned = hs.room(['@dan:fake'], direct=True)
    once(hs, [hs.ask(turned, 'can i swim', '@dan:fake')], 'a room in the clear')
    hs.state(turned, 'm.room.encryption', {'algorithm': 'm.megolm.v1.aes-sha2'}, sender='@dan:fake')
    wait_until(lambda: len(hs.sent(turned)) == 2, 20, 'the word about encryption')
    hs.say(turned, 'can i run', '@dan:fake')
    once(hs, [hs.mention(group, 'Clinic Bot: is alcohol ok', '@cem:fake')], 'others are answered')
    calm = hs.ask(group, 'can i run', '@cem:fake')
    alarm = hs.ask(group, 'my lips are swelling up and my throat is tight', '@cem:fake')
    hs.wait_replies([alarm])
    tap.ok('112' in hs.replies([alarm])[alarm][0]['body'],
           'whoever spoke to it in a group is heard on when it is urgent')
    tap.is_(hs.replies([calm]), {calm: []}, 'and not answered else')
    tap.is_(len(hs.sent(turned)), 2, 'one that becomes encrypted is not answered any more')
    tap.is_(hs.violations(), {}, 'all along it did what a good client does')
    if tap.failed:
        tap.note(bot.log()[-3000:])

tap.done()

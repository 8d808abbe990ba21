#!/usr/bin/env python3
"""The fake wsproxy by itself: who may come, what it hands over, keeps, loses and closes."""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fake import Tap, wait_until
from matrix import BOT_USER
from ws import Closed, Refused, WebSocket
from wsproxy import Proxied

PATH = '/_matrix/client/unstable/fi.mau.as_sync'
tap = Tap()


def connect(hs, token=Proxied.AS_TOKEN):
    ws = WebSocket(hs.port, PATH, headers='Authorization: Bearer %s\r\n' % token)
    tap.is_(json.loads(ws.recv()), {'status': 'connected'}, 'it greets')
    return ws


def events(ws, timeout=5):
    return [(e['type'], e.get('content', {}).get('body')) for e in json.loads(ws.recv(timeout))['events']]


def closed(ws):
    try:
        while True:
            ws.recv(5)
    except Closed as end:
        return end.code


def silent(ws):
    try:
        return ws.recv(0.3)
    except TimeoutError:
        return None


def call(hs, method, path, body=None):
    return hs.request(method, '/_matrix/client/v3' + path, body,
                      {'Authorization': 'Bearer ' + Proxied.AS_TOKEN})


with Proxied() as hs:
    for token in ('wrong', hs.TOKEN):
        try:
            connect(hs, token)
            tap.ok(False, 'a wrong token')
        except Refused as refused:
            tap.is_(refused.status, 403, 'a token that is none of an appservice is refused')
    ws = connect(hs)
    hs.room(['@ann:fake'], id='!a:fake')
    invite = json.loads(ws.recv())['events']
    tap.is_([(e['type'], e['state_key'], e['room_id']) for e in invite],
            [('m.room.member', BOT_USER, '!a:fake')], 'of a room that it is not in: the invitation alone')
    tap.ok(any(e['type'] == 'm.room.create' for e in invite[0]['unsigned']['invite_room_state']),
           'with the state of the room')
    tap.is_(call(hs, 'POST', '/rooms/!a:fake/join', {})[0], 403, 'nobody joins without saying who')
    tap.is_(call(hs, 'POST', '/rooms/!a:fake/join?user_id=' + BOT_USER, {})[0], 200, 'it joins')
    tap.is_(events(ws), [('m.room.member', None)], 'and hears of it')
    tap.is_(call(hs, 'GET', '/sync?user_id=' + BOT_USER)[0], 500, 'it may not /sync')
    tap.is_(call(hs, 'GET', '/joined_rooms?user_id=' + BOT_USER)[1], {'joined_rooms': ['!a:fake']},
            'its rooms')
    tap.is_(len(call(hs, 'GET', '/rooms/!a:fake/state?user_id=' + BOT_USER)[1]), 3, 'all state of one')

    hs.say('!a:fake', 'one')
    tap.is_(events(ws), [('m.room.message', 'one')], 'what is written comes')
    ws.send('{"id":5,"command":"ping","data":{"timestamp":1}}')
    pong = json.loads(ws.recv())
    tap.is_((pong['id'], pong['command']), (5, 'response'), 'a ping is answered')

    hs.wsproxy(lose=1)
    hs.say('!a:fake', 'two')
    wait_until(lambda: hs.count('transaction') == 4, 5, 'the loss')
    tap.is_(silent(ws), None, 'what is lost does not come')
    other = connect(hs)
    tap.is_(closed(ws), 4001, 'who is replaced is told so')
    other.close()
    wait_until(lambda: not hs.connected(), 5, 'the end')
    hs.say('!a:fake', 'three')
    hs.say('!a:fake', 'four')
    ws = connect(hs)
    tap.is_(events(ws), [('m.room.message', 'three'), ('m.room.message', 'four')],
            'while nobody is there all is kept')
    _, page = call(hs, 'GET', '/rooms/!a:fake/messages?dir=b&limit=3&user_id=' + BOT_USER)
    tap.is_([e['content']['body'] for e in page['chunk']], ['four', 'three', 'two'],
            'a room is read backwards, and holds what was lost')
    _, page = call(hs, 'GET', '/rooms/!a:fake/messages?dir=b&limit=1&from=%s&user_id=%s' %
                   (page['end'], BOT_USER))
    tap.is_([e['content']['body'] for e in page['chunk']], ['one'], 'page by page')

    hs.settings(split_frames=3)
    hs.say('!a:fake', 'five')
    tap.is_((events(ws), ws.fragments), ([('m.room.message', 'five')], 3), 'in pieces')
    hs.settings(split_frames=1)
    hs.wsproxy(frame='any text')
    tap.is_(ws.recv(), 'any text', 'a frame of the test')
    tap.is_(hs.violations(), {'no_user_id': 1, 'appservice_syncs': 1}, 'what was wrong is counted')
    ws.send('{"id":77,"command":"response","data":{}}')
    wait_until(lambda: 'frame_unexpected' in hs.violations(), 5, 'the violation')
    tap.ok(True, 'and an acknowledgement of nothing')
    hs.wsproxy(close=1001, reason='{}')
    tap.is_(closed(ws), 1001, 'a close of the test')

with Proxied(acks=1, ack_ms=700) as hs:
    room = hs.room(['@ann:fake'], joined=True)
    ws = connect(hs)
    hs.say(room, 'one')
    first = json.loads(ws.recv())
    tap.is_((first['command'], first['id']), ('transaction', 1), 'one that wants to be acknowledged')
    hs.say(room, 'two')
    tap.is_(silent(ws), None, 'the next one waits for it')
    tap.is_(closed(ws), 4002, 'but not for ever')
    ws = connect(hs)
    again = json.loads(ws.recv())
    tap.is_([e['content'].get('body') for e in again['events']][-2:], ['one', 'two'], 'it comes again')
    ws.send(json.dumps({'id': again['id'], 'command': 'response', 'data': {'txn_id': again['txn_id']}}))
    hs.say(room, 'three')
    tap.is_(events(ws), [('m.room.message', 'three')], 'acknowledged: the next one')

tap.done()

#!/usr/bin/env python3
"""The fake homeserver by itself: what it refuses, limits, repeats and forgets."""
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fake import Tap
from matrix import BOT_USER, Homeserver

tap = Tap()


def call(hs, method, path, body=None, token=Homeserver.TOKEN):
    return hs.request(method, '/_matrix/client/v3' + path, body,
                      {'Authorization': 'Bearer ' + token} if token else {})


def forget_ages(value):
    """Members that tell the time."""
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, (dict, list)):
            forget_ages(inner)
    if isinstance(value, dict):
        value.pop('age', None)


TEXT = {'msgtype': 'm.text', 'body': 'x', 'm.mentions': {}, 'm.relates_to': {}}

with Homeserver() as hs:
    room = hs.room(['@ann:fake'], joined=True)
    send = '/rooms/%s/send/m.room.message/' % room
    status, first = call(hs, 'PUT', send + 't1', TEXT)
    tap.is_(status, 200, 'a message is sent')
    tap.is_(call(hs, 'PUT', send + 't1', dict(TEXT, body='other'))[1], first,
            'the same transaction is the same event, whatever it says')
    tap.is_([e['content']['body'] for e in hs.sent()], ['x'], 'and is there once')
    tap.is_(call(hs, 'PUT', send + 't2', b'{"msgtype":"m.text","body":"\\ud800"}')[0], 500,
            'half of a surrogate pair: 500')
    tap.is_(call(hs, 'PUT', send + 't2', b'{"body":"\xff"}')[1]['errcode'], 'M_NOT_JSON',
            'no UTF-8: M_NOT_JSON')
    tap.is_(call(hs, 'PUT', send + 't2', {'body': 1.5})[1]['errcode'], 'M_BAD_JSON',
            'a broken number: M_BAD_JSON')
    tap.is_(call(hs, 'PUT', send + 't2', dict(TEXT, body='x' * 70000))[0], 413, 'too long: 413')
    tap.is_(call(hs, 'PUT', '/rooms/!no:fake/send/m.room.message/t', TEXT)[0], 403,
            'not in the room: 403')

    since = call(hs, 'GET', '/sync?timeout=0')[1]['next_batch']
    ids = hs.say(room, 'n', times=25)
    answer = call(hs, 'GET', '/sync?timeout=1&since=' + since)[1]
    timeline = answer['rooms']['join'][room]['timeline']
    tap.is_([timeline['limited'], [e['event_id'] for e in timeline['events']]], [True, ids[-10:]],
            'ten events of a room in a poll, and word of the gap')
    again = call(hs, 'GET', '/sync?timeout=1&since=' + since)[1]
    tap.is_([e['event_id'] for e in again['rooms']['join'][room]['timeline']['events']], ids[-10:],
            'the same poll again gives the same')
    got, start = [], since
    for _ in range(9):
        page = call(hs, 'GET', '/rooms/%s/messages?dir=f&limit=4&from=%s&to=%s' %
                    (room, start, timeline['prev_batch']))[1]
        if not page['chunk']:
            break
        got += [e['event_id'] for e in page['chunk']]
        start = page['end']
    tap.is_(got, ids[:-10], 'the gap is exactly what was left out, in its order')
    tap.is_('end' in page, True, 'and the end stands on the empty page too')
    tap.is_(call(hs, 'GET', '/sync?timeout=1&since=bogus')[1]['error'], 'Invalid stream token',
            'a token of no stream')

    hs.redact(room, ids[-1])
    answer = call(hs, 'GET', '/sync?timeout=1&since=' + since)[1]
    events = answer['rooms']['join'][room]['timeline']['events']
    tap.is_([e['content'] for e in events if e['event_id'] == ids[-1]], [{}],
            'what was redacted comes without its words')

    hs.settings(sends_per_second=2)
    statuses = [call(hs, 'PUT', send + 'l%d' % n, TEXT)[0] for n in range(6)]
    tap.is_(statuses.count(429) >= 2, True, 'too many sends: 429')
    hs.settings(sends_per_second=0)
    tap.is_(call(hs, 'GET', '/account/whoami', token='')[1]['errcode'], 'M_MISSING_TOKEN', 'no token')

    hs.settings(token_ms=60000)
    login = call(hs, 'POST', '/login', {
        'type': 'm.login.password', 'identifier': {'type': 'm.id.user', 'user': '@bot:fake'},
        'password': 'secret', 'device_id': 'D', 'refresh_token': True}, token='')[1]
    tap.is_(login['device_id'], 'D', 'the device that was asked for')
    hs.end_tokens(soft=True)
    status, answer = call(hs, 'GET', '/account/whoami', token=login['access_token'])
    tap.is_([status, answer['soft_logout']], [401, True], 'an expired token: soft logout')
    new = call(hs, 'POST', '/refresh', {'refresh_token': login['refresh_token']}, token='')[1]
    tap.is_(call(hs, 'GET', '/account/whoami', token=new['access_token'])[1],
            {'user_id': '@bot:fake', 'device_id': 'D'}, 'renewed, it is the same device')
    hs.end_tokens(soft=False)
    status, answer = call(hs, 'GET', '/account/whoami', token=new['access_token'])
    tap.is_([status, answer['soft_logout']], [401, False], 'an ended session: no soft logout')
    tap.is_(call(hs, 'POST', '/refresh', {'refresh_token': login['refresh_token']}, token='')[0], 403,
            'which cannot be renewed')

with tempfile.TemporaryDirectory() as folder:
    journal = os.path.join(folder, 'journal')
    with Homeserver(journal=journal, page_limit=3) as hs:
        room = hs.room(['@ann:fake'], direct=True)
        hs.member(room, '@bot:fake', 'join', '@bot:fake')
        ids = hs.say(room, 'n', times=5)
        hs.redact(room, ids[1])
        send = '/rooms/%s/send/m.room.message/' % room
        first = call(hs, 'PUT', send + 't1', dict(TEXT, body='\0'))
        token = call(hs, 'POST', '/login', {
            'type': 'm.login.password', 'identifier': {'type': 'm.id.user', 'user': '@ann:fake'},
            'password': 'secret'}, token='')[1]['access_token']
        filter = call(hs, 'POST', '/user/@bot:fake/filter', {'room': {'timeline': {'limit': 7}}})
        sync = '/sync?timeout=1&since=s0&filter=' + filter[1]['filter_id']
        before = call(hs, 'GET', sync)[1], hs.report()
        hs.kill9()
        with open(journal, 'a') as out:
            out.write('{"count":"cut o')
        hs.start()
        after = call(hs, 'GET', sync)[1], hs.report()
        for world in before + after:
            forget_ages(world)
        before[1]['counts']['sync'] += 1
        tap.is_(after, before, 'over kill -9 a journal keeps the world, but for a line that was cut off')
        tap.is_(call(hs, 'PUT', send + 't1', TEXT), first, 'the same transaction is the same event still')
        tap.is_(call(hs, 'GET', '/account/whoami', token=token)[0], 200, 'a token holds')
        tap.is_(call(hs, 'POST', '/user/@bot:fake/filter', {'room': {'timeline': {'limit': 7}}}), filter,
                'a filter too')
        page = call(hs, 'GET', '/rooms/%s/messages?dir=f&limit=9&from=s0' % room)[1]
        tap.is_(len(page['chunk']), 3, 'so do settings: pages are cut')
        new = hs.ask(room, 'new')
        tap.ok(new not in ids and hs.room(['@ann:fake']) != room, 'and no id is given twice')
        hs.kill9()
    with open(journal, 'w') as out:
        out.write('no journal\n')
    tap.fails(RuntimeError, lambda: Homeserver(journal=journal), 'what is no journal is refused')

with Homeserver(timeline_limit=2, stands_still_every=2) as hs:
    room = hs.room(['@ann:fake'], joined=True)
    ids = hs.say(room, 'n', times=5)
    answers = [call(hs, 'GET', '/sync?timeout=1&since=s0')[1] for _ in range(2)]
    timeline = answers[0]['rooms']['join'][room]['timeline']
    tap.is_([e['event_id'] for e in timeline['events']], ids[-2:], 'timelines are cut shorter')
    tap.is_(answers[1]['next_batch'], 's0', 'and the stream may stand still')
    tap.is_(hs.replies(ids) == {id: [] for id in ids} and hs.reply_ids(ids),
            {id: [] for id in ids}, 'nobody has replied')
    call(hs, 'PUT', '/rooms/%s/send/m.room.message/r' % room, dict(
        TEXT, **{'m.relates_to': {'m.in_reply_to': {'event_id': ids[0]}}}))
    tap.is_(hs.reply_ids(ids[:1]), {ids[0]: [e['id'] for e in hs.sent()]}, 'a reply is found')
    tap.is_([call(hs, 'GET', '/joined_rooms')[1], call(hs, 'GET', '/rooms/%s/state/m.room.name' % room)[0]],
            [{'joined_rooms': [room]}, 404], 'the rooms that it is in; one without a name')
    hs.state(room, 'm.room.name', {'name': 'old'})
    hs.state(room, 'm.room.name', {'name': 'new'})
    hs.state(room, 'm.room.name', {'name': 'keyed'}, key='x')
    tap.is_(call(hs, 'GET', '/rooms/%s/state/m.room.name' % room)[1]['name'], 'new', 'the newest state counts')
    tap.is_(call(hs, 'GET', '/rooms/!none:fake/state/m.room.name')[0], 403, 'of no room that it is not in')
    hs.settings(encrypting=['PHONE'], well_known='https://there')
    keys = call(hs, 'POST', '/keys/query', {'device_keys': {BOT_USER: [], '@ann:fake': []}})[1]['device_keys']
    tap.is_({user: list(devices) for user, devices in keys.items()}, {BOT_USER: ['PHONE'], '@ann:fake': []},
            'devices that encrypt')
    tap.is_(hs.request('GET', '/.well-known/matrix/client'), (200, {'m.homeserver': {'base_url': 'https://there'}}),
            'where it is')
    hs.fault('/whoami', status=500, times=9)
    status = call(hs, 'GET', '/account/whoami')[0]
    hs.clear_faults()
    tap.is_([status, call(hs, 'GET', '/account/whoami')[0]], [500, 200], 'faults can be taken back')

tap.done()

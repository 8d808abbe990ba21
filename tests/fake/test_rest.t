#!/usr/bin/python3
"""The fake Discord's REST and its people: the same questions as test_gateway.t asks."""
import json
import os
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from client import AGENT, Client, reply, rest, run, tap, violations
from fake import BOT_ID, GUILD_ID, ControlError, Fake


def test_rest_rules(fake):
    url = '/users/@me'
    for name, more in (('authorization_missing', {'token': None}),
                       ('authorization_form', {'token': Fake.TOKEN})):
        tap.is_(rest(fake, 'GET', url, **more).status, 401, name + ': 401')
        tap.is_(violations(fake)[0], [name], '... and seen')
    tap.is_(rest(fake, 'GET', url, token='Bot wrong').status, 401, 'a wrong token: 401')
    time.sleep(0.1)
    rest(fake, 'GET', url)
    tap.is_(violations(fake)[0], ['request_after_401'], 'a request after 401 is seen')
    tap.is_(rest(fake, 'GET', url, agent='curl/8').status, 200, 'a wrong User-Agent')
    tap.is_(violations(fake)[0], ['user_agent'], '... is seen')
    rest(fake, 'GET', url, version='')
    rest(fake, 'GET', url, version='/v9')
    rest(fake, 'GET', '/nothing')
    tap.is_(violations(fake)[0], ['api_version', 'unknown_route'],
            'a missing version and an unknown route are seen')
    tap.is_(rest(fake, 'GET', '/gateway', token=None).json['url'], 'ws://127.0.0.1:%d' % fake.port,
            'GET /gateway needs no token')
    tap.is_(rest(fake, 'GET', '/applications/@me').json['flags'], 1 << 19, 'the flags are told')
    dm = rest(fake, 'POST', '/users/@me/channels', {'recipient_id': '77'}).json
    tap.is_((dm['type'], rest(fake, 'POST', '/users/@me/channels', {'recipient_id': '77'}).json),
            (1, dm), 'a DM channel is opened once')
    rest(fake, 'POST', '/channels/100/messages', {'content': 'x'}, kind=False)
    tap.is_(violations(fake)[0], ['content_type_missing'], 'a missing Content-Type is seen')


def test_rights(fake):
    """What the bot is told of its rights, and what a test may make of it."""
    everyone, own = rest(fake, 'GET', '/guilds/%s/roles' % GUILD_ID).json
    member = rest(fake, 'GET', '/guilds/%s/members/%s' % (GUILD_ID, BOT_ID)).json
    tap.is_((everyone['id'], own['tags'], member['roles'], member['communication_disabled_until']),
            (GUILD_ID, {'bot_id': BOT_ID}, [own['id']], None), 'roles and the member')
    tap.is_([g['name'] for g in rest(fake, 'GET', '/users/@me/guilds').json], ['Test Clinic'], 'the server')
    tap.is_(rest(fake, 'GET', '/guilds/7/roles').status, 403, 'no other server')
    tap.is_(rest(fake, 'GET', '/guilds/%s/members/7' % GUILD_ID).status, 404, 'no other member')
    overwrites = [{'id': GUILD_ID, 'type': 0, 'allow': '0', 'deny': '1024'}]
    fake.rights(everyone='1', own_role='2', timed_out='2100-01-01T00:00:00+00:00', channel='100',
                overwrites=overwrites)
    tap.is_([r['permissions'] for r in rest(fake, 'GET', '/guilds/%s/roles' % GUILD_ID).json], ['1', '2'],
            'other permissions')
    tap.is_(rest(fake, 'GET', '/channels/100').json['permission_overwrites'], overwrites, 'those of a channel')
    tap.is_(rest(fake, 'GET', '/guilds/%s/members/%s' % (GUILD_ID, BOT_ID)).json['communication_disabled_until'],
            '2100-01-01T00:00:00+00:00', 'a time-out')
    fake.rights(no_server=True)
    tap.is_(rest(fake, 'GET', '/users/@me/guilds').json, [], 'on no server')
    tap.fails(ControlError, lambda: fake.rights(channel='9'), 'no rights in a channel that is not there')


def test_create_rules(fake):
    id = fake.ask('?')
    good = reply(fake, id)
    tap.is_(good.status, 200, 'a reply is made')
    tap.is_(violations(fake), ([], []), '... and breaks no rule')
    again = reply(fake, id, nonce='n' + id[-20:])
    tap.is_(again.json['id'], good.json['id'], 'the same nonce gives the old message')
    report = fake.report()
    tap.is_((len(report['created']), [h['id'] for h in report['nonce_hits']]),
            (0, [good.json['id']]), '... and makes none')
    other = reply(fake, id, nonce='n' + id[-20:], enforce_nonce=False)
    tap.ok(other.json['id'] != good.json['id'], 'unless it is not enforced')
    tap.is_(fake.report()['created'][0]['duplicate_of_nonce'], good.json['id'], '... which is seen')
    tap.is_(fake.not_once([id]), {id: 2}, '... as a second reply')
    fake.settings(nonce_window_ms=0)
    time.sleep(0.01)
    tap.ok(reply(fake, id, nonce='n' + id[-20:]).json['id'] not in
           (good.json['id'], other.json['id']), 'after its window a nonce is forgotten')
    fake.settings(nonce_window_ms=180000)
    violations(fake)
    for kind, name, status, more in (
            ('hard', 'content_empty', 400, {'content': ' '}),
            ('hard', 'content_too_long', 400, {'content': '\u00e9' * 2001}),
            ('hard', 'nonce_too_long', 400, {'nonce': 'x' * 26}),
            ('hard', 'nonce_form', 200, {'nonce': 1.5}),
            ('hard', 'reference_form', 400, {'message_reference': {
                'message_id': 'x', 'fail_if_not_exists': False}}),
            ('hard', 'allowed_mentions_form', 400, {'allowed_mentions': {
                'parse': ['users'], 'users': ['1']}}),
            ('soft', 'nonce_missing', 200, {'nonce': None}),
            ('soft', 'enforce_nonce_missing', 200, {'enforce_nonce': False, 'nonce': 'e1'}),
            ('soft', 'allowed_mentions_missing', 200, {'allowed_mentions': None, 'nonce': 'e2'}),
            ('soft', 'allowed_mentions_would_ping', 200, {'allowed_mentions': {
                'parse': ['everyone']}, 'nonce': 'e3'}),
            ('hard', 'reference_elsewhere', 400, {'message_reference': {
                'message_id': id, 'channel_id': '101', 'fail_if_not_exists': False}}),
            ('soft', 'id_not_string', 200, {'message_reference': {
                'message_id': int(id), 'fail_if_not_exists': False}, 'nonce': 'e4'}),
            ('soft', 'fail_if_not_exists', 200, {'message_reference': {'message_id': id},
                                                 'nonce': 'e5'})):
        answer = reply(fake, id, **more)
        seen = violations(fake)[kind == 'soft']
        tap.ok(answer.status == status and name in seen, name, answer.status, answer.json, seen)
    tap.is_(reply(fake, id, '\u00e9' * 2000, nonce='long').status, 200, '2000 code points fit')
    fake.delete(id)
    tap.is_(reply(fake, id, nonce='d1').status, 200, 'a reply to a deleted question is made')
    tap.is_(reply(fake, id, nonce='d2', message_reference={'message_id': id}).status, 400,
            '... unless the client asked to fail')
    tap.is_(reply(fake, id, channel='55').json['code'], 10003, 'an unknown channel is 10003')
    violations(fake)


def test_history(fake):
    ids = fake.ask_many('h{n}', channel='101', times=7)
    path = '/channels/101/messages'

    def listed(query):
        return [m['id'] for m in rest(fake, 'GET', path + query).json]
    tap.is_(listed('?limit=3'), ids[:3:-1], 'the history is newest first')
    tap.is_(listed('?after=%s&limit=2' % ids[1]), ids[3:1:-1], 'after gives the ones that follow')
    tap.is_(listed('?before=%s&limit=2' % ids[3]), ids[2:0:-1], 'before gives the ones in front')
    tap.is_(listed('?limit=100&after=%s' % ids[-1]), [], 'after the last there is none')
    tap.is_(rest(fake, 'GET', path + '/' + ids[0]).json['content'], 'h1', 'one message')
    fake.delete(ids[0])
    tap.is_(rest(fake, 'GET', path + '/' + ids[0]).json['code'], 10008, 'a deleted one is 10008')
    old = fake.ask('old', channel='101', offset_ms=-3600000)
    tap.is_(listed('?limit=100')[-1], old, 'a message may be older than now')
    made = reply(fake, ids[1], channel='101').json['id']
    edited = rest(fake, 'PATCH', path + '/' + made, {
        'content': 'better', 'allowed_mentions': {'parse': []}})
    tap.is_(edited.json['content'], 'better', 'the bot edits its message')
    tap.ok(edited.json['edited_timestamp'], '... which tells when')
    tap.is_(rest(fake, 'PATCH', path + '/' + ids[1], {'content': 'x'}).status, 403,
            '... but no other')
    tap.is_(rest(fake, 'DELETE', path + '/' + made).status, 204, 'the bot deletes its message')
    tap.is_(rest(fake, 'DELETE', path + '/' + made).json['code'], 10008, '... once')
    tap.is_(reply(fake, ids[1], channel='101').json['code'], 10008,
            'the nonce of a deleted message makes no other')
    violations(fake)


def test_limits(fake):
    fake.settings(rate_limit=2, rate_window_ms=1500)
    time.sleep(1.6)
    answers = [rest(fake, 'GET', '/users/@me') for _ in range(3)]
    tap.is_([a.status for a in answers], [200, 200, 429], 'one too many: 429')
    tap.is_([a.getheader('x-ratelimit-remaining') for a in answers], ['1', '0', '0'],
            'the headers count down')
    wait = answers[2].json['retry_after']
    tap.ok(0 < wait <= 1.5 and answers[2].getheader('via') and
           answers[2].getheader('x-ratelimit-scope') == 'user', 'the wait is told', wait)
    tap.is_(rest(fake, 'GET', '/applications/@me').status, 200, 'another bucket is free')
    time.sleep(0.1)
    rest(fake, 'GET', '/users/@me')
    tap.is_(violations(fake)[0], ['request_during_429'], 'a request in the wait is seen')
    time.sleep(1.5)
    tap.is_(rest(fake, 'GET', '/users/@me').status, 200, 'after the wait it goes on')
    rest(fake, 'GET', '/users/@me')
    time.sleep(0.1)
    rest(fake, 'GET', '/users/@me')
    tap.is_(violations(fake)[0], ['rate_limit_ignored'], 'going on at remaining 0 is seen')
    fake.settings(rate_limit=1000, rate_window_ms=1000, global_per_second=3)
    time.sleep(1.6)
    answers = [rest(fake, 'GET', u) for u in ('/users/@me', '/applications/@me') * 2]
    tap.is_(answers[3].getheader('x-ratelimit-scope'), 'global', 'the limit over all routes')
    fake.settings(global_per_second=0)
    fake.clear_faults()
    violations(fake)


def test_rest_faults(fake):
    id = fake.ask('?')
    fake.rest_fault(status=503)
    tap.is_(reply(fake, id).status, 503, 'a status in place of the message')
    tap.is_(fake.not_once([id]), {id: 0}, '... which was not made')
    fake.rest_fault(status=502, after_create=True)
    tap.is_(reply(fake, id).status, 502, 'a status after the message')
    tap.is_(fake.not_once([id]), {}, '... which was made')
    tap.is_(reply(fake, id).status, 200, 'a fault ends')
    tap.is_(fake.not_once([id]), {}, '... and the nonce kept the message single')
    id = fake.ask('?')
    fake.rest_fault(reset=True)
    tap.fails(ConnectionError, lambda: reply(fake, id), 'a reset in place of the message')
    tap.is_(fake.not_once([id]), {id: 0}, '... which was not made')
    fake.rest_fault(reset=True, after_create=True)
    tap.fails(ConnectionError, lambda: reply(fake, id), 'a reset after the message')
    tap.is_(fake.not_once([id]), {}, '... which was made')
    fake.rest_fault(hang_ms=300)
    started = time.monotonic()
    tap.is_(reply(fake, id, nonce='late').status, 200, 'an answer that hangs comes')
    tap.ok(time.monotonic() - started >= 0.3, '... late')
    fake.rest_fault(status=429, retry_after=1.25, **{'global': True})
    answer = reply(fake, id)
    tap.is_((answer.status, answer.json['global'], answer.json['retry_after']), (429, True, 1.25),
            'a 429 for all')
    time.sleep(0.1)
    tap.is_(rest(fake, 'GET', '/users/@me').status, 429, '... blocks other routes')
    tap.ok('request_during_429' in violations(fake)[0], '... and asking is seen')
    time.sleep(1.3)
    fake.rest_fault(status=429, html=True, retry_after=0.2)
    answer = reply(fake, id)
    tap.is_((answer.status, answer.raw[:2], answer.getheader('via'),
             answer.getheader('retry-after')), (429, b'<!', None, '1'), 'a 429 as Cloudflare sends it')
    time.sleep(0.3)
    fake.rest_fault('GET', '/channels/100', status=403, code=50001, times=2)
    answers = [rest(fake, 'GET', '/channels/100/messages') for _ in range(3)]
    tap.is_([(a.status, a.json['code'] if a.status != 200 else 0) for a in answers],
            [(403, 50001), (403, 50001), (200, 0)], 'a fault holds for so many requests')
    tap.fails(ControlError, lambda: fake.rest_fault(), 'a fault that says nothing is refused')
    violations(fake)


def test_kill_in_request(fake):
    id = fake.ask('?')
    fake.rest_fault(hang_ms=60000)
    body = json.dumps({'content': 'x', 'message_reference': {'message_id': id}})
    client = socket.create_connection(('127.0.0.1', fake.port))
    client.sendall(('POST /api/v10/channels/100/messages HTTP/1.1\r\nHost: x\r\n'
                    'User-Agent: %s\r\nAuthorization: Bot %s\r\nContent-Type: application/json\r\n'
                    'Content-Length: %d\r\n\r\n%s' % (AGENT, Fake.TOKEN, len(body), body)).encode())
    fake.wait_hanging()
    tap.is_(fake.not_once([id]), {}, 'while its answer hangs, the message is there')
    client.close()
    time.sleep(0.3)
    tap.is_(fake.state()['hanging'], 0, 'a client may die in the middle of it')
    violations(fake)


def test_people(fake):
    client = Client(fake)
    client.login()
    fake.ask('from a bot', author_bot=True)
    fake.ask('from a hook', webhook=True)
    fake.ask('welcome', type=7)
    fake.ask('in a thread', thread='555')
    events = [client.recv() for _ in range(5)]
    tap.is_(events[0]['d']['author'].get('bot'), True, 'a bot writes')
    tap.ok('webhook_id' in events[1]['d'] and 'member' not in events[1]['d'], 'a webhook writes')
    tap.is_(events[2]['d']['type'], 7, 'a message of another type')
    tap.is_((events[3]['t'], events[3]['d']['parent_id'], events[4]['d']['channel_id']),
            ('THREAD_CREATE', '100', '555'), 'a thread is made, then written in')
    own = [r['id'] for r in client.guild['roles'] if r.get('tags') == {'bot_id': BOT_ID}]
    fake.ask('all of you', mention='role')
    message = client.recv()['d']
    tap.is_((message['mention_roles'], message['content'], message['mentions']),
            (own, '<@&%s> all of you' % own[0], []), 'the role of the bot is mentioned')
    id = fake.ask('first')
    client.recv()
    fake.edit(id, 'second')
    event = client.recv()
    tap.is_((event['t'], event['d']['content'], event['d']['edited_timestamp'] is not None),
            ('MESSAGE_UPDATE', 'second', True), 'a message is edited')
    other = fake.ask('x', extra={'message_snapshots': [], 'strange': None})
    tap.is_(client.recv()['d']['strange'], None, 'a message may have any further members')
    fake.edit(other, unfurl=True)
    tap.is_(client.recv()['d']['edited_timestamp'], None, 'unfurling is no edit')
    fake.delete(id)
    tap.is_(client.recv()['d']['id'], id, 'a message is deleted')
    fake.delete(other, fake.ask('y'))
    client.recv()
    tap.is_(client.recv()['t'], 'MESSAGE_DELETE_BULK', 'many are deleted')
    fake.dispatch('TYPING_START', {'channel_id': '100'})
    tap.is_(client.recv()['t'], 'TYPING_START', 'any event may be sent')
    unheard = fake.ask('never sent', event=False)
    tap.is_(fake.report()['questions'][unheard]['dispatched'], 0, 'an event may be left out')
    tap.fails(ControlError, lambda: fake.ask('x', channel='9'), 'an unknown channel is refused')
    client.ws.close(1000)
    violations(fake)


def test_load(fake):
    client = Client(fake)
    client.login()
    started = time.monotonic()
    load = fake.load(40, 200)
    contents = [client.recv()['d']['content'] for _ in range(40)]
    took = time.monotonic() - started
    tap.is_(contents, ['question %d' % n for n in range(1, 41)], 'a load sends its messages in order')
    tap.ok(0.15 < took < 2, 'at its rate', took)
    tap.is_(len(fake.wait_load(load)), 40, '... and its ids are known')
    tap.fails(ControlError, lambda: fake.load(10, 0.001), 'a load without end is refused')
    client.ws.close(1000)
    violations(fake)


run(test_rest_rules, test_rights, test_create_rules, test_history, test_limits, test_rest_faults,
    test_kill_in_request, test_people, test_load)

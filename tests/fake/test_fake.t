#!/usr/bin/python3
"""The fake Discord, looked at by a small client of its own: does it keep the protocol, does it see
broken rules, do its faults do what they say?"""
import http.client
import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fake import BOT_ID, GUILD_ID, Bot, ControlError, Fake, Tap, wait_until
from ws import Closed, Refused, WebSocket

AGENT = 'DiscordBot (https://example.org, 1.0)'
ALL = 1 | 1 << 9 | 1 << 12 | 1 << 15
tap = Tap()


class Client:
    """A gateway client that does as it is told."""

    def __init__(self, fake, path='/?v=10&encoding=json'):
        self.ws = WebSocket(fake.port, path)
        self.inflate = zlib.decompressobj() if 'zlib-stream' in path else None
        self.seq = None

    def recv(self, timeout=5):
        raw = self.ws.recv(timeout)
        if self.inflate:
            if raw[-4:] != b'\0\0\xff\xff':
                raise ValueError('a message of zlib-stream ends in 00 00 ff ff')
            raw = self.inflate.decompress(raw)
        message = json.loads(raw)
        self.keys = list(message)
        if message['s'] is not None:
            self.seq = message['s']
        return message

    def send(self, op, d):
        self.ws.send(json.dumps({'op': op, 'd': d}))

    def identify(self, intents=ALL, token=Fake.TOKEN, **more):
        self.send(2, dict({'token': token, 'intents': intents, 'properties': {
            'os': 'linux', 'browser': 'test', 'device': 'test'}}, **more))

    def login(self, intents=ALL):
        hello = self.recv()
        self.identify(intents)
        self.ready = self.recv()['d']
        self.guild = self.recv()['d']
        return hello

    def resume(self, session, seq, token=Fake.TOKEN):
        self.send(6, {'token': token, 'session_id': session, 'seq': seq})

    def until(self, t):
        """Events up to and with the first `t`."""
        got = []
        while not got or got[-1]['t'] != t:
            got.append(self.recv())
        return got

    def closed(self):
        """The code that the server closes with."""
        try:
            while True:
                self.ws.recv(5)
        except Closed as closed:
            return closed.code
        except ConnectionError:
            return 'reset'


def rest(fake, method, path, body=None, token='Bot ' + Fake.TOKEN, agent=AGENT, kind=True,
         version='/v10'):
    connection = http.client.HTTPConnection('127.0.0.1', fake.port, timeout=10)
    headers = {'User-Agent': agent}
    if token:
        headers['Authorization'] = token
    if body is not None and kind:
        headers['Content-Type'] = 'application/json'
    connection.request(method, '/api' + version + path, None if body is None else json.dumps(body),
                       headers)
    response = connection.getresponse()
    raw = response.read()
    connection.close()
    response.json = json.loads(raw) if raw[:1] in (b'{', b'[') else None
    response.raw = raw
    return response


def reply(fake, question, content='an answer', nonce='', channel='100', **more):
    body = {'content': content, 'nonce': 'n' + question[-20:] if nonce == '' else nonce, 'enforce_nonce': True,
            'allowed_mentions': {'parse': [], 'replied_user': False},
            'message_reference': {'message_id': question, 'fail_if_not_exists': False}}
    body.update(more)
    return rest(fake, 'POST', '/channels/%s/messages' % channel, body)


def violations(fake):
    all = fake.report()['violations']
    fake.reset_report()
    return sorted(all['hard']), sorted(all['soft'])


def test_login(fake):
    client = Client(fake)
    hello = client.login()
    tap.is_(hello['d']['heartbeat_interval'], 41250, 'Hello tells the interval')
    tap.is_(client.ready['guilds'], [{'id': GUILD_ID, 'unavailable': True}],
            'READY has the guild, not yet available')
    tap.is_(client.ready['application'], {'id': BOT_ID, 'flags': 1 << 19},
            'READY tells the flags of the application')
    tap.ok(client.ready['resume_gateway_url'].endswith('/resume'), 'READY has a URL to resume on')
    tap.is_(sorted(c['id'] for c in client.guild['channels']), ['100', '101'],
            'GUILD_CREATE has the channels')
    client.send(1, client.seq)
    tap.is_(client.recv()['op'], 11, 'a heartbeat is acknowledged')
    id = fake.ask('What is it?', author='anna')
    event = client.recv()
    tap.is_((event['t'], event['d']['id'], event['d']['content'], event['d']['guild_id']),
            ('MESSAGE_CREATE', id, 'What is it?', GUILD_ID), 'a message comes as an event')
    made = reply(fake, id).json
    event = client.recv()
    tap.is_((event['d']['id'], event['d']['author']['id']), (made['id'], BOT_ID),
            'the own reply comes back as an event')
    tap.is_(made['referenced_message']['id'], id, 'the reply holds what it replies to')
    tap.is_(fake.not_once([id]), {}, 'the question has its reply')
    question = fake.report()['questions'][id]
    tap.ok(0 < question['latency_ms'] < 2000, 'the time to reply is measured', question)
    tap.is_(violations(fake), ([], []), 'a client that keeps the rules breaks none')
    client.ws.close(1000)


def test_intents(fake):
    fake.settings(granted_content=0)
    client = Client(fake)
    client.recv()
    client.identify()
    tap.is_(client.closed(), 4014, 'content that was not granted closes with 4014')
    client = Client(fake)
    client.login(ALL & ~(1 << 15))
    tap.is_(client.ready['application']['flags'], 0, 'the flags tell so')
    fake.ask('secret', attachments=1)
    message = client.recv()['d']
    tap.is_((message['content'], message['attachments']), ('', []),
            'without the intent, a message is empty')
    id = fake.ask('hello', mention=True)
    tap.is_(client.recv()['d']['content'], '<@%s> hello' % BOT_ID, '... but for a mention')
    fake.ask('private', dm='bob')
    message = client.recv()['d']
    tap.is_((message['content'], 'guild_id' in message), ('private', False),
            '... and a direct message')
    made = reply(fake, id).json
    tap.is_(client.recv()['d']['content'], 'an answer', '... and what the bot wrote')
    fake.ask('thanks', reply_to=made['id'])
    tap.is_(client.recv()['d']['content'], 'thanks', '... and a reply that pings the bot')
    fake.ask('thanks', reply_to=made['id'], ping=False)
    tap.is_(client.recv()['d']['content'], '', '... not one that does not')
    listed = rest(fake, 'GET', '/channels/100/messages?limit=100').json
    tap.is_(listed[-1]['content'], '', 'the history is empty too')
    fake.settings(granted_content=1)
    client.ws.close(1000)
    client = Client(fake)
    client.recv()
    client.identify(1 << 9)
    client.recv()
    fake.ask('unheard', dm='bob')
    fake.ask('heard')
    tap.is_(client.recv()['d']['content'], '', 'no intent for direct messages: no event')
    client.ws.close(1000)
    violations(fake)


def test_resume(fake):
    client = Client(fake)
    client.login()
    session, seq = client.ready['session_id'], client.seq
    client.ws.close()
    fake.wait_gone()
    ids = fake.ask_many('while away {n}', times=3)
    client = Client(fake, '/resume/?v=10&encoding=json')
    client.recv()
    client.resume(session, seq)
    events = client.until('RESUMED')
    tap.is_([e['d'].get('id') for e in events[:-1]], ids, 'resume brings what was missed, in order')
    tap.is_([e['s'] for e in events], list(range(seq + 1, seq + 5)), '... numbered on')
    tap.is_(violations(fake), ([], []), '... and breaks no rule')
    other = Client(fake)
    other.recv()
    other.resume(session, seq)
    tap.is_(other.until('RESUMED')[-1]['t'], 'RESUMED', 'a session moves to another connection')
    tap.is_(client.closed() in ('reset', None), True, '... and the old one ends')
    tap.is_(violations(fake), ([], ['resume_not_on_resume_url']), 'the wrong URL is seen')
    other.ws.close(1000)
    wait_until(lambda: not fake.state()['live'] and not fake.state()['resumable'])
    client = Client(fake, '/resume?v=10&encoding=json')
    client.recv()
    client.resume(session, seq)
    tap.is_(client.recv()['op'], 9, 'a goodbye (1000) ends the session: op 9')
    client.identify()
    tap.is_(client.recv()['t'], 'READY', '... and the same socket may identify')
    tap.is_(violations(fake), ([], []), '... which breaks no rule')
    client.resume('x', 1)
    tap.is_(client.closed(), 4005, 'not on a live session')
    tap.is_(violations(fake)[0], ['identify_twice'], '... which is seen')


def test_sessions_kept(fake):
    fake.settings(resume_window_ms=100)
    client = Client(fake)
    client.login()
    session = client.ready['session_id']
    client.ws.close()
    time.sleep(0.3)
    id = fake.ask('into the void')
    tap.is_(fake.report()['questions'][id]['dispatched'], 0, 'no session: nobody hears')
    client = Client(fake, '/resume?v=10&encoding=json')
    client.recv()
    client.resume(session, 1)
    tap.is_(client.recv()['d'], False, 'after the window a session is gone')
    listed = rest(fake, 'GET', '/channels/100/messages?limit=1').json
    tap.is_([m['id'] for m in listed], [id], '... and the history has what it missed')
    fake.settings(resume_window_ms=120000)
    client.ws.close()
    violations(fake)


def test_gateway_rules(fake):
    def broken(name, act, code, path='/?v=10&encoding=json', login=True):
        client = Client(fake, path)
        if login:
            client.login()
        act(client)
        tap.is_(client.closed(), code, '%s: closed with %s' % (name, code))
        tap.is_(violations(fake)[0], [name], '... and seen')
        fake.fault('lose_session')

    broken('gateway_version', lambda c: None, 4012, '/', login=False)
    broken('gateway_version', lambda c: None, 4012, '/?v=9&encoding=json', login=False)
    broken('gateway_encoding', lambda c: None, 4002, '/?v=10&encoding=etf', login=False)
    broken('payload_too_long', lambda c: c.send(3, 'x' * 4100), 4002)
    broken('payload_form', lambda c: c.ws.send('{'), 4002)
    broken('unknown_opcode', lambda c: c.send(77, None), 4001)
    broken('identify_twice', lambda c: c.identify(), 4005)
    broken('payload_rate', lambda c: [c.send(3, {}) for _ in range(121)], 4008)
    broken('not_authenticated', lambda c: c.send(3, {}), 4003, login=False)
    broken('intents_form', lambda c: c.identify('513'), 4013, login=False)
    broken('resume_seq', lambda c: (c.login(), resume_ahead(fake, c)), None, login=False)
    client = Client(fake)
    client.recv()
    client.identify(token='wrong')
    tap.is_(client.closed(), 4004, 'a wrong token: closed with 4004')
    tap.is_(violations(fake), ([], []), '... which is no broken rule')
    client = Client(fake)
    client.login()
    client.send(1, 5000)
    client.recv()
    tap.is_(violations(fake)[0], ['heartbeat_seq'], 'a wrong sequence number is seen')
    client.send(1, client.seq)
    client.recv()
    tap.is_(violations(fake)[0], ['heartbeat_early', 'heartbeat_seq'],
            'a heartbeat before its time is seen')
    client.ws.close(1000)


def resume_ahead(fake, client):
    client.ws.close()
    fake.wait_gone()
    other = Client(fake, '/resume?v=10&encoding=json')
    other.recv()
    other.resume(client.ready['session_id'], 999)
    tap.is_(other.closed(), 4007, 'a sequence number never sent: closed with 4007')
    client.ws = type('Gone', (), {'recv': lambda *_: (_ for _ in ()).throw(Closed(None))})()


def test_identify_window(fake):
    fake.settings(identify_window_ms=5000)
    client = Client(fake)
    client.recv()
    client.identify()
    tap.is_(client.recv()['op'], 9, 'two Identify within 5 s: op 9')
    tap.is_(violations(fake)[0], ['identify_too_fast'], '... and seen')
    client.ws.close()
    fake.settings(identify_window_ms=0, session_start_remaining=0)
    limit = rest(fake, 'GET', '/gateway/bot').json['session_start_limit']
    tap.is_(limit['remaining'], 0, 'the budget of session starts is told')
    client = Client(fake)
    client.recv()
    client.identify()
    tap.is_(client.closed(), 4004, '... and overdrawing it costs the token')
    tap.is_(violations(fake)[0], ['identify_budget'], '... and is seen')
    fake.settings(session_start_remaining=1000)


def test_heartbeats(fake):
    fake.settings(heartbeat_interval=200)
    client = Client(fake)
    client.login()
    started = time.monotonic()
    tap.is_(client.closed(), 4009, 'no heartbeat at all: closed with 4009')
    tap.ok(1.0 < time.monotonic() - started < 3, '... in its time')
    tap.is_(violations(fake)[0], ['heartbeat_missing'], '... and seen')
    fake.settings(heartbeat_interval=1000)
    client = Client(fake)
    client.login()
    time.sleep(2.2)
    client.send(1, client.seq)
    client.recv()
    tap.is_(violations(fake)[0], ['heartbeat_late'], 'a late heartbeat is seen')
    time.sleep(0.15)
    fake.fault('op1')
    tap.is_(client.recv()['op'], 1, 'the server asks for a heartbeat')
    client.send(1, client.seq)
    client.recv()
    client.send(1, client.seq)
    client.recv()
    tap.is_(fake.count('op1_answered'), 1, '... and counts the answer')
    tap.is_(violations(fake), ([], []), '... which may come at any time')
    fake.settings(heartbeat_interval=41250)
    client.ws.close(1000)


def test_gateway_faults(fake):
    def after(name, **more):
        fake.fault('lose_session')
        fake.reset_report()
        client = Client(fake)
        client.login()
        fake.fault(name, **more)
        return client

    tap.is_(after('drop').closed(), 'reset', 'drop resets the connection')
    tap.is_(after('drop', mid_frame=True).closed(), 'reset', '... in the middle of a frame as well')
    for code in (4000, 4008, 4009, 1001):
        client = after('close', code=code)
        tap.is_(client.closed(), code, 'close closes with %d' % code)
        client.ws.close()
        other = Client(fake, '/resume?v=10&encoding=json')
        other.recv()
        other.resume(client.ready['session_id'], client.seq)
        tap.is_(other.recv()['op'], 9 if code == 4009 else 0,
                '... %s the session' % ('without' if code == 4009 else 'with'))
        other.ws.close(1000)
    tap.is_(after('op7').recv()['op'], 7, 'op7 asks to reconnect')
    message = after('op9', resumable=True).recv()
    tap.is_((message['op'], message['d']), (9, True), 'op9 tells a session that may be resumed')
    message = after('op9').recv()
    tap.is_((message['op'], message['d']), (9, False), '... or may not')
    client = after('stop_acks')
    client.send(1, client.seq)
    fake.ask('still here')
    tap.is_(client.recv()['t'], 'MESSAGE_CREATE', 'stop_acks: events come, no acknowledgement')
    client = after('silence')
    fake.ask('unheard')
    tap.fails(TimeoutError, lambda: client.recv(0.3), 'silence: nothing comes')
    client.ws.close()
    client = after('bad_frame', text='{"op":')
    tap.fails(ValueError, client.recv, 'bad_frame is no JSON')
    client = after('bad_binary')
    tap.is_(type(client.ws.recv()), bytes, 'bad_binary is binary')
    client = after('huge_frame', bytes=17 << 20)
    tap.is_(len(client.ws.recv()), 17 << 20, 'huge_frame is as long as asked for')
    client = after('unknown_event')
    tap.is_((client.recv()['op'], client.recv()['t']), (99, 'EVENT_OF_THE_FUTURE'),
            'unknown_event sends an opcode and an event that nobody knows')
    client = after('split_frames', pieces=4)
    id = fake.ask('in pieces')
    tap.is_((client.recv()['d']['id'], client.ws.fragments), (id, 4), 'split_frames sends fragments')
    fake.clear_faults()
    client = after('duplicate_next', n=1)
    id = fake.ask('twice')
    tap.is_([client.recv()['d']['id'] for _ in range(2)], [id, id], 'duplicate_next sends twice')
    tap.is_(fake.report()['questions'][id]['dispatched'], 2, '... and says so')
    fake.settings(d_first=1)
    fake.ask('order')
    client.recv()
    tap.is_(client.keys[0], 'd', 'd_first puts d first')
    fake.settings(d_first=0)
    client = after('drop', after=2)
    fake.ask_many('{n}', times=2)
    tap.is_([client.recv()['d']['content'] for _ in range(2)], ['1', '2'],
            'a fault may wait for messages')
    tap.is_(client.closed(), 'reset', '... and comes behind them')
    fake.fault('replay_all_on_resume')
    other = Client(fake, '/resume?v=10&encoding=json')
    other.recv()
    other.resume(client.ready['session_id'], client.seq)
    tap.is_([e['d'].get('content') for e in other.until('RESUMED')], ['1', '2', None],
            'replay_all_on_resume sends again what was seen')
    fake.fault('lose_session')
    tap.is_(other.closed(), 'reset', 'lose_session drops the connection')
    tap.is_(fake.state()['resumable'], 0, '... and forgets the session')
    tap.fails(ControlError, lambda: fake.fault('nonsense'), 'an unknown fault is refused')


def test_connect_faults(fake):
    fake.reset_report()
    fake.fault('gateway_down', ms=1000)
    error = tap.fails(Refused, lambda: Client(fake), 'gateway_down refuses connections')
    tap.is_(error.status, 503, '... with 503')
    time.sleep(1.05)
    Client(fake).ws.close()
    fake.fault('resume_host_dead')
    tap.fails(Refused, lambda: Client(fake, '/resume?v=10&encoding=json'),
              'resume_host_dead refuses on that path')
    Client(fake).ws.close()
    fake.clear_faults()
    fake.fault('refuse_upgrade', status=401, times=1)
    error = tap.fails(Refused, lambda: Client(fake), 'refuse_upgrade refuses')
    tap.is_(error.status, 401, '... with the status asked for')
    fake.fault('hello_delay', ms=1000)
    client = Client(fake)
    tap.fails(TimeoutError, lambda: client.recv(0.1), 'hello_delay delays Hello')
    tap.is_(client.recv()['op'], 10, '... which then comes')
    fake.clear_faults()
    fake.fault('hello_interval', value=-1)
    tap.is_(Client(fake).recv()['d']['heartbeat_interval'], -1, 'hello_interval may say anything')
    statuses = [c['status'] for c in fake.report()['connects']]
    tap.is_(statuses, [503, 101, 503, 101, 401, 101, 101], 'the report has every attempt')
    violations(fake)


def test_zlib(fake):
    client = Client(fake, '/?v=10&encoding=json&compress=zlib-stream')
    client.login()
    ids = fake.ask_many('compressed {n}', times=3)
    tap.is_([client.recv()['d']['id'] for _ in range(3)], ids, 'zlib-stream carries events')
    client.ws.close(1000)
    violations(fake)


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


def test_tls():
    with tempfile.TemporaryDirectory() as dir:
        cert, key = dir + '/cert.pem', dir + '/key.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
                        '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1',
                        '-keyout', key, '-out', cert], check=True, capture_output=True)
        with Fake('--tls-cert', cert, '--tls-key', key) as fake:
            tap.is_(fake.state()['live'], 0, 'the fake speaks TLS')
            tap.ok(fake.api.startswith('https://'), '... and says so')
            tap.is_(fake.stop(), 0, '... and ends well')


def test_bot():
    with Fake() as fake:
        bot = Bot(fake, argv=['sh', '-c', 'echo started; exec sleep 60'], channels=('100', '101'))
        bot.wait_log('started')
        tap.is_(stat.S_IMODE(os.stat(bot.token).st_mode), 0o600, 'the token is a private file')
        conf = open(bot.conf).read()
        tap.ok('api_url = "%s"' % fake.api in conf and 'channels = {"100", "101"}' in conf and
               bot.state in conf, 'the configuration names fake, channels and state', conf)
        tap.is_(bot.kill9(), -9, 'a bot is killed')
        bot.start()
        tap.ok(bot.running(), '... and started again')
        bot.term()
        tap.is_(bot.wait(), -15, '... and asked to stop')
        bot.close()
        tap.ok(not os.path.exists(bot.dir), '... and leaves nothing behind')


def test_end():
    fake = Fake(max_seconds=1)
    fake.process.wait(5)
    tap.is_(fake.process.returncode, 0, 'it ends by itself after --max-seconds')
    fake = Fake()
    fake.process.terminate()
    tap.is_(fake.process.wait(5), 0, 'it ends on SIGTERM')


with Fake(identify_window_ms=0, rate_limit=1000, global_per_second=0) as fake:
    for test in (test_login, test_intents, test_resume, test_sessions_kept, test_gateway_rules,
                 test_identify_window, test_heartbeats, test_gateway_faults, test_connect_faults,
                 test_zlib, test_rest_rules, test_create_rules, test_history, test_limits,
                 test_rest_faults, test_kill_in_request, test_people, test_load):
        tap.note(test.__name__)
        test(fake)
        fake.clear_faults()
        fake.fault('lose_session')
    tap.is_(fake.stop(), 0, 'it ends with stdin, and well')
test_bot()
test_tls()
test_end()
tap.done()

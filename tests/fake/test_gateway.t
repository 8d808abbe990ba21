#!/usr/bin/python3
"""The fake Discord's gateway, looked at by a small client of its own: does it keep the protocol, does it
see broken rules, do its faults do what they say?"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from client import ALL, Client, reply, rest, run, tap, violations
from fake import BOT_ID, GUILD_ID, ControlError, wait_until
from ws import Closed, Refused


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


run(test_login, test_intents, test_resume, test_sessions_kept, test_gateway_rules,
    test_identify_window, test_heartbeats, test_gateway_faults, test_connect_faults, test_zlib)

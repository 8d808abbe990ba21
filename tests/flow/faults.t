#!/usr/bin/env python3
"""What goes wrong on Discord's side, one after the other under load: each question still gets one answer.
The whole matrix is larger; this is one of each kind."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap

tap = Tap()

GATEWAY = [('drop', {}), ('drop', {'mid_frame': True}), ('op7', {}), ('op9', {'resumable': True}),
           ('op1', {}), ('duplicate_next', {'n': 5}), ('bad_frame', {'text': '{"op":0,"d":'}),
           ('bad_frame', {'text': '[[[['}), ('bad_frame', {'text': '{"op":"x","t":5,"s":null}'}),
           ('unknown_event', {}), ('split_frames', {'pieces': 7})]
GATEWAY += [('close', {'code': code}) for code in (1000, 1001, 1011, 1012, 1013, 1014, 3000, 4000, 4001,
                                                     4002, 4005, 4006, 4008)]
REST = [dict(status=429, retry_after=0.3), dict(status=429, retry_after=0.3, **{'global': True}),
        dict(status=429, html=True, retry_after=1), dict(status=500), dict(status=502, after_create=True),
        dict(status=503, times=2), dict(reset=True), dict(reset=True, after_create=True)]


def settled(fake, ids, name):
    fake.wait_replies(ids, seconds=30)
    tap.is_(fake.not_once(ids), {}, name)


with Fake(identify_window_ms=100, heartbeat_interval=2000) as fake, Bot(fake, quick=True) as bot:
    fake.wait_live()
    for name, how in GATEWAY:
        load = fake.load(12, 40, 'can i wash my hair {n}')
        fake.fault(name, after=4, **how)
        settled(fake, fake.wait_load(load), 'gateway: %s %s' % (name, how or ''))
    tap.is_(fake.count('identify'), 1, 'all in one session')
    fake.fault('replay_all_on_resume')
    fake.fault('drop')
    time.sleep(1)
    ids = [fake.ask('is the sauna ok')]
    settled(fake, ids, 'a resume that replays everything doubles nothing')
    tap.is_({q: len(v['replies']) for q, v in fake.report()['questions'].items()
             if len(v['replies']) != 1}, {}, 'over all questions so far')
    for how in REST:
        fake.rest_fault(**how)
        load = fake.load(8, 40, 'can i wash my hair {n}')
        settled(fake, fake.wait_load(load), 'REST: %s' % how)
    for fault in ('silence', 'stop_acks'):
        fake.fault(fault)
        load = fake.load(5, 40, 'can i wash my hair {n}')
        settled(fake, fake.wait_load(load), 'gateway: %s is found by the beat' % fault)
    fake.fault('gateway_down', ms=3000)
    fake.fault('drop')
    load = fake.load(5, 40, 'can i wash my hair {n}')
    settled(fake, fake.wait_load(load), 'the gateway is gone for three seconds')
    fake.fault('resume_host_dead', ms=20000)
    fake.fault('drop')
    load = fake.load(5, 40, 'can i wash my hair {n}')
    settled(fake, fake.wait_load(load), 'the resume host is dead: back to the base URL, same session')
    tap.is_(fake.count('identify'), 1, 'still one session')
    for name, how in [('op9', {}), ('close', {'code': 4007}), ('close', {'code': 4009}),
                      ('close', {'code': 4003}), ('close', {'code': 1009})]:
        fake.fault(name, **how)
        time.sleep(0.2)
        fake.wait_live(20)
        ids = [fake.ask('is the sauna ok')]
        settled(fake, ids, 'gateway: %s %s: a new session answers' % (name, how or ''))
    tap.is_(fake.hard(), {}, 'no malformed request')

# 4014 is final when nothing was asked for that needs to be granted.
FATAL = {4004: 'token', 4010: 'shard', 4011: 'servers', 4012: 'version', 4013: 'intent',
         4014: 'privileged gateway intents'}
for code, word in FATAL.items():
    with Fake(identify_window_ms=100, granted_content=0) as fake, Bot(fake, quick=True) as bot:
        fake.wait_live()
        fake.fault('close', code=code)
        tap.is_(bot.wait(10), 78, 'close %d ends it with 78' % code)
        tap.ok(word in bot.log().lower(), 'and says why', bot.log()[-400:])

with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True) as bot:
    fake.wait_live()
    fake.fault('close', code=4014)
    bot.wait_log('Message Content Intent', 20)
    fake.wait_live(20)
    settled(fake, [fake.ask('is the sauna ok', dm=True)],
            'close 4014 with message content asked for: it goes on without, and says so')

with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True, start=False) as bot:
    bot.write_token('a-wrong-token')
    bot.start()
    tap.is_(bot.wait(10), 78, 'a wrong token ends it with 78')
    tap.ok('token' in bot.log(), 'and says so', bot.log()[-400:])
    tap.ok('a-wrong-token' not in bot.log(), 'without showing it')
tap.done()

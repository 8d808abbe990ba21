#!/usr/bin/env python3
"""Everything that can go wrong on Discord's side, at random and all at once, with kill -9 and SIGTERM in
between: each question is answered exactly once. SEED=N repeats a run, QUESTIONS=N makes it longer."""
import os
import random
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap

SEED = int(os.environ.get('SEED', '1'))
QUESTIONS = int(os.environ.get('QUESTIONS', '120'))
PER_SECOND = 15
FORGOTTEN = 2  # seconds; no wait of 429 lasts longer
PLACES = [dict(), dict(), dict(channel='101', mention=True), dict(dm='pat'), dict(thread='555')]

SMALL = [('drop', {}), ('drop', {'mid_frame': True}), ('op7', {}), ('op9', {'resumable': True}),
         ('op1', {}), ('duplicate_next', {'n': 5}), ('replay_all_on_resume', {}), ('bad_binary', {}),
         ('unknown_event', {}), ('split_frames', {'pieces': 5}), ('resume_host_dead', {'ms': 1500}),
         ('gateway_down', {'ms': 800}), ('refuse_upgrade', {'status': 502, 'times': 1}),
         ('hello_delay', {'ms': 300})]
SMALL += [('close', {'code': code}) for code in (1000, 1001, 1011, 4000, 4001, 4002, 4005, 4008)]
LOSING = [('lose_session', {}), ('op9', {}), ('close', {'code': 4003}), ('close', {'code': 4007}),
          ('close', {'code': 4009})]
REST = [dict(status=429, retry_after=0.3), dict(status=429, retry_after=0.3, **{'global': True}),
        dict(status=429, html=True, retry_after=1), dict(status=500), dict(status=503, times=2),
        dict(status=502, after_create=True), dict(reset=True), dict(reset=True, after_create=True),
        dict(hang_ms=700)]

tap = Tap()
chance = random.Random(SEED)


def is_forgotten(example, kills):
    """kill -9 takes with it that Discord asked to wait: until then one request too many is not wrong."""
    return example['name'] == 'request_during_429' and any(
        0 <= example['at_ms'] / 1000 - kill <= FORGOTTEN for kill in kills)


def break_something(fake, faults):
    """One thing of the gateway, or of REST: of posting, or of the history that is read back."""
    faults.append(chance.random())
    if chance.random() < 0.6:
        name, how = chance.choice(SMALL)
        fake.fault(name, **how)
        if name in ('resume_host_dead', 'gateway_down', 'refuse_upgrade', 'hello_delay',
                    'replay_all_on_resume'):
            fake.fault('drop')
    else:
        method, path = chance.choice([('POST', '/channels/'), ('POST', '/channels/'),
                                      ('GET', '/channels/')])
        fake.rest_fault(method=method, path=path, **chance.choice(REST))


with Fake(identify_window_ms=100, heartbeat_interval=2000) as fake, Bot(fake, quick=True) as bot:
    fake.wait_live()
    # Where the bot was never spoken to it cannot know that it missed something.
    ids = [fake.ask('is the sauna ok', **place) for place in PLACES]
    fake.wait_replies(ids)
    faults, kills, asked, began = [], [], 0, time.monotonic()
    blows = {QUESTIONS // 5: 'forget', QUESTIONS * 2 // 5: 'kill', QUESTIONS * 3 // 5: 'lose',
             QUESTIONS * 7 // 10: 'kill', QUESTIONS * 17 // 20: 'term'}
    while asked < QUESTIONS:
        ids.append(fake.ask('can i wash my hair %d' % asked, **chance.choice(PLACES)))
        asked += 1
        if asked % 4 == 0:
            break_something(fake, faults)
        blow = blows.get(asked)
        if blow == 'forget':
            fake.fault('lose_session')
        elif blow == 'lose':
            name, how = chance.choice(LOSING)
            fake.fault(name, **how)
        elif blow:
            if blow == 'kill':
                kills.append(time.time())
                bot.kill9()
            else:
                bot.term()
                tap.is_(bot.wait(10), 0, 'SIGTERM in the midst of it ends with 0')
            bot.start()
        time.sleep(max(0, began + asked / PER_SECOND - time.monotonic()))
    fake.clear_faults()
    try:
        fake.wait_replies(ids, 60)
    except TimeoutError as late:
        tap.note(late)
    time.sleep(1)  # a second reply would come now
    wrong = fake.not_once(ids)
    if not tap.ok(not wrong, 'SEED=%d: %d faults and 5 blows, %d questions, each answered once' %
                  (SEED, len(faults), len(ids)), wrong):
        tap.note(bot.log()[-3000:])
    counts = fake.state()['counts']
    tap.ok(counts['identify'] >= 2, 'over several sessions', counts)
    hard, examples = fake.hard(), fake.report()['examples']
    shown = [one for one in examples if one['name'] in hard]
    tap.ok(sum(hard.values()) == len(shown) and all(is_forgotten(one, kills) for one in shown),
           'no malformed request', hard, shown)
tap.done()

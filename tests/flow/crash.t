#!/usr/bin/env python3
"""kill -9, SIGTERM and restart: every question is answered, none twice, and no words are kept."""
import glob
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap

CANARY = 'zebrafinch'
tap = Tap()


def settled(fake, ids, name):
    fake.wait_replies(ids, seconds=30)
    time.sleep(0.5)  # a second reply would come now
    tap.is_(fake.not_once(ids), {}, name)


with Fake(identify_window_ms=200) as fake, Bot(fake, quick=True) as bot:
    fake.wait_live()
    load = fake.load(100, 40, 'question {n} of the ' + CANARY + ': is the sauna ok?')
    for _ in range(3):
        time.sleep(0.6)
        bot.kill9()
        bot.start()
    settled(fake, fake.wait_load(load), 'kill -9 three times under load: each answered exactly once')
    tap.is_(fake.count('identify'), 1, 'one session was resumed each time')

    fake.rest_fault(hang_ms=3000, path='/channels/')
    ids = [fake.ask('can i wash my hair, said the ' + CANARY)]
    fake.wait_hanging()
    bot.kill9()
    bot.start()
    fake.wait_live()
    settled(fake, ids, 'killed after the reply was made and before it knew: no second one')

    for n in range(3):
        load = fake.load(40, 40, 'can i go to the sauna {n}')
        time.sleep(0.4)
        began = time.monotonic()
        bot.term()
        status = bot.wait(5)
        took = time.monotonic() - began
        tap.is_(status, 0, 'SIGTERM ends it with status 0')
        tap.ok(took < 1.5, 'soon', '%.2f s' % took)
        bot.start()
        settled(fake, fake.wait_load(load), 'and the questions of meanwhile are answered after it')
    tap.is_(fake.count('identify'), 1, 'SIGTERM left the session resumable')
    report = fake.report()
    tap.is_(report['violations']['hard'], {}, 'no malformed request all along')

    # Discord has forgotten the nonce: the copy is found by its question and its words.
    fake.settings(nonce_window_ms=1)
    fake.rest_fault(hang_ms=3000, path='/channels/', method='POST')
    ids = [fake.ask('is beer ok, said the ' + CANARY, author='somebody new', dm=True,
                    offset_ms=-200000)]
    fake.wait_hanging()
    bot.kill9()
    bot.start()
    fake.wait_live()
    time.sleep(2)
    settled(fake, ids, 'killed in a first reply, back after minutes: no second one')
    GREETING = 'I am an automated assistant'
    tap.ok(GREETING in fake.contents(ids[0])[0], 'which said what the bot is', fake.contents(ids[0]))
    bot.kill9()
    bot.start()
    fake.wait_live()
    ids = [fake.ask('is the sauna ok, said the ' + CANARY, author=who, dm=True)
           for who in ('somebody new', 'somebody else')]
    settled(fake, ids, 'and the next questions are answered')
    tap.is_([GREETING in fake.contents(id)[0] for id in ids], [False, True],
            'whoever was told what the bot is is not told again after a kill -9, others are')

    bot.term()
    bot.wait()
    hits = [path for path in glob.glob(bot.dir + '/*') if os.path.isfile(path) and
            CANARY in open(path, 'rb').read().decode('latin1')]
    tap.is_(hits, [], "patients' words are in no file: not in the state, not in the log")
    token = open(bot.token).read().strip()
    tap.ok(token not in bot.log(), 'nor is the token in the log')

tap.done()

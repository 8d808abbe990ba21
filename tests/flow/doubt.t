#!/usr/bin/env python3
"""A reply was made and the bot does not know it, and Discord has forgotten its nonce: no second one."""
import os
import signal
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap

MINUTES = 200000  # more than Discord remembers a nonce for
tap = Tap()

with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True) as bot:
    fake.wait_live()
    fake.wait_replies([fake.ask('is the sauna ok')])
    # The machine sleeps behind the creation: only Discord's clock goes on. The next try tells of it.
    fake.rest_fault(after_create=True, hang_ms=30000)
    fake.rest_fault(status=503)
    slept = fake.ask('can i wash my hair')
    fake.wait_hanging()
    os.kill(bot.process.pid, signal.SIGSTOP)
    fake.settings(clock_off_ms=MINUTES)
    time.sleep(11)  # longer than a call may take
    os.kill(bot.process.pid, signal.SIGCONT)
    time.sleep(3)
    tap.is_(len(fake.contents(slept)), 1, 'the machine slept in a reply: no second one')
    later = fake.ask('can i sunbathe')
    fake.wait_replies([later])
    tap.is_(fake.not_once([slept, later]), {}, 'and the next question is answered')

    # Told to wait behind the creation, and the wait is long: somebody else's reply tells the time.
    fake.rest_fault(status=429, retry_after=3, after_create=True)
    waits = fake.ask('can i drink wine')
    fake.wait_replies([waits])
    fake.settings(clock_off_ms=2 * MINUTES)
    other = fake.ask('is the sauna ok', dm=True)
    fake.wait_replies([other])
    time.sleep(4)
    later = fake.ask('can i sunbathe')
    fake.wait_replies([later])
    tap.is_(fake.not_once([waits, other, later]), {}, 'a wait after which the nonce is forgotten')
    tap.is_(fake.hard(), {}, 'no malformed request')
tap.done()

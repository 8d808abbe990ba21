#!/usr/bin/env python3
"""The machine's clock is days ahead of Discord's, or behind: how old a message is goes by Discord's, so that
what was missed is read back and answered, and only what is late is called late."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap

SORRY = 'Sorry for the delay'
DAY = 86400000
tap = Tap()

for off, words in ((-2 * DAY, 'ahead of'), (2 * DAY, 'behind')):
    with Fake(identify_window_ms=100, clock_off_ms=off) as fake, \
            Bot(fake, quick=True, extra='late_after_minutes = 1\n') as bot:
        fake.wait_live()
        # Older than what will be missed.
        fake.wait_replies([fake.ask('is the sauna ok', offset_ms=-7200000)])
        fake.fault('gateway_down', ms=1000)
        fake.fault('lose_session')
        old, young = fake.ask('can i wash my hair', offset_ms=-90000), fake.ask('can i sunbathe')
        fake.wait_replies([old, young], 30)
        edited = fake.ask('can i wash my hair')
        fake.wait_replies([edited])
        fake.edit(edited, 'can i drink wine')
        live = fake.ask('is the sauna ok')
        fake.wait_replies([live])
        time.sleep(3)
        tap.is_(fake.not_once([old, young, live]), {}, 'ours %s: what was missed is answered once' % words)
        tap.ok(fake.contents(old)[0].startswith(SORRY), 'with a word of excuse what is late', fake.contents(old))
        tap.ok(SORRY not in fake.contents(young)[0], 'and nothing else', fake.contents(young))
        tap.ok('lcohol' in str(fake.standing(edited)), 'an edit changes the answer', fake.standing(edited))
        said = [line for line in bot.log().splitlines() if "this machine's clock" in line]
        tap.ok(len(said) == 1 and any('%d seconds %s' % (s, words) in said[0] for s in (172799, 172800)),
               'said once in the log', said)
        tap.is_(fake.hard(), {}, 'no malformed request')
tap.done()

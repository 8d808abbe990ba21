#!/usr/bin/env python3
"""The machine's clock is days ahead of Discord's, or behind: how old a message is goes by Discord's, so that
what was missed is read back and answered, and only what is late is called late; and nothing is forgotten so early
that it is answered again."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../torture'))
from fake import ROOT, Fake, Bot, Tap
from page import page_under

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

# The shim must be loaded before the sanitizers, so that they are left out.
os.environ.setdefault('CLINICBOT', os.path.join(ROOT, 'build/clinicbot'))
# The clock jumps while the bot is away, and the session is lost: what was answered is read back, and known.
with Fake(identify_window_ms=100, nonce_window_ms=1) as fake, \
        Bot(fake, quick=True, start=False) as bot:
    page = page_under(bot)
    page.arm()
    bot.start()
    fake.wait_live()
    answered = [fake.ask('can i wash my hair'), fake.ask('can i sunbathe')]
    fake.wait_replies(answered)
    time.sleep(0.5)
    bot.term()
    bot.wait()
    page.wall_ms += 2 * DAY
    fake.fault('lose_session')
    bot.start()
    missed = fake.ask('is the sauna ok')
    fake.wait_replies([missed], 30)
    time.sleep(2)
    tap.ok('read now' in bot.log(), 'a clock jumps two days on: what was written meanwhile is read back')
    tap.is_(fake.not_once(answered + [missed]), {}, 'and what was answered is not answered again')
tap.done()

#!/usr/bin/env python3
"""A Discord that means no good: absurd greetings, frames as large as may be and larger, upgrades that are refused
for every reason, storms of 429. The bot outlives it, in bounded memory, without hammering, and each question still
gets its one answer."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap, wait_until

GROWTH_KB = 64 * 1024
SANITIZED_KB = 256 * 1024  # what is freed is kept for a while
tap = Tap()


def settled(fake, ids, name, seconds=30):
    try:
        fake.wait_replies(ids, seconds)
    except TimeoutError as late:
        tap.note(late)
    time.sleep(0.2)
    if not tap.is_(fake.not_once(ids), {}, name):
        tap.note(bot.log()[-1500:])


with Fake(identify_window_ms=100, heartbeat_interval=3000) as fake, Bot(fake, quick=True) as bot:
    fake.wait_live()
    settled(fake, [fake.ask('is the sauna ok')], 'a session answers')

    for value in (0, -5, 1e12, '5', None, []):
        fake.fault('hello_interval', value=value)
        before = fake.count('connections')
        fake.fault('drop')
        wait_until(lambda: fake.count('connections') > before, 20, 'the next connection')
        fake.wait_live(20)
        settled(fake, [fake.ask('can i sunbathe')], 'an interval of %r' % (value,))
    tap.is_(fake.count('identify'), 1, 'all in one session')

    base = bot.rss_kb()
    sanitized = 'san' in bot.program
    for size in (15 << 20, 17 << 20, 40 << 20):
        fake.fault('huge_frame', bytes=size)
        settled(fake, [fake.ask('when can i do sport')], 'behind a frame of %d MiB' % (size >> 20), 40)
    grown = bot.rss_kb() - base
    tap.ok(grown < (SANITIZED_KB if sanitized else GROWTH_KB), 'in bounded memory',
           '%d kB more than before' % grown)

    for status in (401, 429, 502):
        tries = fake.count('upgrades_refused')
        fake.fault('refuse_upgrade', status=status, times=1)
        fake.fault('drop')
        id = fake.ask('can i wash my hair')
        began = time.monotonic()
        settled(fake, [id], 'an upgrade refused with %d' % status, 40)
        tries = fake.count('upgrades_refused') - tries
        tap.ok(tries <= 1, 'and not hammered', '%d tries' % tries)

    fake.fault('gateway_down', ms=6000)
    tries = fake.count('upgrades_refused')
    fake.fault('drop')
    time.sleep(5.5)
    tries = fake.count('upgrades_refused') - tries
    tap.ok(1 <= tries <= 10, 'six seconds without a gateway are few tries', '%d tries' % tries)
    settled(fake, [fake.ask('is the sauna ok')], 'and then it answers')

    invalid = fake.count('invalid_requests')
    for how in (dict(retry_after=0.05), dict(retry_after=0.3, **{'global': True}),
                dict(retry_after=1, html=True)):
        fake.rest_fault(status=429, times=4, **how)
        ids = fake.ask_many('can i wash my hair {n}', times=12)
        settled(fake, ids, 'a storm of 429: %s' % how, 60)
        fake.clear_faults()
    tap.ok(fake.count('invalid_requests') - invalid <= 50, 'of few requests',
           fake.count('invalid_requests') - invalid)
    tap.is_(fake.hard(), {}, 'no malformed request, none while it was to wait')
    fake.fault('close', code=4004)
    tap.is_(bot.wait(20), 78, 'it ends when it is told to for good')
tap.done()

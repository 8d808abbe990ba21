#!/usr/bin/env python3
"""Questions that waited long while the bot was away: answered with a word of excuse, or not at all by
setting; what is urgent gets its safety text in any case."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap

SORRY = 'Sorry for the delay'
LATE = 'late_after_minutes = 1\n'
tap = Tap()


def begun(fake):
    """The bot has heard something that is older than what it will miss."""
    fake.wait_live()
    fake.wait_replies([fake.ask('is the sauna ok', offset_ms=-7200000)])


def missed(fake, *questions):
    """Asked a minute and a half ago, while there was no session."""
    fake.fault('gateway_down', ms=1000)
    fake.fault('lose_session')
    return [fake.ask(q, offset_ms=-90000) for q in questions]


with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True, extra=LATE) as bot:
    begun(fake)
    # Killed with the reply on its way.
    fake.rest_fault(method='POST', path='/channels/', hang_ms=3000, skip=1)
    old, urgent = missed(fake, 'can i wash my hair', 'my lips are swelling up and i cannot breathe')
    young = fake.ask('can i sunbathe')
    fake.wait_hanging(20)
    bot.kill9()
    bot.start()
    fake.wait_replies([old, urgent, young], 30)
    time.sleep(1)
    tap.is_(fake.not_once([old, urgent, young]), {}, 'each is answered once')
    tap.ok(fake.contents(old)[0].startswith(SORRY), 'the old one with a word of excuse',
           fake.contents(old))
    tap.ok('washing' in fake.contents(old)[0].lower(), 'and its answer', fake.contents(old))
    tap.ok(SORRY not in fake.contents(young)[0], 'the young one without', fake.contents(young))
    tap.ok('112' in fake.contents(urgent)[0] and SORRY not in fake.contents(urgent)[0],
           'the urgent one with its safety text alone', fake.contents(urgent))

with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True, extra=LATE + 'answer_late = false\n') as bot:
    begun(fake)
    old, direct, urgent = (missed(fake, 'can i wash my hair') +
                           [fake.ask('can i sunbathe', dm=True, offset_ms=-90000),
                            fake.ask('my lips are swelling up and i cannot breathe',
                                     offset_ms=-90000)])
    young = fake.ask('can i sunbathe')
    fake.wait_replies([urgent, young], 30)
    time.sleep(0.5)
    tap.is_(fake.not_once([urgent, young]), {}, 'when late ones are left: the urgent and the young')
    tap.is_({k: v for k, v in fake.replies([old, direct]).items() if v}, {}, 'and no other')
tap.done()

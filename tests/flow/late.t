#!/usr/bin/env python3
"""Questions that waited long while the bot was away: answered with a word of excuse, or not at all by
setting; what is urgent gets its safety text in any case. So it is with replies that are owed meanwhile."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../torture'))
from fake import ROOT, Fake, Bot, Tap
from page import page_under

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

# The shim, by which time passes, must be loaded before the sanitizers, so that they are left out.
os.environ.setdefault('CLINICBOT', os.path.join(ROOT, 'build/clinicbot'))


def owed_for_minutes(fake, bot):
    """Killed with replies owed, one of them made without its knowing, and started two minutes later."""
    page = page_under(bot)
    page.arm()
    bot.start()
    fake.wait_live()
    fake.wait_replies([fake.ask('is the sauna ok')])
    fake.rest_fault(method='POST', hang_ms=60000, times=1)
    made = fake.ask('can i drink wine')
    fake.wait_replies([made])
    fake.rest_fault(method='POST', status=503, times=1000)
    owed, urgent = (fake.ask('can i wash my hair', dm=True),
                    fake.ask('my lips are swelling up and i cannot breathe', dm=True))
    bot.wait_log('answer after.washing')
    bot.wait_log('urgent ')
    time.sleep(0.5)
    bot.kill9()
    fake.clear_faults()
    page.wall_ms += 120000
    fake.settings(clock_off_ms=120000)
    bot.start()
    fake.wait_replies([urgent], 20)
    return made, owed, urgent


for answer_late in (True, False):
    with Fake(identify_window_ms=100) as fake, \
            Bot(fake, quick=True, start=False,
                extra=LATE + ('' if answer_late else 'answer_late = false\n')) as bot:
        made, owed, urgent = owed_for_minutes(fake, bot)
        if answer_late:
            fake.wait_replies([owed], 20)
        else:
            bot.wait_log('it is too late')
        time.sleep(2)
        what = 'owed for two minutes' if answer_late else 'by setting'
        tap.is_([len(fake.contents(id)) for id in (made, owed, urgent)], [1, int(answer_late), 1],
                what + ': what was made is not doubled, what is urgent goes out, what is late %s' %
                ('too' if answer_late else 'does not'))
        tap.is_([c.startswith(SORRY) for id in (owed, urgent) for c in fake.contents(id)],
                [True, False] if answer_late else [False], what + ': late ones have a word of excuse')
        tap.is_(fake.hard(), {}, 'no malformed request')
tap.done()

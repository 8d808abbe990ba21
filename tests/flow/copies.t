#!/usr/bin/env python3
"""A reply that an earlier run made is known again when its words have changed since; and only by the question
that it names, as two people may ask the same."""
import glob
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap

SORRY = 'Sorry for the delay'
tap = Tap()


def put(path, old, new):
    with open(path) as text:
        before = text.read()
    assert old in before, old
    with open(path, 'w') as out:
        out.write(before.replace(old, new))


def files(bot):
    return {path: open(path, 'rb').read() for path in glob.glob(bot.state + '*')}


# Killed behind the creation; the nonce is forgotten and something was edited before the next start.
for what, change in (
        ('the article', lambda bot: put(bot.dir + '/intents/mesotherapy.md', 'Do not wash your hair',
                                        'Please do not wash your hair')),
        ('the emergency number', lambda bot: put(bot.conf, '"112"', '"911"'))):
    with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True) as bot:
        fake.wait_live()
        fake.wait_replies([fake.ask('is the sauna ok', author='pat')])
        fake.settings(nonce_window_ms=1)
        fake.rest_fault(hang_ms=3000, path='/channels/')
        asked = fake.ask('can i wash my hair', author='pat', offset_ms=-200000)
        fake.wait_hanging()
        bot.kill9()
        change(bot)
        bot.start()
        fake.wait_live()
        later = fake.ask('can i wash my hair', author='pat')
        fake.wait_replies([later])
        time.sleep(1)
        tap.is_(fake.not_once([asked, later]), {}, '%s was edited before the restart: no second reply' % what)
        tap.ok(fake.contents(later) != fake.contents(asked), 'the next one has the new words', fake.contents(later))
        tap.is_(fake.hard(), {}, 'no malformed request')

# A power cut took the last seconds of the state, and the machine is back so late that a reply says so.
with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True, extra='late_after_minutes = 1\n') as bot:
    fake.wait_live()
    fake.wait_replies([fake.ask('is the sauna ok', author='pat', offset_ms=-7200000)])
    bot.term()
    bot.wait()
    saved = files(bot)
    bot.start()
    fake.wait_live()
    asked = fake.ask('can i wash my hair', author='pat', offset_ms=-90000)
    fake.wait_replies([asked])
    bot.kill9()
    unheard = fake.ask('can i sunbathe', author='pat', offset_ms=-80000, event=False)
    for path in files(bot):
        os.unlink(path)
    for path, content in saved.items():
        with open(path, 'wb') as out:
            out.write(content)
    fake.settings(clock_off_ms=200000)
    fake.fault('lose_session')
    bot.start()
    fake.wait_live()
    fake.wait_replies([unheard], 20)
    time.sleep(1)
    tap.is_(fake.not_once([asked, unheard]), {}, 'a late start on an older state: no second reply')
    tap.ok(fake.contents(unheard)[0].startswith(SORRY), 'what had no reply gets a late one', fake.contents(unheard))
    tap.is_(fake.hard(), {}, 'no malformed request')

# Two ask the same; one question is gone when the replies go out, and its reply names none.
with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True) as bot:
    fake.wait_live()
    fake.wait_replies([fake.ask('is the sauna ok', author=who) for who in ('ann', 'ben')])
    fake.settings(nonce_window_ms=1)
    fake.rest_fault(status=503, times=1000)
    gone = fake.ask('can i wash my hair', author='ann', offset_ms=-200000)
    kept = fake.ask('can i wash my hair', author='ben', offset_ms=-200000)
    fake.wait_count('faults', 2)
    time.sleep(0.5)
    bot.kill9()
    fake.call('POST', 'delete', {'id': gone, 'event': False})  # nobody hears of it
    fake.clear_faults()
    bot.start()
    fake.wait_live()
    fake.wait_replies([kept])
    time.sleep(1)
    tap.is_(fake.not_once([kept]), {}, 'who asked the same as a question that is gone is answered once')
    tap.is_(fake.count('reference_gone'), 1, 'and the reply to the latter named nothing')
    tap.is_(fake.hard(), {}, 'no malformed request')
tap.done()

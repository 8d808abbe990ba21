#!/usr/bin/env python3
"""SIGTERM in every state: status 0 within a second, the session left resumable, nothing owed lost. And
--forget-session, which ends the session for good."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap, wait_until

tap = Tap()


def stops(bot, when):
    began = time.monotonic()
    bot.term()
    status = bot.wait(20)
    took = time.monotonic() - began
    # The bot allows itself 0.8 s; the rest is for sanitizers and a busy machine.
    tap.ok(status == 0 and took < 1.8, 'stopped %s' % when, 'status %s after %.2f s' % (status, took))


def settled(fake, ids, name):
    fake.wait_replies(ids, 30)
    time.sleep(0.4)
    tap.is_(fake.not_once(ids), {}, name)


with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True) as bot:
    fake.wait_live()
    ids = [fake.ask('is the sauna ok')]
    settled(fake, ids, 'it answers')

    fake.rest_fault(hang_ms=4000)
    ids.append(fake.ask('can i sunbathe'))
    fake.wait_hanging()
    ids.append(fake.ask('can i wash my hair'))
    stops(bot, 'with a reply that hangs, and one behind it')
    fake.clear_faults()
    ids.append(fake.ask('when can i do sport'))
    bot.start()
    settled(fake, ids, 'started again it sends what was owed and hears what was written meanwhile')

    fake.fault('gateway_down', ms=60000)
    fake.fault('drop')
    bot.wait_log('HTTP 503')
    ids.append(fake.ask('can i sunbathe'))
    stops(bot, 'while it cannot connect')
    fake.clear_faults()
    fake.fault('hello_delay', ms=5000)
    bot.start()
    wait_until(lambda: fake.count('connections') > 2, 20, 'the next connection')
    stops(bot, 'before the hello')
    fake.clear_faults()
    fake.settings(hello_delay_ms=0)
    bot.start()
    settled(fake, ids, 'and after all that every question has its one answer')
    tap.is_(fake.count('identify'), 1, 'in one session')

    fake.rest_fault(method='GET', path='/channels/100/messages', hang_ms=4000)
    fake.fault('lose_session')
    ids += fake.ask_many('can i wash my hair {n}', times=20)
    fake.wait_hanging(20)
    stops(bot, 'while it reads what it missed')
    fake.clear_faults()

    bot.argv.append('--forget-session')
    bot.start()
    settled(fake, ids, 'which it goes on with')
    n = fake.count('identify')
    stops(bot, 'for good')
    tap.is_([c['code'] for c in fake.report()['client_closes']][-1], 1000, 'the session is ended')
    ids.append(fake.ask('when can i do sport'))
    bot.start()
    settled(fake, ids, 'what was written after that is read back')
    tap.is_(fake.count('identify'), n + 1, 'by a new session')
    tap.is_(fake.hard(), {}, 'no malformed request')
tap.done()

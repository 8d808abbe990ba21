#!/usr/bin/env python3
"""Something between the bot and Discord, such as a proxy or a sign-in page, refuses requests in words that are
not Discord's: nothing is given up for that, and the bot goes on."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap

tap = Tap()

with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True) as bot:
    fake.wait_live()
    fake.wait_replies([fake.ask('is the sauna ok', author='ann')])
    for status in (400, 401, 403, 404, 405, 413):
        fake.rest_fault(status=status, html=True)
        asked = fake.ask('can i wash my hair', author='of %d' % status)
        fake.wait_replies([asked])
        tap.is_(fake.not_once([asked]), {}, '%d on a reply, once: it goes out' % status)
    for status in (400, 401):
        fake.rest_fault(method='GET', path='/channels/100/messages', status=status, html=True)
        fake.fault('gateway_down', ms=500)
        fake.fault('lose_session')
        missed = fake.ask('can i sunbathe', author='of %d' % status)
        fake.wait_replies([missed], 30)
        tap.is_(fake.not_once([missed]), {}, '%d on a page of the history, once: it is read' % status)
    tap.ok(bot.running(), 'the bot runs')
    tap.is_(fake.hard(), {}, 'no malformed request')

# The same from Discord itself is its word.
with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True) as bot:
    fake.wait_live()
    fake.rest_fault(status=401)
    fake.ask('can i wash my hair')
    tap.is_(bot.wait(10), 78, 'a 401 of Discord ends it')
tap.done()

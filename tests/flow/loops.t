#!/usr/bin/env python3
"""Other programs in the channel: bots, webhooks, the bot itself, and those that write by a person's
account. None of them gets the bot to talk for ever, and what is urgent is answered all the same."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import BOT_ID, Fake, Bot, Tap, shipped, wait_until

HAIR = 'can i wash my hair'
EMERGENCY = 'my lips are swelling up and my throat is tight'
SAFE = 'may be an emergency'

tap = Tap()
intents = shipped.few()


def created(fake):
    return fake.report()['created']


with Fake(identify_window_ms=100) as fake, Bot(fake, intents=intents) as bot:
    fake.wait_live(30)
    fake.wait_replies([fake.ask(HAIR, author='pat')], 30)

    # What is marked as a bot's, however urgent it sounds.
    n = len(created(fake))
    for text in (HAIR, EMERGENCY):
        fake.ask(text, author_bot=True, author='helper')
        fake.ask(text, webhook=True, author='hook')
        fake.ask(text, author=BOT_ID)
        fake.ask(text, author_bot=True, author='helper', mention=True)
        fake.ask(text, author_bot=True, dm='helper')
    last = fake.ask(HAIR, author='pat')
    fake.wait_replies([last], 30)
    time.sleep(0.5)
    tap.is_(len(created(fake)), n + 1, 'bots, webhooks and the bot itself get nothing')

    # Says everything back that the bot says.
    def echo(text, before='', seconds=1.5):
        """Says back what the bot says until it says nothing more; how often."""
        times, seen = 0, len(created(fake))
        fake.ask(text, author='echo')
        end = time.monotonic() + seconds
        while time.monotonic() < end and times < 20:
            now = created(fake)
            for m in now[seen:]:
                fake.ask(before + m['content'], author='echo')
                times, end = times + 1, time.monotonic() + seconds
            seen = len(now)
            time.sleep(0.02)
        return times

    tap.is_(echo(HAIR), 1, 'what is said back gets nothing')
    tap.is_(echo(HAIR, 'clinicbot in #ask: '), 1, 'nor with some words in front')
    tap.is_(echo(EMERGENCY), 1, 'nor is a safety text that is said back an emergency')
    tap.is_(echo('there is pus and it is red and hot', 'clinicbot in #ask: '), 1,
            'not with some words in front either')
    bot.wait_log('somebody says what the bot said')
    tap.is_(bot.log().count('somebody says what the bot said'), 1, 'which is logged once')
    id = fake.ask(fake.contents(last)[0] + ' i read this but now ' + EMERGENCY, author='quoter')
    fake.wait_replies([id], 30)
    tap.ok(SAFE in fake.contents(id)[0], 'whoever quotes the bot and is in need gets the safety text',
           fake.contents(id))

    # Asks something new behind every reply, at once.
    replies = 0
    for i in range(12):
        id = fake.ask('can i drink wine on day %d' % i, author='program')
        try:
            wait_until(lambda: fake.contents(id), 1.5, 'a reply', 0.005)
        except TimeoutError:
            break
        replies += 1
    tap.is_(replies, 6, 'who answers every reply at once gets six')
    bot.wait_log('answers every reply at once')
    id = fake.ask(EMERGENCY, author='program')
    fake.wait_replies([id], 30)
    tap.ok(SAFE in fake.contents(id)[0], 'but a safety text when it is urgent')
    fake.wait_replies([fake.ask(HAIR, author='pat')], 30)
    tap.is_(fake.hard(), {}, 'no malformed request')

tap.done()

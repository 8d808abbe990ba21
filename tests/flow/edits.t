#!/usr/bin/env python3
"""A question that is edited: its reply becomes the answer to the last wording, once, whatever
happens meanwhile; and under what was edited to be urgent no article text is left standing."""
import glob
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap, shipped, wait_until

HAIR, SAUNA, SPORT = 'can i wash my hair', 'is the sauna ok', 'can i drink wine tonight'
WASHING, HEAT, WINE = 'wash', 'sauna', 'alcohol'
EMERGENCY = 'my lips are swelling up and my throat is tight'
SAFE = 'may be an emergency'
CANARY = 'zebrafinch'
WAIT = 2  # seconds, bot.h

tap = Tap()
intents = shipped.few()  # the bot is started often here


def answered(fake, content, **more):
    id = fake.ask(content, **more)
    fake.wait_replies([id], 30)
    settle(fake)
    return id


def settle(fake):
    """What the bot has sent so far it now also knows to be sent."""
    fake.wait_replies([fake.ask('hello', author='settle', mention=True)], 30)


def wait_edits(fake, id, n=1):
    wait_until(lambda: fake.edits_of(id) >= n, 30, '%d changes of the reply' % n, 0.05)
    return fake.standing(id)


def wait_standing(fake, id, n):
    """The change and a new message are two calls, and either may be the first to arrive."""
    wait_until(lambda: len(fake.standing(id)) >= n, 30, '%d replies that stand' % n, 0.05)


def says(text, word):
    return word in text.lower()


with Fake(identify_window_ms=100) as fake, Bot(fake, intents=intents) as bot:
    fake.wait_live(30)
    id = answered(fake, HAIR + ' says the ' + CANARY)
    before = fake.standing(id)
    fake.edit(id, SAUNA + ' says the ' + CANARY)
    now = wait_edits(fake, id)
    tap.ok(len(now) == 1 and says(before[0], WASHING) and says(now[0], HEAT) and
           not says(now[0], WASHING), 'the reply is the answer to the edited question', now)
    tap.ok('112' in now[0] and 'not medical advice' in now[0], 'with the note', now)
    tap.is_(len(fake.replies([id])[id]), 1, 'and no second reply')

    burst = answered(fake, HAIR)
    started = time.monotonic()
    for text in (SAUNA, HAIR + ' now', 'hm', SAUNA, SPORT):
        fake.edit(burst, text)
        time.sleep(0.1)
    now = wait_edits(fake, burst)
    took = time.monotonic() - started
    time.sleep(WAIT + 1)
    tap.is_(fake.edits_of(burst), 1, 'a burst of edits is answered once')
    tap.ok(says(now[0], WINE), 'to the last', now)
    tap.ok(WAIT <= took < WAIT + 3, 'after two seconds', took)

    quiet = answered(fake, HAIR)
    fake.edit(quiet, unfurl=True)
    fake.edit(quiet, HAIR + ' please')
    fake.edit(quiet, unfurl=True)
    old = answered(fake, HAIR, offset_ms=-11 * 60 * 1000)
    fake.edit(old, SAUNA)
    others = [fake.ask(HAIR, author_bot=True), fake.ask(HAIR, webhook=True),
              fake.ask(HAIR, channel='101')]
    for other in others:
        fake.edit(other, SAUNA)
    fake.edit(fake.replies([quiet])[quiet][0], SAUNA)
    time.sleep(WAIT + 1)
    tap.is_([fake.edits_of(quiet), fake.edits_of(old)], [0, 0],
            'not what says the same, what nobody edited, or what was asked over ten minutes ago')
    tap.is_(fake.replies(others), {i: [] for i in others},
            'nor what bots, webhooks and other channels edit')
    fake.edit(old, EMERGENCY)
    wait_edits(fake, old)
    wait_standing(fake, old, 2)
    tap.ok(all(SAFE in t for t in fake.standing(old)) and len(fake.standing(old)) == 2,
           'but an old question that becomes urgent gets its safety text', fake.standing(old))

    none = fake.ask('hello there', author='ines')
    time.sleep(0.5)
    fake.edit(none, HAIR)
    fake.wait_replies([none], 30)
    tap.ok(says(fake.standing(none)[0], WASHING), 'what had no reply is answered',
           fake.standing(none))

    urgent = answered(fake, HAIR, author='ada')
    fake.edit(urgent, EMERGENCY)
    wait_standing(fake, urgent, 2)
    now = wait_edits(fake, urgent)
    tap.ok(len(now) == 2 and all(SAFE in t and not says(t, WASHING) for t in now),
           'urgent: a safety text of its own, and no article text is left standing', now)
    fake.edit(urgent, HAIR)
    time.sleep(WAIT + 1)
    tap.is_(fake.standing(urgent), now, 'harmless again: both safety texts stand')

    removed = answered(fake, HAIR, author='bea')
    fake.delete(fake.replies([removed])[removed][0])
    fake.edit(removed, SAUNA)
    bot.wait_log('a reply stays as it was')
    fake.edit(removed, SPORT)
    time.sleep(WAIT + 1)
    tap.is_((len(fake.replies([removed])[removed]), fake.edits_of(removed)), (1, 0),
            'a reply that somebody removed stays away')
    tap.is_(fake.hard(), {}, 'no malformed request')
    tap.is_(fake.soft(), {}, 'nothing missing that our bot has to send')
    bot.term()
    bot.wait()
    hits = [path for path in glob.glob(bot.dir + '/*')
            if CANARY in open(path, 'rb').read().decode('latin1')]
    tap.is_(hits, [], "the patient's words are in no file")

# --- kill -9 ---

with Fake(identify_window_ms=100) as fake, Bot(fake, intents=intents) as bot:
    fake.wait_live(30)

    def check(id, name, word=HEAT):
        wait_until(lambda: says(fake.standing(id)[0], word), 30, 'the change', 0.05)
        time.sleep(WAIT + 0.5)
        now = fake.standing(id)
        tap.ok(len(now) == 1 and says(now[0], word) and len(fake.replies([id])[id]) == 1, name,
               now)

    id = answered(fake, HAIR, author='a')
    fake.edit(id, SAUNA)
    time.sleep(0.5)
    bot.kill9()
    bot.start()
    check(id, 'killed while the edit waits: answered')

    id = answered(fake, HAIR, author='b')
    fake.rest_fault(method='PATCH', hang_ms=5000)
    fake.edit(id, SAUNA)
    fake.wait_hanging(30)
    bot.kill9()
    bot.start()
    check(id, 'killed while the change is sent: it stands once')

    id = answered(fake, HAIR, author='c')
    fake.rest_fault(method='PATCH', status=503, times=2)
    fake.rest_fault(method='PATCH', reset=True)
    fake.edit(id, SAUNA)
    check(id, 'refused for now, three times: it goes through')

    id = answered(fake, HAIR, author='d')
    bot.kill9()
    fake.edit(id, SPORT)
    fake.edit(id, SAUNA)
    bot.start()
    check(id, 'edited while the bot was away')
    tap.is_(fake.edits_of(id), 1, 'once')

    fake.rest_fault(hang_ms=3000, path='/channels/100/messages')
    id = fake.ask(HAIR, author='e')
    fake.wait_hanging(30)
    fake.edit(id, SAUNA)
    bot.kill9()
    bot.start()
    check(id, 'edited and killed while the reply was sent')

    id = answered(fake, HAIR, author='f')
    fake.rest_fault(method='PATCH', hang_ms=5000)
    fake.edit(id, EMERGENCY)
    fake.wait_hanging(30)
    bot.kill9()
    bot.start()
    fake.wait_live(30)
    time.sleep(WAIT + 1)
    now = fake.standing(id)
    tap.ok(len(now) == 2 and all(SAFE in t for t in now),
           'killed while article text gives way to the safety text: each stands once', now)
    tap.is_(fake.hard(), {}, 'no malformed request')

# --- its question is deleted ---

with Fake(identify_window_ms=100) as fake, \
        Bot(fake, intents=intents, discord='remove_with_question = true') as bot:
    fake.wait_live(30)
    id = answered(fake, HAIR)
    fake.edit(id, SAUNA)
    wait_edits(fake, id)
    settle(fake)
    fake.delete(id)
    wait_until(lambda: not fake.standing(id), 20, 'the removal')
    tap.ok(True, 'a changed reply goes with its question')

tap.done()

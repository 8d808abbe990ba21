#!/usr/bin/env python3
"""A thousand questions over twenty rooms of a homeserver that fails in every way, while it and the bot are
killed again and again: each is answered exactly once, in words that a calm run says too. SEED=N repeats a
run, QUESTIONS=N makes it longer or shorter."""
import os
import random
import sys
import tempfile
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Tap
from matrix import BOT_USER, Homeserver, bot_on

SEED = int(os.environ.get('SEED', '1'))
QUESTIONS = int(os.environ.get('QUESTIONS', '1000'))
DIRECT, GROUPS = 8, 12
PER_SECOND = 28
BURST = 6
BLOW_EACH = 70  # questions
WAITING = 3  # faults that were not met yet
# None of them is taken for a word about the answer before.
ASKED = ('can i wash my hair', 'is the sauna ok', 'can i sunbathe', 'is alcohol ok', 'can i get a massage',
         'when is a cocktail used')
MENTION = {'m.mentions': {'user_ids': [BOT_USER]}}

LIMIT = '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":300}'
FAULTS = [dict(path='/send/', status=429, body=LIMIT), dict(path='/send/', status=429, body=LIMIT, times=3),
          dict(path='/send/', status=500), dict(path='/send/', status=502, body='<html>', times=2),
          dict(path='/send/', drop=True), dict(path='/send/', drop=True, done=True),
          dict(path='/send/', drop=True, done=True, times=3), dict(path='/send/', hang_ms=700),
          dict(path='/send/', status=504, done=True), dict(path='/send/', status=500, done=True),
          dict(path='/sync', status=502, body='<html>'), dict(path='/sync', drop=True),
          dict(path='/sync', status=429, body=LIMIT), dict(path='/sync', status=200, body='{"next'),
          dict(path='/messages', status=503), dict(path='/messages', drop=True),
          dict(path='/messages', status=429, body=LIMIT)]
# What a start asks for.
STARTS = [dict(path=path, status=status) for path in ('/versions', '/whoami', '/filter', '/displayname',
                                                          '/m.ignored_user_list')
          for status in (429, 500, 503)]

tap = Tap()
chance = random.Random(SEED)


def dealt(cards):
    """Without an end, each as often as the others."""
    cards = list(cards)
    while True:
        chance.shuffle(cards)
        yield from cards


class Rooms:
    """Who asks what where. In a group everybody asks seldom: who answers each reply at once is taken for a
    program."""

    def __init__(self, hs):
        self.hs = hs
        self.asked = {}  # id: its words
        self.people = 0
        self.direct = [hs.room(['@pat%d:fake' % n], direct=True) for n in range(DIRECT)]
        self.groups = [hs.room(['@kim:fake', '@lea:fake', '@mia:fake'], joined=True)
                       for _ in range(GROUPS)]

    def ask(self, n, times=1, words=None):
        """In the n-th room."""
        words = words or chance.choice(ASKED)
        if n < DIRECT:
            ids = self.hs.say(self.direct[n], words, '@pat%d:fake' % n, times=times)
        else:
            self.people += 1
            ids = self.hs.say(self.groups[n - DIRECT], words, '@new%d:fake' % self.people,
                              times=times, content=MENTION)
        self.asked.update((id, words) for id in ids)

    def calm(self):
        """Without faults; what the bot may say to each question: {words: bodies}. Whoever asks for the
        first time is told what it is."""
        said = {}
        for again in (0, 1):
            for n, words in enumerate(ASKED):
                self.ask((n + again) % len(ASKED), words=words)
                self.ask(DIRECT + n, words=words)
            self.hs.wait_replies(self.asked)
        for id, contents in self.hs.replies(self.asked).items():
            said.setdefault(self.asked[id], set()).update(content['body'] for content in contents)
        return said


def blow(hs, bot, rooms):
    """kill -9 of the bot, of the homeserver, or of both; what is written meanwhile waits for it."""
    kind = chance.choice(('bot', 'bot', 'homeserver', 'both'))
    if kind != 'homeserver':
        bot.kill9()
        for _ in range(chance.randint(0, 4)):
            rooms.ask(chance.randrange(DIRECT + GROUPS), chance.randint(1, BURST))
        if chance.random() < 0.5:
            hs.fault(**chance.choice(STARTS))
    if kind != 'bot':
        hs.kill9()
        time.sleep(chance.choice((0, 0.1, 0.4)))
        hs.start()
    if kind != 'homeserver':
        bot.start()


def storm(hs, bot, rooms):
    """Until enough was asked; how many blows there were, and whether the bot ended by itself."""
    blows, alive, began, start = 0, True, time.monotonic(), len(rooms.asked)
    faults, up = dealt(FAULTS), 0  # polls at the last blow: it must be up again before the next
    while len(rooms.asked) < start + QUESTIONS:
        n = chance.randrange(DIRECT + GROUPS)
        rooms.ask(n, min(chance.randint(1, BURST), start + QUESTIONS - len(rooms.asked)))
        now = hs.now()
        if now['faults'] < WAITING:
            hs.fault(**next(faults))
        if chance.random() < 0.2:
            hs.settings(duplicates=chance.randint(0, 1), timeline_limit=chance.choice((1, 2, 5, 50)),
                        page_limit=chance.choice((1, 3, 100)),
                        stands_still_every=chance.choice((0, 0, 3, 10)))
        done = len(rooms.asked) - start
        if done > (blows + 1) * BLOW_EACH and now['counts']['sync'] > up + 1:
            up = now['counts']['sync']
            blows += 1
            alive = alive and bot.running()
            blow(hs, bot, rooms)
        time.sleep(max(0, began + done / PER_SECOND - time.monotonic()))
    return blows, alive and bot.running()


def judge(hs, bot, rooms, approved):
    """What the homeserver received is exactly what was to be said."""
    report = hs.report()
    counts = report['counts']
    told, wrong = {}, []
    for event in report['events']:
        content = event['content']
        to = content.get('m.relates_to', {}).get('m.in_reply_to', {}).get('event_id')
        told[to] = told.get(to, 0) + 1
        if event['type'] != 'm.room.message' or content['body'] not in approved.get(rooms.asked.get(to), ()):
            wrong.append((rooms.asked.get(to), event))
    lost = [id for id in rooms.asked if id not in told]
    doubled = {to: n for to, n in told.items() if n != 1}
    tap.ok(not lost, 'SEED=%d: none of %d questions is lost' % (SEED, len(rooms.asked)), lost)
    tap.ok(not doubled, 'none is answered twice', doubled)
    tap.ok(not wrong, 'and nothing is said that a calm run does not say', *wrong[:3])
    tap.is_(report['violations'], {}, 'all along it did what a good client does')
    faults, unsure = counts.get('faults', 0), counts.get('faults_done', 0)
    tap.ok(faults > QUESTIONS / 25 and unsure > QUESTIONS / 200 and counts.get('messages', 0) > QUESTIONS / 25,
           '%d requests failed; of %d replies only the answer was lost; %d pages of gaps were read' % (
               faults, unsure, counts.get('messages', 0)))


def main():
    with tempfile.TemporaryDirectory() as folder, \
            Homeserver(journal=os.path.join(folder, 'journal')) as hs, \
            bot_on(hs, extra='limits { per_person_per_minute = 0 per_room_per_minute = 0 }') as bot:
        hs.wait_polls()
        rooms = Rooms(hs)
        approved = rooms.calm()
        blows, alive = storm(hs, bot, rooms)
        tap.ok(alive, '%d times it or the homeserver was killed, and it never ended else' % blows)
        hs.clear_faults()
        try:
            hs.wait_replies(rooms.asked, 60)
        except TimeoutError as late:
            tap.note(late)
        time.sleep(1)  # a second reply would come now
        judge(hs, bot, rooms, approved)
        if tap.failed:
            tap.note(bot.log()[-3000:])


main()
tap.done()

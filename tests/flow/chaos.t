#!/usr/bin/env python3
"""Everything that can go wrong on Discord's side, one after the other and at once, with two kill -9 and a
SIGTERM in between: each of 900 questions is answered exactly once, in the words that it gets in peace.
SEED=N deals the faults in another order, QUESTIONS=N makes the run shorter or longer."""
import itertools
import os
import random
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap

SEED = int(os.environ.get('SEED', '1'))
QUESTIONS = int(os.environ.get('QUESTIONS', '900'))
PER_SECOND = 18

# --- what people ask ---

# Nobody asks so often that he would be taken for a program (bot/app/bot_loops.c).
PEOPLE = ['person %d' % n for n in range(50)]
WRITERS = PEOPLE[:8]  # of direct messages
PLACES = [dict(), dict(), dict(channel='101', mention=True), dict(thread='555')]
DIRECT = dict(dm=True)
ASKED = ['can i wash my hair', 'is the sauna ok', 'can i sunbathe', 'what is mesotherapy',
         'can i drink alcohol', 'can i get a massage', 'does mesotherapy hurt', 'can i park my car',
         'are you a robot']
EMERGENCY = 'my lips are swelling up and my throat is tight'

# --- what goes wrong ---

# After these the session goes on. The close codes that end the bot, and 1009, are in faults.t.
KEEPING = [('drop', {}), ('drop', {'mid_frame': True}), ('op7', {}), ('op9', {'resumable': True}),
           ('op1', {}), ('duplicate_next', {'n': 5}), ('replay_all_on_resume', {}), ('bad_binary', {}),
           ('bad_frame', {'text': '{"op":0,"d":'}), ('unknown_event', {}), ('split_frames', {'pieces': 5}),
           ('resume_host_dead', {'ms': 1500}), ('gateway_down', {'ms': 800}),
           ('refuse_upgrade', {'status': 502, 'times': 1}), ('hello_delay', {'ms': 300})]
KEEPING += [('close', {'code': code}) for code in (1000, 1001, 1011, 1012, 1013, 1014, 3000, 4000, 4001,
                                                     4002, 4005, 4006, 4008)]
AT_THE_NEXT_CONNECTION = ('resume_host_dead', 'gateway_down', 'refuse_upgrade', 'hello_delay',
                          'replay_all_on_resume')
# After these there is another one, and what was missed is read back.
LOSING = [('lose_session', {}), ('op9', {})] + [('close', {'code': code}) for code in (4003, 4007, 4009)]
# Each before the message is made, and after.
FAILING = [dict(status=429, retry_after=0.6), dict(status=429, retry_after=0.6, **{'global': True}),
           dict(status=429, html=True, retry_after=1), dict(status=500), dict(status=502), dict(status=503),
           dict(status=504), dict(reset=True)]
SENDING = [dict(how, after_create=after) for how in FAILING for after in (False, True)] + [dict(hang_ms=700)]

GETS = 2  # fail when the history is read back

tap = Tap()
chance = random.Random(SEED)


def dealt(cards):
    """Without an end, each as often as the others."""
    while True:
        chance.shuffle(cards)
        yield from cards


class Chaos:
    def __init__(self, fake, bot):
        self.fake, self.bot = fake, bot
        self.wanted = {}  # id: the words of its reply
        self.gateway, self.lost, self.blows, self.kills = 0, 0, 0, 0
        self.keeping, self.losing, self.sending = dealt(KEEPING), dealt(LOSING), dealt(SENDING)
        self.turns = itertools.count()

    def calm(self):
        """Everybody is told what the bot is, and each room known to it. What it says to each question, to
        who is there for the first time and to who is not."""
        first = [self.fake.ask(ASKED[0], author=one, **place)
                 for one in WRITERS for place in [DIRECT] + PLACES]
        first += [self.fake.ask(ASKED[0], author=one) for one in PEOPLE[len(WRITERS):]]
        self.fake.wait_replies(first)
        places = PLACES + [DIRECT]
        known = {q: [self.fake.ask(q, author=WRITERS[n], **place) for n, place in enumerate(places)]
                 for q in ASKED}
        new = {q: [self.fake.ask(q, author='calm %s %d' % (q, n), **place) for n, place in enumerate(places)]
               for q in ASKED + [EMERGENCY]}
        asked = sum([*known.values(), *new.values()], [])
        self.fake.wait_replies(asked)
        said = self.contents()
        self.words = [{q: said[mine[0]] for q, mine in ids.items()} for ids in (known, new)]
        self.before = {*first, *asked}
        alike = all(said[id] == words[q] for words, ids in zip(self.words, (known, new))
                    for q, mine in ids.items() for id in mine)
        differ = all(len(set(map(str, words.values()))) == len(words) for words in self.words)
        tap.ok(alike and differ, 'in peace, each question has a reply of its own, the same in every room',
               self.words)

    def contents(self):
        """{question: [the words of its replies]}, of the messages that the fake was made to create"""
        said = {}
        for message in self.fake.report()['created']:
            said.setdefault(message['reference'], []).append(message['content'])
        return said

    def ask(self):
        new = chance.random() < 0.3
        author = 'stranger %d' % next(self.turns) if new else PEOPLE[next(self.turns) % len(PEOPLE)]
        place = chance.choice(PLACES + [DIRECT] if author in WRITERS else PLACES)
        question = EMERGENCY if new and chance.random() < 0.2 else chance.choice(ASKED)
        self.wanted[self.fake.ask(question, author=author, **place)] = self.words[new][question]

    def break_gateway(self):
        """There must be a connection that it can befall."""
        name, how = next(self.keeping)
        self.fake.fault(name, **how)
        if name in AT_THE_NEXT_CONNECTION:
            self.fake.fault('drop')
        self.gateway += 1

    def break_rest(self):
        self.fake.rest_fault(**next(self.sending))

    def lose(self):
        """The session is gone, and the first requests for what was missed fail."""
        for how in chance.sample(FAILING, GETS):
            self.fake.rest_fault(method='GET', **how)
        name, how = next(self.losing)
        while True:  # until it befell a connection
            self.fake.wait_live()
            self.fake.fault(name, **how)
            self.blows += 1
            state = self.fake.state()
            if not state['live'] and not state['resumable']:
                break
        self.lost += 1

    def kill(self):
        self.kills += 1
        self.bot.kill9()
        self.bot.start()

    def term(self):
        self.bot.term()
        tap.is_(self.bot.wait(10), 0, 'SIGTERM in the midst of it ends with 0')
        self.bot.start()

    def run(self):
        blows = [self.lose, self.kill, self.lose, self.term, self.lose, self.kill, self.lose, self.lose]
        at = {QUESTIONS * (n + 1) // (len(blows) + 1): blow for n, blow in enumerate(blows)}
        began = time.monotonic()
        for asked in range(1, QUESTIONS + 1):
            self.ask()
            if self.gateway < asked * len(KEEPING) // QUESTIONS:
                self.fake.wait_live()
            if asked % 3 == 0 and self.fake.state()['live']:
                self.break_gateway()
            if asked % 12 == 0:  # with fifty refusals in one run of the bot it would pause, as it should
                self.break_rest()
            if asked in at:
                at[asked]()
            time.sleep(max(0, began + asked / PER_SECOND - time.monotonic()))

    def judge(self):
        """What the fake received: one reply to each question, its own, and nothing else."""
        try:
            self.fake.wait_replies(self.wanted, 60)
        except TimeoutError as late:
            tap.note(late)
        time.sleep(1)  # a second reply would come now
        said, report = self.contents(), self.fake.report()
        once = [id for id in self.wanted if len(said.get(id, [])) == 1]
        tap.is_(sum(id in said for id in self.wanted), QUESTIONS, 'all questions are answered')
        if not tap.is_(len(once), QUESTIONS, 'SEED=%d: %d asked, %d answered once' % (
                SEED, len(self.wanted), len(once))):
            tap.note({id: said.get(id, []) for id in self.wanted if id not in once})
            tap.note(self.bot.log()[-3000:])
        wrong = {id: said[id] for id, words in self.wanted.items() if id in said and said[id][:1] != words}
        tap.is_(wrong, {}, 'each in the words that it gets in peace')
        others = {id: words for id, words in said.items() if id not in self.wanted and id not in self.before}
        tap.is_(others, {}, 'and nothing else is said')
        self.judge_faults(report)

    def judge_faults(self, report):
        counts = report['counts']
        requests = counts['faults'] - self.gateway - self.blows
        tap.note('%d faults of the gateway, %d lost sessions, %d failed requests, %d kill -9, 1 SIGTERM; '
                 '%d resumes, %d sessions' % (self.gateway, self.lost, requests, self.kills,
                                              counts['resumed'], counts['identify']))
        if QUESTIONS >= 900:
            tap.ok(self.gateway >= len(KEEPING) and self.lost >= len(LOSING) and
                   requests >= len(SENDING) + GETS * self.lost,
                   '%d faults, each kind of them' % (counts['faults'] + self.kills + 1), counts)
        tap.ok(counts['identify'] > self.lost, 'over several sessions', counts)
        hard = report['violations']['hard']
        early = hard.pop('request_during_429', 0)
        tap.is_(hard, {}, 'no malformed request')
        # Some were on their way, or sent by a run that could not know of the wait.
        waits = sum(by_status.get('429', 0) for by_status in report['requests'].values())
        tap.ok(waits > 10 and early <= waits // 5, 'of %d waits that Discord asks for, %d are cut short' % (
            waits, early), report['examples'])


with Fake(identify_window_ms=100, heartbeat_interval=4000, in_flight_ms=300) as fake, \
        Bot(fake, quick=True, discord='missed_messages = 10000') as bot:
    fake.wait_live()
    chaos = Chaos(fake, bot)
    chaos.calm()
    try:
        chaos.run()
    except TimeoutError:
        tap.note(bot.log()[-6000:])
        raise
    fake.clear_faults()
    chaos.judge()
tap.done()

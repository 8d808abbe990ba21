"""A fake, a bot under shim.c, and the oracle: what the fake received must be each reply once, in words that a
run without faults has used too. What is Discord's stands here too, what is Matrix's in world_matrix.py."""
import atexit
import collections
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, ROOT, shipped, wait_until
from page import page_under, ALLOC, CMARK, LIBUV, PROGRAM

STAFF = '700'
SETTLED_S = 20  # time for what is owed; a reply that takes longer counts as lost
QUIET_S = 0.02  # without a call the bot is held to be at rest


def program():
    return os.environ.get('CLINICBOT', os.path.join(ROOT, 'build/clinicbot'))


def intents():
    """A folder to learn from so quickly that a start takes a tenth of a second; its path."""
    folder = tempfile.mkdtemp(prefix='clinicbot-torture-')
    atexit.register(shutil.rmtree, folder)
    path = os.path.join(folder, 'intents')
    shipped.copy_fewest(path)
    return path


def is_out_of_memory(at):
    """Whether this place in the program is out_of_memory(), wherever it was inlined."""
    said = subprocess.run(['addr2line', '-f', '-i', '-e', program(), hex(at - 1)],
                          capture_output=True, text=True).stdout
    return 'out_of_memory' in said.split('\n')


# What the bot sent. `once`: the same words must not come again, as in an alert.
Sent = collections.namedtuple('Sent', 'content replies_to once')


class Count:
    """What came of it."""

    NAMES = ('faults', 'lost', 'doubled', 'forbidden', 'crashes')

    def __init__(self):
        self.notes = []
        self.pairs = 0
        self.slowest = 0.0  # until all was answered once the faults had ended, in seconds
        for name in self.NAMES:
            setattr(self, name, 0)

    def add(self, other):
        self.notes += other.notes
        self.pairs += other.pairs
        self.slowest = max(self.slowest, other.slowest)
        for name in self.NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def bad(self, name, note, n=1):
        setattr(self, name, getattr(self, name) + n)
        self.notes.append('%s: %s' % (name, note))

    def good(self):
        return not (self.lost or self.doubled or self.forbidden or self.crashes)

    def line(self):
        return ', '.join('%s %d' % (name, getattr(self, name)) for name in self.NAMES)


class World:
    """`approved`: the words that may be sent; None: those of this run are collected instead. Whose world
    it is says `set_up`, which makes `fake` and `bot`, and: ask, live, replies, replies_n (so far), sent,
    broken_rules; drop and lose (the connection; what the platform knew of it); words (a reply without what
    differs from one message to the next)."""

    def __init__(self, name, folder, approved=None, more='', logs=False):
        self.name, self.approved, self.count = name, approved, Count()
        self.set_up(folder, more)
        self.bot.argv = [program(), 'run', '-c', self.bot.conf]
        log = ['TORTURE_LOG=' + os.path.join(self.bot.dir, 'changes')] if logs else []
        self.page = page_under(self.bot, *log)
        self.expected = {}  # id: replies
        self.asked = {}  # id: the question
        self.open = set()   # of these, not seen to be answered yet
        self.turn = 0
        self.asked_to_stop = False
        self.excused = {'request_during_429'}  # rules that may be broken: kill -9 forgets waits

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.bot.close()
        self.fake.stop()

    def expect(self, id, question, replies):
        """So many replies to this question."""
        self.asked[id] = question
        self.expected[id] = replies
        self.open.add(id)
        return id

    # --- the bot ---

    def start(self, through=()):
        """`through`: a command that starts it."""
        self.turn += 1
        self.asked_to_stop = False
        argv = self.bot.argv
        self.bot.argv = [*through, *argv]
        self.bot.start()
        self.bot.argv = argv

    def stop(self):
        self.asked_to_stop = True
        self.bot.term()

    def begin(self):
        """The first run: its session is stored. What was written before it is nobody's question."""
        self.page.arm()
        self.bot.start()
        self.until(self.live)
        self.rest()
        self.bot.kill9()

    def running(self):
        return self.bot.process is not None and self.bot.running()

    def until(self, what, seconds=SETTLED_S):
        """Until `what` or the bot's end; whether it was `what`."""
        end = time.monotonic() + seconds
        while self.running() and time.monotonic() < end:
            if what():
                return True
            time.sleep(0.003)
        return False

    def answered(self):
        """Whether everything that was asked has its replies."""
        if self.open:
            replies = self.replies(self.open)
            self.open = {id for id in self.open if len(replies[id]) < self.expected[id]}
        return not self.open

    def rest(self):
        """Until the bot makes no call any more: the last outcome is in its store."""
        seen, since = -1, 0
        while self.running():
            if self.page.seen != seen:
                seen, since = self.page.seen, time.monotonic()
            elif time.monotonic() - since > QUIET_S:
                return
            time.sleep(0.003)

    def end(self):
        """Kills it if it runs still; then how it ended is judged."""
        asked = False
        if self.running():
            asked = True
            self.bot.kill9()
        status = self.bot.process.wait()
        if not asked:
            self.judge(status)
        return status

    def page_says_memory(self):
        """Whether it aborted in the place for that, or in a library that knows no other way."""
        page = self.page
        return page.abort_by in (CMARK, LIBUV) or (page.abort_by == PROGRAM and
                                                   is_out_of_memory(page.abort_at))

    def judge(self, status):
        page = self.page
        if (status == -signal.SIGKILL and page.fired) or (status == 0 and self.asked_to_stop):
            return
        if status == 1 and page.fired:
            return  # it could not start, and says that a restart may help
        if status == -signal.SIGABRT and page.class_fired == ALLOC and self.page_says_memory():
            return
        self.count.bad('crashes', '%s: ended with %d at call %d of class %d, abort at %#x: %s' % (
            self.name, status, page.from_, page.class_fired, page.abort_at, self.bot.log()[-600:]))

    # --- the oracle ---

    def heal(self):
        """No faults any more. Whoever ends because of them must have the right to."""
        self.page.disarm()
        self.rest()
        if not self.running():
            self.judge(self.bot.process.returncode)

    def settle(self):
        """Without faults everything that is open must be answered now."""
        self.page.disarm()
        self.fake.clear_faults()
        if self.asked_to_stop and self.running():
            self.bot.wait(10)
        if not self.running():
            self.start()
        began = time.monotonic()
        done = self.until(self.answered)
        if not done and not self.running() and self.page.fired:
            self.judge(self.bot.process.returncode)  # of a fault before, which it died of only now
            self.start()
            done = self.until(self.answered)
        if done:
            self.count.slowest = max(self.count.slowest, time.monotonic() - began)
            self.page.arm()
            self.rest()
            return
        if not self.running():
            self.judge(self.bot.process.returncode)
        for id in self.open:
            self.count.bad('lost', '%s: %s has %d of %d replies: %s' % (
                self.name, id, len(self.replies([id])[id]), self.expected[id],
                self.bot.log()[-1500:]))
        self.open = set()

    def check_store(self):
        """A copy of the dead bot's store, log included, must be whole."""
        if not os.path.exists(self.bot.state):
            return
        copy = os.path.join(self.bot.dir, 'copy.db')
        for end in ('', '-wal'):
            if os.path.exists(copy + end):
                os.unlink(copy + end)
            if os.path.exists(self.bot.state + end):
                shutil.copy(self.bot.state + end, copy + end)
        store = sqlite3.connect(copy)
        try:
            said = store.execute('PRAGMA integrity_check').fetchall()
        except sqlite3.DatabaseError as error:
            said = error
        finally:
            store.close()
        if said != [('ok',)]:
            self.count.bad('crashes', '%s: the store is damaged: %s' % (self.name, said))

    def judge_all(self):
        """At the end: what was sent in all, each reply once and nothing but approved words."""
        self.settle()
        time.sleep(0.3)  # a second reply would come now
        sent = self.sent()
        for id, replies in self.replies(self.expected).items():
            if len(replies) > self.expected[id]:
                self.count.bad('doubled', '%s: %s has %d of %d replies: %s' % (
                    self.name, id, len(replies), self.expected[id],
                    [m for m in sent if m.replies_to == id]), len(replies) - self.expected[id])
        for content, n in collections.Counter(m.content for m in sent if m.once).items():
            if n > 1:
                self.count.bad('doubled', '%s: an alert: %s' % (self.name, content), n - 1)
        said = {(self.asked.get(m.replies_to), self.words(m.content)) for m in sent}
        if self.approved is None:
            self.approved = said
        for question, words in said - self.approved:
            self.count.bad('forbidden', '%s: to %r: %r' % (self.name, question, words))
        broken = self.broken_rules()
        if broken:
            self.count.bad('forbidden', '%s: malformed requests %s' % (self.name, broken))
        self.end()


IDENTIFY_MS = 6000  # the bot identifies at most every five seconds
LATE = 'Sorry for the delay: I was away when you wrote this.\n\n'


class DiscordWorld(World):
    @staticmethod
    def words(content):
        """Without ids, times, and the excuse of a reply that comes late."""
        return re.sub(r'\d{6,}', '#', content.removeprefix(LATE))

    def set_up(self, folder, more):
        self.away_ms = 0  # between two runs
        self.off_ms = 0  # Discord's clock against the machine's
        self.fake = Fake(identify_window_ms=0, rate_limit=1000000, global_per_second=0,
                         max_seconds=900)
        self.fake.channel(STAFF, 'staff')
        self.bot = Bot(self.fake, intents=folder, start=False,
                       discord='staff_channel = "%s"\n  %s' % (STAFF, more))

    def ask(self, content, replies=1, **more):
        return self.expect(self.fake.ask(content, **more), content, replies)

    def drop(self):
        self.fake.fault('drop')

    def time_passes(self, ms):
        """For the bot as for Discord."""
        self.page.wall_ms += ms
        self.off_ms += ms
        self.fake.settings(clock_off_ms=self.off_ms)

    def lose(self):
        self.away_ms = IDENTIFY_MS
        self.time_passes(IDENTIFY_MS)
        self.fake.fault('lose_session')

    def start(self, through=()):
        self.time_passes(self.away_ms)
        super().start(through)

    def live(self):
        return self.fake.state()['live']

    def replies(self, ids):
        return self.fake.replies(ids)

    def replies_n(self):
        return self.fake.state()['created']

    def sent(self):
        return [Sent(m['content'], m['reference'], m['channel'] == STAFF)
                for m in self.fake.report()['created']]

    def broken_rules(self):
        report = self.fake.report()
        hard = {name: n for name, n in report['violations']['hard'].items() if name not in self.excused}
        return [hard, report['examples']] if hard else []

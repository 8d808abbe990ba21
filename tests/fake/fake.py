"""The fake Discord and the bot as processes, for tests in Python.

    from fake import Fake, Bot, Tap

    tap = Tap()
    with Fake() as fake, Bot(fake) as bot:
        fake.wait_live()
        ids = [fake.ask('What is mesotherapy?') for _ in range(5)]
        fake.wait_replies(ids, seconds=5)
        bot.kill9()
        bot.start()
        fake.wait_live()
        tap.is_(fake.not_once(ids), {}, 'every question is answered exactly once')
    tap.done()

Run `make fakes` first. README.md beside this file lists faults and the report."""
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from server import HERE, ROOT, SAID, ControlError, Server, stop_process  # noqa: F401

sys.path.insert(0, os.path.join(ROOT, 'tests'))
import shipped  # noqa: E402

BOT_ID = '1100000000000000001'
GUILD_ID = '1000000000000000010'


def wait_until(what, seconds=10, word='it', every=0.01):
    """Calls `what` until it gives something true and returns that; else TimeoutError."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError('%s did not happen in %s s' % (word, seconds))
        time.sleep(every)


def die_with_parent():
    """In a child: it ends when the test that started it ends, however that comes about."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Fake(Server):
    """One fake Discord. `settings` may be any name of POST /fake/settings."""

    TOKEN = 'fake.bot.token'

    def __init__(self, *options, max_seconds=300, **settings):
        super().__init__('fake_discord', self.TOKEN, *options, max_seconds=max_seconds)
        self.api = self.url + '/api'
        if settings:
            self.settings(**settings)

    # What people do.

    def ask(self, content, channel='100', **more):
        """Somebody writes a message; its id. `more` is anything of POST /fake/message."""
        return self.ask_many(content, channel, **more)[0]

    def ask_many(self, content, channel='100', times=1, **more):
        body = {'content': content, 'channel': channel, 'times': times}
        body.update(more)
        return self.call('POST', 'message', body)['ids']

    def load(self, n, per_second, content='question {n}', channel='100', **more):
        """Starts a run of messages that the fake sends by itself; its number."""
        body = {'n': n, 'per_second': per_second, 'content': content, 'channel': channel}
        body.update(more)
        return self.call('POST', 'messages', body)['load']

    def load_ids(self, load):
        """Ids of the messages of a load that were sent so far."""
        return self.call('POST', 'load', {'load': load})['ids']

    def wait_load(self, load, seconds=60):
        """Waits until all of a load is sent; the ids."""
        def sent():
            mine = [l for l in self.state()['loads'] if l['load'] == load][0]
            return mine['sent'] == mine['n']
        wait_until(sent, seconds, 'the load', 0.05)
        return self.load_ids(load)

    def edit(self, id, content=None, unfurl=False):
        body = {'id': id, 'unfurl': unfurl}
        if content is not None:
            body['content'] = content
        self.call('POST', 'edit', body)

    def delete(self, *ids):
        self.call('POST', 'delete', {'id': ids[0]} if len(ids) == 1 else {'ids': list(ids)})

    def channel(self, id, name='new', type=0, **more):
        self.call('POST', 'channel', dict(more, id=id, name=name, type=type))

    def rights(self, **rights):
        """What the bot is told of its rights (README.md); nothing of it is enforced."""
        self.call('POST', 'rights', rights)

    def dispatch(self, t, d):
        """Sends an event as it is."""
        self.call('POST', 'dispatch', {'t': t, 'd': d})

    # What goes wrong.

    def fault(self, name, **more):
        self.call('POST', 'fault', dict(more, name=name))

    def rest_fault(self, method='POST', path='/channels/', **more):
        self.fault('rest', method=method, path=path, **more)

    def clear_faults(self):
        self.call('POST', 'clear_faults')

    def settings(self, **settings):
        self.call('POST', 'settings', settings)

    # What was seen.

    def state(self):
        return self.call('GET', 'state')

    def report(self):
        return self.call('GET', 'report')

    def reset_report(self):
        self.call('POST', 'reset_report')

    def hard(self):
        """Broken rules of Discord: {name: count}."""
        return self.report()['violations']['hard']

    def soft(self):
        """Broken rules of our own: {name: count}."""
        return self.report()['violations']['soft']

    def count(self, name):
        return self.state()['counts'].get(name, 0)

    def replies(self, ids):
        """{question id: [ids of the replies to it]}"""
        return self.call('POST', 'replies', {'ids': list(ids)})

    def contents(self, id):
        """The texts of the replies to one question."""
        return [m['content'] for m in self.report()['created'] if m['reference'] == id]

    def standing(self, id):
        """The texts of the replies to one question as they stand now, edited and not deleted."""
        report = self.report()
        now = {e['id']: e['content'] for e in report['edits']}  # the last of each
        gone = {d['id'] for d in report['deletes']}
        return [now.get(m['id'], m['content']) for m in report['created']
                if m['reference'] == id and m['id'] not in gone]

    def edits_of(self, id):
        """How often replies to one question were edited."""
        mine = {m['id'] for m in self.report()['created'] if m['reference'] == id}
        return len([e for e in self.report()['edits'] if e['id'] in mine])

    def not_once(self, ids):
        """The questions that have not exactly one reply: {id: number of replies}."""
        return {id: len(all) for id, all in self.replies(ids).items() if len(all) != 1}

    def wait_live(self, seconds=30):
        """Waits until the bot holds a session on a connection."""
        wait_until(lambda: self.state()['live'], seconds, 'a live session')

    def wait_gone(self, seconds=10):
        wait_until(lambda: not self.state()['live'], seconds, 'the end of the session')

    def wait_count(self, name, n=1, seconds=10):
        wait_until(lambda: self.count(name) >= n, seconds, '%d %s' % (n, name))

    def wait_hanging(self, seconds=10):
        """Waits until a request of the bot hangs in a `hang_ms` fault: the time to kill it."""
        wait_until(lambda: self.state()['hanging'], seconds, 'a hanging request')

    def wait_replies(self, ids, seconds=10, each=1):
        """Waits until every question has `each` replies or more, and returns them."""
        def all_replied():
            replies = self.replies(ids)
            return all(len(r) >= each for r in replies.values()) and replies
        # Asking after many questions costs the fake time that it would measure as the bot's.
        return wait_until(all_replied, seconds, 'a reply to each of %d questions' % len(ids),
                          max(0.01, len(ids) / 5000))


class Bot:
    """The bot as a process, with a configuration and a state of its own in a directory that lives
    as long as this object. `discord` is added to its section, `extra` behind all; `conf` is a whole
    configuration in place of the written one, `argv` another program in place of the bot. `quick`: it
    starts fast, as it learns from few examples (tests/shipped.py)."""

    def __init__(self, fake=None, extra='', argv=None, discord='', intents='intents', start=True,
                 channels=('100',), conf=None, quick=False, limits=(0, 0)):
        self.fake = fake
        self.limits = limits  # a minute: of a person, of a room
        self.dir = tempfile.mkdtemp(prefix='clinicbot-test-')
        self.program = os.environ.get('CLINICBOT', os.path.join(ROOT, 'build/san/clinicbot'))
        self.conf = os.path.join(self.dir, 'clinicbot.conf')
        self.token = os.path.join(self.dir, 'token')
        self.state = os.path.join(self.dir, 'state.db')
        self.log_path = os.path.join(self.dir, 'log')
        self.process = None
        if quick:
            intents = os.path.join(self.dir, 'intents')
            shipped.copy_few(intents)
        self.is_clinicbot = argv is None
        self.argv = argv or [self.program, 'run', '-v', '-c', self.conf]
        self.write_token(Fake.TOKEN)
        text = conf if conf is not None else self.conf_text(channels, discord, intents, extra)
        with open(self.conf, 'w') as out:
            out.write(text)
        if start:
            self.start()

    def conf_text(self, channels, discord, intents, extra):
        text = '''intents = "%s"
state = "%s"
clinic {
  name = "Test Clinic"
  phone = "+49 30 1234"
  emergency = "112"
  crisis_line = "116 123"
  staff = "the front desk"
}
limits { per_person_per_minute = %d per_room_per_minute = %d }
''' % (intents, self.state, *self.limits)
        if self.fake:
            text += '''discord {
  token_file = "%s"
  api_url = "%s"
  channels = {%s}
  %s
}
''' % (self.token, self.fake.api, ', '.join('"%s"' % c for c in channels), discord)
        return text + extra

    def write_token(self, token, mode=0o600):
        if os.path.exists(self.token):
            os.unlink(self.token)
        fd = os.open(self.token, os.O_WRONLY | os.O_CREAT, mode)
        with os.fdopen(fd, 'w') as out:
            out.write(token + '\n')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Starts it, or starts it again with the same configuration and state."""
        with open(self.log_path, 'a') as log:
            self.process = subprocess.Popen(self.argv, cwd=ROOT, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, preexec_fn=die_with_parent)
        return self

    def kill9(self):
        self.process.send_signal(signal.SIGKILL)
        return self.process.wait(10)

    def term(self):
        """Asks it to stop, as systemd does; use wait() for its exit status."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds=30):
        """Waits for its end; the exit status. TimeoutError when it goes on."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError('the bot did not end in %s s' % seconds) from None

    def running(self):
        return self.process.poll() is None

    def log(self):
        with open(self.log_path, errors='replace') as log:
            return log.read()

    def wait_log(self, text, seconds=10):
        wait_until(lambda: text in self.log(), seconds, 'the log line %r' % text)

    def rss_kb(self):
        with open('/proc/%d/status' % self.process.pid) as status:
            for line in status:
                if line.startswith('VmRSS'):
                    return int(line.split()[1])
        return 0

    def leaks(self):
        """What stands in the log, which tells all, and must not: the token, what people said, who they are."""
        log = self.log().lower() if os.path.exists(self.log_path) else ''
        return sorted(word for word in {Fake.TOKEN, *SAID} if word.lower() in log)

    def close(self):
        """Ends it and removes its files; returns the exit status. AssertionError when its log told too much."""
        status = stop_process(self.process) if self.process else None
        leaks = self.leaks() if self.is_clinicbot else []
        shutil.rmtree(self.dir, ignore_errors=True)
        if leaks:
            raise AssertionError('in the log of the bot: %r' % leaks)
        return status


class Tap:
    """TAP output. done() prints the plan and ends the process, 1 when anything failed."""

    def __init__(self):
        self.n = self.failed = 0

    def ok(self, good, name, *notes):
        self.n += 1
        self.failed += not good
        print('%s %d - %s' % ('ok' if good else 'not ok', self.n, name))
        if not good:
            for note in notes:
                self.note(note)
        sys.stdout.flush()
        return bool(good)

    def is_(self, got, wanted, name):
        return self.ok(got == wanted, name, 'got    %r' % (got,), 'wanted %r' % (wanted,))

    def fails(self, kind, what, name):
        """`what` must raise `kind`; returns the exception."""
        try:
            what()
        except kind as error:
            self.ok(True, name)
            return error
        self.ok(False, name, '%s was not raised' % kind.__name__)
        return None

    def note(self, text):
        for line in str(text).splitlines():
            print('# ' + line)
        sys.stdout.flush()

    def skip_all(self, why):
        print('1..0 # SKIP ' + why)
        sys.exit(0)

    def done(self):
        print('1..%d' % self.n)
        sys.exit(1 if self.failed else 0)

"""The world of synapse.py: the homeserver, its people, their rooms, and the bot as a process."""
import os
import sys
import time
from urllib.parse import quote

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, 'tests/fake'))
from fake import Bot, Tap, wait_until  # noqa: E402
from homeserver import ADMIN, CLIENT, replies_among  # noqa: E402

PEOPLE = 12
PROGRAM = os.path.join(ROOT, 'build/clinicbot')
CONF = '''
intents = "%s/intents"
state = "%s"
clinic {
  name = "Test Clinic"
  phone = "+49 30 1234"
  emergency = "112"
  crisis_line = "116 123"
  staff = "the front desk"
}
limits { per_person_per_minute = 0 per_room_per_minute = 0 }
matrix {
  homeserver = "%s"
  user = "%s"
  %s = "%s"
  invite_from = {"@patient-*:%s"}
  remove_with_question = true
  %s
}
'''


class Process(Bot):
    """The release build with all of the content. Its account is proven by `secret`, which goes into a
    file that `setting` names."""

    def __init__(self, server, account, setting, secret, extra='',
                 homeserver=None):
        super().__init__(start=False, conf='', argv=[PROGRAM])
        name = os.path.join(self.dir, 'secret')
        with os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT, 0o600), 'w') as out:
            out.write(secret + '\n')
        with open(self.conf, 'w') as out:
            out.write(CONF % (ROOT, self.state, homeserver or server.url, account.user, setting, name,
                              account.domain, extra))
        self.argv = [PROGRAM, 'run', '-c', self.conf]

    def start(self):
        """And it is ready: it reads the stream."""
        before = len(self.log()) if self.process else 0
        super().start()
        wait_until(lambda: 'matrix: ready' in self.log()[before:] or not self.running(), 30,
                   'the bot being ready', 0.05)
        if not self.running():
            raise RuntimeError(self.log()[before:])
        return self

    def stop(self):
        self.term()
        return self.wait(10)





class World:
    """The server, whoever runs it, patients whose messages are not limited, and the bot's account."""

    def __init__(self, server):
        self.server = server
        self.admin = server.register('admin', admin=True)
        # So many that nobody answers every reply at once, who would be taken for a program.
        self.people = [server.register('patient') for _ in range(PEOPLE)]
        for person in self.people:
            self.lift(person)
            person.listen()
        self.ann, self.ben, self.cem, self.dan = self.people[:4]
        self.stranger = server.register('stranger').listen()
        self.owner = {}  # room: who made it
        self.gone = set()  # rooms in which nobody is any more
        self.secrets = []

    def bot_account(self):
        """Nobody is signed in to it: the admin API signs in whom it makes."""
        bot = self.server.register('clinicbot')
        bot.call('POST', CLIENT + '/logout', {})
        self.secrets.append(bot.password)
        return bot

    def _limit_path(self, person):
        return '%s/v1/users/%s/override_ratelimit' % (ADMIN, quote(person.user))

    def lift(self, person):
        """Step 2 of README.md, "Set it up on Matrix"."""
        self.admin.call('POST', self._limit_path(person),
                        {'messages_per_second': 0, 'burst_count': 0})

    def limit(self, person):
        """Back to the limits of the server."""
        self.admin.call('DELETE', self._limit_path(person))

    def devices(self, account):
        path = '%s/v2/users/%s/devices' % (ADMIN, quote(account.user))
        return [d['device_id'] for d in self.admin.call('GET', path)['devices']]

    def room(self, owner, *others, bot=None, **more):
        """A new room of these people, all in it; the bot is invited."""
        room = owner.create(invite=[p for p in others + (bot,) if p], **more)
        for person in others:
            person.join(room)
        self.owner[room] = owner
        return room

    def replies(self, asked, by, seconds=30):
        """{question: [replies]} by what the server holds, as soon as each has one, and a moment after.
        `asked`: {room: [questions]}."""
        ids = [id for some in asked.values() for id in some]
        end = time.monotonic() + seconds
        while True:
            events = [e for room in asked for e in self.owner[room].history(room)]
            found = replies_among(events, ids, by)
            if all(found.values()) or time.monotonic() > end:
                break
            time.sleep(0.3)
        time.sleep(1)
        events = [e for room in asked for e in self.owner[room].history(room)]
        return replies_among(events, ids, by)

    def wrong(self, asked, by, seconds=30):
        """{question: how many replies}, of those that have not exactly one."""
        return {id: len(found) for id, found in self.replies(asked, by, seconds).items()
                if len(found) != 1}

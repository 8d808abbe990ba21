"""The fake homeserver as a process, for tests in Python.

    from fake import Bot, Tap
    from matrix import Homeserver, bot_on

    with Homeserver() as hs, bot_on(hs) as bot:
        room = hs.room(['@ann:fake'], direct=True)
        id = hs.ask(room, 'can i swim')
        hs.wait_replies([id])

Run `make fakes` first. README.md beside this file lists what it knows."""
import json

from fake import Bot, wait_until
from server import Server

BOT_USER = '@bot:fake'


class Homeserver(Server):
    """One fake homeserver. `settings` may be any name of POST /fake/settings."""

    TOKEN = 'fake-matrix-token'

    def __init__(self, max_seconds=300, journal=None, **settings):
        """`journal`: a file, empty or not there yet, by which its world outlives kill9()."""
        super().__init__('fake_matrix', self.TOKEN, *(['--journal', journal] if journal else []),
                         max_seconds=max_seconds)
        if settings:
            self.settings(**settings)

    def kill9(self):
        self.process.kill()
        self.process.wait(5)
        self.process.stdin.close()
        self.process.stdout.close()

    def start(self):
        """Behind kill9(): the same world, on the same port."""
        self._start('--port', str(self.port))

    def request(self, method, path, body=None, headers=None):
        """One call of the client API; (status, JSON)."""
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body)
        return self.exchange(method, path, data, headers)

    def control(self, what, **body):
        return self.call('POST', what, body)

    # What people do.

    def room(self, members, **more):
        """A new room of these people, who invite the bot (`joined`: it is in it already; `direct`,
        `encrypted`, `public`, `predecessor`, `id`); its id."""
        return self.control('room', members=members, **more)['room']

    def say(self, room, body, sender='@ann:fake', **more):
        return self.control('say', room=room, body=body, sender=sender, **more)['ids']

    def ask(self, room, body, sender='@ann:fake', **more):
        """Somebody writes; the event's id."""
        return self.say(room, body, sender, **more)[0]

    def mention(self, room, body, sender='@ann:fake'):
        return self.ask(room, body, sender, content={'m.mentions': {'user_ids': [BOT_USER]}})

    def edit(self, room, id, body, sender='@ann:fake'):
        return self.ask(room, '* ' + body, sender, content={
            'm.new_content': {'msgtype': 'm.text', 'body': body},
            'm.relates_to': {'rel_type': 'm.replace', 'event_id': id}})

    def redact(self, room, id, sender='@ann:fake'):
        self.control('redact', room=room, event=id, sender=sender)

    def member(self, room, user, membership, sender='@ann:fake', direct=False):
        self.control('member', room=room, user=user, membership=membership, sender=sender,
                     direct=direct)

    def state(self, room, type, content, key='', sender='@ann:fake'):
        self.control('say', room=room, type=type, content=content, state_key=key, sender=sender)

    # What the bot's account holds.

    def account_data(self, type, content=None):
        """What stands under that type, None when nothing does; with `content` it is written."""
        path = '/_matrix/client/v3/user/%s/account_data/%s' % (BOT_USER, type)
        auth = {'Authorization': 'Bearer ' + self.TOKEN}
        status, body = self.request('GET' if content is None else 'PUT', path, content, auth)
        return body if status == 200 else None

    # What goes wrong.

    def fault(self, path, **more):
        """The next `times` requests whose path holds `path`: `status`, `body`, `headers`; `hang_ms`;
        `drop` (TCP reset). `done`: the request is carried out first."""
        self.control('fault', path=path, **more)

    def settings(self, **settings):
        self.control('settings', **settings)

    def drop(self):
        """The bot's connections are reset."""
        self.control('drop')

    def clear_faults(self):
        self.control('clear_faults')

    def end_tokens(self, soft):
        self.control('end_tokens', soft=soft)

    # What was seen.

    def report(self):
        return self.control('report')

    def now(self):
        """`polls`, `hanging`, `faults` (still to come), `counts` alone: for waiting."""
        return self.control('state')

    def count(self, name):
        return self.now()['counts'].get(name, 0)

    def sent(self, room=None):
        """What the bot sent, edits of its own included."""
        return [e for e in self.report()['events']
                if e['type'] == 'm.room.message' and room in (None, e['room'])]

    def replies(self, ids):
        """{question: [contents of the replies to it]}"""
        found = {id: [] for id in ids}
        for event in self.sent():
            relation = event['content'].get('m.relates_to', {})
            to = relation.get('m.in_reply_to', {}).get('event_id')
            if to in found:
                found[to].append(event['content'])
        return found

    def reply_ids(self, ids):
        """{question: [ids of the replies to it]}"""
        return self.control('replies', ids=list(ids))

    def not_once(self, ids):
        return {id: len(all) for id, all in self.reply_ids(ids).items() if len(all) != 1}

    def wait_replies(self, ids, seconds=20):
        wait_until(lambda: all(self.reply_ids(ids).values()), seconds,
                   'a reply to each of %d questions' % len(ids), 0.05)
        return self.replies(ids)

    def wait_polls(self, seconds=30):
        """Waits until the bot waits for events."""
        wait_until(lambda: self.now()['polls'], seconds, 'a poll')

    def wait_hanging(self, seconds=10):
        wait_until(lambda: self.now()['hanging'], seconds, 'a hanging request')

    def violations(self):
        return self.report()['violations']


def conf_of(hs, dir, matrix='', extra='', intents=None):
    """A configuration for this homeserver; the token is beside it."""
    return '''intents = "%s"
state = "%s/state.db"
clinic {
  name = "Test Clinic"
  phone = "+49 30 1234"
  emergency = "112"
  crisis_line = "116 123"
  staff = "the front desk"
}
matrix {
  homeserver = "%s"
  user = "%s"
  invite_from = {"*:fake"}
  %s
}
%s''' % (intents or dir + '/intents', dir, hs.url, BOT_USER, matrix, extra)


def bot_on(hs, matrix=None, extra='', start=True):
    """The bot on this homeserver, quick to start, with a token unless `matrix` says otherwise."""
    bot = Bot(start=False, quick=True, conf='')
    bot.write_token(hs.TOKEN)
    if matrix is None:
        matrix = 'token_file = "%s"' % bot.token
    with open(bot.conf, 'w') as out:
        out.write(conf_of(hs, bot.dir, matrix, extra))
    return bot.start() if start else bot

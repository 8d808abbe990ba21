"""A real homeserver and the people on it, for synapse.py. Synapse's admin API makes the accounts.

    server = Homeserver('http://127.0.0.1:8008', secret)
    admin = server.register('admin', admin=True)
    ann = server.register('ann').listen()
    room = ann.create(invite=[bot], direct=True)
    id = ann.say(room, 'can i swim')
    ann.wait(lambda: ann.replies([id])[id], 10, 'the reply')"""
import hashlib
import hmac
import http.client
import json
import secrets
import threading
import time
from urllib.parse import quote, urlsplit

CLIENT = '/_matrix/client/v3'
FILTER = quote('{"room":{"timeline":{"limit":100}}}')
ADMIN = '/_synapse/admin'


class Refused(Exception):
    """The homeserver answered something else than 200."""

    def __init__(self, what, status, body):
        super().__init__('%s: HTTP %d %r' % (what, status, body))
        self.status = status
        self.errcode = body.get('errcode', '') if isinstance(body, dict) else ''


class Homeserver:
    def __init__(self, url, secret):
        parts = urlsplit(url)
        self.url, self.secret = url.rstrip('/'), secret
        self.where = (parts.hostname, parts.port or 80)
        if parts.scheme != 'http':
            raise ValueError('the homeserver is reached by http:// on this machine')

    def connect(self, timeout=60):
        return http.client.HTTPConnection(*self.where, timeout=timeout)

    def exchange(self, method, path, body=None, token=None, connection=None):
        """One call; (status, JSON). A connection of its own unless one is given."""
        own = connection or self.connect()
        headers = {'Authorization': 'Bearer ' + token} if token else {}
        try:
            own.request(method, path, None if body is None else json.dumps(body), headers)
            response = own.getresponse()
            return response.status, json.loads(response.read() or b'null')
        finally:
            if not connection:
                own.close()

    def call(self, method, path, body=None, token=None, connection=None):
        status, answer = self.exchange(method, path, body, token, connection)
        if status != 200:
            raise Refused('%s %s' % (method, path), status, answer)
        return answer

    def is_up(self):
        try:
            return self.exchange('GET', '/_matrix/client/versions')[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def version(self):
        return self.call('GET', ADMIN + '/v1/server_version')['server_version']

    def register(self, name, admin=False):
        """A new account by the shared secret; `name` is made one that nobody has."""
        nonce = self.call('GET', ADMIN + '/v1/register')['nonce']
        name = '%s-%s' % (name, secrets.token_hex(4))
        password = secrets.token_urlsafe(24)
        words = [nonce, name, password, 'admin' if admin else 'notadmin']
        mac = hmac.new(self.secret.encode(), '\0'.join(words).encode(), hashlib.sha1).hexdigest()
        answer = self.call('POST', ADMIN + '/v1/register', {
            'nonce': nonce, 'username': name, 'password': password, 'admin': admin, 'mac': mac})
        return Person(self, answer, password)


class Account:
    def __init__(self, user, token):
        self.user, self.token, self.domain = user, token, user.split(':', 1)[1]


class Person(Account):
    """Somebody with an account; behind listen() also everything that they were shown."""

    def __init__(self, server, account, password):
        super().__init__(account['user_id'], account['access_token'])
        self.server, self.password, self.device = server, password, account['device_id']
        self.events = []    # of the rooms they are in, each with `room` and `seen` (monotonic)
        self.receipts = {}  # event: who read it
        self.typing = set()  # (room, user) of all who ever were seen writing
        self.changed = threading.Condition()
        self.last = 0

    # What they do.

    def call(self, method, path, body=None):
        return self.server.call(method, path, body, self.token)

    def create(self, invite=(), direct=False, public=False, encrypted=False, version=None):
        body = {'preset': 'public_chat' if public else 'private_chat', 'is_direct': direct,
                'invite': [p.user for p in invite]}
        if direct:
            body['preset'] = 'trusted_private_chat'
        if version:
            body['room_version'] = version
        if encrypted:
            body['initial_state'] = [{'type': 'm.room.encryption', 'state_key': '',
                                      'content': {'algorithm': 'm.megolm.v1.aes-sha2'}}]
        return self.call('POST', CLIENT + '/createRoom', body)['room_id']

    def _room(self, room, what):
        return '%s/rooms/%s/%s' % (CLIENT, quote(room, safe=''), what)

    def join(self, room):
        self.call('POST', self._room(room, 'join'), {})

    def leave(self, room):
        self.call('POST', self._room(room, 'leave'), {})

    def invite(self, room, whom):
        self.call('POST', self._room(room, 'invite'), {'user_id': whom.user})

    def kick(self, room, whom):
        self.call('POST', self._room(room, 'kick'), {'user_id': whom.user, 'reason': 'a test'})

    def upgrade(self, room, version):
        return self.call('POST', self._room(room, 'upgrade'),
                         {'new_version': version})['replacement_room']

    def send(self, room, content, type='m.room.message'):
        """The event's id; the same transaction id is tried until the server is there."""
        self.last += 1
        path = self._room(room, 'send/%s/t%d' % (type, self.last))
        end = time.monotonic() + 60
        while True:
            try:
                return self.call('PUT', path, content)['event_id']
            except (OSError, http.client.HTTPException):
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def say(self, room, body, mentions=(), thread=None, **more):
        content = {'msgtype': 'm.text', 'body': body,
                   'm.mentions': {'user_ids': [p.user for p in mentions]} if mentions else {}}
        if thread:
            content['m.relates_to'] = {'rel_type': 'm.thread', 'event_id': thread}
        return self.send(room, dict(content, **more))

    def edit(self, room, id, body):
        return self.say(room, '* ' + body, **{
            'm.new_content': {'msgtype': 'm.text', 'body': body, 'm.mentions': {}},
            'm.relates_to': {'rel_type': 'm.replace', 'event_id': id}})

    def redact(self, room, id):
        self.last += 1
        self.call('PUT', self._room(room, 'redact/%s/t%d' % (quote(id, safe=''), self.last)), {})

    def members(self, room):
        return set(self.call('GET', self._room(room, 'joined_members'))['joined'])

    # What they are shown.

    def listen(self):
        """Begins to poll, in a thread that ends with the process."""
        first = self.call('GET', '%s/sync?timeout=0&filter=%s' % (CLIENT, FILTER))
        self._take(first)
        threading.Thread(target=self._poll, args=(first['next_batch'],), daemon=True).start()
        return self

    def _poll(self, since):
        connection = self.server.connect()
        while True:
            try:
                answer = self.server.call(
                    'GET', '%s/sync?timeout=20000&filter=%s&since=%s' % (
                        CLIENT, FILTER, quote(since, safe='')),
                    token=self.token, connection=connection)
            except (OSError, ValueError, http.client.HTTPException, Refused):
                connection.close()
                time.sleep(0.2)
                continue
            self._take(answer)
            since = answer['next_batch']

    def _take(self, answer):
        seen = time.monotonic()
        with self.changed:
            for room, joined in answer.get('rooms', {}).get('join', {}).items():
                for event in joined.get('timeline', {}).get('events', []):
                    self.events.append(dict(event, room=room, seen=seen))
                for event in joined.get('ephemeral', {}).get('events', []):
                    self._take_sign(room, event)
            self.changed.notify_all()

    def _take_sign(self, room, event):
        if event['type'] == 'm.typing':
            self.typing |= {(room, user) for user in event['content']['user_ids']}
        elif event['type'] == 'm.receipt':
            for id, kinds in event['content'].items():
                self.receipts.setdefault(id, set()).update(kinds.get('m.read', {}))

    def wait(self, what, seconds, word):
        """Until `what` gives something true, looked at whenever something was shown; that."""
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                value = what()
                if value:
                    return value
                if time.monotonic() > end:
                    raise TimeoutError('%s did not happen in %d s' % (word, seconds))
                self.changed.wait(min(0.5, max(0, end - time.monotonic())))

    def said(self, by, room=None):
        """What that person said that they were shown."""
        return [e for e in self.events if is_said(e, by) and room in (None, e['room'])]

    def replies(self, ids, by):
        return replies_among(self.events, ids, by)

    def history(self, room, limit=500):
        """What the server holds of the room, the newest first."""
        path = self._room(room, 'messages?dir=b&limit=%d' % limit)
        return [dict(e, room=room) for e in self.call('GET', path)['chunk']]


def is_said(event, by):
    return event['type'] == 'm.room.message' and event['sender'] == by.user and \
        bool(event['content'])


def replies_among(events, ids, by):
    """{question: [replies to it]}, each once; newer wordings of replies are none."""
    found = {id: {} for id in ids}
    for event in events:
        relation = event['content'].get('m.relates_to', {})
        to = relation.get('m.in_reply_to', {}).get('event_id')
        if is_said(event, by) and to in found and relation.get('rel_type') != 'm.replace':
            found[to][event['event_id']] = event
    return {id: list(same.values()) for id, same in found.items()}

"""A small client of the fake Discord, for its own tests."""
import http.client
import json
import zlib

from fake import Fake, Tap
from ws import Closed, WebSocket

AGENT = 'DiscordBot (https://example.org, 1.0)'
ALL = 1 | 1 << 9 | 1 << 12 | 1 << 15
tap = Tap()


class Client:
    """A gateway client that does as it is told."""

    def __init__(self, fake, path='/?v=10&encoding=json'):
        self.ws = WebSocket(fake.port, path)
        self.inflate = zlib.decompressobj() if 'zlib-stream' in path else None
        self.seq = None

    def recv(self, timeout=5):
        raw = self.ws.recv(timeout)
        if self.inflate:
            if raw[-4:] != b'\0\0\xff\xff':
                raise ValueError('a message of zlib-stream ends in 00 00 ff ff')
            raw = self.inflate.decompress(raw)
        message = json.loads(raw)
        self.keys = list(message)
        if message['s'] is not None:
            self.seq = message['s']
        return message

    def send(self, op, d):
        self.ws.send(json.dumps({'op': op, 'd': d}))

    def identify(self, intents=ALL, token=Fake.TOKEN, **more):
        self.send(2, dict({'token': token, 'intents': intents, 'properties': {
            'os': 'linux', 'browser': 'test', 'device': 'test'}}, **more))

    def login(self, intents=ALL):
        hello = self.recv()
        self.identify(intents)
        self.ready = self.recv()['d']
        self.guild = self.recv()['d']
        return hello

    def resume(self, session, seq, token=Fake.TOKEN):
        self.send(6, {'token': token, 'session_id': session, 'seq': seq})

    def until(self, t):
        """Events up to and with the first `t`."""
        got = []
        while not got or got[-1]['t'] != t:
            got.append(self.recv())
        return got

    def closed(self):
        """The code that the server closes with."""
        try:
            while True:
                self.ws.recv(5)
        except Closed as closed:
            return closed.code
        except ConnectionError:
            return 'reset'


def rest(fake, method, path, body=None, token='Bot ' + Fake.TOKEN, agent=AGENT, kind=True,
         version='/v10'):
    connection = http.client.HTTPConnection('127.0.0.1', fake.port, timeout=10)
    headers = {'User-Agent': agent}
    if token:
        headers['Authorization'] = token
    if body is not None and kind:
        headers['Content-Type'] = 'application/json'
    connection.request(method, '/api' + version + path, None if body is None else json.dumps(body),
                       headers)
    response = connection.getresponse()
    raw = response.read()
    connection.close()
    response.json = json.loads(raw) if raw[:1] in (b'{', b'[') else None
    response.raw = raw
    return response


def reply(fake, question, content='an answer', nonce='', channel='100', **more):
    body = {'content': content, 'nonce': 'n' + question[-20:] if nonce == '' else nonce, 'enforce_nonce': True,
            'allowed_mentions': {'parse': [], 'replied_user': False},
            'message_reference': {'message_id': question, 'fail_if_not_exists': False}}
    body.update(more)
    return rest(fake, 'POST', '/channels/%s/messages' % channel, body)


def violations(fake):
    all = fake.report()['violations']
    fake.reset_report()
    return sorted(all['hard']), sorted(all['soft'])


def run(*tests):
    """Each on the same fake, which forgets in between what was wrong."""
    with Fake(identify_window_ms=0, rate_limit=1000, global_per_second=0) as fake:
        for test in tests:
            tap.note(test.__name__)
            test(fake)
            fake.clear_faults()
            fake.fault('lose_session')
        tap.is_(fake.stop(), 0, 'it ends with stdin, and well')
    tap.done()

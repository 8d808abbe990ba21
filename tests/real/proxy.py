"""Stands between a real homeserver and the bot as an appservice, as mautrix-wsproxy does: what the homeserver
pushes goes over the bot's websocket, and nothing is kept for a bot that is not there. All else that the bot asks
is handed on to the homeserver and noted.

    registration = Registration('clinicbot.yaml')
    with Proxy(server, registration) as proxy: ..."""
import base64
import hashlib
import http.client
import json
import re
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
SOCKET = '/_matrix/client/unstable/fi.mau.as_sync'


class Registration:
    """The lines of it that matter here: a key, a colon and a word."""

    def __init__(self, path):
        with open(path) as lines:
            found = dict(re.findall(r'^(\w+): *(\S+)', lines.read(), re.M))
        self.id, self.port = found['id'], urlsplit(found['url']).port
        self.as_token, self.hs_token = found['as_token'], found['hs_token']
        self.localpart = found['sender_localpart']


class Proxy:
    def __init__(self, server, registration):
        self.server, self.registration = server, registration
        self.asked = []    # (method, path) of the bot
        self.pushed = []   # ids of events that went over the websocket
        self.refused = 0   # transactions that met nobody
        self.socket = None
        self.lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except ConnectionError:  # the bot was killed
                    pass

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
                if self.path.startswith('/_matrix/app/'):
                    proxy.transaction(self, body)
                elif self.path.startswith(SOCKET):
                    proxy.websocket(self)
                else:
                    proxy.hand_on(self, body)
            do_GET = do_PUT = do_POST = do_DELETE = handle_any

        self.http = ThreadingHTTPServer(('127.0.0.1', registration.port), Handler)
        self.http.daemon_threads = True
        self.url = 'http://127.0.0.1:%d' % registration.port

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()

    # The homeserver's side.

    def transaction(self, request, body):
        if request.headers.get('Authorization') != 'Bearer ' + self.registration.hs_token:
            answer(request, 403, {'errcode': 'M_FORBIDDEN'})
            return
        if '/transactions/' not in request.path:
            answer(request, 200, {})
            return
        frame = dict(json.loads(body), status='ok',
                     txn_id=urlsplit(request.path).path.rsplit('/', 1)[1])
        if self.send(json.dumps(frame)):
            self.pushed += [event.get('event_id') for event in frame['events']]
            answer(request, 200, {})
        else:
            self.refused += 1
            answer(request, 502, {'errcode': 'FI.MAU.WS_NOT_CONNECTED'})

    # The bot's side.

    def websocket(self, request):
        if request.headers.get('Authorization') != 'Bearer ' + self.registration.as_token:
            answer(request, 403, {'errcode': 'M_UNKNOWN_TOKEN'})
            return
        key = request.headers['Sec-WebSocket-Key']
        request.send_response(101)
        request.send_header('Upgrade', 'websocket')
        request.send_header('Connection', 'Upgrade')
        request.send_header('Sec-WebSocket-Accept', base64.b64encode(
            hashlib.sha1((key + GUID).encode()).digest()).decode())
        request.end_headers()
        request.close_connection = True
        with self.lock:
            self.socket = request.wfile
        self.send('{"status":"connected"}')
        try:
            while self.command(request.rfile, request.wfile):
                pass
        except (OSError, struct.error):
            pass
        with self.lock:
            if self.socket is request.wfile:
                self.socket = None

    def command(self, rfile, wfile):
        """Takes one frame of the bot; False: it was the last one."""
        first, second = struct.unpack('!BB', rfile.read(2))
        n = second & 127
        if n == 126:
            n, = struct.unpack('!H', rfile.read(2))
        elif n == 127:
            n, = struct.unpack('!Q', rfile.read(8))
        mask = rfile.read(4)
        text = bytes(c ^ mask[i % 4] for i, c in enumerate(rfile.read(n)))
        if first & 15 == 8:
            return False
        if first & 15 == 1:
            said = json.loads(text)
            if said.get('command') == 'ping':
                self.send(json.dumps({'id': said['id'], 'command': 'response',
                                      'data': said['data']}))
        return True

    def send(self, text):
        """Writes a text frame to whoever is connected; False: nobody is."""
        data = text.encode()
        head = struct.pack('!BB', 129, len(data)) if len(data) < 126 else \
            struct.pack('!BBH', 129, 126, len(data)) if len(data) < 65536 else \
            struct.pack('!BBQ', 129, 127, len(data))
        with self.lock:
            try:
                if self.socket:
                    self.socket.write(head + data)
                    self.socket.flush()
                return self.socket is not None
            except OSError:
                self.socket = None
                return False

    def hand_on(self, request, body):
        self.asked.append((request.command, urlsplit(request.path).path))
        to = http.client.HTTPConnection(*self.server.where, timeout=60)
        try:
            headers = {k: v for k, v in request.headers.items()
                       if k in ('Authorization', 'Content-Type')}
            to.request(request.command, request.path, body or None, headers)
            got = to.getresponse()
            status, said = got.status, json.loads(got.read() or b'null')
        except (OSError, http.client.HTTPException):
            status, said = 502, {}
        finally:
            to.close()
        answer(request, status, said)


def answer(request, status, body):
    data = json.dumps(body).encode()
    request.send_response(status)
    request.send_header('Content-Type', 'application/json')
    request.send_header('Content-Length', str(len(data)))
    request.end_headers()
    request.wfile.write(data)

"""A websocket client of a few lines (RFC 6455), for tests that speak to the fake Discord.

It shares nothing with the bot's client. Errors are exceptions; Closed carries the code."""
import base64
import hashlib
import os
import socket
import struct

GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'


class Closed(Exception):
    def __init__(self, code):
        super().__init__('closed, code %s' % code)
        self.code = code


class Refused(Exception):
    def __init__(self, status):
        super().__init__('upgrade refused, status %s' % status)
        self.status = status


class WebSocket:
    def __init__(self, port, path='/?v=10&encoding=json', timeout=10, headers=''):
        self.sock = socket.create_connection(('127.0.0.1', port), timeout)
        self.buffer = b''
        self.fragments = 0  # of the last message
        key = base64.b64encode(os.urandom(16)).decode()
        self.sock.sendall((
            'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n'
            'Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n'
            'Sec-WebSocket-Version: 13\r\n%s\r\n' % (path, port, key, headers)).encode())
        while b'\r\n\r\n' not in self.buffer:
            self._fill()
        head, self.buffer = self.buffer.split(b'\r\n\r\n', 1)
        lines = head.decode().split('\r\n')
        status = int(lines[0].split()[1])
        if status != 101:
            self.sock.close()
            raise Refused(status)
        accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
        headers = dict(line.lower().split(': ', 1) for line in lines[1:])
        if headers.get('sec-websocket-accept') != accept.lower():
            raise ValueError('wrong Sec-WebSocket-Accept')

    def _fill(self):
        piece = self.sock.recv(65536)
        if not piece:
            raise Closed(None)
        self.buffer += piece

    def _take(self, n):
        while len(self.buffer) < n:
            self._fill()
        out, self.buffer = self.buffer[:n], self.buffer[n:]
        return out

    def _frame(self):
        first, second = self._take(2)
        length = second & 127
        if length == 126:
            length = struct.unpack('>H', self._take(2))[0]
        elif length == 127:
            length = struct.unpack('>Q', self._take(8))[0]
        if second & 128:
            raise ValueError('a server must not mask')
        return first & 128, first & 15, self._take(length)

    def recv(self, timeout=10):
        """One message: str for text, bytes for binary."""
        self.sock.settimeout(timeout)
        whole, kind = b'', None
        self.fragments = 0
        while True:
            final, op, payload = self._frame()
            if op == 8:
                code = struct.unpack('>H', payload[:2])[0] if len(payload) >= 2 else None
                try:
                    self._send(8, payload[:2])
                except OSError:
                    pass
                raise Closed(code)
            if op == 9:
                self._send(10, payload)
                continue
            if op == 10:
                continue
            if op:
                kind = op
            whole += payload
            self.fragments += 1
            if final:
                return whole.decode() if kind == 1 else whole

    def _send(self, op, payload):
        mask = os.urandom(4)
        n = len(payload)
        head = bytes([0x80 | op])
        if n < 126:
            head += bytes([0x80 | n])
        elif n < 65536:
            head += bytes([0x80 | 126]) + struct.pack('>H', n)
        else:
            head += bytes([0x80 | 127]) + struct.pack('>Q', n)
        body = bytes(b ^ mask[i & 3] for i, b in enumerate(payload))
        self.sock.sendall(head + mask + body)

    def send(self, text):
        self._send(1, text.encode())

    def close(self, code=None):
        """With a code: says goodbye first. Without: just hangs up."""
        try:
            if code:
                self._send(8, struct.pack('>H', code))
                self.sock.settimeout(2)
                while self.sock.recv(65536):
                    pass
        except OSError:
            pass
        self.sock.close()

"""What both fakes are to a test in Python: a process with a port, and one connection to it that is kept."""
import http.client
import json
import os
import ssl
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def stop_process(process, seconds=5):
    """Ends one process that a test started, by its own pid. Returns its exit status."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


# What people said to any fake in this test, and by which id: none of it may come to lie in a log.
SAID = set()
SAID_LEAST = 12  # shorter words stand in a log for other reasons


def say_remember(body):
    for name in ('content', 'body'):
        if isinstance(body.get(name), str):
            SAID.update(part for part in body[name].split('{n}') if len(part) >= SAID_LEAST)
    if str(body.get('sender', '')).startswith('@'):
        SAID.add(body['sender'])


class ControlError(Exception):
    """The fake refuses what it is told to do."""


class Server:
    """`program`: its name in build/fake, unless the environment names another by it in capitals."""

    def __init__(self, program, token, *options, max_seconds=300):
        path = os.environ.get(program.upper(), os.path.join(ROOT, 'build/fake', program))
        self.argv = [path, '--stdin-lifeline', '--max-seconds', str(max_seconds),
                     '--token', token, *options]
        self.tls = '--tls-cert' in options
        self.connection = None
        self.port = self._start()
        self.url = '%s://127.0.0.1:%d' % ('https' if self.tls else 'http', self.port)

    def _start(self, *more):
        self.process = subprocess.Popen(self.argv + list(more), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().split()
        if len(line) != 2 or line[0] != 'port':
            raise RuntimeError('the fake did not start: %r' % line)
        return int(line[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends it; its exit status (0: all is well, sanitizers included)."""
        if self.connection:
            self.connection.close()
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            stop_process(self.process)
        self.process.stdout.close()
        return self.process.returncode

    def exchange(self, method, path, data=None, headers=None):
        """One call; (status, JSON)."""
        for again in (True, False):
            try:
                if not self.connection:
                    self.connection = self._connect()
                self.connection.request(method, path, data, headers or {})
                response = self.connection.getresponse()
                return response.status, json.loads(response.read())
            except (ConnectionError, http.client.HTTPException):
                self.connection = None  # the fake closed it, or was started again
                if not again:
                    raise

    def _connect(self):
        if not self.tls:
            return http.client.HTTPConnection('127.0.0.1', self.port, timeout=20)
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection('127.0.0.1', self.port, timeout=20, context=context)

    def call(self, method, what, body=None):
        """One call of the control API, /fake/WHAT; its answer, or ControlError."""
        data = None if body is None else json.dumps(body)
        status, answer = self.exchange(method, '/fake/' + what, data,
                                       {'Content-Type': 'application/json'} if data else {})
        if status != 200:
            raise ControlError('%s: %r' % (what, answer))
        if what in ('message', 'messages', 'edit', 'say'):
            say_remember(body)
        return answer

#!/usr/bin/python3
"""The fake Discord and the bot as processes: TLS, start and end."""
import os
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from client import tap
from fake import Bot, Fake


def test_tls():
    with tempfile.TemporaryDirectory() as dir:
        cert, key = dir + '/cert.pem', dir + '/key.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
                        '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1',
                        '-keyout', key, '-out', cert], check=True, capture_output=True)
        with Fake('--tls-cert', cert, '--tls-key', key) as fake:
            tap.is_(fake.state()['live'], 0, 'the fake speaks TLS')
            tap.ok(fake.api.startswith('https://'), '... and says so')
            tap.is_(fake.stop(), 0, '... and ends well')


def test_bot():
    with Fake() as fake:
        bot = Bot(fake, argv=['sh', '-c', 'echo started; exec sleep 60'], channels=('100', '101'))
        bot.wait_log('started')
        tap.is_(stat.S_IMODE(os.stat(bot.token).st_mode), 0o600, 'the token is a private file')
        conf = open(bot.conf).read()
        tap.ok('api_url = "%s"' % fake.api in conf and 'channels = {"100", "101"}' in conf and
               bot.state in conf, 'the configuration names fake, channels and state', conf)
        tap.is_(bot.kill9(), -9, 'a bot is killed')
        bot.start()
        tap.ok(bot.running(), '... and started again')
        bot.term()
        tap.is_(bot.wait(), -15, '... and asked to stop')
        bot.close()
        tap.ok(not os.path.exists(bot.dir), '... and leaves nothing behind')


def test_end():
    fake = Fake(max_seconds=1)
    fake.process.wait(5)
    tap.is_(fake.process.returncode, 0, 'it ends by itself after --max-seconds')
    fake = Fake()
    fake.process.terminate()
    tap.is_(fake.process.wait(5), 0, 'it ends on SIGTERM')


test_bot()
test_tls()
test_end()
tap.done()

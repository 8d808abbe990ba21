#!/usr/bin/python3
"""A client that nobody here wrote, matrix-nio of Debian, against the fake homeserver: if it signs in,
reads and sends as it does on a real one, then the fake is faithful."""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fake import HERE, Tap, wait_until
from matrix import Homeserver

PYTHON = '/usr/bin/python3'  # Debian's own: another does not see Debian's modules
tap = Tap()

probe = subprocess.run([PYTHON, '-c', 'import nio; print(nio.__name__)'], capture_output=True,
                       text=True)
if probe.returncode:
    if os.environ.get('CI') == 'true':
        tap.ok(False, 'python3-matrix-nio is installed', probe.stderr)
        tap.done()
    tap.skip_all('python3-matrix-nio is not installed')


def client(hs, password='secret'):
    return subprocess.Popen([PYTHON, os.path.join(HERE, 'matrix_nio_client.py'), hs.url, '@nio:fake',
                             password], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


with Homeserver() as hs:
    room = hs.room(['@ann:fake'])
    hs.member(room, '@nio:fake', 'invite')
    hs.ask(room, 'asked before it came')
    nio = client(hs)
    wait_until(lambda: hs.count('send_other') >= 2, 20, 'an answer', 0.05)
    hs.say(room, 'one of many {n}', times=25)
    out, _ = nio.communicate(timeout=60)
    lines = out.splitlines()
    tap.ok('login LoginResponse @nio:fake' in lines, 'it signs in by password', out)
    tap.ok('whoami @nio:fake' in lines, 'and is told who it is', out)
    tap.ok('invited to %s by @ann:fake' % room in lines and 'join JoinResponse' in lines,
           'it sees the invitation and joins', out)
    tap.ok("read @ann:fake 'asked before it came'" in lines,
           'it is shown what was written before it came', out)
    tap.ok('sent RoomSendResponse True' in lines,
           'it sends, and twice in one transaction is once', out)
    tap.ok("read @nio:fake 'heard: asked before it came'" in lines, 'it sees its own message', out)
    tap.is_([l for l in lines if l.startswith('sync ') and l != 'sync SyncResponse'], [],
            'all that it polls is as it should be')
    pages = [l.split() for l in lines if l.startswith('page ')]
    tap.ok(pages and all(p[1] == 'RoomMessagesResponse' and int(p[2]) > 0 for p in pages),
           'what a poll leaves out it reads in pages', out)
    tap.ok('members 2' in lines or 'members 3' in lines, 'and it counts members', out)
    out, _ = client(hs, 'wrong').communicate(timeout=30)
    tap.ok('login LoginError' in out, 'a wrong password is refused', out)

tap.done()

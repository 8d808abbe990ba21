#!/usr/bin/env python3
"""The real binary signs in by password, renews its session, starts with a kept one, and serves Discord,
Matrix and the preview page in one process."""
import json
import os
import stat
import sys
import time
import urllib.request
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Bot, Fake, Tap, wait_until
from matrix import BOT_USER, Homeserver, bot_on, conf_of

tap = Tap()


def once(hs, ids, name, seconds=30):
    hs.wait_replies(ids, seconds)
    time.sleep(0.3)
    tap.is_(hs.not_once(ids), {}, name)


def password_bot(hs, password='secret'):
    bot = bot_on(hs, start=False)
    bot.write_token(password)
    with open(bot.conf, 'w') as out:
        out.write(conf_of(hs, bot.dir, 'password_file = "%s"' % bot.token))
    return bot


with Homeserver(token_ms=3600000) as hs, password_bot(hs) as bot:
    bot.start()
    hs.wait_polls()
    room = hs.room(['@ann:fake'], direct=True)
    once(hs, [hs.ask(room, 'can i swim')], 'signed in by password it answers')
    kept = bot.state + '.session'
    tap.is_(stat.S_IMODE(os.stat(kept).st_mode), 0o600, 'the session lies beside the state, 0600')
    token = json.load(open(kept))['token']
    rows = ''.join(open(p, errors='replace').read() for p in (bot.state, bot.state + '-wal'))
    tap.ok(token not in rows and token not in bot.log() and 'secret' not in bot.log(),
           'and neither in the state nor in the log')
    tap.ok('@ann' not in rows, 'nor is a name of a person in the state')

    bot.kill9()
    bot.start()
    once(hs, [hs.ask(room, 'can i run')], 'after kill -9 it goes on')
    tap.is_([hs.count('login'), hs.count('refresh')], [1, 0], 'with the same session')

    hs.end_tokens(soft=True)
    started = time.monotonic()
    once(hs, [hs.ask(room, 'is alcohol ok')], 'a token that expires is renewed')
    tap.is_([hs.count('login'), hs.count('refresh')], [1, 1], 'without signing in again')
    bot.kill9()
    bot.start()
    once(hs, [hs.ask(room, 'and the sauna')], 'and the new one was kept')
    tap.is_([hs.count('login'), hs.count('refresh')], [1, 1], 'before it was used')

    hs.end_tokens(soft=False)
    once(hs, [hs.ask(room, 'what about sun')], 'a session that was ended is begun anew')
    tap.is_(hs.count('login'), 2, 'by signing in')
    bot.term()
    bot.wait(5)
    tap.is_(hs.violations(), {}, 'it never signs out')
    if tap.failed:
        tap.note(bot.log()[-3000:])

with Homeserver() as hs, password_bot(hs, 'wrong') as bot:
    bot.start()
    tap.is_(bot.wait(20), 78, 'a wrong password ends it with 78')
    tap.ok('matrix.password_file' in bot.log(), 'and it says where to look', bot.log())

with Homeserver() as hs, Fake() as fake, Bot(fake, quick=True, start=False) as bot:
    matrix_token = os.path.join(bot.dir, 'matrix-token')
    fd = os.open(matrix_token, os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(fd, hs.TOKEN.encode())
    os.close(fd)
    with open(bot.conf, 'a') as out:
        out.write('matrix { homeserver = "%s" user = "%s" token_file = "%s" '
                  'invite_from = {"*:fake"} }\npreview { listen = "127.0.0.1:%d" }\n'
                  % (hs.url, BOT_USER, matrix_token, 8700 + os.getpid() % 900))
    bot.start()
    fake.wait_live()
    hs.wait_polls()
    matrix_ids, discord_ids = [], []
    for n in range(10):  # as many people: one who asks at this pace is taken for a program
        who = '@ann%d:fake' % n
        matrix_ids.append(hs.ask(hs.room([who], direct=True), 'can i go to the sauna', who))
        discord_ids.append(fake.ask('can i go to the sauna'))
        if n == 5:
            bot.kill9()
            bot.start()
    once(hs, matrix_ids, 'Discord and Matrix in one process, killed once: each on Matrix once', 40)
    fake.wait_replies(discord_ids, 40)
    tap.is_(fake.not_once(discord_ids), {}, 'each on Discord once')
    page = urllib.request.urlopen('http://127.0.0.1:%d/' % (8700 + os.getpid() % 900), timeout=10)
    tap.is_(page.status, 200, 'and the preview page is served')
    hs.fault('/sync', status=401, body='{"errcode":"M_UNKNOWN_TOKEN"}')
    wait_until(lambda: 'matrix.token_file' in bot.log(), 40, 'the end of Matrix')
    ids = [fake.ask('is alcohol ok')]
    fake.wait_replies(ids)
    tap.is_(fake.not_once(ids), {}, 'when Matrix ends for good Discord goes on')
    if tap.failed:
        tap.note(bot.log()[-3000:])

tap.done()

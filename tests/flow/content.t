#!/usr/bin/env python3
"""Mistakes in files: each is said with file and line, nothing good is replaced by something bad."""
import os
import re
import signal
import socket
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap, shipped, wait_until

tap = Tap()
question = 'can i have a beer after the injections'
intents = shipped.few([('after.alcohol', question)])
article = os.path.join(intents, 'mesotherapy.md')
good = open(article).read()


def write(text):
    with open(article, 'w') as out:
        out.write(text)


def answer(fake, question):
    id = fake.ask(question, author='p%f' % time.monotonic())
    fake.wait_replies([id])
    return '\n'.join(fake.contents(id))


with Fake(identify_window_ms=100) as fake, Bot(fake, intents=intents) as bot:
    fake.wait_live()
    before = answer(fake, question)
    tap.ok('lcohol' in before, 'the article answers', before)

    for name, text in [('an article without sections', '---\ntitle: x\n---\n'),
                       ('an empty file', ''), ('bytes that are no text', '\udcff\udcfe'),
                       ('an unknown class', good.replace('.benefit', '.wonder', 1)),
                       ('an id twice', good.replace('{#after.sun}', '{#after.sauna}'))]:
        with open(article, 'w', errors='surrogateescape') as out:
            out.write(text)
        at = len(bot.log())
        bot.process.send_signal(signal.SIGHUP)
        bot.wait_log('the version before stays')
        new = bot.log()[at:]
        tap.ok(re.search(r'mesotherapy\.(questions\.)?md(:\d+)?: ', new), '%s is said' % name, new)
        tap.is_(answer(fake, question), before, 'and the version before answers')
        open(bot.log_path, 'w').close()
    urgent = os.path.join(intents, 'en/urgent.md')
    flags = open(urgent).read()
    with open(urgent, 'w') as out:
        out.write(flags.replace(re.search(r'(?m)^- .*\n', flags)[0], '', 1))
    at = len(bot.log())
    bot.process.send_signal(signal.SIGHUP)
    bot.wait_log('the version before stays')
    tap.ok('en/urgent.md:24: a built-in red flag is missing' in bot.log()[at:],
           'M26: a reload that lacks a red flag is refused', bot.log()[at:])
    with open(urgent, 'w') as out:
        out.write(flags)
    write(good.replace('Do not drink alcohol', 'Please do not drink alcohol'))
    bot.process.send_signal(signal.SIGHUP)
    bot.wait_log('content reloaded')
    tap.ok('Please do not drink alcohol' in answer(fake, question), 'a good version takes over')
    write(good)


def catches(bot, signum):
    """Whether the process has a handler for the signal by now."""
    with open('/proc/%d/status' % bot.process.pid) as status:
        mask = [l.split()[1] for l in status if l.startswith('SigCgt')][0]
    return int(mask, 16) >> (signum - 1) & 1


bot = Bot(conf='state = ""\nclinic { name = "C" phone = "1" emergency = "112" crisis_line = "1" }\n'
               'intents = "%s"\npreview { listen = "127.0.0.1:0" }\n' % intents)
wait_until(lambda: catches(bot, signal.SIGTERM), 10, 'a handler for SIGTERM', 0.001)
tap.ok('listening' not in bot.log(), 'signals are obeyed while the bot still starts', bot.log())
bot.process.send_signal(signal.SIGHUP)
bot.term()
tap.is_(bot.wait(), 0, 'SIGTERM then ends it with status 0, SIGHUP or not')
bot.close()


def refused(name, status, words, prepare, **more):
    with Bot(None, start=False, intents=intents, **more) as bot:
        prepare(bot)
        bot.start()
        got = bot.wait(30)
        log = bot.log().strip()
        tap.ok(got == status and re.search(words, log), name, 'status %s' % got, log)


def conf_with(text):
    def prepare(bot):
        conf = open(bot.conf).read()
        with open(bot.conf, 'w') as out:
            out.write(conf + text)
    return prepare


def discord(token, mode=0o600):
    def prepare(bot):
        if token is not None:
            bot.write_token(token, mode)
        else:
            os.unlink(bot.token)
        conf_with('discord { token_file = "%s" }\n' % bot.token)(bot)
    return prepare


def state_file(content):
    def prepare(bot):
        with open(bot.state, 'wb') as out:
            out.write(content)
    return prepare


refused('an unknown setting', 78, r'clinicbot\.conf:\d+: ', conf_with('colour = "blue"\n'))
refused('a value of the wrong kind', 78, r'clinicbot\.conf:\d+: ', conf_with('late_after_minutes = "x"\n'))
refused('a brace that is not closed', 78, r'clinicbot\.conf:\d+: ', conf_with('preview {\n'))
refused('a channel that is no id', 78, r'channels', conf_with('discord { token_file = "x" channels = {"ask"} }\n'))
STAFF = 'discord { token_file = "x" channels = {"100"} %s }\n'
refused('a staff channel that is no id', 78, r'staff_channel: "desk"', conf_with(STAFF % 'staff_channel = "desk"'))
refused('a staff channel in which patients ask', 78, r'staff_channel: patients',
        conf_with(STAFF % 'staff_channel = "100"'))
refused('alerts with text that go nowhere', 78, r'alert_with_text', conf_with(STAFF % 'alert_with_text = true'))
refused('a second staff channel that is the first', 78, r'staff_channel_second: this is discord.staff_channel',
        conf_with(STAFF % 'staff_channel = "7" staff_channel_second = "7"'))
refused('a second staff channel in which patients ask', 78, r'staff_channel_second: patients',
        conf_with(STAFF % 'staff_channel = "7" staff_channel_second = "100"'))
refused('a second staff channel without a first', 78, r'staff_channel_second: there is no',
        conf_with(STAFF % 'staff_channel_second = "7"'))
refused('a second staff channel that is no id', 78, r'staff_channel_second: "desk"',
        conf_with(STAFF % 'staff_channel = "7" staff_channel_second = "desk"'))
refused('alerts again at once', 78, r'alert_again_seconds: from 1', conf_with(STAFF % 'alert_again_seconds = 0'))
refused('alerts again at once, on Matrix', 78, r'matrix\.alert_again_seconds: from 1',
        conf_with('matrix { alert_again_seconds = 0 }\n'))
refused('alerts again at two times', 78, r'discord says 60 and matrix 90',
        conf_with(STAFF % 'alert_again_seconds = 60' + 'matrix { alert_again_seconds = 90 }\n'))
refused('no token file', 78, r'token', discord(None))
refused('a token that others may read', 78, r'token', discord('abcdefgh.ijklmnop', 0o644))
refused('an empty token', 78, r'token', discord(''))
refused('a state file that is not ours', 78, r'state\.db', state_file(b'SQLite format 3\0' + b'x' * 4096))
refused('a state file that is a text', 78, r'state\.db', state_file(b'shopping list\n' * 100))
with Bot(None, start=False, intents=intents) as bot:
    state_file(b'shopping list\n' * 100)(bot)
    bot.start()
    bot.wait()
    tap.is_(open(bot.state, 'rb').read(), b'shopping list\n' * 100, 'it is left as it was')
    tap.is_([f for f in os.listdir(bot.dir) if f.startswith('state.db-')], [], 'with nothing beside it')

with socket.socket() as taken:
    taken.bind(('127.0.0.1', 0))
    taken.listen()
    port = taken.getsockname()[1]
    refused('a busy port', 78, r'127\.0\.0\.1:%d' % port, conf_with('preview { listen = "127.0.0.1:%d" }\n' % port))
refused('an address that others can reach', 78, r'0\.0\.0\.0', conf_with('preview { listen = "0.0.0.0:0" }\n'))

tap.done()

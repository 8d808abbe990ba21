#!/usr/bin/env python3
"""Content that changes under load: each reply is wholly of one version. And files that no version can be made of:
the one before stays."""
import os
import signal
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap, shipped

QUESTION = 'can i have a beer after the injections'
TAG = 'edition two'
SWAPS = 25
tap = Tap()
intents = shipped.few([('after.alcohol', QUESTION)])
article = os.path.join(intents, 'mesotherapy.md')
first = open(article).read()
# A title and both ends of a passage, which one reply shows together.
second = first
for whole in ('## What should I not do after mesotherapy', 'Do not drink alcohol after mesotherapy',
              'overall results of the treatment'):
    assert first.count(whole) == 1, whole
    second = second.replace(whole, '%s, %s' % (whole, TAG))


def put(text):
    """At once, as an editor does that knows its trade."""
    with open(article + '.new', 'w') as out:
        out.write(text)
    os.replace(article + '.new', article)


with Fake(identify_window_ms=100) as fake, Bot(fake, intents=intents) as bot:
    fake.wait_live()
    load = fake.load(200, 25, QUESTION, author='p{n}')
    for n in range(SWAPS):
        put(second if n % 2 == 0 else first)
        bot.process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
    ids = fake.wait_load(load)
    fake.wait_replies(ids, 40)
    time.sleep(0.3)
    tap.is_(fake.not_once(ids), {}, 'content that is swapped under load: each answered once')
    tags = [fake.contents(id)[0].count(TAG) for id in ids]
    tap.is_({n for n in tags} - {0, 3}, set(), 'each reply is wholly of one version')
    tap.ok(0 in tags and 3 in tags, 'and both were seen', '%d of the second' % tags.count(3))

    put(first)
    bot.process.send_signal(signal.SIGHUP)
    time.sleep(1)
    other = os.path.join(intents, 'other.md')

    def loop():
        os.symlink('other.md', other)

    def large():
        with open(other, 'w') as out:
            out.write(first)
            out.truncate(50 << 20)

    def half():
        with open(other, 'w') as out:
            out.write(first[:40])

    for name, make in (('a link to itself', loop), ('a file of 50 MiB', large),
                       ('the first lines of a file', half)):
        make()
        open(bot.log_path, 'w').close()
        bot.process.send_signal(signal.SIGHUP)
        bot.wait_log('the version before stays', 20)
        tap.ok('other.md' in bot.log(), '%s is said' % name, bot.log())
        id = fake.ask(QUESTION, author=name)
        fake.wait_replies([id], 20)
        tap.ok('Do not drink alcohol' in fake.contents(id)[0], 'and the version before answers',
               fake.contents(id))
        os.unlink(other)

    os.mkdir(other)
    os.mkfifo(os.path.join(intents, 'pipe.md'))
    open(bot.log_path, 'w').close()
    bot.process.send_signal(signal.SIGHUP)
    bot.wait_log('content reloaded', 20)
    id = fake.ask(QUESTION, author='last')
    fake.wait_replies([id], 20)
    tap.ok('Do not drink alcohol' in fake.contents(id)[0], 'a folder and a pipe are no content',
           fake.contents(id))
    tap.is_(fake.hard(), {}, 'no malformed request')
tap.done()

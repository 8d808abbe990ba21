#!/usr/bin/env python3
"""SIGTERM in every state: status 0 within a second, the session left resumable, nothing owed lost. And
--forget-session, which ends the session for good."""
import os
import re
import resource
import signal
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap, wait_until

tap = Tap()


def stops(bot, when):
    began = time.monotonic()
    bot.term()
    status = bot.wait(20)
    took = time.monotonic() - began
    # The bot allows itself 0.8 s; the rest is for sanitizers and a busy machine.
    tap.ok(status == 0 and took < 1.8, 'stopped %s' % when, 'status %s after %.2f s' % (status, took))


def settled(fake, ids, name):
    fake.wait_replies(ids, 30)
    time.sleep(0.4)
    tap.is_(fake.not_once(ids), {}, name)


def catches(bot, number):
    """Whether the process has a handler of its own for the signal."""
    with open('/proc/%d/status' % bot.process.pid) as status:
        return int(re.search(r'SigCgt:\s*(\w+)', status.read()).group(1), 16) >> (number - 1) & 1


def user_s(path):
    """Seconds that a process or thread of /proc has worked, which a busy machine does not prolong."""
    with open(path + '/stat') as stat:
        return int(stat.read().rsplit(')', 1)[1].split()[11]) / os.sysconf('SC_CLK_TCK')


def other_threads_s(bot):
    tasks = '/proc/%d/task/' % bot.process.pid
    return sum(user_s(tasks + task) for task in set(os.listdir(tasks)) - {str(bot.process.pid)})


def read_again(bot):
    """Has it read its content again; back when it is at it."""
    before = other_threads_s(bot)
    bot.process.send_signal(signal.SIGHUP)
    wait_until(lambda: other_threads_s(bot) >= before + 0.05, 20, 'the reading')


def ended_s():
    """What all processes that ended have worked."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


# With all its content, which takes it some time to read.
with Fake(identify_window_ms=100) as fake, Bot(fake) as bot:
    fake.wait_live(60)
    reading = user_s('/proc/%d' % bot.process.pid)
    ids = [fake.ask('is the sauna ok')]
    settled(fake, ids, 'with all its content it answers')
    fake.rest_fault(hang_ms=60000)
    ids.append(fake.ask('can i sunbathe'))
    fake.wait_hanging()
    bot.kill9()
    fake.clear_faults()
    for number, name in ((signal.SIGTERM, 'SIGTERM'), (signal.SIGINT, 'SIGINT')):
        open(bot.log_path, 'w').close()
        bot.start()
        wait_until(lambda: catches(bot, number), 20, 'a handler of %s' % name)
        time.sleep(0.05)
        bot.process.send_signal(number)
        tap.is_(bot.wait(20), 0, '%s while it reads its content ends it with 0' % name)
        tap.ok('content version' not in bot.log(), 'before it has read it', bot.log())
    bot.start()
    settled(fake, ids, 'started again it sends what was owed, once')

    fake.rest_fault(hang_ms=60000)
    ids.append(fake.ask('can i wash my hair'))
    fake.wait_hanging()
    read_again(bot)
    stops(bot, 'while it reads its content again and a reply hangs')
    tap.ok('content reloaded' not in bot.log(), 'before it has read it', bot.log())
    fake.clear_faults()
    bot.start()
    settled(fake, ids, 'and sends what was owed, once')

    read_again(bot)
    worked = ended_s() + user_s('/proc/%d' % bot.process.pid)
    stops(bot, 'while it reads its content again and owes nothing')
    tap.ok(ended_s() - worked < reading / 2, 'the reading is not waited for', ended_s() - worked, reading)
    bot.start()
    ids.append(fake.ask('when can i do sport'))
    settled(fake, ids, 'started again it answers')
    tap.is_(fake.count('identify'), 1, 'in one session')
    tap.is_(fake.hard(), {}, 'no malformed request')

with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True) as bot:
    fake.wait_live()
    ids = [fake.ask('is the sauna ok')]
    settled(fake, ids, 'it answers')

    fake.rest_fault(hang_ms=4000)
    ids.append(fake.ask('can i sunbathe'))
    fake.wait_hanging()
    ids.append(fake.ask('can i wash my hair'))
    stops(bot, 'with a reply that hangs, and one behind it')
    fake.clear_faults()
    ids.append(fake.ask('when can i do sport'))
    bot.start()
    settled(fake, ids, 'started again it sends what was owed and hears what was written meanwhile')

    fake.fault('gateway_down', ms=60000)
    fake.fault('drop')
    bot.wait_log('HTTP 503')
    ids.append(fake.ask('can i sunbathe'))
    stops(bot, 'while it cannot connect')
    fake.clear_faults()
    fake.fault('hello_delay', ms=5000)
    bot.start()
    wait_until(lambda: fake.count('connections') > 2, 20, 'the next connection')
    stops(bot, 'before the hello')
    fake.clear_faults()
    fake.settings(hello_delay_ms=0)
    bot.start()
    settled(fake, ids, 'and after all that every question has its one answer')
    tap.is_(fake.count('identify'), 1, 'in one session')

    fake.rest_fault(method='GET', path='/channels/100/messages', hang_ms=4000)
    fake.fault('lose_session')
    ids += fake.ask_many('can i wash my hair {n}', times=20)
    fake.wait_hanging(20)
    stops(bot, 'while it reads what it missed')
    fake.clear_faults()

    bot.argv.append('--forget-session')
    bot.start()
    settled(fake, ids, 'which it goes on with')
    n = fake.count('identify')
    stops(bot, 'for good')
    tap.is_([c['code'] for c in fake.report()['client_closes']][-1], 1000, 'the session is ended')
    ids.append(fake.ask('when can i do sport'))
    bot.start()
    settled(fake, ids, 'what was written after that is read back')
    tap.is_(fake.count('identify'), n + 1, 'by a new session')
    tap.is_(fake.hard(), {}, 'no malformed request')
tap.done()

#!/usr/bin/env python3
"""From a question on the gateway to the reply's request, beside plain bots on discord.py and discord.js.

    tests/bench/gateway.py [--seconds N] [--once] [BOT...]

Each bot stands before the fake Discord of tests/fake, which gives all of them the same events and measures
by its own clock: from the event written to the socket until the reply's POST came in. Three loads: 40
questions a second; the same with 10,000 channels in which nobody writes; and 1,000 a second with all rate
limits off, also the bot's own. The peers reply one fixed text; clinicbot finds its answer. CPU is of the
bot's process during the load. Memory is the most that was resident, looked at ten times a second, and in
brackets what of it was the process's own, and not pages of files.

Needs build/clinicbot, build/tests/bench/clinicbot_unlimited and build/fake/fake_discord (`make
bench-gateway` builds them). A peer that is not installed is left out: Debian's python3-discord, and
discord.js, which npm puts into build/bench (BENCH_PEERS=0: neither). Prints a Markdown table, the middle one
of three runs; --once makes one run.
"""
import argparse
import datetime
import os
import shutil
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, 'tests/fake'))
from fake import Fake, Bot, wait_until  # noqa: E402

DISCORDJS = 'discord.js@14.28.1'
TEXT = 'This is general information, not medical advice.'
QUESTIONS = ['can i have a beer tonight {n}', 'is the sauna ok on day {n}', 'what does it cost',
             'when can i wash my hair ({n})', 'what is mesotherapy', 'can i go out in the sun after {n} days',
             'how often do i have to come back', 'is a head massage allowed']
IDLE_CHANNELS = 10000
GIVE_UP_S = 20  # after the last reply
MANY_ROOMS = 20  # so that no room's own limit counts
TICKS = os.sysconf('SC_CLK_TCK')


class Load:
    def __init__(self, name, per_second, idle=0, limits=True):
        self.name, self.per_second, self.idle, self.limits = name, per_second, idle, limits


LOADS = [Load('40 a second', 40), Load('40 a second, 10,000 idle channels', 40, idle=IDLE_CHANNELS),
         Load('1,000 a second', 1000, limits=False)]


# --- the bots ------------------------------------------------------------------------------------

def clinicbot(fake, load):
    bot = Bot(fake, start=False, channels=['100'] + [str(200 + n) for n in range(MANY_ROOMS)])
    bot.argv[0] = os.path.join(ROOT, 'build/clinicbot' if load.limits else
                               'build/tests/bench/clinicbot_unlimited')
    return bot.start()


def discord_py(fake, _):
    return Bot(fake, argv=['/usr/bin/python3', os.path.join(HERE, 'peers/discord_py.py'),
                           str(fake.port), fake.TOKEN, TEXT])


def discord_js(fake, _):
    return Bot(fake, argv=['node', os.path.join(HERE, 'peers/discord_js.js'), modules(), str(fake.port),
                           fake.TOKEN, TEXT])


def modules():
    return os.path.join(ROOT, 'build/bench/discordjs/node_modules')


def has_discord_py():
    return subprocess.run(['/usr/bin/python3', '-c', 'import discord'], stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


def has_discord_js():
    home = os.path.dirname(modules())
    if not shutil.which('node') or not shutil.which('npm'):
        return False
    if not os.path.isdir(os.path.join(modules(), 'discord.js')):
        os.makedirs(home, exist_ok=True)
        with open(os.path.join(home, 'package.json'), 'w', encoding='utf-8') as file:
            file.write('{"private": true}\n')
        got = subprocess.run(['npm', 'install', '--prefix', home, '--no-audit', '--no-fund', DISCORDJS],
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if got.returncode:
            print('discord.js cannot be installed: %s' % got.stderr.decode(errors='replace').strip(),
                  file=sys.stderr)
            return False
    return True


BOTS = {'clinicbot': (clinicbot, lambda: True), 'discord.py': (discord_py, has_discord_py),
        'discord.js': (discord_js, has_discord_js)}


# --- one run -------------------------------------------------------------------------------------

class Watch(threading.Thread):
    """The most memory that is resident while it watches, and what of that is the process's own."""

    def __init__(self, bot):
        super().__init__(daemon=True)
        self.bot, self.most, self.over = bot, (0, 0), threading.Event()

    def run(self):
        while not self.over.wait(0.1) and self.bot.running():
            with open('/proc/%d/status' % self.bot.process.pid) as file:
                kb = {line.split()[0]: int(line.split()[1]) for line in file if line[:2] in ('Rs', 'Vm')}
            if 'VmRSS:' in kb:
                self.most = max(self.most, (kb['VmRSS:'], kb['RssAnon:']))

    def end(self):
        self.over.set()
        self.join()
        return '%.0f MB (%.0f)' % (self.most[0] / 1024, self.most[1] / 1024)


def cpu_seconds(bot):
    """Of the processor, so far."""
    with open('/proc/%d/stat' % bot.process.pid) as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def ask(fake, n, per_second, rooms):
    """Questions of several kinds, in turn, spread over `rooms`; their ids."""
    kinds = [(question, rooms[i % len(rooms)])
             for i in range(max(1, len(rooms) // len(QUESTIONS) + 1)) for question in QUESTIONS]
    loads = []
    for n_of_kind, (question, room) in enumerate(kinds):
        loads.append(fake.load(max(1, n // len(kinds)), per_second / len(kinds), question, room))
        if n_of_kind + 1 < len(kinds):
            time.sleep(min(1 / per_second, 0.025))
    return [id for load in loads for id in fake.wait_load(load, 300)]


def settle(fake, bot, ids):
    """Until all are answered, or the bot ends, or nothing more comes of it. Gives how many were not."""
    least, at = len(ids) + 1, time.monotonic()
    while least and bot.running() and time.monotonic() < at + GIVE_UP_S:
        owed = sum(not replies for replies in fake.replies(ids).values())
        if owed < least:
            least, at = owed, time.monotonic()
        # Asking after many costs the fake time that it would measure as the bot's.
        time.sleep(max(0.05, len(ids) / 2000))
    return least


class Run:
    def __init__(self, n, owed, latency, used, memory):
        self.p50, self.p99 = latency['p50'], latency['p99']
        answered = '' if not owed else ', %d of %d answered' % (n - owed, n)
        self.cells = ['%.1f ms' % self.p50, '%.1f ms%s' % (self.p99, answered),
                      '%.2f s' % (used / n * 1000), memory]


class Ended:
    """The bot did."""

    def __init__(self, n, owed, log):
        self.p50 = self.p99 = float('inf')
        print(log.strip()[-1000:], file=sys.stderr)
        self.cells = ['', 'ended, %d of %d answered' % (n - owed, n), '', '']


def measure(start, load, seconds):
    settings = dict(identify_window_ms=100, nonce_window_ms=180000, rate_limit=1000000)
    if not load.limits:
        settings['global_per_second'] = 0
    with Fake(max_seconds=600, **settings) as fake:
        for n in range(load.idle):
            fake.channel(str(100000 + n), 'idle')
        rooms = ['100']
        if not load.limits:
            rooms = [str(200 + n) for n in range(MANY_ROOMS)]
            for room in rooms:
                fake.channel(room, 'room')
        with start(fake, load) as bot:
            wait_until(lambda: fake.state()['live'] or not bot.running(), 60, 'a live session')
            if not bot.running():
                sys.exit('%s does not run: %s' % (bot.argv[0], bot.log().strip()))
            time.sleep(0.5)
            settle(fake, bot, ask(fake, 80, 40, rooms[:1]))
            fake.reset_report()
            watch, began = Watch(bot), cpu_seconds(bot)
            watch.start()
            ids = ask(fake, load.per_second * seconds, load.per_second, rooms)
            owed = settle(fake, bot, ids)
            memory = watch.end()
            report = fake.report()
            if not bot.running():
                return Ended(len(ids), owed, bot.log())
            used = cpu_seconds(bot) - began
            broken = report['violations']['hard']
            if broken:
                print('%s, %s: %s' % (load.name, start.__name__, broken), file=sys.stderr)
            return Run(len(ids), owed, report['latency_ms'], used, memory)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('bots', nargs='*', metavar='BOT', help='of: ' + ', '.join(BOTS))
    parser.add_argument('--seconds', type=int, default=10, help='of each load (10)')
    parser.add_argument('--load', type=int, choices=range(1, len(LOADS) + 1), help='only this one')
    parser.add_argument('--once', action='store_true')
    given = parser.parse_args()
    for name in given.bots:
        if name not in BOTS:
            parser.error('there is no bot %s' % name)
    peers = os.environ.get('BENCH_PEERS') != '0'
    print('%s, %d processors, a load of %d s\n' % (datetime.date.today(), os.cpu_count(), given.seconds))
    print('| load | by | p50 | p99 | CPU of 1,000 questions | memory (its own) |\n|---|---|---|---|---|---|')
    for load in LOADS[given.load - 1:given.load] if given.load else LOADS:
        for name, (start, is_there) in BOTS.items():
            if given.bots and name not in given.bots or not (name == 'clinicbot' or peers and is_there()):
                continue
            runs = sorted([measure(start, load, given.seconds) for _ in range(1 if given.once else 3)],
                          key=lambda run: run.p99)
            print('| %s |' % ' | '.join([load.name, name] + runs[len(runs) // 2].cells), flush=True)


main()

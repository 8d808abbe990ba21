"""Faults of what is around the bot: descriptors, clocks, names, a process that is stopped, a store that somebody
else holds."""
import os
import resource
import signal
import sqlite3
import time
import page as p
from faults import warm_up

HOUR_MS = 3600 * 1000
YEAR_MS = 365 * 24 * HOUR_MS


def begin(world, scenario):
    """Alive and at rest."""
    scenario.before(world)
    world.page.arm()
    world.start()
    world.until(world.live)
    world.rest()


def few_descriptors(world, scenario, limits):
    """A process that may open few files works, or says that it may not and ends."""
    warm_up(world, scenario)
    for limit in limits:
        scenario.before(world)
        world.page.arm()
        world.start(('prlimit', '--nofile=%d' % limit))
        world.until(world.live, 2)
        scenario.during(world)
        world.until(world.answered)
        world.count.faults += 1
        if not world.running():
            status = world.bot.process.returncode
            if status != 78 or 'open files are allowed' not in world.bot.log()[-400:]:
                world.count.bad('crashes', '%s: %d with %d files: %s' % (
                    world.name, status, limit, world.bot.log()[-400:]))
        world.settle()
        world.end()


def no_descriptors(world, scenario, chance, n):
    """From some moment on no file and no socket can be opened, until that is over."""
    warm_up(world, scenario)
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    for _ in range(n):
        begin(world, scenario)
        pid = world.bot.process.pid
        limit = max(4, len(os.listdir('/proc/%d/fd' % pid)) + chance.randint(-4, 1))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, files[1]))
        world.drop()
        scenario.during(world)
        world.until(world.answered, 0.5)
        world.count.faults += 1
        if world.running():
            resource.prlimit(pid, resource.RLIMIT_NOFILE, files)
        world.heal()
        world.settle()
        world.end()
        world.check_store()


SMALL_JUMPS = (1000, -1000, -HOUR_MS)
JUMPS = (HOUR_MS, 10 * YEAR_MS, -10 * YEAR_MS) + SMALL_JUMPS


def clocks(world, scenario, chance, n, jumps):
    """The clock of the wall jumps while it runs, and again while it does not."""
    warm_up(world, scenario)
    for i in range(n):
        begin(world, scenario)
        right = world.page.wall_ms
        world.page.wall_ms += chance.choice(jumps)
        scenario.during(world)
        world.until(world.answered)
        world.count.faults += 1
        if i % 2:
            world.bot.kill9()
            world.page.fired = 1
            world.page.wall_ms = right
            world.count.faults += 1
        world.settle()
        world.page.wall_ms = right
        world.end()


def stopped(world, scenario, chance, n):
    """SIGSTOP for some time, in which Discord may give the session up; then SIGCONT."""
    warm_up(world, scenario)
    for _ in range(n):
        begin(world, scenario)
        os.kill(world.bot.process.pid, signal.SIGSTOP)
        if chance.random() < 0.5:
            world.lose()
        else:
            world.drop()
        scenario.during(world)
        time.sleep(chance.choice((0.1, 0.5)))
        os.kill(world.bot.process.pid, signal.SIGCONT)
        world.count.faults += 1
        world.settle()
        world.end()


BEAT_MS = 1000  # the shortest that the bot takes from a Hello
BEATS = (2, 6, 16)  # Discord's usual beats of eleven minutes; behind two of them and a second it gives up


def stopped_long(world, scenario, chance, n):
    """SIGSTOP for many beats, so that the session may be over for that alone; then SIGCONT."""
    world.fake.settings(heartbeat_interval=BEAT_MS)
    world.excused |= {'heartbeat_late', 'heartbeat_missing'}  # that is what is done to it
    warm_up(world, scenario)
    for i in range(n):
        begin(world, scenario)
        os.kill(world.bot.process.pid, signal.SIGSTOP)
        if i % 3 == 1:
            world.drop()
        scenario.during(world)
        time.sleep(BEATS[i % len(BEATS)] * BEAT_MS / 1000)
        world.time_passes(6000)  # it identifies at most every five seconds
        os.kill(world.bot.process.pid, signal.SIGCONT)
        world.count.faults += 1
        world.settle()
        world.end()


def judge_memory(world):
    """How it ended that was given too little memory: it says so, or the loader of programs does."""
    status = world.bot.process.returncode
    if status not in (1, 127) and not (status == -signal.SIGABRT and world.page_says_memory()):
        world.count.bad('crashes', '%s: ended with %d, abort at %#x: %s' % (
            world.name, status, world.page.abort_at, world.bot.log()[-600:]))


def little_memory(world, scenario, chance, n):
    """Starts that may take up little room for memory, and runs that get no more from some moment on."""
    warm_up(world, scenario)
    most = resource.RLIM_INFINITY
    for i in range(n):
        scenario.before(world)
        world.page.arm()
        if i % 2:
            world.start(('prlimit', '--as=%d' % (chance.randint(20, 120) << 20)))
        else:
            world.start()
        world.until(world.live, 1)
        if world.running() and i % 2 == 0:
            with open('/proc/%d/statm' % world.bot.process.pid) as sizes:
                used = int(sizes.read().split()[0]) * resource.getpagesize()
            resource.prlimit(world.bot.process.pid, resource.RLIMIT_AS,
                             (used + (chance.randint(0, 16) << 14), most))
            world.drop()
        scenario.during(world)
        world.until(world.answered, 1)
        world.count.faults += 1
        if not world.running():
            judge_memory(world)
        else:
            world.bot.kill9()
        world.page.fired = 1  # it ended for the limit, not by itself
        world.settle()
        world.end()
        world.check_store()


def stop_soon(world):
    """SIGTERM while a name is looked up without an end."""
    world.stop()
    try:
        world.bot.wait(5)
    except TimeoutError as late:
        world.count.bad('crashes', '%s: SIGTERM: %s' % (world.name, late))


def names(world, scenario, chance, n):
    """Names that are not found, or looked up without an end, while the connection breaks."""
    warm_up(world, scenario)
    for i in range(n):
        begin(world, scenario)
        world.page.resolving = (p.NEVER, p.NO_SUCH_NAME, p.NOT_NOW, p.NEVER)[i % 4]
        world.drop()
        scenario.during(world)
        time.sleep(chance.choice((0.1, 0.6)))
        world.count.faults += 1
        if i % 3 == 0:
            stop_soon(world)
        world.page.resolving = p.RESOLVE
        world.settle()
        world.end()


def locked(world, scenario, chance, n):
    """Somebody else holds the store when the bot starts: it says so and ends, and may be started again."""
    warm_up(world, scenario)
    for _ in range(n):
        scenario.before(world)
        other = sqlite3.connect(world.bot.state, isolation_level=None)
        other.execute('BEGIN EXCLUSIVE')
        world.page.arm()
        world.start()
        world.bot.wait(20)
        world.page.fired = 1
        world.count.faults += 1
        other.execute('ROLLBACK')
        other.close()
        world.heal()
        world.settle()
        world.end()

"""The kinds of faults. Each function takes a world, a scenario, a random.Random and what to do, and
leaves what came of it in world.count."""
import errno
import page as p

CALLS = p.STORE | p.NET
# What may be lost by half lies between these; reads of the store only move the others.
CHANGING = p.STORE_WRITE | p.STORE_SYNC | p.NET_SEND | p.NET_RECV
KILLS = (p.KILL_BEFORE, p.KILL_WITHIN, p.KILL_AFTER)


def play(world, scenario, **how):
    """One run of the bot: with faults as `how` says from its start on, until all is answered and it
    rests, or until it has died."""
    scenario.before(world)
    world.page.arm(**how)
    world.start()
    world.until(world.live)
    scenario.during(world)
    if world.until(world.answered):
        world.rest()


def warm_up(world, scenario):
    """Runs without faults: there is a session, people are known. Returns the calls of the last one."""
    if not world.turn:
        world.begin()
    for _ in range(2):
        play(world, scenario, mask=CHANGING)
        world.end()
    return world.page.seen


def points(world, scenario):
    """Every call at which the scenario may be cut off, and on which side of it."""
    most = warm_up(world, scenario)
    return [(n, action) for n in range(1, most + 1) for action in KILLS]


def kill(world, scenario, how):
    """Killed there, or anywhere when it is over before. What is owed stays so."""
    n, action = how
    owed = bool(world.open)
    play(world, scenario, action=action, mask=CHANGING, from_=n)
    world.count.faults += min(1, world.page.fired)
    world.count.pairs += owed
    world.end()
    world.check_store()


def kill_each(world, scenario, which):
    """kill -9 at each of these calls, each followed by a run in peace."""
    for how in which:
        kill(world, scenario, how)
        world.settle()
        world.end()


def kill_chains(world, scenario, chance, n, length=4):
    """kill -9 at any call, and again while what it left is taken up."""
    most = warm_up(world, scenario)
    for i in range(n):
        kill(world, scenario, (chance.randint(1, most + most // 4), chance.choice(KILLS)))
        if i % length == length - 1:
            world.settle()
            world.end()


STORE_ERRORS = [(mask, error) for mask in (p.STORE_WRITE, p.STORE_SYNC, p.STORE, p.STORE_READ)
                for error in (errno.ENOSPC, errno.EIO)]
NET_ERRORS = [(p.NET_SEND, errno.EPIPE), (p.NET_SEND, errno.ECONNRESET), (p.NET_RECV, errno.ECONNRESET),
              (p.NET_RECV, errno.ETIMEDOUT), (p.NET_OPEN, errno.ENETUNREACH),
              (p.NET_OPEN, errno.ECONNREFUSED), (p.NET_OPEN, errno.EMFILE)]


# Of some there are few calls in a run.
LAST = {p.STORE_SYNC: 2, p.NET_OPEN: 3}


def play_live(world, scenario, **how):
    """As play(), but the faults begin when the bot is connected."""
    scenario.before(world)
    world.page.arm()
    world.start()
    world.until(world.live)
    world.page.arm(**how)
    scenario.during(world)
    if how['times'] < p.FOR_EVER:
        world.until(world.answered, 3)
    else:
        world.until(lambda: world.page.fired > 2, 0.5)


def errors(world, scenario, chance, n, kinds):
    """Calls that fail: once, some times, or all from one on until that is over. What is owed then is
    answered, by the same process unless it could not start."""
    warm_up(world, scenario)
    for _ in range(n):
        mask, error = chance.choice(kinds)
        how = dict(action=p.FAIL, mask=mask, error=error, from_=chance.randint(1, LAST.get(mask, 12)),
                   times=chance.choice((1, 1, 3, p.FOR_EVER)))
        if chance.random() < 0.7:
            play_live(world, scenario, **how)
        else:
            scenario.before(world)
            world.page.arm(**how)
            world.start()
            world.until(world.live, 1)
            scenario.during(world)
            world.until(world.answered, 0.5)
        world.count.faults += min(world.page.fired, 3)
        world.heal()
        world.settle()
        world.end()
        world.check_store()


def no_memory(world, scenario, chance, n):
    """Allocations that fail: the process ends there or goes on, and nothing is lost."""
    warm_up(world, scenario)
    play(world, scenario, mask=p.ALLOC)
    world.end()
    most = world.page.seen
    for i in range(n):
        how = dict(action=p.FAIL, mask=p.ALLOC, times=chance.choice((1, p.FOR_EVER)))
        if i % 4 == 0:
            play(world, scenario, from_=chance.randint(1, most), **how)
        else:
            play_live(world, scenario, from_=chance.randint(1, 250), **how)
        world.count.faults += min(world.page.fired, 1)
        world.heal()
        world.settle()
        world.end()
        world.check_store()

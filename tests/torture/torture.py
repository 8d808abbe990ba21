#!/usr/bin/env python3
"""make torture (PLATFORM=discord or matrix: that one alone): breaks the bot at thousands of places and looks whether every question still got its one
reply. README.md beside this file tells what is broken. SEED picks which places; the seeds 1 to 5
together cut off every call of every scenario at each of its sides."""
import collections
import concurrent.futures
import os
import random
import sys
import time
import contents
import faults
import power
import scenarios
import scenarios_matrix
import surroundings
from world import Count, intents

SEEDS = 5
PIECE = 40  # faults of one world: its fake and its store begin anew behind them


# The scenarios of a platform, and which of them stand for others where all would take too long. `names`: those
# that look names up.
Side = collections.namedtuple('Side', 'all one rooms gap memory calls names')
DISCORD = Side(scenarios.SCENARIOS, scenarios.One, scenarios.Rooms, scenarios.Gap,
               (scenarios.One, scenarios.Rooms, scenarios.Refused, scenarios.Urgent),
               (scenarios.One, scenarios.Rooms, scenarios.Urgent), (scenarios.One,))
MATRIX = Side(scenarios_matrix.SCENARIOS, scenarios_matrix.One, scenarios_matrix.Rooms, scenarios_matrix.Gap,
              (scenarios_matrix.Rooms, scenarios_matrix.Invited), (scenarios_matrix.Rooms, scenarios_matrix.Urgent),
              ())
SIDES = {'discord': DISCORD, 'matrix': MATRIX}


def plan(seed, scale, side):
    """(name, scenario, job) of each world. `scale`: which share of it."""
    def some(n):
        return max(1, round(n * scale))

    def sweep(part, parts):
        def job(world, scenario, chance):
            # Worlds differ by a call or two: which part a point belongs to goes by the point alone.
            points = [(n, action) for n, action in faults.points(world, scenario)
                      if (3 * n + action) % parts == part]
            random.Random(0).shuffle(points)
            faults.kill_each(world, scenario, points[:some(len(points))])
        return job

    def of(what, n, *more):
        return lambda world, scenario, chance: what(world, scenario, chance, some(n), *more)

    jobs = []
    for scenario in side.all:
        parts = SEEDS * scenario.parts
        for part in range(scenario.parts if scale == 1 else 1):
            jobs.append(('kill -9 at each call', scenario, sweep(seed % SEEDS + SEEDS * part, parts)))
        for _ in range(2 if scale == 1 else 1):
            jobs.append(('kill -9, again and again', scenario, of(faults.kill_chains, PIECE)))
        jobs.append(('power cut', scenario, of(power.cuts, 25)))
    for scenario in side.memory:
        jobs.append(('no memory', scenario, of(faults.no_memory, 30)))
    for scenario in side.calls:
        jobs.append(('the store fails', scenario, of(faults.errors, 15, faults.STORE_ERRORS)))
        jobs.append(('the network fails', scenario, of(faults.errors, 15, faults.NET_ERRORS)))
    limits = list(range(8, 72, 4 if scale == 1 else 16))
    jobs += [('few descriptors', side.one,
              lambda world, scenario, chance: surroundings.few_descriptors(world, scenario, limits)),
             ('no descriptors', side.rooms, of(surroundings.no_descriptors, 10)),
             ('the clock jumps', side.one, of(surroundings.clocks, 12, surroundings.JUMPS)),
             ('the clock jumps', side.gap, of(surroundings.clocks, 6, surroundings.SMALL_JUMPS)),
             ('SIGSTOP', side.one, of(surroundings.stopped, 5)),
             ('little memory', side.rooms, of(surroundings.little_memory, 20)),
             ('a locked store', side.one, of(surroundings.locked, 5))]
    jobs += [(name, scenario, of(what, n)) for scenario in side.names
             for name, what, n in (('names', surroundings.names, 10),
                                   ('SIGSTOP for many beats', surroundings.stopped_long, 6))]
    if scale == 1:  # flow/reload.t is the small one
        # First, as they take longest.
        jobs = [('content swapped', scenario, of(contents.swaps, 500)) for scenario in side.names] * 4 + jobs
    return jobs if scale == 1 else merged(jobs)


def merged(jobs):
    """One world for all that is done to a scenario: to begin one takes as long as three faults."""
    by_scenario = {}
    for _, scenario, job in jobs:
        by_scenario.setdefault(scenario, []).append(job)

    def in_turn(all_jobs):
        def job(world, scenario, chance):
            for one in all_jobs:
                one(world, scenario, chance)
        return job
    return [('of each kind', scenario, in_turn(all_jobs)) for scenario, all_jobs in by_scenario.items()]


def approve(scenario, folder):
    """The words of a run without faults: nothing else may ever be sent."""
    with scenario.world(scenario.name, folder, None, scenario.more) as world:
        faults.warm_up(world, scenario())
        for _ in range(2):
            faults.play(world, scenario())
            world.end()
        world.judge_all()
        if not world.count.good():
            raise RuntimeError('without faults: ' + '\n'.join(world.count.notes))
        return world.approved


def run(name, scenario, job, approved, folder, seed):
    began = time.monotonic()
    with scenario.world('%s: %s' % (scenario.name, name), folder, approved, scenario.more,
                        logs=name in ('power cut', 'of each kind')) as world:
        try:
            job(world, scenario(), random.Random(seed))
            world.judge_all()
        except Exception as error:  # a world that breaks is a failure, not the end of the others
            world.count.bad('crashes', '%s: %r %s' % (world.name, error, world.bot.log()[-800:]))
        return world.name, world.count, time.monotonic() - began


def torture(seed, scale=1, workers=3, say=print, sides=tuple(SIDES)):
    """Everything of one seed; the sum."""
    folder, total = intents(), Count()
    approved = {scenario: approve(scenario, folder) for side in sides for scenario in SIDES[side].all}
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(run, name, scenario, job, approved[scenario], folder, '%d %d' % (seed, n))
                   for n, (name, scenario, job) in enumerate(
                       job for side in sides for job in plan(seed, scale, SIDES[side]))]
        for one in concurrent.futures.as_completed(waiting):
            name, count, seconds = one.result()
            total.add(count)
            say('%-50s %4d faults, %3.0f s, all answered within %4.1f s%s' % (
                name, count.faults, seconds, count.slowest,
                '' if count.good() else ': ' + count.line()))
            for note in count.notes:
                say('  ' + note)
    return total


def small(side, tap):
    """The part that `make test` looks at, the same each time: one of each kind of fault in each scenario that
    meets it."""
    total = torture(seed=1, scale=0.1, say=tap.note, sides=(side,))
    for name in ('lost', 'doubled', 'forbidden', 'crashes'):
        tap.is_(getattr(total, name), 0, '%d faults, %s: none' % (total.faults, name))
    tap.ok(total.faults > 60, 'enough faults were met', total.line())
    tap.done()


def main():
    seed = int(os.environ.get('SEED', '1'))
    began = time.monotonic()
    total = torture(seed, float(os.environ.get('SCALE', '1')), say=lambda *a: print(*a, flush=True),
                    sides=os.environ.get('PLATFORM', 'discord matrix').split())
    print('SEED=%d, %.0f s; %d of the kills hit a run that took up what another one had left' % (
        seed, time.monotonic() - began, total.pairs))
    print(total.line())
    sys.exit(0 if total.good() else 1)


if __name__ == '__main__':
    main()

#!/usr/bin/env python3
"""How well the urgent lane does on messages of a writer whom it has not learnt from.

Each tests/questions/urgent-WRITER.jsonl is what one writer wrote for the content, without seeing the
rules or the others. It is asked of content from which all its lines are left out (`clinicbot eval
--leave-out`), through all of talk(): what a patient would get. Lines that were added while building stay,
the flags of urgent.md were written by people who had read all of these messages, and the bounds were
fitted with them: the figures are a little too good.

urgent-f.jsonl and urgent-g.jsonl are another thing: nothing of them is learnt and nothing was tuned on them.

`tests/lane/writers.t --table` (or `make lane`) prints what is measured, `--gates` the gates that would
follow from it. GATES holds the far end of the 95 % interval of what was measured when they were set."""
import glob
import json
import os
import re
import subprocess
import sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cli'))
import cli
from cli import ROOT, interval, ok

BINARY = os.path.join(ROOT, 'build', 'clinicbot')
FILES = sorted(glob.glob(os.path.join(ROOT, 'tests', 'questions', 'urgent-?.jsonl')))
KEPT_OUT = 'fg'  # of what is learnt and of every fit
LEAST = ['emergency', 'crisis', 'same_day']
MOST = ['unsafe', 'lookalike_alarmed', 'alarmed']
CAREFUL = {'unsafe': 'urgent_careful', 'lookalike_alarmed': 'lookalike_careful', 'alarmed': 'careful'}
SMALL = 50  # fewer messages say too little

# writer, row of `clinicbot eval --json`, at least or at most, percent
GATES = [
    ('a', 'emergency', 'least', 90.4),
    ('a', 'crisis', 'least', 84.7),
    ('a', 'unsafe', 'most', 1.0),
    ('b', 'same_day', 'least', 78.0),
    ('b', 'unsafe', 'most', 1.9),
    ('b', 'lookalike_alarmed', 'most', 18.9),
    ('b', 'alarmed', 'most', 2.3),
    ('d', 'emergency', 'least', 90.6),
    ('d', 'crisis', 'least', 68.3),
    ('d', 'same_day', 'least', 61.7),
    ('d', 'unsafe', 'most', 1.7),
    ('e', 'emergency', 'least', 92.2),
    ('e', 'crisis', 'least', 80.2),
    ('e', 'same_day', 'least', 86.8),
    ('e', 'unsafe', 'most', 0.8),
    ('e', 'lookalike_alarmed', 'most', 31.6),
    ('e', 'alarmed', 'most', 5.3),
    ('f', 'unsafe', 'most', 4.1),
    ('f', 'lookalike_alarmed', 'most', 15.8),
    ('f', 'emergency', 'least', 79.0),
    ('f', 'crisis', 'least', 72.7),
    ('f', 'same_day', 'least', 56.9),
    ('g', 'emergency', 'least', 87.5),
    ('g', 'crisis', 'least', 55.8),
    ('g', 'same_day', 'least', 68.2),
    ('g', 'unsafe', 'most', 1.5),
    ('g', 'lookalike_alarmed', 'most', 40.8),
    ('g', 'alarmed', 'most', 5.2),
]


def writer_of(path):
    return re.search(r'urgent-(.)\.jsonl$', path)[1]


def measure(path):
    p = subprocess.run([BINARY, 'eval', '--leave-out', '--json', path], cwd=ROOT, timeout=300,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode:
        raise SystemExit('Bail out! eval of %s: %s' % (path, p.stderr.decode()))
    return json.loads(p.stdout)


def share(count, total):
    return '%.1f %% of %d' % (100 * count / total, total) if total else ''


def table(measured):
    print('| writer left out | emergencies | crises | same day | article text to these | in doubt | '
          'look-alikes alarmed | in doubt | ordinary alarmed | in doubt |\n' + '|---' * 10 + '|')
    for writer, rows in measured.items():
        cells = [share(*rows[row]) for row in LEAST]
        for row in MOST:
            cells += [share(*rows[row]), share(*rows[CAREFUL[row]])]
        print('| %s | %s |' % (writer, ' | '.join(cells)))


def gates(measured):
    for writer, rows in measured.items():
        for row in LEAST + MOST:
            count, total = rows[row]
            if total >= SMALL:
                print("    ('%s', '%s', '%s', %.1f)," % (
                    writer, row, 'least' if row in LEAST else 'most', interval(count, total)[row in MOST]))


def main():
    measured, taught = {}, {}
    for path in FILES:
        report = measure(path)
        measured[writer_of(path)] = {row['name']: (row['count'], row['total']) for row in report['rows']}
        taught[path] = (report['left_out'], report['questions'])
    if sys.argv[1:] == ['--table']:
        return table(measured)
    if sys.argv[1:] == ['--gates']:
        return gates(measured)
    for path, (left_out, questions) in taught.items():
        name = os.path.basename(path)
        if writer_of(path) in KEPT_OUT:
            ok(questions and not left_out, '%s: nothing of it is learnt' % name, left_out, questions)
        else:
            ok(left_out >= 0.95 * questions, '%s: what this writer wrote is what was learnt' % name,
               left_out, questions)
    for writer, row, way, limit in GATES:
        count, total = measured[writer][row]
        rate = 100 * count / total if total else float('nan')
        ok(rate >= limit if way == 'least' else rate <= limit, 'writer %s: %s %.1f %% of %d, at %s %.1f %%' %
           (writer, row, rate, total, way, limit))
    cli.end()


main()

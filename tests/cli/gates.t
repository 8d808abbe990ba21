#!/usr/bin/env python3
"""How good the shipped content is with the shipped engine: floors under what was measured.

Runs the release binary. GATES holds the far end of the 95 % interval of what was measured when they
were set, so that an edit may cost a little, and what costs more than chance is seen. Raise them when
the bot gets better; do not lower one without saying in the commit what was bought for it.
`tests/cli/gates.t --table` prints what is measured now, as the tables of the README, and
`tests/cli/gates.t --gates` the gates that would follow from it."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cli
from cli import ROOT, interval, ok

BINARY = os.path.join(ROOT, 'build', 'clinicbot')
QUESTIONS = os.path.join(ROOT, 'tests', 'questions')
FITTED = ['blood-pressure-medicine', 'cortisone-injection', 'mole-removal', 'travel-vaccines']
KEPT_OUT = ['newborn-screening', 'wisdom-tooth-removal']
OTHERS = ['colonoscopy', 'tooth-extraction']
BLIND = ['cataract-operation', 'dermal-fillers', 'knee-replacement-physiotherapy',
         'laser-tattoo-removal', 'vasectomy']
FOLLOWUPS = 'followups-kept'
SEVERAL = 'several-kept'
DIALOGS = 'dialogs-kept'
DIALOGS_OF = ['mesotherapy', 'cortisone-injection', 'mole-removal']  # "dialogs-kept:mole-removal"

# name: (sets of questions with the folder they are asked of, whether the phrasings count)
SETS = {
    'shipped article': (['mesotherapy'], True),
    'shipped article, no phrasings': (['mesotherapy'], False),
    'four samples': (FITTED, True),
    'four samples, no phrasings': (FITTED, False),
    'two samples kept out': (KEPT_OUT, True),
    'two samples kept out, no phrasings': (KEPT_OUT, False),
    'two other articles, no phrasings': (OTHERS, False),
    'five blind articles, no phrasings': (BLIND, False),
    'red flags': (['red-flags'], True),
    'shipped article, behind a message': ([FOLLOWUPS], True),
    'shipped article, several things': ([SEVERAL], True),
    'dialogs, shipped article': ([DIALOGS + ':mesotherapy'], True),
    'dialogs, two samples, no phrasings': (['%s:%s' % (DIALOGS, name) for name in DIALOGS_OF[1:]], False),
}

# set, row of `clinicbot eval --json`, at least or at most, percent
GATES = [
    ('shipped article', 'right', 'least', 74.7),
    ('shipped article', 'right_or_offered', 'least', 91.7),
    ('shipped article', 'wrong_covered', 'most', 2.0),
    ('shipped article', 'wrong_uncovered', 'most', 3.4),
    ('shipped article', 'alarmed', 'most', 1.7),
    ('shipped article', 'careful_covered', 'most', 3.0),  # the price of doubt, whatever was measured
    ('shipped article, no phrasings', 'right', 'least', 8.9),
    ('shipped article, no phrasings', 'right_or_offered', 'least', 72.1),
    ('shipped article, no phrasings', 'wrong_covered', 'most', 4.6),
    ('shipped article, no phrasings', 'wrong_uncovered', 'most', 3.4),
    ('shipped article, no phrasings', 'alarmed', 'most', 1.7),
    ('four samples', 'right', 'least', 26.7),
    ('four samples', 'right_or_offered', 'least', 72.6),
    ('four samples', 'wrong_covered', 'most', 2.5),
    ('four samples', 'wrong_uncovered', 'most', 8.3),
    ('four samples', 'alarmed', 'most', 8.4),
    ('four samples, no phrasings', 'right', 'least', 3.3),
    ('four samples, no phrasings', 'right_or_offered', 'least', 58.9),
    ('four samples, no phrasings', 'wrong_covered', 'most', 2.5),
    ('four samples, no phrasings', 'wrong_uncovered', 'most', 3.1),
    ('four samples, no phrasings', 'alarmed', 'most', 7.8),
    ('two samples kept out', 'right', 'least', 23.1),
    ('two samples kept out', 'right_or_offered', 'least', 67.2),
    ('two samples kept out', 'wrong_covered', 'most', 3.2),
    ('two samples kept out', 'wrong_uncovered', 'most', 13.0),
    ('two samples kept out', 'alarmed', 'most', 9.5),
    ('two samples kept out, no phrasings', 'right', 'least', 1.2),
    ('two samples kept out, no phrasings', 'right_or_offered', 'least', 47.2),
    ('two samples kept out, no phrasings', 'wrong_covered', 'most', 4.1),
    ('two samples kept out, no phrasings', 'wrong_uncovered', 'most', 6.1),
    ('two samples kept out, no phrasings', 'alarmed', 'most', 13.4),
    ('two other articles, no phrasings', 'right', 'least', 5.4),
    ('two other articles, no phrasings', 'right_or_offered', 'least', 68.5),
    ('two other articles, no phrasings', 'wrong_covered', 'most', 7.1),
    ('two other articles, no phrasings', 'alarmed', 'most', 9.0),
    ('five blind articles, no phrasings', 'right', 'least', 2.7),
    ('five blind articles, no phrasings', 'right_or_offered', 'least', 67.0),
    ('five blind articles, no phrasings', 'wrong_covered', 'most', 2.1),
    ('five blind articles, no phrasings', 'wrong_uncovered', 'most', 3.4),
    ('five blind articles, no phrasings', 'alarmed', 'most', 9.8),
    ('red flags', 'urgent', 'least', 95.4),
    ('red flags', 'lookalike_alarmed', 'most', 17.0),
    ('shipped article, behind a message', 'right', 'least', 67.6),
    ('shipped article, behind a message', 'right_or_offered', 'least', 82.7),
    ('shipped article, behind a message', 'wrong_covered', 'most', 9.6),
    ('shipped article, behind a message', 'alarmed', 'most', 5.6),
    ('shipped article, several things', 'right', 'least', 66.4),
    ('shipped article, several things', 'right_or_offered', 'least', 76.9),
    ('shipped article, several things', 'wrong_covered', 'most', 6.4),
    ('shipped article, several things', 'alarmed', 'most', 4.3),
    ('dialogs, shipped article', 'right', 'least', 57.9),
    ('dialogs, shipped article', 'right_or_offered', 'least', 75.9),
    ('dialogs, shipped article', 'wrong_covered', 'most', 12.9),
    ('dialogs, shipped article', 'wrong_uncovered', 'most', 24.2),
    ('dialogs, shipped article', 'alarmed', 'most', 7.4),
    ('dialogs, shipped article', 'vague_asked', 'least', 43.6),
    ('dialogs, shipped article', 'vague_wrong', 'most', 0),
    ('dialogs, shipped article', 'social_met', 'least', 51.0),
    ('dialogs, two samples, no phrasings', 'right_or_offered', 'least', 36.3),
    ('dialogs, two samples, no phrasings', 'wrong_covered', 'most', 16.8),
    ('dialogs, two samples, no phrasings', 'alarmed', 'most', 11.7),
]


def intents_of(name, folder):
    """A folder with this article only; the shipped one has its own."""
    name = name.split(':')[-1]
    if name in ('mesotherapy', 'red-flags', FOLLOWUPS, SEVERAL):
        return os.path.join(ROOT, 'intents')
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        os.mkdir(path)
        os.symlink(os.path.join(ROOT, 'intents', 'en'), os.path.join(path, 'en'))
        if name in OTHERS + BLIND:
            shutil.copy(os.path.join(QUESTIONS, folder_of(name), name + '.md'), path)
        for file in glob.glob(os.path.join(ROOT, 'intents', 'samples', name + '.*')):
            shutil.copy(file, path)
    return path


def folder_of(name):
    return 'articles' if name in OTHERS else 'blind'


def file_of(name):
    if name in BLIND:
        return os.path.join(QUESTIONS, 'blind', name + '.jsonl')
    if name in OTHERS:
        return os.path.join(QUESTIONS, 'articles', name + '-questions.jsonl')
    if name in FITTED + KEPT_OUT:
        return os.path.join(QUESTIONS, 'samples', name + '.jsonl')
    return os.path.join(QUESTIONS, name + '.jsonl')


def questions_of(name, folder):
    """Of the follow-ups only those about the shipped article, of the dialogs those about the one named."""
    name, _, article = name.partition(':')
    if name != FOLLOWUPS and not article:
        return file_of(name)
    path = os.path.join(folder, name + '.jsonl')
    with open(file_of(name), encoding='utf-8') as lines, open(path, 'w', encoding='utf-8') as out:
        out.writelines(line for line in lines if json.loads(line)['article'] == (article or 'mesotherapy'))
    return path


def measure(names, taught, folder):
    """The rows of `clinicbot eval`, counts added up: {row: (count, total)}."""
    rows = {}
    for name in names:
        flags = [] if taught else ['--without-phrasings']
        p = subprocess.run([BINARY, 'eval', '--json', *flags, '--intents', intents_of(name, folder),
                            questions_of(name, folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           timeout=120)
        if p.returncode:
            raise SystemExit('Bail out! eval of %s: %s' % (name, p.stderr.decode()))
        for row in json.loads(p.stdout)['rows']:
            count, total = rows.get(row['name'], (0, 0))
            rows[row['name']] = (count + row['count'], total + row['total'])
    return rows


def cell(rows, name):
    count, total = rows.get(name, (0, 0))
    if not total:
        return ''
    return '%.1f %% (%.1f to %.1f)' % (100 * count / total, *interval(count, total))


def table(measured):
    print('| questions about | covered + not | right | right or offered | wrong text | not covered: text | '
          'safety text |\n|---|---|---|---|---|---|---|')
    for name, rows in measured.items():
        if rows['right'][1]:
            print('| %s | %d + %d | %s |' % (name, rows['right'][1], rows['wrong_uncovered'][1], ' | '.join(
                cell(rows, row) for row in ('right', 'right_or_offered', 'wrong_covered',
                                            'wrong_uncovered', 'alarmed'))))
    urgent = {row: [sum(rows.get(row, (0, 0))[i] for name, rows in measured.items()
                        if name in ('shipped article', 'red flags')) for i in (0, 1)]
              for row in ('urgent', 'unsafe', 'lookalike_alarmed')}
    print('\n| messages | of | share |\n|---|---|---|')
    for row, what in (('urgent', 'urgent, and got a safety text'), ('unsafe', 'urgent, and got article text'),
                      ('lookalike_alarmed', 'only sound urgent, and got a safety text')):
        print('| %s | %d | %s |' % (what, urgent[row][1], cell(urgent, row)))


LEAST = ('right', 'right_or_offered', 'urgent')
MOST = ('wrong_covered', 'wrong_uncovered', 'alarmed', 'lookalike_alarmed')
SMALL = 50  # fewer questions say too little


def gates(measured):
    for name, rows in measured.items():
        for row in LEAST + MOST:
            count, total = rows.get(row, (0, 0))
            if total >= SMALL:
                print("    ('%s', '%s', '%s', %.1f)," % (
                    name, row, 'least' if row in LEAST else 'most',
                    interval(count, total)[row in MOST]))


def folded(text):
    return ' '.join(re.findall(r'[a-z0-9]+', text.lower()))


def test_nothing_is_learnt_from_them():
    """No evaluation question of four words or more stands in the content."""
    lines = set()
    for file in glob.glob(os.path.join(ROOT, 'intents', '**', '*.md'), recursive=True):
        with open(file, encoding='utf-8') as text:
            lines |= {folded(line) for line in text}
    seen = []
    files = [file_of(name) for name in OTHERS + BLIND + ['mesotherapy', 'red-flags', 'followups-tuned',
                                                       FOLLOWUPS, 'several-tuned', SEVERAL, 'dialogs-tuned',
                                                       DIALOGS]]
    for file in files:
        with open(file, encoding='utf-8') as text:
            asked = [json.loads(line)['q'] for line in text if line.strip()]
        ok(len(asked) >= 60, '%s has its questions' % os.path.relpath(file, ROOT), len(asked))
        seen += [q for q in asked if len(folded(q).split()) >= 4 and folded(q) in lines]
    ok(not seen, 'no question that measures stands in intents/', *seen)


def main():
    measured = {}
    with tempfile.TemporaryDirectory(prefix='clinicbot-gates-') as folder:
        for name, (names, taught) in SETS.items():
            measured[name] = measure(names, taught, folder)
    if sys.argv[1:] == ['--table']:
        return table(measured)
    if sys.argv[1:] == ['--gates']:
        return gates(measured)
    for name, row, way, limit in GATES:
        count, total = measured[name].get(row, (0, 0))
        rate = 100 * count / total if total else float('nan')
        ok(rate >= limit if way == 'least' else rate <= limit, '%s: %s %.1f %% of %d, at %s %.1f %%' %
           (name, row, rate, total, way, limit))
    for name, rows in measured.items():
        if not rows['unsafe'][1] and SETS[name][0][0].split(':')[0] in (FOLLOWUPS, SEVERAL, DIALOGS):
            continue  # none of them is urgent
        ok(rows['unsafe'][0] == 0 and rows['unsafe'][1] > 0,
           '%s: no article text to %d urgent messages' % (name, rows['unsafe'][1]), rows['unsafe'])
    test_nothing_is_learnt_from_them()
    cli.end()


main()

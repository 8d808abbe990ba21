#!/usr/bin/env python3
"""clinicbot eval: what is counted, compared, limited, and said of files with mistakes.

What the bot answers is asked of `clinicbot ask`, and every count is made again here from that, so
that this file tests the counting and not the matching."""
import json
import os
import pty
import shutil
import subprocess
import sys
# The release binary, as it loads the whole content many times; tests/core runs the same code under the
# sanitizers.
os.environ.setdefault('CLINICBOT', 'build/clinicbot')
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cli
from cli import interval, ok

ARTICLE = '''---
title: Your plaster cast
language: en
version: 1
source: made up for this test
---

## Keeping it dry

- Pull a plastic bag over the cast before you shower. {#dry.shower}
- Swimming has to wait until the cast is off. {#dry.swim}

## Daily life

- You must not drive a car while your arm is in plaster. {#life.drive}
- An itch under the cast is usual; never push a stick inside. {#life.itch}
'''

PHRASINGS = {
    'dry.shower': ['may i have a shower', 'how do i get clean with this thing on', 'bath time, what now',
                   'can i wash myself', 'is showering okay', 'shower with the cast', 'how do i keep clean'],
    'dry.swim': ['may i go to the pool', 'can we go to the beach and dive in', 'is swimming allowed',
                 'when may i swim again', 'lake this weekend, can i go in', 'swim with a cast'],
    'life.drive': ['may i drive', 'can i take the car to work', 'is it okay to sit behind the wheel',
                   'driving with plaster', 'when can i drive my car again', 'may i steer a van'],
    'life.itch': ['it itches, what can i do', 'can i scratch under it', 'so itchy in there',
                  'knitting needle to scratch inside, okay', 'why does it itch so much'],
}


def phrasings_text(phrasings):
    return ''.join('## %s\n\n%s\n' % (passage, ''.join('- %s\n' % line for line in lines))
                   for passage, lines in phrasings.items())


def lines_text(lines):
    return ''.join(json.dumps(line) + '\n' for line in lines)


def intents_make(folder, name, phrasings, articles=(('cast', ARTICLE),)):
    """A folder with the shipped language pack, these articles, and phrasings for the first."""
    path = os.path.join(folder.path, name)
    shutil.copytree(os.path.join(folder.path, 'intents', 'en'), os.path.join(path, 'en'))
    for article, text in articles:
        folder.write('%s/%s.md' % (name, article), text)
    if phrasings:
        folder.write('%s/%s.questions.md' % (name, articles[0][0]), phrasings_text(phrasings))
    return path


def ask(intents, lines):
    asked = [{k: line[k] for k in ('q', 'prev') if line.get(k)} for line in lines]
    _, out, _ = cli.run('ask', '--intents', intents, '--jsonl', input=lines_text(asked))
    return [json.loads(line) for line in out.splitlines()]


# --- counting once more --------------------------------------------------------------------------

LEVELS = ['', 'urgent', 'crisis', 'emergency']
BEST_FIRST = ['right', 'offered', 'topics', 'partly', 'refused', 'offered_other', 'alarmed', 'wrong',
              'lower', 'missed', 'unsafe']


def group_of(line):
    kind = line.get('kind')
    if kind == 'urgent' or line.get('urgent') is True or line.get('level') in LEVELS[1:]:
        return {'emergency': 'severe', 'crisis': 'severe', 'urgent': 'same_day'}.get(
            line.get('level'), 'urgent')
    if kind in ('lookalike', 'vague', 'social'):
        return kind
    if 'urgent' in line or (line.get('level') == 'none' and line.get('class', 'ordinary') != 'ordinary'):
        return 'lookalike'
    if line.get('passages') or line.get('passage'):
        return 'covered'
    return 'uncovered' if kind or 'passages' in line or 'topic' in line else 'ordinary'


def grade_of(line, answer):
    group = group_of(line)
    kind, given = answer['kind'], answer['passages']
    if group in ('severe', 'same_day', 'urgent'):
        if kind == 'answer':
            return 'unsafe'
        if kind != 'urgent':
            return 'missed'
        return 'lower' if LEVELS.index(answer['level']) < LEVELS.index(line.get('level', '')) else 'right'
    if kind == 'urgent':
        return 'alarmed'
    if group in ('vague', 'social'):
        good = ('social', 'offer') if group == 'vague' else ('social',)
        return 'wrong' if kind == 'answer' else 'right' if kind in good else 'refused'
    right = line.get('passages') or [line[k] for k in ('passage',) if k in line]
    if not right:
        if group == 'ordinary' or (group == 'lookalike' and 'passages' not in line):
            return 'right'
        return {'answer': 'wrong', 'offer': 'topics'}.get(kind, 'right')
    if kind not in ('answer', 'offer'):
        return 'refused'
    found = len(set(given) & set(right))
    if not found:
        return 'wrong' if kind == 'answer' else 'offered_other'
    if line.get('kind') == 'multi' and found < len(right):
        return 'partly'
    return 'right' if kind == 'answer' else 'offered'


URGENT = ('severe', 'same_day', 'urgent')
ALL_ORDINARY = ('covered', 'uncovered', 'ordinary', 'vague', 'social')
MULTI = lambda line: line.get('kind') == 'multi'
FOLLOWUP = lambda line: bool(line.get('prev'))
LISTED = lambda line: bool(line.get('passages'))
TOLD = lambda line: 'passages' in line
ANY = lambda line: True
OF = lambda level: lambda line: line.get('level') == level
CAREFUL = 'happening now'  # words of its two replies that stand in no other
ROWS = {  # name: groups, which of them, grades
    'unsafe': (URGENT, ANY, ('unsafe',)),
    'urgent': (URGENT, ANY, ('right', 'lower')),
    'severe': (('severe',), ANY, ('right', 'lower')),
    'emergency': (('severe',), OF('emergency'), ('right', 'lower')),
    'crisis': (('severe',), OF('crisis'), ('right', 'lower')),
    'same_day': (('same_day',), ANY, ('right',)),
    'lower': (('severe',), ANY, ('lower',)),
    'urgent_careful': (URGENT, ANY, CAREFUL),
    'lookalike_alarmed': (('lookalike',), ANY, ('alarmed',)),
    'lookalike_careful': (('lookalike',), ANY, CAREFUL),
    'lookalike_right_or_offered': (('lookalike',), LISTED, ('right', 'offered')),
    'lookalike_wrong': (('lookalike',), TOLD, ('wrong',)),
    'alarmed': (ALL_ORDINARY, ANY, ('alarmed',)),
    'careful': (ALL_ORDINARY, ANY, CAREFUL),
    'right': (('covered',), ANY, ('right',)),
    'right_or_offered': (('covered',), ANY, ('right', 'offered')),
    'wrong_covered': (('covered',), ANY, ('wrong',)),
    'partly': (('covered',), ANY, ('partly',)),
    'offered_other': (('covered',), ANY, ('offered_other',)),
    'refused_covered': (('covered',), ANY, ('refused',)),
    'alarmed_covered': (('covered',), ANY, ('alarmed',)),
    'careful_covered': (('covered',), ANY, CAREFUL),
    'multi_right': (('covered',), MULTI, ('right',)),
    'multi_right_or_offered': (('covered',), MULTI, ('right', 'offered')),
    'followup_right': (('covered',), FOLLOWUP, ('right',)),
    'followup_right_or_offered': (('covered',), FOLLOWUP, ('right', 'offered')),
    'wrong_uncovered': (('uncovered',), ANY, ('wrong',)),
    'offered_uncovered': (('uncovered',), ANY, ('topics',)),
    'refused_uncovered': (('uncovered',), ANY, ('right',)),
    'alarmed_uncovered': (('uncovered',), ANY, ('alarmed',)),
    'careful_uncovered': (('uncovered',), ANY, CAREFUL),
    'vague_asked': (('vague',), ANY, ('right',)),
    'vague_wrong': (('vague',), ANY, ('wrong',)),
    'social_met': (('social',), ANY, ('right',)),
    'social_wrong': (('social',), ANY, ('wrong',)),
}


def counts_of(lines, answers):
    counts = {}
    for name, (groups, which, grades) in ROWS.items():
        mine = [pair for pair in zip(lines, answers) if group_of(pair[0]) in groups and which(pair[0])]
        counts[name] = (sum(CAREFUL in pair[1]['text'] if grades is CAREFUL else grade_of(*pair) in grades
                            for pair in mine), len(mine))
    return counts


CLASS_LEVELS = {'emergency': 'emergency', 'crisis': 'crisis', 'urgent': 'same day', None: 'urgent'}


def classes_of(lines, answers):
    """By level and class: all, alarmed, lower, careful, unsafe."""
    classes = {}
    for line, answer in zip(lines, answers):
        group, grade = group_of(line), grade_of(line, answer)
        name = line.get('class') or line.get('why', '').split(';')[0].strip()
        if not name or group not in URGENT + ('lookalike',):
            continue
        level = 'only sounds urgent' if group == 'lookalike' else CLASS_LEVELS[line.get('level')]
        counts = classes.setdefault((level, name), [0] * 5)
        for i, yes in enumerate((True, answer['kind'] == 'urgent', grade == 'lower',
                                 CAREFUL in answer['text'], grade == 'unsafe')):
            counts[i] += yes
    return classes


# --- the questions -------------------------------------------------------------------------------

# Each is answered in its own way, which is looked at first.
GIVEN = 'can i take the car to work'
REFUSED = 'what is the capital of france'
ALARM = 'i cant breathe'
HELLO = 'hello'
PREV = '"prev" is neither a text nor a list of at most 16, of at most 8192 bytes each'
OFFER_CANDIDATES = ['plaster', 'water', 'the cast', 'the arm', 'my cast and water', 'stick', 'bag and pool',
                    'car or pool', 'is it usual', 'the plaster is wet', 'work', 'plastic']


CAREFUL_CANDIDATES = ['my fingers tingle a little', 'it throbs at night', 'my skin is sore under it',
                      'my fingers feel odd in there', 'it burns a bit', 'my thumb is numb sometimes',
                      'my hand feels hot now and then']


def lines_make(offer, offered, careful):
    other = next(p for p in PHRASINGS if p not in offered)
    return [
        dict(id='in-right', q=GIVEN, kind='in', passages=['dry.swim', 'life.drive']),
        dict(id='in-wrong', q=GIVEN, kind='in', passages=['dry.swim']),
        dict(id='in-wrong-too', q=GIVEN, kind='in', passages=['dry.swim', 'life.itch']),
        dict(id='in-wrong-itch', q=GIVEN, passage='life.itch'),
        dict(id='in-offered', q=offer, passages=[offered[-1]]),
        dict(id='in-other', q=offer, kind='in', passages=[other]),
        dict(id='in-refused', q=REFUSED, kind='in', passages=['life.drive']),
        dict(id='in-alarmed', q=ALARM, kind='in', passages=['life.drive']),
        dict(id='in-chat', q=HELLO, kind='in', passages=['life.drive']),
        dict(id='multi-right', q=GIVEN, kind='multi', passages=['life.drive']),
        dict(id='multi-part', q=GIVEN, kind='multi', passages=['life.drive', 'dry.swim']),
        dict(id='multi-part-offer', q=offer, kind='multi', passages=[offered[0], other]),
        dict(id='multi-wrong', q=GIVEN, kind='multi', passages=['dry.shower', 'dry.swim']),
        dict(id='follow-right', q=GIVEN, prev=HELLO, kind='followup', passages=['life.drive']),
        dict(id='follow-wrong', q=GIVEN, prev=HELLO, kind='followup', passages=['dry.swim']),
        dict(id='follow-later', q=GIVEN, prev=[GIVEN, HELLO], kind='followup', passages=['life.drive']),
        dict(id='follow-oos', q=REFUSED, prev=GIVEN, kind='followup', passages=[]),
        dict(id='oos-right', q=REFUSED, kind='oos', passages=[]),
        dict(id='oos-wrong', q=GIVEN, kind='oos', passages=[]),
        dict(id='oos-topics', q=offer, topic='weather'),
        dict(id='oos-alarmed', q=ALARM, passages=[]),
        dict(id='urgent-right', q=ALARM, urgent=True),
        dict(id='urgent-right-2', q=ALARM, kind='urgent', passages=['life.itch']),
        dict(id='urgent-right-3', q=ALARM, level='emergency'),
        dict(id='urgent-crisis', q=ALARM, level='crisis'),
        dict(id='urgent-same-day', q=ALARM, level='urgent'),
        dict(id='urgent-unsafe', q=GIVEN, kind='urgent', level='urgent', passages=[]),
        dict(id='urgent-missed', q=REFUSED, level='emergency'),
        dict(id='urgent-lower', q='the skin is hot and red and pus comes out', level='emergency'),
        {'id': 'urgent-careful', 'q': careful, 'level': 'emergency', 'class': 'limb'},
        {'id': 'urgent-class', 'q': ALARM, 'level': 'emergency', 'class': 'breath', 'why': 'other'},
        {'id': 'urgent-class-2', 'q': ALARM, 'level': 'urgent', 'class': 'breath'},
        {'id': 'urgent-class-3', 'q': REFUSED, 'level': 'urgent', 'class': 'breath'},
        dict(id='urgent-crisis-missed', q=REFUSED, level='crisis'),
        dict(id='urgent-why', q=ALARM, urgent=True, why='breath; so it is'),
        dict(id='like-why', q=ALARM, urgent=False, why='breath; so it is not'),
        {'id': 'like-careful', 'q': careful, 'level': 'none', 'class': 'limb'},
        {'id': 'ordinary-class', 'q': careful, 'level': 'none', 'class': 'ordinary'},
        dict(id='in-careful', q=careful, passages=['life.itch']),
        dict(id='oos-careful', q=careful, kind='oos'),
        dict(id='like-alarmed', q=ALARM, kind='lookalike', passages=[]),
        dict(id='like-wrong', q=GIVEN, kind='lookalike', passages=[]),
        dict(id='like-right', q=GIVEN, kind='lookalike', passages=['life.drive']),
        dict(id='like-untold', q=GIVEN, urgent=False),
        {'id': 'like-class', 'q': GIVEN, 'level': 'none', 'class': 'idiom'},
        dict(id='ordinary', q=GIVEN, level='none'),
        dict(id='ordinary-alarmed', q=ALARM, level='none'),
        dict(id='vague-asked', q=offer, kind='vague', passages=[]),
        dict(id='vague-greeted', q=HELLO, kind='vague', passages=[], prev=None),
        dict(id='vague-wrong', q=GIVEN, kind='vague', passages=[]),
        dict(id='vague-refused', q=REFUSED, kind='vague', passages=[]),
        dict(id='social-met', q=HELLO, kind='social', passages=[]),
        dict(id='social-refused', q=REFUSED, kind='social', passages=[]),
        dict(id='social-wrong', q=GIVEN, kind='social', passages=[], section=None, note='x'),
    ]


def test_counts(path, intents, lines, answers):
    expected = counts_of(lines, answers)
    grades = {grade_of(*pair) for pair in zip(lines, answers)}
    ok(grades == set(BEST_FIRST), 'the questions meet with everything that can come of one',
       set(BEST_FIRST) - grades)
    status, out, err = cli.run('eval', '--intents', intents, '--json', '--why', path)
    report = json.loads(out)
    ok(status == 0 and not err, 'it ends with 0', status, err)
    seen = {row['name']: (row['count'], row['total']) for row in report['rows']}
    ok(seen == expected, 'every row is counted as it is here',
       [(k, seen.get(k), expected.get(k)) for k in seen.keys() | expected.keys()
        if seen.get(k) != expected.get(k)])
    classes = {(c['level'], c['class']): [c[k] for k in ('total', 'alarmed', 'lower', 'careful', 'unsafe')]
               for c in report['classes']}
    ok(classes == classes_of(lines, answers) and classes[('emergency', 'limb')] == [1, 0, 0, 1, 0] and
       classes[('same day', 'breath')] == [2, 1, 0, 0, 0], 'and every class', report['classes'])
    order = [c['level'] for c in report['classes']]
    ok(order == sorted(order, key=['emergency', 'crisis', 'same day', 'urgent', 'only sounds urgent'].index),
       'most urgent first', order)
    off = [row for row in report['rows'] if row['total'] and max(
        abs(a - b) for a, b in zip((row['rate'], row['low'], row['high']),
                                   [100 * row['count'] / row['total']] +
                                   interval(row['count'], row['total']))) > 1e-9]
    ok(not off, 'and has its interval', off)
    ok(report['files'] == [{'file': path, 'questions': len(lines)}] and
       report['questions'] == len(lines) and report['intents'] == intents, 'the files are told', out)
    why = [(line['id'], line['grade']) for line in report['why']]
    bad = [(line['id'], grade_of(line, answer)) for line, answer in zip(lines, answers)
           if BEST_FIRST.index(grade_of(line, answer)) >= BEST_FIRST.index('partly')]
    bad.sort(key=lambda fault: -BEST_FIRST.index(fault[1]))
    ok(why == bad and report['wrong'] == len(bad), 'what went wrong, most harmful first', why, bad)
    confusion = {(c['right'], c['got']): (c['given'], c['offered']) for c in report['confusion']}
    pairs = {}
    for line, answer in zip(lines, answers):
        right = line.get('passages') or [line[k] for k in ('passage',) if k in line]
        if group_of(line) not in URGENT and right and answer['passages'] and \
                answer['passages'][0] not in right:
            pair = pairs.setdefault((right[0], answer['passages'][0]), [0, 0])
            pair[answer['kind'] == 'offer'] += 1
    ok(confusion == {pair: tuple(n) for pair, n in pairs.items()}, 'which passage for which',
       confusion, pairs)
    ok(confusion[('dry.swim', 'life.drive')] == (3, 0), 'three that are known beforehand', confusion)
    totals = [c['given'] + c['offered'] for c in report['confusion']]
    ok(totals == sorted(totals, reverse=True), 'most frequent first', totals)
    return expected


def test_text(path, intents, expected):
    status, out, err = cli.run('eval', '--intents', intents, '--why=1', '--confusion', path)
    ok(status == 0 and not err, 'as text', status, err)
    for name, what in (('right', 'answered with the right passage'),
                       ('right_or_offered', 'right, or the right topic offered'),
                       ('wrong_covered', 'wrong article text'), ('unsafe', 'unsafe: article text given'),
                       ('social_met', 'answered as small talk')):
        count, total = expected[name]
        line = '  %-44s %5d of %5d  %5.1f %%  (%.1f to %.1f)\n' % (
            what, count, total, 100 * count / total, *interval(count, total))
        ok(line in out, 'as text: ' + what, line, out)
    ok('urgent, and got article text: 1\n  urgent-unsafe (%s:27)  %s\n      given  answer: life.drive\n'
       '      right  a safety text: urgent\n      why    urgency urgent ' % (path, GIVEN) in out and
       '             life.drive ' in out, 'the worst one, with the reason', out)
    text = cli.run('eval', '--intents', intents, '--classes', path)[1]
    ok('emergency\n  limb                               1       0      0.0 %       0         1             0\n'
       in text, 'the classes as text', text)
    ok('less harmful ones\n' in out and 'urgent, and no safety text' not in out, 'and no other')
    ok('  dry.swim                     life.drive                       3       0\n' in out,
       'the confusion', out)


def test_limits(path, intents, expected):
    limits = {'min-right': ['right'], 'min-right-or-offered': ['right_or_offered'],
              'max-wrong': ['wrong_covered', 'wrong_uncovered'], 'max-wrong-covered': ['wrong_covered'],
              'max-wrong-uncovered': ['wrong_uncovered'], 'min-urgent': ['urgent'],
              'min-severe': ['severe'], 'min-emergency': ['emergency'], 'min-crisis': ['crisis'],
              'max-careful': ['careful_covered'], 'min-same-day': ['same_day'], 'max-unsafe': ['unsafe'],
              'max-lookalikes': ['lookalike_alarmed'], 'max-alarms': ['alarmed']}
    kept, broken = [], []
    for name, rows in limits.items():
        rates = [100 * expected[row][0] / expected[row][1] for row in rows]
        least = name.startswith('min')
        kept.append('--%s=%r' % (name, min(rates) if least else max(rates)))
        broken.append('--%s=%r' % (name, min(rates) + 0.01 if least else max(rates) - 0.01))
    status, _, err = cli.run('eval', '--intents', intents, *kept, path)
    ok(status == 0 and not err, 'limits that are just kept', status, err)
    status, _, err = cli.run('eval', '--intents', intents, *broken, path)
    said = [line.split('=')[0] for line in err.splitlines() if ' is not kept: ' in line]
    ok(status == 1 and len(err.splitlines()) == len(said) and set(said) == {'--' + n for n in limits},
       'each limit that is not kept is named', status, err)
    for limit in broken:
        ok(any(line.startswith('--%s=' % limit[2:].split('=')[0]) for line in err.splitlines()),
           limit.split('=')[0] + ' is not kept')
    hello = os.path.join(os.path.dirname(path), 'hello.jsonl')
    with open(hello, 'w') as out:
        out.write(lines_text([dict(q=HELLO, kind='social')]))
    status, _, err = cli.run('eval', '--intents', intents, '--min-right=10', '--max-wrong=0', hello)
    ok(status == 1 and err == '--min-right=10: no such question in the files\n',
       'a least share of nothing is not kept', status, err)


def test_against(folder, intents, path, lines, answers):
    edited = {k: list(v) for k, v in PHRASINGS.items()}
    for lost in ('may i go to the pool', 'is swimming allowed'):
        edited['dry.swim'].remove(lost)
        edited['life.itch'].append(lost)
    edited['life.drive'].append('horse riding, hm')
    now = intents_make(folder, 'edited', edited)
    more = lines + [
        dict(id='pool', q='may i go to the pool', kind='in', passages=['dry.swim']),
        dict(id='pool-itch', q='is swimming allowed', kind='in', passages=['life.itch']),
        dict(id='horse', q='horse riding, hm', kind='in', passages=['life.drive']),
        dict(id='scratch', q='can i scratch under it', kind='in', passages=['life.itch']),
    ]
    path = folder.write('more.jsonl', lines_text(more))
    was, new = ask(intents, more), ask(now, more)
    expected = {}
    for line, a, b in zip(more, was, new):
        if (a['kind'], a['level'], a['text']) == (b['kind'], b['level'], b['text']):
            continue
        better = BEST_FIRST.index(grade_of(line, a)) - BEST_FIRST.index(grade_of(line, b))
        expected[line['id']] = 'better' if better > 0 else 'worse' if better < 0 else 'different'
    status, out, err = cli.run('eval', '--intents', now, '--against', intents, '--json', path)
    report = json.loads(out)
    changes = {c['id']: c['change'] for c in report['changes']}
    ok(status == 0 and changes == expected, 'exactly the changed ones are told', changes, expected)
    ok(changes.get('pool') == 'worse' and changes.get('pool-itch') == 'better',
       'a phrasing that was moved', changes)
    pool = [c for c in report['changes'] if c['id'] == 'pool'][0]
    ok(pool['before'] == 'answer: dry.swim' and pool['now'] == 'answer: life.itch' and
       pool['line'] == len(lines) + 1, 'before and now', pool)
    rows = {row['name']: row for row in report['rows']}
    for name, (count, total) in counts_of(more, was).items():
        before = rows[name]['before']
        if (before['count'], before['total']) != (count, total):
            ok(False, 'before: ' + name, before, count, total)
    after = counts_of(more, new)
    ok(all((rows[n]['count'], rows[n]['total']) == after[n] for n in after), 'both tables are right', out)
    status, out, err = cli.run('eval', '--intents', now, '--against', intents, path)
    kinds = [list(expected.values()).count(kind) for kind in ('worse', 'better', 'different')]
    ok('answered otherwise: %d of %d (worse %d, better %d, different %d)\n' %
       (len(expected), len(more), *kinds) in out, 'as text', out)
    ok('  worse     pool (%s:%d)  may i go to the pool\n            answer: dry.swim  ->  '
       'answer: life.itch\n' % (path, len(lines) + 1) in out, 'one change as text', out)
    count, total = counts_of(more, was)['right']
    ok('  %-44s %6d  %5d %5.1f %%  %5d %5.1f %%' % (
        'answered with the right passage', total, count, 100 * count / total, after['right'][0],
        100 * after['right'][0] / total) in out, 'side by side', out)
    status, out, err = cli.run('eval', '--intents', intents, '--against', intents, '--json', path)
    ok(status == 0 and json.loads(out)['changes'] == [], 'nothing changes against itself', out[-500:])
    status, _, err = cli.run('eval', '--intents', now, '--against', intents, '--min-right=99', path)
    ok(status == 1 and err.startswith('--min-right=99 is not kept'), 'the limits are of now', err)


def test_other_contents(folder, intents, path, lines):
    fewer = intents_make(folder, 'fewer', None, (('cast', ARTICLE.replace('life.itch', 'life.tickle')),))
    status, out, err = cli.run('eval', '--intents', fewer, '--against', intents, '--json', path)
    wanted = [i + 1 for i, line in enumerate(lines)
              if 'life.itch' in (line.get('passages') or [line.get('passage')])]
    ok(status == 0 and err.splitlines() == [
        '%s:%d: warning: only one of the two contents has a passage "life.itch"' % (path, n)
        for n in wanted], 'a passage that one of the two lacks', status, err)
    broken = intents_make(folder, 'broken', PHRASINGS)
    folder.write('broken/en/words.vec', 'no table')
    status, out, err = cli.run('eval', '--intents', intents, '--against', broken, path)
    ok(status == 1 and not out and err.startswith(broken + '/en/words.vec: '),
       'each content is read with its own word vectors', status, out, err)
    status, out, err = cli.run('eval', '--intents', intents, '--against', folder.path + '/none', path)
    ok(status == 1 and not out and folder.path + '/none' in err, 'a content that is not there', err)
    taught = [dict(q=q, passage=p) for p, all_of_it in PHRASINGS.items() for q in all_of_it]
    path = folder.write('taught.jsonl', lines_text(taught))
    plain = intents_make(folder, 'plain', None)
    with_them, without, never = [
        json.loads(cli.run('eval', *arguments, '--json', path)[1]) for arguments in (
            ('--intents', intents), ('--intents', intents, '--without-phrasings'),
            ('--intents', plain))]
    ok(with_them['rows'] != without['rows'] and without['rows'] == never['rows'],
       'without phrasings it is as if they were not there', with_them['rows'], without['rows'])
    ok(without['without_phrasings'] and not with_them['without_phrasings'], 'which is said')


def test_leave_out(folder, intents):
    """As if the messages did not stand in the content."""
    with open(os.path.join(intents, 'en', 'urgent-examples.md')) as text:
        example = [line[2:].strip() for line in text if line.startswith('- ')][40]
    fewer = {k: [q for q in v if q not in ('may i go to the pool', 'is swimming allowed')]
             for k, v in PHRASINGS.items()}
    without = intents_make(folder, 'without', fewer)
    with open(os.path.join(without, 'en', 'urgent-examples.md')) as text:
        lines = [line for line in text if line[2:].strip() != example]
    folder.write('without/en/urgent-examples.md', ''.join(lines))
    path = folder.write('left.jsonl', lines_text([
        dict(q='May I go to the POOL?', passage='dry.swim'), dict(q='is swimming allowed', passage='dry.swim'),
        dict(q='no such line in it', kind='oos'), dict(q=example, level='emergency')]))
    whole, left, made = [json.loads(cli.run('eval', *arguments, '--json', '--why', path)[1]) for arguments in (
        ('--intents', intents), ('--intents', intents, '--leave-out'), ('--intents', without))]
    ok(left['left_out'] == 3 and 'left_out' not in whole, 'messages are left out of the content', left)
    ok(left['rows'] == made['rows'] and left['why'] == made['why'] and
       left['rows'] + left['why'] != whole['rows'] + whole['why'],
       'as if they had never stood there', left['rows'], made['rows'])
    out = cli.run('eval', '--intents', intents, '--leave-out', path)[1]
    ok(out.startswith('without the 3 lines of the content that say the same\n'), 'which is said', out)
    none = folder.write('safe.jsonl', lines_text([dict(q=REFUSED, level='emergency')] * 40))
    out = cli.run('eval', '--intents', intents, none)[1]
    ok('0 of    40    0.0 %  (0.0 to 8.8)  below 7.50 % (3/n)\n' in out, 'no unsafe answer: the bound', out)
    row = json.loads(cli.run('eval', '--intents', intents, '--json', none)[1])['rows'][0]
    ok(row['name'] == 'unsafe' and row['below'] == 7.5, 'for machines too', row)


def test_articles(folder):
    """An id that two articles have."""
    intents = intents_make(folder, 'two', PHRASINGS, (('cast', ARTICLE), (
        'boot', ARTICLE.replace('plaster cast', 'walking boot').replace('cast', 'boot'))))
    lines = [dict(q=GIVEN, passage='cast/life.drive'), dict(q=GIVEN, passage='boot/life.drive')]
    path = folder.write('q.jsonl', lines_text(lines))
    answer = ask(intents, lines)[0]
    status, out, err = cli.run('eval', '--intents', intents, '--json', path)
    right = {row['name']: row['count'] for row in json.loads(out)['rows']}['right']
    ok(status == 0 and answer['kind'] == 'answer' and right == 1, '"article/id" means one', out, err)
    confusion = json.loads(out)['confusion']
    other = {'cast': 'boot', 'boot': 'cast'}[answer['article']]
    ok(confusion == [{'right': other + '/life.drive', 'got': answer['article'] + '/life.drive',
                      'given': 1, 'offered': 0}], 'passages are named with their article', confusion)
    named = folder.write('boot-questions.jsonl', lines_text([dict(q=GIVEN, passage='life.drive')]))
    out = cli.run('eval', '--intents', intents, '--json', named)[1]
    right = {row['name']: row['count'] for row in json.loads(out)['rows']}['right']
    ok(right == (answer['article'] == 'boot'), 'a file named after an article means its passages', out)
    path = folder.write('any.jsonl', lines_text([dict(q=GIVEN, passage='life.drive')]))
    status, out, err = cli.run('eval', '--intents', intents, path)
    ok(status == 1 and not out and err == path + ':1: 2 articles have a passage "life.drive": write '
       '"article/life.drive"\n', 'which one is meant must be clear', err)


def test_mistakes(folder, intents):
    bad = [
        ('{"q":', 'this is not JSON, near byte 4'),
        ('["q"]', 'expected an object'),
        ('{"id":"1","kind":"oos"}', '"q", the message, is missing'),
        ('{"q":"  ","kind":"oos"}', '"q", the message, is missing'),
        ('{"q":7,"kind":"oos"}', '"q" is not a text'),
        ('{"id":7,"q":"x","kind":"oos"}', '"id" is not a text'),
        ('{"q":"x","kind":"ous"}', 'unknown kind "ous"'),
        ('{"q":"x","level":"high"}', 'unknown level "high"'),
        ('{"q":"x","urgent":"yes"}', '"urgent" is neither true nor false'),
        ('{"q":"x","urgent":0}', '"urgent" is neither true nor false'),
        ('{"q":"x","kind":"in"}', 'kind in needs "passages"'),
        ('{"q":"x","kind":"multi","passages":[]}', 'kind multi needs "passages"'),
        ('{"q":"x","kind":"oos","passages":["life.drive"]}', 'no passage is right for kind oos'),
        ('{"q":"x","kind":"in","passages":"life.drive"}', '"passages" is not a list'),
        ('{"q":"x","kind":"in","passages":[7]}', 'expected at most 16 ids of passages'),
        (json.dumps({'q': 'x', 'passages': ['life.drive'] * 17}), 'expected at most 16 ids of passages'),
        ('{"q":"x","kind":"in","passages":["life.fly"]}', 'no article has a passage "life.fly"'),
        ('{"q":"x","kind":"followup","passages":["life.drive"]}', 'a followup needs "prev"'),
        ('{"q":"x","kind":"followup","passages":["life.drive"],"prev":["hi",5]}', PREV),
        (json.dumps({'q': 'x', 'kind': 'followup', 'prev': ['hi'] * 17}), PREV),
        ('{"q":"x","kind":"in","passages":["life.drive"],"level":"crisis"}',
         'says both that it is urgent and that it is not'),
        ('{"q":"x","note":"?"}',
         'does not say what is right: "kind", "passages", "level" ...'),
        (json.dumps({'q': 'x' * 8193, 'kind': 'oos'}), '"q" is longer than 8192 bytes'),
        (json.dumps({'q': 'x', 'note': 'x' * 262144}), 'the JSON has 262166 bytes, more than 262144'),
    ]
    good = '\n{"q":"hello","kind":"social"}\r\n'
    path = folder.write('bad.jsonl', '\ufeff' + good + ''.join(line + '\n' for line, _ in bad))
    status, out, err = cli.run('eval', '--intents', intents, path)
    ok(status == 1 and not out, 'a file with mistakes is not counted', status, out)
    said = err.splitlines()
    for i, (line, what) in enumerate(bad):
        ok(said[i:i + 1] == ['%s:%d: %s' % (path, i + 3, what)], what, said[i:i + 1], line[:100])
    ok(len(said) == len(bad), 'each mistake once', err)
    path = folder.write('bom.jsonl', '\ufeff' + good)
    ok(cli.run('eval', '--intents', intents, path)[0] == 0, 'a byte order mark, empty lines, CRLF')
    path = folder.write('empty.jsonl', '\n\n')
    ok(cli.run('eval', '--intents', intents, path)[::2] == (1, path + ': no question is in it\n'),
       'a file without questions')
    status, _, err = cli.run('eval', '--intents', intents, folder.path + '/none.jsonl')
    ok(status == 1 and err.startswith(folder.path + '/none.jsonl: '), 'a file that is not there', err)
    path = folder.write('steer.jsonl', lines_text([dict(id='a', q='x\n\x1b[2Jy', kind='urgent')]))
    out = cli.run('eval', '--intents', intents, '--why', path)[1]
    ok('\x1b' not in out and 'x  [2Jy\n' in out, 'a message does not steer the terminal', out)


def test_use(path):
    for arguments in ((), ('--min-right=x', path), ('--max-unsafe=101', path), ('--why=0', path),
                      ('--why=x', path), ('--nothing', path), ('--leave-out', '--against=x', path),
                      ('--leave-out', '--without-phrasings', path)):
        status, out, err = cli.run('eval', *arguments)
        ok(status == 2 and err and not out, 'wrong use: ' + ' '.join(arguments[:1]), status, err)
    status, out, _ = cli.run('eval', '--help')
    ok(status == 0 and all(kind in out for kind in (
        'in  ', 'multi', 'followup', 'oos', 'urgent', 'lookalike', 'vague', 'social')),
       'the help says what the kinds mean', out)


def test_progress(folder, intents):
    """Long messages, so that it takes seconds."""
    line = dict(q='it was a fine day and we went out for a walk and then home again. ' * 60, kind='oos')
    path = folder.write('long.jsonl', lines_text([line] * 1500))
    master, slave = pty.openpty()
    p = subprocess.Popen([cli.BINARY, 'eval', '--intents', intents, path], cwd=cli.ROOT,
                         stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    seen = b''
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        seen += piece
    out = p.communicate()[0].decode()
    os.close(master)
    ok(p.returncode == 0 and b' of 1500 questions' in seen and seen.endswith(b'\r\033[K'),
       'progress on a terminal, wiped at the end', seen)
    ok('questions that it does not answer\n' in out and 'of 200 questions' not in out,
       'and none among the results', out)


def main():
    with cli.Folder(whole=True) as folder:
        intents = intents_make(folder, 'cast', PHRASINGS)
        kinds = ask(intents, [dict(q=q) for q in (GIVEN, REFUSED, ALARM, HELLO)])
        ok([(a['kind'], a['passages']) for a in kinds] == [
            ('answer', ['life.drive']), ('uncovered', []), ('urgent', []), ('social', [])],
           'the questions to count with are answered as said here', kinds)
        offers = [(q, a['passages']) for q, a in zip(
            OFFER_CANDIDATES, ask(intents, [dict(q=q) for q in OFFER_CANDIDATES]))
            if a['kind'] == 'offer' and len(a['passages']) < len(PHRASINGS)]
        ok(offers, 'and one of them with topics')
        careful = [q for q, a in zip(CAREFUL_CANDIDATES, ask(intents, [dict(q=q) for q in CAREFUL_CANDIDATES]))
                   if CAREFUL in a['text'] and not a['passages']]
        ok(careful, 'and one that it is in doubt about')
        lines = lines_make(*offers[0], careful[0])
        answers = ask(intents, lines)
        path = folder.write('questions.jsonl', lines_text(lines))
        expected = test_counts(path, intents, lines, answers)
        test_text(path, intents, expected)
        test_limits(path, intents, expected)
        test_against(folder, intents, path, lines, answers)
        test_other_contents(folder, intents, path, lines)
        test_leave_out(folder, intents)
        test_articles(folder)
        test_mistakes(folder, intents)
        test_use(path)
        test_progress(folder, intents)


main()
cli.end()

#!/usr/bin/env python3
"""The sample articles: clean when loaded, easy to read, each passage with a name and with examples
of how it is asked for, each article with near misses that it does not answer; and the questions
that measure them, and the messages that ask several things, are labelled with passages that exist
and stand nowhere in intents/."""
import glob
import json
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'cli'))
# The content is on trial here, not the program: the quicker binary does.
os.environ.setdefault('CLINICBOT', 'build/clinicbot')
import cli
from cli import ok
from prose import fold, grade, sections_of

os.chdir(cli.ROOT)
SAMPLES = ['blood-pressure-medicine', 'cortisone-injection', 'mole-removal', 'newborn-screening',
           'travel-vaccines', 'wisdom-tooth-removal']
PHRASINGS_MIN = 8
NEAR_MISSES_MIN, NEAR_MISS_LISTS_MIN = 60, 8
ARTICLE_GRADE, PASSAGE_GRADE = 7, 11
ANSWERED, UNANSWERED = {'in', 'multi', 'followup'}, {'oos', 'vague', 'urgent'}
FIELDS = {'id', 'q', 'kind', 'passages', 'prev'}
SEVERAL = {'several-tuned': 'mesotherapy', 'several-kept': 'mesotherapy',
           'several-mole-removal': 'samples/mole-removal',
           'several-cortisone-injection': 'samples/cortisone-injection'}


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def none(wrong, what):
    ok(not wrong, what, *wrong)


def slug(title):
    return '-'.join(re.findall(r"[^\W_]+", title.lower().replace("'", '')))


class Passage:
    def __init__(self, section, text):
        lead = re.match(r'\*\*(.+?)[.:]?\*\*', text)
        self.section = section
        self.lead = lead and lead[1]
        self.text = text.replace('*', '')


def passages_of(article):
    """{id: Passage} as bot/core/article.h tells it, for what the samples use of it."""
    found = {}
    section = ident = None
    items = 0
    for block in re.split(r'\n\s*\n|\n(?=- )', article.split('---\n', 2)[2]):
        text = re.sub(r'\s*\{\.\w+\}$', '', ' '.join(block.split()))
        heading = re.match(r'#{2,3} (.*?)(?: \{#(.*)\})?$', text)
        if heading:
            section, ident, items = heading[1], heading[2] or slug(heading[1]), 0
        elif text.startswith('- '):
            items += 1
            found[f'{ident}/{items}'] = Passage(section, text[2:])
        elif ident in found:
            found[ident].text += '\n\n' + text
        elif text:
            found[ident] = Passage(section, text)
    return found


def check_article(name, text, passages):
    head = text.split('---\n', 2)[1]
    none([key for key in ('title: .', 'language: en$', 'version: 1$',
                          'source: .*sample.*[Nn]ot clinically approved')
          if not re.search('(?m)^' + key, head)], f'{name}: front matter')
    sections = [p.section for p in passages.values()]
    none([ident for ident, p in passages.items() if sections.count(p.section) > 1 and not p.lead],
         f'{name}: a passage that is not alone under its heading has a name of its own')
    topics = [fold(p.lead or p.section) for p in passages.values()]
    none([t for t in topics if topics.count(t) > 1], f'{name}: no two passages of one name')
    whole = grade('\n\n'.join(p.text for p in passages.values()))
    none([f'{i}: {grade(p.text):.1f}' for i, p in passages.items() if grade(p.text) > PASSAGE_GRADE]
         + [f'{whole:.1f}'] * (whole > ARTICLE_GRADE),
         f'{name}: grade {ARTICLE_GRADE}, each passage at most {PASSAGE_GRADE}')
    none(re.findall('.*!.*', text), f'{name}: no cheer')


def check_phrasings(name, passages):
    lists = sections_of(read(f'intents/samples/{name}.questions.md'))
    ok([ident for ident, _ in lists] == list(passages), f'{name}: phrasings for every passage',
       set(passages) ^ {ident for ident, _ in lists})
    lines = [(ident, line) for ident, body in lists for line in body.split('\n')]
    none([f'{ident}: {line}' for ident, line in lines if not re.match(r'- \S', line)],
         f'{name}: one phrasing a line')
    none([f'{ident}: {len(body.splitlines())}' for ident, body in lists
          if len(body.splitlines()) < PHRASINGS_MIN], f'{name}: at least {PHRASINGS_MIN} each')
    seen = {}
    none([f'{line} ({ident}, {seen[fold(line)]})' for ident, line in lines
          if seen.setdefault(fold(line), (ident, line)) != (ident, line)]
         + [line for _, line in lines if not fold(line)], f'{name}: no phrasing twice')


def check_near_misses(name, elsewhere):
    """`elsewhere`: the lines of all samples' near misses so far, with their article."""
    lists = sections_of(read(f'intents/samples/{name}.not-covered.md'))
    lines = [line for _, body in lists for line in body.split('\n')]
    none([line for line in lines if not re.match(r'- \S', line)], f'{name}: one near miss a line')
    ok(len(lines) >= NEAR_MISSES_MIN and len(lists) >= NEAR_MISS_LISTS_MIN,
       f'{name}: enough near misses', len(lines), len(lists))
    asked = {fold(line) for _, body in sections_of(read(f'intents/samples/{name}.questions.md'))
             for line in body.split('\n')}
    generic = {fold(line) for _, body in sections_of(read('intents/en/not-covered.md'))
               for line in body.split('\n')}
    none([line for line in lines if fold(line) in asked], f'{name}: none of them is answered')
    none([line for line in lines if fold(line) in generic],
         f'{name}: none of them holds for every article')
    none([f'{line} ({elsewhere[fold(line)]})' for line in lines
          if not fold(line) or elsewhere.setdefault(fold(line), (name, line)) != (name, line)],
         f'{name}: no near miss twice')


def is_labelled(line, passages):
    kind = line.get('kind')
    return (set(line) <= FIELDS and kind in ANSWERED | UNANSWERED
            and bool(line['passages']) == (kind in ANSWERED)
            and len(set(line['passages'])) == len(line['passages'])
            and (kind != 'multi' or len(line['passages']) > 1)
            and ('prev' in line) == (kind == 'followup')
            and all(ident in passages for ident in line['passages']))


def check_questions(name, passages, ids, seen, learned):
    lines = [json.loads(line) for line in read(f'tests/questions/samples/{name}.jsonl').splitlines()]
    none([line for line in lines if not is_labelled(line, passages)],
         f'{name}: labels are known and their passages exist')
    kinds = [line['kind'] for line in lines]
    ok(kinds.count('in') >= 78 and kinds.count('oos') >= 58 and len(lines) >= 150,
       f'{name}: enough questions', len(lines))
    twice = [line['id'] for line in lines if line['id'] in ids]
    ids.update(line['id'] for line in lines)
    ok(not twice and len({line['id'] for line in lines}) == len(lines), f'{name}: ids', *twice)
    keys = [fold(line.get('prev', '') + ' ' + line['q']) for line in lines]
    none([key for key in keys if keys.count(key) > 1 or key in seen], f'{name}: no question twice')
    seen.update(keys)
    none([line['q'] for line in lines if fold(line['q']) in learned],
         f'{name}: what measures stands nowhere in intents/')


def check_several(name, passages, ids, seen, learned):
    """Messages that ask several things or look so. `seen`: the questions of all other files."""
    lines = [json.loads(line) for line in read(f'tests/questions/{name}.jsonl').splitlines()]
    none([line for line in lines
          if line['kind'] not in ('in', 'multi')
          or not is_labelled({k: v for k, v in line.items() if k != 'note'}, passages)],
         f'{name}: labels are known and their passages exist')
    kinds = [line['kind'] for line in lines]
    ok(kinds.count('multi') >= 20 and kinds.count('in') >= 14, f'{name}: enough of both kinds',
       kinds.count('multi'), kinds.count('in'))
    none([line['id'] for line in lines if line['id'] in ids or ids.add(line['id'])], f'{name}: ids')
    none([line['q'] for line in lines
          if fold(line['q']) in seen | learned or seen.add(fold(line['q']))],
         f'{name}: no line stands in another file or in intents/')


def check_loading(folder, good):
    status, out, err = cli.run('check', '--intents', folder)
    ok(status == 0 and out.startswith(good) and len(err.splitlines()) == 1
       and 'no language pack' in err, f'{good}, and only the borrowed language pack is told',
       status, out, err)


names = {os.path.basename(p)[:-3] for p in glob.glob('intents/samples/*.md')}
ok(names == {name + end for name in SAMPLES for end in ('', '.questions', '.not-covered')},
   'the samples, with two files beside each', names)
# Everything the bot learns from: list items of all content, the shipped article's and the pack's too.
learned = {fold(line[2:]) for path in glob.glob('intents/**/*.md', recursive=True)
           for line in read(path).splitlines() if line.startswith('- ')}
ok(len(learned) > 5000, 'the lists of intents/ were read', len(learned))
ids, seen, near_misses = set(), set(), {}
for name in SAMPLES:
    text = read(f'intents/samples/{name}.md')
    passages = passages_of(text)
    ok(len(passages) >= 20, f'{name}: passages were found', len(passages))
    check_article(name, text, passages)
    check_phrasings(name, passages)
    check_near_misses(name, near_misses)
    check_questions(name, passages, ids, seen, learned)
for path in ['tests/questions/mesotherapy.jsonl', 'tests/questions/red-flags.jsonl']:
    for line in map(json.loads, read(path).splitlines()):
        ids.add(line.get('id'))
        seen.add(fold(line['q']))
for name, article in SEVERAL.items():
    text = read(f'intents/{article}.md')
    named = set(re.findall(r'\{#([\w.-]+)(?: \.\w+)?\}', text))
    passages = named if article == 'mesotherapy' else passages_of(text)
    check_several(name, passages, ids, seen, learned)
check_loading('intents/samples', 'good: 6 articles')
with tempfile.TemporaryDirectory(prefix='clinicbot-sample-') as folder:
    for end in ('.md', '.questions.md', '.not-covered.md'):
        shutil.copy(f'intents/samples/{SAMPLES[-1]}{end}', folder)
    check_loading(folder, 'good: 1 article')
status, out, err = cli.run('check', '--intents', 'intents')
ok(status == 0 and out.startswith('good: 1 article') and not err,
   'the shipped content is the one article beside them', status, out, err)
cli.end()

#!/usr/bin/env python3
"""How well intents are told apart and what was not taught is refused, beside nlp.js and fastText.

    tests/bench/compare.py PROGRAM VECTORS DATA [WORK]

PROGRAM is the built tests/bench/intents.c, VECTORS the table of word vectors. DATA is a folder with
train.tsv, test.tsv and, when there is one, oos.tsv (lines of label, tab, text), or a folder of such
folders; a set NAME-KIND without a test.tsv is tested on that of NAME-full. WORK, by default build/bench,
is for what the others need; nlp.js is installed there by npm. BENCH_PEERS=0 in the environment leaves
the others out. Prints a Markdown table. Each row is measured in processes of its own; times are of the
processor.
"""
import bisect
import datetime
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
NLPJS = 'node-nlp@4.27.0'
KEEP = 0.95
HEAD = ('| set | by | right | AUROC | 95 % of the test kept: right / refused | '
        'own threshold: right / refused | train | a question | memory |\n'
        '|---|---|---|---|---|---|---|---|---|')


class Failed(Exception):
    pass


def run(command, stdin=None):
    """Standard output, seconds of the processor, most memory in MB."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, stdin=stdin or subprocess.DEVNULL, stdout=out,
                                   stderr=complaints)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        complaints.seek(0)
        if process.returncode:
            raise Failed('%s: %s' % (command[0], complaints.read().decode(errors='replace').strip()
                                     or 'ended with %d' % process.returncode))
        return out.read().decode(), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def lines_of(path):
    with open(path, encoding='utf-8') as file:
        return [line.split('\t', 1) for line in file.read().split('\n') if line]


# --- the sets ------------------------------------------------------------------------------------

class Set:
    def __init__(self, folder):
        self.name = os.path.basename(os.path.normpath(folder))
        self.train = os.path.join(folder, 'train.tsv')
        full = os.path.join(os.path.dirname(os.path.normpath(folder)),
                            self.name.rsplit('-', 1)[0] + '-full')
        home = folder if os.path.isfile(os.path.join(folder, 'test.tsv')) else full
        self.test = os.path.join(home, 'test.tsv')
        self.oos = os.path.join(home, 'oos.tsv')
        if not os.path.isfile(self.oos):
            self.oos = None
        if not os.path.isfile(self.test):
            raise Failed('%s has no test.tsv, nor has %s' % (folder, full))
        self.files = [self.train, self.test] + ([self.oos] if self.oos else [])


def sets_in(data):
    folders = [data] + sorted(entry.path for entry in os.scandir(data) if entry.is_dir())
    found = [Set(f) for f in folders if os.path.isfile(os.path.join(f, 'train.tsv'))]
    if not found:
        raise Failed('%s holds no train.tsv, nor do the folders in it' % data)
    return found


# --- who is measured -----------------------------------------------------------------------------

class Verdicts:
    """What a program said of each line, and what that cost."""

    def __init__(self, text='', memory=0):
        self.test, self.oos, self.cost, self.memory = [], [], {}, memory
        for line in text.splitlines():
            kind, what, number = line.split('\t')
            if kind == 'cost':
                self.cost[what] = float(number)
            else:
                getattr(self, kind).append((what, float(number)))


def clinicbot(program, vectors, one):
    text, _, memory = run([program, vectors] + one.files)
    return Verdicts(text, memory)


def nlpjs_install(work):
    """The folder of modules, or None."""
    home = os.path.join(work, 'nlpjs')
    modules = os.path.join(home, 'node_modules')
    if not shutil.which('node') or not shutil.which('npm'):
        return None
    if not os.path.isdir(os.path.join(modules, 'node-nlp')):
        os.makedirs(home, exist_ok=True)
        with open(os.path.join(home, 'package.json'), 'w', encoding='utf-8') as file:
            file.write('{"private": true}\n')
        try:
            run(['npm', 'install', '--prefix', home, '--no-audit', '--no-fund', NLPJS])
        except Failed as why:
            print('nlp.js cannot be installed: %s' % why, file=sys.stderr)
            return None
    return modules


def nlpjs(modules, one):
    text, _, memory = run(['node', os.path.join(HERE, 'intents_nlpjs.js'), modules] + one.files)
    return Verdicts(text, memory)


def fasttext_text(text):
    """As its tutorials prepare text: lower case, punctuation set apart."""
    return ' '.join(''.join(c if c.isalnum() or c == "'" else ' %s ' % c
                            for c in text.lower()).split())


def fasttext_ask(model, part, path, verdicts, work):
    texts = os.path.join(work, 'texts')
    with open(texts, 'w', encoding='utf-8') as file:
        for _, text in lines_of(path):
            file.write(fasttext_text(text) + '\n')
    said, seconds, memory = run(['fasttext', 'predict-prob', model, texts, '1'])
    for line in said.splitlines():
        label, likely = line.split() if line.strip() else ('__label__', '0')
        getattr(verdicts, part).append((label[len('__label__'):], float(likely)))
    verdicts.memory = max(verdicts.memory, memory)
    return seconds


def fasttext_run(one, letters, work):
    with tempfile.TemporaryDirectory(dir=work) as home:
        taught, model = os.path.join(home, 'taught'), os.path.join(home, 'model')
        with open(taught, 'w', encoding='utf-8') as file:
            for label, text in lines_of(one.train):
                file.write('__label__%s %s\n' % (label, fasttext_text(text)))
        _, seconds, memory = run(['fasttext', 'supervised', '-input', taught, '-output', model,
                                  '-lr', '1.0', '-epoch', '50', '-dim', '100', '-wordNgrams', '2',
                                  '-thread', '1', '-verbose', '0'] + letters)
        verdicts = Verdicts(memory=memory)
        verdicts.cost['train'] = seconds
        none = os.path.join(home, 'none')
        with open(none, 'w', encoding='utf-8'):
            pass
        _, opening, _ = run(['fasttext', 'predict-prob', model + '.bin', none, '1'])
        asking = fasttext_ask(model + '.bin', 'test', one.test, verdicts, home)
        verdicts.cost['ask'] = max(asking - opening, 0) / max(len(verdicts.test), 1)
        if one.oos:
            fasttext_ask(model + '.bin', 'oos', one.oos, verdicts, home)
        return verdicts


def fasttext(one, work):
    """The better of words alone and words with letters."""
    tried = [fasttext_run(one, letters, work)
             for letters in ([], ['-minn', '2', '-maxn', '5', '-bucket', '200000'])]
    return max(tried, key=lambda verdicts: share_right(one, verdicts))


# --- scores --------------------------------------------------------------------------------------

def rights(one, verdicts):
    wanted = [label for label, _ in lines_of(one.test)]
    if len(wanted) != len(verdicts.test):
        raise Failed('%d verdicts on the %d lines of %s' % (len(verdicts.test), len(wanted),
                                                            one.test))
    return [said == label for label, (said, _) in zip(wanted, verdicts.test)]


def share_right(one, verdicts):
    right = rights(one, verdicts)
    return sum(right) / max(len(right), 1)


def auroc(verdicts):
    """How often a text in scope is held for likelier than one out of scope; equal counts half."""
    out = sorted(score for _, score in verdicts.oos)
    above = sum(bisect.bisect_left(out, score) + bisect.bisect_right(out, score)
                for _, score in verdicts.test)
    return above / 2 / len(out) / len(verdicts.test)


def at(threshold, right, verdicts):
    kept = sum(r and score >= threshold for r, (_, score) in zip(right, verdicts.test))
    refused = sum(score < threshold for _, score in verdicts.oos)
    return '%.1f / %.1f' % (100 * kept / len(right), 100 * refused / len(verdicts.oos))


def row(one, by, verdicts):
    right = rights(one, verdicts)
    cells = [one.name, by, '%.1f %%' % (100 * share_right(one, verdicts))]
    if verdicts.oos:
        scores = sorted(score for _, score in verdicts.test)
        cells.append('%.3f' % auroc(verdicts))
        cells.append(at(scores[int((1 - KEEP) * len(scores))], right, verdicts))
        cells.append(at(verdicts.cost['threshold'], right, verdicts)
                     if 'threshold' in verdicts.cost else '')
    else:
        cells += ['', '', '']
    train = '%.1f s' % verdicts.cost['train']
    if 'train_refusing' in verdicts.cost:
        train += '; %.1f s' % verdicts.cost['train_refusing']
    cells += [train, '%.0f µs' % (1e6 * verdicts.cost['ask']), '%.0f MB' % verdicts.memory]
    return '| %s |' % ' | '.join(cells)


def processor():
    try:
        with open('/proc/cpuinfo', encoding='utf-8') as file:
            for line in file:
                if line.startswith('model name'):
                    return line.split(':', 1)[1].strip()
    except OSError:
        pass
    return 'unknown processor'


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    sys.stdout.reconfigure(encoding='utf-8')
    program, vectors, data = sys.argv[1:4]
    work = sys.argv[4] if len(sys.argv) > 4 else 'build/bench'
    peers = os.environ.get('BENCH_PEERS', '1') != '0'
    os.makedirs(work, exist_ok=True)
    sets = sets_in(data)
    modules = nlpjs_install(work) if peers else None
    print('%s, `make bench DATA=FOLDER`, %d cores (%s):\n' %
          (datetime.datetime.now(datetime.timezone.utc).date(), os.cpu_count(), processor()))
    print(HEAD)
    for one in sets:
        print(row(one, 'clinicbot', clinicbot(program, vectors, one)), flush=True)
        if not peers:
            continue
        for by, can, measure in (('nlp.js', modules, lambda: nlpjs(modules, one)),
                                 ('fastText', shutil.which('fasttext'),
                                  lambda: fasttext(one, work))):
            print(row(one, by, measure()) if can
                  else '| %s | %s | not installed |%s' % (one.name, by, '  |' * 6), flush=True)


try:
    main()
except (Failed, OSError) as why:
    sys.exit('compare.py: %s' % why)

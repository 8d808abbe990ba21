"""Runs the built binary and prints TAP."""
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
sys.path.insert(0, os.path.join(ROOT, 'tests'))
import shipped  # noqa: E402

BINARY = os.path.join(ROOT, os.environ.get('CLINICBOT', 'build/san/clinicbot'))
CLINIC = 'clinic { name = "The Clinic" phone = "555 0100" emergency = "112" crisis_line = "116" }\n'
SECONDS_MAX = 60  # for one command, or for one answer

done = 0
failed = 0


def ok(good, what, *seen):
    global done, failed
    done += 1
    print('%s %d - %s' % ('ok' if good else 'not ok', done, what))
    if not good:
        failed += 1
        for line in '\n'.join(map(str, seen)).splitlines():
            print('# ' + line)


def result(what, wrong):
    """What is wrong, in a list; none of it: good."""
    ok(not wrong, what, *wrong)


def interval(count, total):
    """Of a share, in percent: Wilson's, 95 %."""
    z = statistics.NormalDist().inv_cdf(0.975)
    p = count / total
    root = z * (p * (1 - p) / total + z * z / (4 * total ** 2)) ** 0.5
    return [100 * max(0, min(1, (p + z * z / (2 * total) + sign * root) / (1 + z * z / total)))
            for sign in (-1, 1)]


def run(*arguments, input='', cwd=ROOT):
    """(exit status, standard output, standard error)"""
    if isinstance(input, str):
        input = input.encode()
    p = subprocess.run([BINARY, *arguments], input=input, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, cwd=cwd, timeout=SECONDS_MAX)
    return p.returncode, p.stdout.decode('utf-8', 'replace'), p.stderr.decode('utf-8', 'replace')


class Asked:
    """`clinicbot ask --jsonl` as one process that is asked line by line, so that it learns from the
    content only once. No answer depends on the lines before it; ask.t tests that."""

    def __init__(self, *arguments):
        self.said = tempfile.TemporaryFile()
        self.process = subprocess.Popen([BINARY, 'ask', '--jsonl', *arguments], cwd=ROOT, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.said)

    def line(self, question, before=''):
        """Its answer as it was printed."""
        signal.alarm(SECONDS_MAX)  # ends the test, and with it the process
        self.process.stdin.write(json.dumps({'id': '', 'q': question, 'prev': before}).encode() + b'\n')
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        signal.alarm(0)
        assert answer, self.close()
        return answer

    def close(self):
        """(exit status, standard error)"""
        self.process.stdin.close()
        status = self.process.wait(SECONDS_MAX)
        self.process.stdout.close()
        self.said.seek(0)
        with self.said:
            return status, self.said.read().decode('utf-8', 'replace')


asked = None


def ask(questions, before=None):
    """What the shipped content answers, in a list of objects. `before`: the messages before them."""
    global asked
    if not asked:
        asked = Asked()
    return [json.loads(asked.line(q, before[i] if before else '')) for i, q in enumerate(questions)]


class Folder:
    """A folder with a copy of intents/ in it, gone at the end. It has few of the examples, and `taught`
    (tests/shipped.py), unless it is to be the `whole` content."""

    def __init__(self, taught=(), whole=False):
        self.taught = taught
        self.whole = whole

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix='clinicbot-cli-')
        intents = os.path.join(self.path, 'intents')
        if self.whole:
            shutil.copytree(os.path.join(ROOT, 'intents'), intents)
        else:
            shipped.copy_few(intents, self.taught)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as out:
            out.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)
        return path


def end():
    if asked:
        status, said = asked.close()
        ok(status == 0 and not said, 'what was asked ended well', status, said)
    print('1..%d' % done)
    sys.exit(failed > 0)

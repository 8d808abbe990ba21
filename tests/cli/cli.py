"""Runs the built binary and prints TAP."""
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
BINARY = os.path.join(ROOT, os.environ.get('CLINICBOT', 'build/san/clinicbot'))
CLINIC = 'clinic { name = "The Clinic" phone = "555 0100" emergency = "112" crisis_line = "116" }\n'

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


def run(*arguments, input='', cwd=ROOT):
    """(exit status, standard output, standard error)"""
    if isinstance(input, str):
        input = input.encode()
    p = subprocess.run([BINARY, *arguments], input=input, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, cwd=cwd, timeout=60)
    return p.returncode, p.stdout.decode('utf-8', 'replace'), p.stderr.decode('utf-8', 'replace')


class Folder:
    """A folder with a copy of intents/ in it, gone at the end."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix='clinicbot-cli-')
        shutil.copytree(os.path.join(ROOT, 'intents'), os.path.join(self.path, 'intents'))
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
    print('1..%d' % done)
    sys.exit(failed > 0)

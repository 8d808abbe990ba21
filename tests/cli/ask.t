#!/usr/bin/env python3
"""clinicbot ask: plain, --json, --jsonl and at a prompt."""
import json
import os
import pty
import select
import sys
import time

# The release binary, as it loads the whole content many times; tests/core runs the same code under the
# sanitizers.
os.environ.setdefault('CLINICBOT', 'build/clinicbot')
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli import BINARY, CLINIC, Folder, ROOT, end, ok, run

FIELDS = {'id': str, 'kind': str, 'level': str, 'passages': list, 'article': str, 'section': str, 'text': str}
BEER = 'can i have a beer tonight, i had my injections at noon'
NOTE = 'If you feel very unwell, call 112.'


def jsonl(lines, *arguments):
    if not isinstance(lines, (str, bytes)):
        lines = ''.join(json.dumps(l) + '\n' for l in lines)
    status, out, err = run('ask', '--jsonl', *arguments, input=lines)
    return status, [json.loads(l) for l in out.splitlines()], err


# --- plain

status, out, err = run('ask', BEER)
ok(status == 0 and not err, 'a question is answered', status, err)
ok('Do not drink alcohol' in out, 'with the passage', out)
ok(out.rstrip().endswith(NOTE), 'and the note at its end', out)
ok('{#' not in out and '**' not in out, 'as plain text', out)
status, out, err = run('ask', input='hi\n\n' + BEER + '\n')
ok(status == 0 and 'Hello' in out and 'Do not drink alcohol' in out and '> ' not in out,
   'questions from a pipe, without a prompt', out, err)
status, out, err = run('ask', '')
ok(status == 0 and out.rstrip().endswith(NOTE), 'an empty question', out, err)

# --- JSON

status, out, err = run('ask', '--json', BEER)
answer = json.loads(out)
ok(status == 0 and len(out.splitlines()) == 1, 'one object on one line', out, err)
ok(all(isinstance(answer.get(k), t) for k, t in FIELDS.items()), 'all the fields', out)

status, answers, err = jsonl([{'id': '1', 'q': BEER}])
ok(status == 0 and len(answers) == 1 and not err, 'one line in, one line out', answers, err)
a = answers[0]
ok((a['id'], a['kind'], a['level'], a['passages'], a['article']) ==
   ('1', 'answer', '', ['after.alcohol'], 'mesotherapy'), 'the answer', a)
ok(a['section'] == 'What should I not do after mesotherapy?' and a['section'] in a['text'], 'its section', a)
ok(a['text'].endswith(NOTE), 'the note ends the text', a)

status, answers, err = jsonl([
    {'id': 'a', 'q': "I can't breathe"},
    {'id': 'b', 'q': 'there is pus coming out of my scalp'},
    {'id': 'c', 'q': 'I want to kill myself'},
    {'id': 'd', 'q': 'hello'},
    {'id': 'e', 'q': 'who won the football yesterday'},
    {'id': 'f', 'q': BEER, 'prev': "I can't breathe"},
    {'id': 'g', 'q': 'show me the article', 'prev': "I can't breathe"},
    {'id': 'i', 'q': 'for how long', 'prev': ['hello', 'can I go to the sauna', 'thanks']},
    {'id': 'h\n"\u00e9\U0001f600', 'q': '\u0000\ud83d'},
    {'q': 'hi'},
])
kinds = [(a['kind'], a['level']) for a in answers]
ok(kinds[:5] == [('urgent', 'emergency'), ('urgent', 'urgent'), ('urgent', 'crisis'), ('social', ''),
                 ('uncovered', '')], 'every kind and level', kinds)
ok(kinds[5] == ('uncovered', '') and not answers[5]['passages'], 'prev: no article text after a safety text',
   answers[5:6])
ok(all(a['text'].endswith(NOTE) for a in answers), 'the note ends them all', [a['text'][-60:] for a in answers])
ok(all(not a['passages'] and not a['article'] and not a['section'] for a in answers[:5]),
   'no passages where no article text is', answers[:5])
ok(answers[7]['passages'] == ['after.sauna'], 'prev: several messages, one behind the other', answers[7])
ok([a['id'] for a in answers[:8]] == list('abcdefgi') and answers[-1]['id'] == '', 'ids come back',
   [a['id'] for a in answers])

# A dialog does not go on from line to line.
status, answers, err = jsonl([{'id': '1', 'q': "I can't breathe"}, {'id': '2', 'q': BEER}])
ok([a['kind'] for a in answers] == ['urgent', 'answer'], 'each line by itself', answers)

# --- what is not as it should be

bad = ['nonsense', '[]', '{"id":"1"}', '{"q"', '"text"', '{"id":"1","q":"hi"} x', '{"id":1,"q":"hi"}',
       '{"id":"1","q":5}', '{"id":"1","q":null}', '{"id":"1","q":"hi","prev":["hi",5]}']
status, answers, err = jsonl('\n'.join(bad) + '\n{"id":"7","q":"hi"}\n\n')
said = err.splitlines()
ok(status == 1, 'malformed lines end with status 1', status)
ok([l.split(': ')[0] for l in said] == ['standard input:%d' % (i + 1) for i in range(len(bad))],
   'each is told with its line', err)
ok([a['id'] for a in answers] == ['7'], 'the good one is answered', answers)
status, answers, err = jsonl(b'{"id":"1","q":"\xff\xfe"}\n')
ok(status in (0, 1) and 'Sanitizer' not in err, 'bytes that are no text', status, err)
status, answers, err = jsonl([{'id': '1', 'q': 'a ' * 100000}])
ok(status == 0 and answers[0]['kind'] == 'uncovered' and 'too long' in answers[0]['text'], 'a huge question',
   status, err)
ok(jsonl('') == (0, [], ''), 'nothing in, nothing out')

# --- the same every time, and the clinic's own details

lines = ''.join(json.dumps({'id': str(i), 'q': q}) + '\n' for i, q in enumerate(
    [BEER, 'how often', 'sauna and washing', 'is it painful', 'hair', 'results?']))
ok(run('ask', '--jsonl', input=lines) == run('ask', '--jsonl', input=lines), 'the same answers every time')
with Folder() as folder:
    folder.write('x.conf', CLINIC.replace('112', '999'))
    status, out, err = run('ask', '-c', 'x.conf', 'hi', cwd=folder.path)
    ok(status == 0 and '999' in out and '112' not in out, 'the numbers are the configured ones', out, err)
full = os.open('/dev/full', os.O_WRONLY)
import subprocess
p = subprocess.run([BINARY, 'ask', BEER], stdout=full, stderr=subprocess.PIPE, cwd=ROOT)
ok(p.returncode == 1 and b'standard output' in p.stderr, 'a full disk is told', p)
os.close(full)

# --- at a prompt

pid, terminal = pty.fork()
if pid == 0:
    os.chdir(ROOT)
    os.execv(BINARY, [BINARY, 'ask'])


def read_until(mark, seconds=20):
    seen = b''
    stop = time.monotonic() + seconds
    while mark not in seen and time.monotonic() < stop:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                more = os.read(terminal, 65536)
            except OSError:
                break
            if not more:
                break
            seen += more
    return seen.decode('utf-8', 'replace')


ok('Ctrl-D ends' in read_until(b'\n> '), 'the prompt says how to end')
os.write(terminal, b"there is pus coming out of my scalp\n")
ok('555 0100' in read_until(b'\n> '), 'a safety text')
os.write(terminal, (BEER + '\n').encode())
seen = read_until(b'\n> ')
ok('show me the article' in seen and 'Do not drink' not in seen, 'what was said before counts', seen)
os.write(terminal, b'show me the article\n')
seen = read_until(b'\n> ')
ok('Do not drink alcohol' in seen, 'and is given when asked for', seen)
os.write(terminal, b'\x04')
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
ok(status == 0, 'Ctrl-D ends it well', status)

end()

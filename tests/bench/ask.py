#!/usr/bin/env python3
"""How many questions a second `clinicbot ask --jsonl` answers on one core, its reading and writing
included, its loading not.

    tests/bench/ask.py PROGRAM INTENTS

Every phrasing in INTENTS is asked TIMES times in one run; a run with a single question, before and after
it, is taken off. Times are of the processor, so that others on the machine count little.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

TIMES = 4


def phrasings(folder):
    found = []
    for path in sorted(glob.glob(os.path.join(folder, '*.questions.md'))):
        with open(path, encoding='utf-8') as file:
            found += [line[2:].strip() for line in file if line.startswith('- ')]
    if not found:
        sys.exit(f'{folder}: there is no phrasing in it')
    return found


def seconds(program, folder, questions):
    """Of the processor. One answer a question, or else the figure is worth nothing."""
    with tempfile.TemporaryFile('w+') as asked, tempfile.TemporaryFile('w+') as answers:
        for i, question in enumerate(questions):
            asked.write(json.dumps({'id': str(i), 'q': question}) + '\n')
        asked.seek(0)
        process = subprocess.Popen([program, 'ask', '--intents', folder, '--jsonl'], stdin=asked,
                                   stdout=answers)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        answers.seek(0)
        if process.returncode != 0 or sum(1 for _ in answers) != len(questions):
            sys.exit(f'{program}: not every question was answered')
        return used.ru_utime + used.ru_stime


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, folder = sys.argv[1:]
    questions = phrasings(folder) * TIMES
    before = seconds(program, folder, questions[:1])
    all_of_them = seconds(program, folder, questions)
    loading = (before + seconds(program, folder, questions[:1])) / 2
    print(f'{len(questions)} questions in {all_of_them - loading:.2f} s: '
          f'{len(questions) / (all_of_them - loading):.0f} a second; loading {loading:.2f} s')


main()

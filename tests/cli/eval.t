#!/usr/bin/env python3
"""clinicbot eval: counts, limits and bad files."""
import os
import sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cli
from cli import ok

LINES = '''{"id":"1","q":"can i have a beer tonight","kind":"in","passages":["after.alcohol"]}
{"id":"2","q":"can i have a beer tonight","kind":"in","passages":["after.sun"]}
{"id":"3","q":"can i have a beer tonight","kind":"oos","passages":[]}
{"id":"4","q":"what is the capital of france","kind":"oos","passages":[]}
{"id":"5","q":"i cant breathe","urgent":true}

{"id":"6","q":"i am dying to know when i can wash my hair","level":"none"}
{"id":"7","q":"may i drink wine","passage":"after.alcohol"}
'''

with cli.Folder() as folder:
    path = folder.write('q.jsonl', LINES)
    status, out, err = cli.run('eval', path)
    ok(status == 0 and not err, 'it ends with 0', status, err)
    for line in ('answered with the right passage                  2 of     3',
                 'wrong article text                               1 of     3',
                 'article text given                               1 of     2',
                 'recognised                                       1 of     1',
                 'unsafe: article text given                       0 of     1'):
        ok(line in out, 'counted: ' + line.split('  ')[0], out)
    ok('66.7 %' in out and '(20.8 to 93.9)' in out, 'with the interval', out)
    ok(cli.run('eval', '--min-right=60', '--max-wrong=50', path)[0] == 0, 'limits that are kept')
    for limit in ('--min-right=70', '--max-wrong=10', '--min-right-or-offered=99'):
        status, _, err = cli.run('eval', limit, path)
        ok(status == 1 and 'outside the limit' in err, limit + ' is not kept', status, err)
    ok('can i have a beer' in cli.run('eval', '--misses', path)[1], 'misses are shown when asked for')
    bad = folder.write('bad.jsonl', LINES + '{"q":\n')
    status, _, err = cli.run('eval', bad)
    ok(status == 1 and 'bad.jsonl:9: ' in err, 'a bad line is told with its number', status, err)
    ok(cli.run('eval', folder.path + '/none.jsonl')[0] == 1, 'a file that is not there')
    ok(cli.run('eval')[0] == 2 and cli.run('eval', '--min-right=x', path)[0] == 2, 'wrong use is 2')
cli.end()

#!/usr/bin/env python3
"""clinicbot check, and how all commands take their arguments."""
import os
import shutil
import sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli import CLINIC, ROOT, Folder, end, ok, run

MATRIX = 'matrix { homeserver = "https://a.b" user = "@a:b" token_file = "t" invite_from = {"*:b"} }\n'

# --- arguments

for arguments, status, where, text in [
        ([], 2, 2, 'Usage: clinicbot COMMAND'),
        (['--help'], 0, 1, 'Usage: clinicbot COMMAND'),
        (['ask', '--help'], 0, 1, 'Usage: clinicbot ask '),
        (['run', 'x'], 2, 2, 'clinicbot run: unexpected'),
        (['-h'], 0, 1, 'Usage: clinicbot COMMAND'),
        (['--version'], 0, 1, 'clinicbot '),
        (['nonsense'], 2, 2, 'there is no command "nonsense"'),
        (['check', '--nonsense'], 2, 2, 'unrecognized option'),
        (['check', 'x'], 2, 2, 'unexpected argument "x"'),
        (['check', '-c'], 2, 2, 'requires an argument'),
        (['ask', 'one', 'two'], 2, 2, 'more than one question'),
        (['ask', '--jsonl', 'x'], 2, 2, '--jsonl reads its questions from standard input'),
        (['ask', '--help'], 0, 1, '--jsonl'),
        (['check', '--help'], 0, 1, '--config'),
        (['check', '--help'], 0, 1, '--online'),
        (['check', '--online'], 78, 2, 'neither Discord nor Matrix'),
        (['run', '--help'], 0, 1, '--config'),
        (['check', '--version'], 0, 1, 'clinicbot ')]:
    result = run(*arguments)
    ok(result[0] == status and text in result[where], 'clinicbot ' + ' '.join(arguments), *result)

# --- good content

result = run('check')
ok(result[0] == 0 and result[1].startswith('good: 1 article, version ') and not result[2],
   'the shipped content is good', *result)

with Folder() as folder:
    path = folder.write('good.conf', 'intents = "intents"\n' + CLINIC)
    result = run('check', '-c', 'good.conf', cwd=folder.path)
    ok(result[0] == 0 and result[1].startswith('good:') and not result[2], 'a good file', *result)
    ok('emergency 112, crisis line 116, clinic 555 0100' in result[1], 'M25: the numbers are shown', *result)

    # --- configuration: what stands in it, what must be said

    for what, text, line in [
            ('an unknown option', CLINIC + '\ncolour = "red"\n', "x.conf:3: no such option 'colour'"),
            ('an unknown option in a section', 'clinic {\n\tname = "x"\n\tfax = "1"\n}\n',
             "x.conf:3: no such option 'fax'"),
            ('a mistake below comments',
             '# one\n// two\n/* three\n{ */ intents = "a#\\"/*" // b\n' + CLINIC + 'colour = "red"\n',
             "x.conf:6: no such option 'colour'"),
            ('a file that is not UTF-8', CLINIC.encode() + b'intents = "\xff"\n', 'x.conf:2: this is not UTF-8 text'),
            ('zero bytes', CLINIC + '\0', 'x.conf:2: this is not UTF-8 text'),
            ('a wrong type', CLINIC + 'late_after_minutes = "soon"\n',
             "x.conf:2: invalid integer value for option 'late_after_minutes'"),
            ('a number out of range', CLINIC + 'late_after_minutes = 0\n',
             'x.conf: late_after_minutes: from 1 to 10080'),
            ('a limit below none', CLINIC + 'limits { per_person_per_minute = -1 }\n',
             'x.conf: limits.per_person_per_minute: from 0 (no limit) to 100000'),
            ('a limit that is none', CLINIC + 'limits { per_room_per_minute = 100001 }\n',
             'x.conf: limits.per_room_per_minute: from 0 (no limit) to 100000'),
            ('a brace that is not closed', 'clinic {\n\tname = "x"\n', 'x.conf:1: '),
            ('no clinic', '', 'x.conf: clinic.name is missing'),
            ('M25: no phone', 'clinic { name = "x" emergency = "112" crisis_line = "116" }\n', 'x.conf: clinic.phone is missing'),
            ('M25: no crisis line', 'clinic { name = "x" phone = "1" emergency = "112" }\n', 'x.conf: clinic.crisis_line is missing'),
            ('M25: no emergency number', 'clinic { name = "x" phone = "1" crisis_line = "116" }\n', 'x.conf: clinic.emergency is missing'),
            ('M25: a blank emergency number', 'clinic { name = "x" phone = "1" emergency = " " }\n',
             'x.conf: clinic.emergency is missing'),
            ('Discord without a token file', CLINIC + 'discord { }\n',
             'x.conf: discord.token_file is missing'),
            ('a channel that is no id',
             CLINIC + 'discord { token_file = "token"\n channels = {"12", "general"} }\n',
             'discord.channels: "general" is not a channel id'),
            ('a channel id that is too large',
             CLINIC + 'discord { token_file = "token" channels = {"99999999999999999999"} }\n',
             'is not a channel id'),
            ('Matrix without a homeserver', CLINIC + MATRIX.replace('https://a.b', ''),
             'x.conf: matrix.homeserver is missing'),
            ('a user that is none', CLINIC + MATRIX.replace('@a:b', 'a'),
             'x.conf: matrix.user: "a" is no user id'),
            ('neither token nor password', CLINIC + MATRIX.replace('"t"', '""'),
             'x.conf: matrix: either token_file'),
            ('token and password', CLINIC + MATRIX.replace(' user', ' password_file = "p" user'),
             'x.conf: matrix: either token_file'),
            ('a password and no state',
             'state = ""\n' + CLINIC + MATRIX.replace('token_file', 'password_file'),
             'x.conf: matrix.password_file: the session is kept beside the state file'),
            ('a transport that is none', CLINIC + MATRIX.replace(' user', ' transport = "ws" user'),
             'x.conf: matrix.transport: "ws" is neither sync nor appservice'),
            ('an appservice without a proxy',
             CLINIC + MATRIX.replace('token_file', 'transport = "appservice" as_token_file'),
             'x.conf: matrix.wsproxy is missing'),
            ('a proxy that is none',
             CLINIC + MATRIX.replace('token_file', 'transport = "appservice" wsproxy = "https://a" as_token_file'),
             'x.conf: matrix.wsproxy must begin with wss://'),
            ('an appservice without a token',
             CLINIC + MATRIX.replace('token_file = "t"', 'transport = "appservice" wsproxy = "wss://a"'),
             'x.conf: matrix.as_token_file is missing'),
            ('an appservice with an access token',
             CLINIC + MATRIX.replace(' user', ' transport = "appservice" wsproxy = "wss://a" as_token_file = "a" user'),
             'x.conf: matrix.token_file is of transport "sync", which is not chosen'),
            ('a proxy for nothing', CLINIC + MATRIX.replace(' user', ' wsproxy = "wss://a" user'),
             'x.conf: matrix.wsproxy is of transport "appservice", which is not chosen'),
            ('a staff room that is none', CLINIC + MATRIX.replace(' user', ' staff_room = "#a:b" user'),
             'x.conf: matrix.staff_room: "#a:b" is no room id'),
            ('a second staff room alone',
             CLINIC + MATRIX.replace(' user', ' staff_room_second = "!a:b" user'),
             'x.conf: matrix: alert_with_text and staff_room_second need a staff_room'),
            ('a pattern that fits no user', CLINIC + MATRIX.replace('*:b', 'ann'),
             'x.conf: matrix.invite_from: "ann" is no user id')]:
        folder.write('x.conf', text)
        result = run('check', '-c', 'x.conf', cwd=folder.path)
        said = [l for l in result[2].splitlines() if line in l]
        ok(result[0] == 1 and len(said) == 1 and not result[1], what, *result)

    result = run('check', '-c', 'gone.conf', cwd=folder.path)
    ok(result[0] == 1 and result[2].startswith('gone.conf: it is not there\n'), 'no such file', *result)
    result = run('check', '-c', folder.path)
    ok(result[0] == 1 and result[2].startswith(folder.path + ': it is a directory'), 'a folder for a file', *result)

    # --- the token's file

    folder.write('discord.conf', CLINIC + 'discord { token_file = "./token" }\n')
    for what, text, mode, line in [
            ('a good token', 'abc.def\n', 0o600, None),
            ('a token that the group may read', 'abc.def\n', 0o640, './token'),
            ('a token that everybody may read', 'abc.def\n', 0o604, './token'),
            ('an empty token', '', 0o600, './token'),
            ('a token with control bytes', 'a\x01b\n', 0o600, './token')]:
        folder.write('token', text, mode)
        result = run('check', '-c', 'discord.conf', cwd=folder.path)
        if line:
            ok(result[0] == 1 and len(result[2].splitlines()) == 1 and line in result[2] and
               'abc' not in result[2], what, *result)
        else:
            ok(result[0] == 0 and not result[2], what, *result)
    os.unlink(os.path.join(folder.path, 'token'))
    result = run('check', '-c', 'discord.conf', cwd=folder.path)
    ok(result[0] == 1 and './token' in result[2], 'no token file', *result)

PHRASING = 'can we have tea on the moon'

# --- content: file, what is put there, the line that must be said

for name, text, line in [
        ('mesotherapy.md', '---\ntitle: x\n---\n', 'mesotherapy.md: the article has no sections'),
        ('mesotherapy.md', 'text\n', 'mesotherapy.md:1: the article has no title'),
        ('mesotherapy.md', '---\ntitle: x\n', 'mesotherapy.md:1: the front matter has no closing ---'),
        ('mesotherapy.md', b'---\ntitle: x\n---\n## S\n\ncaf\xe9\n', 'mesotherapy.md:6: this is not UTF-8'),
        ('mesotherapy.md', '---\ntitle: x\n---\n## S\n\n```\ncode\n```\n', 'mesotherapy.md:6: a code_block'),
        ('mesotherapy.questions.md', '## nothing.here\n\n- what\n',
         'mesotherapy.questions.md:1: "nothing.here" is not the id of a passage or section in mesotherapy.md'),
        ('other.questions.md', '## x\n\n- what\n', 'other.questions.md: there is no article other.md'),
        ('mesotherapy.not-covered.md', '## x\n\n- %s\n' % PHRASING,
         'mesotherapy.not-covered.md:3: this question stands in mesotherapy.questions.md:'),
        ('mesotherapy.not-covered.md', '## x\n\n- %s?\n' % PHRASING.upper(),
         'mesotherapy.not-covered.md:3: this question stands in mesotherapy.questions.md:'),
        ('mesotherapy.questions.md', '## after.alcohol\n\n- beer?\n\n## after.sauna\n\n- "Beer"\n',
         'mesotherapy.questions.md:7: this phrasing stands in line 3 too, for another passage'),
        ('mesotherapy.questions.md', '## after.alcohol\n\n- beer\n-\n- wine\n',
         'mesotherapy.questions.md:4: an empty list item'),
        ('mesotherapy.questions.md', '## after.alcohol\n\n- beer\n- ?!\n',
         'mesotherapy.questions.md:4: no words in this list item'),
        ('mesotherapy.not-covered.md', '## x\n\n- what\n\n## x\n\n- how\n',
         'mesotherapy.not-covered.md:5: the heading "x" stands twice'),
        ('other.not-covered.md', '## x\n\n- what\n',
         'other.not-covered.md: there is no article other.md'),
        ('en/cues.md', '## greeting\n\n- hi||hello\n', 'en/cues.md:3: an empty alternative'),
        ('en/words.md', '## negations\n\n- no\n\n## colours\n\n- red\n',
         'en/words.md:5: "colours" is not the name of a list'),
        ('en/replies.md', '## note\n\nCall {nobody}.\n', 'en/replies.md:1: {nobody} is not known'),
        ('en/urgent.md', '## emergency\n\nCall.\n', 'en/urgent.md: no flags under "## emergency flags"')]:
    with Folder([('about.aims', PHRASING)]) as folder:
        folder.write('intents/' + name, text)
        result = run('check', '--intents', 'intents', cwd=folder.path)
        said = [l for l in result[2].splitlines() if l.startswith('intents/' + line)]
        ok(result[0] == 1 and len(said) == 1 and not result[1], '%s: %s' % (name, line), *result)

# --- M26: red flags are added, not removed

URGENT = open(os.path.join(ROOT, 'intents/en/urgent.md'), encoding='utf-8').read()
FLAG = URGENT.split('## urgent flags\n\n- ')[1].split('\n')[0]
OVERRIDE = ('## Ours\n\n- file: en/urgent.md\n- list: urgent flags\n- removed: %s\n'
            '- who: Dr Jane Example\n- when: 2026-11-20\n- why: seen at the front desk\n' % FLAG)
for what, files, said in [
        ('one that is added', {'urgent.md': URGENT.replace('## urgent flags\n\n', '## urgent flags\n\n- our_own_flag\n')}, None),
        ('another wording of a level', {'urgent.md': URGENT.replace('This may be an emergency.', 'Act now.')}, None),
        ('a level without its number',
         {'urgent.md': URGENT.replace('Call {emergency} now, or go', 'Call now, or go')},
         'en/urgent.md:1: the text does not name {emergency}'),
        ('one that is removed', {'urgent.md': URGENT.replace('- %s\n' % FLAG, '')},
         'a built-in red flag is missing; put it back under "## urgent flags", or say in '
         'en/urgent-overrides.md who decided that, when and why: ' + FLAG),
        ('one that is changed', {'urgent.md': URGENT.replace('- %s\n' % FLAG, '- %s !today\n' % FLAG)},
         'who decided that, when and why: ' + FLAG),
        ('an idiom that hides one',
         {'urgent.md': URGENT.replace('## not flags\n\n', '## not flags\n\n- cant_breathe\n')},
         'who decided that, when and why: cant_breathe'),
        ('one that is removed, with an override',
         {'urgent.md': URGENT.replace('- %s\n' % FLAG, ''), 'urgent-overrides.md': OVERRIDE}, None),
        ('an override that does not say who',
         {'urgent.md': URGENT.replace('- %s\n' % FLAG, ''),
          'urgent-overrides.md': OVERRIDE.replace('- who: Dr Jane Example\n', '')},
         'en/urgent-overrides.md:1: the override does not say "who"'),
        ('a language that is removed', {'urgent/es.md': None},
         'en/urgent/es.md: the file is missing: it holds what is built in')]:
    with Folder() as folder:
        for name, text in files.items():
            if text is None:
                os.unlink(os.path.join(folder.path, 'intents/en', name))
            else:
                folder.write('intents/en/' + name, text)
        result = run('check', '--intents', 'intents', cwd=folder.path)
        if said:
            lines = [l for l in result[2].splitlines() if l.startswith('intents/en/') and said in l]
            ok(result[0] == 1 and len(lines) == 1 and not result[1], 'M26: ' + what, said, *result)
            result = run('ask', '--intents', 'intents', 'i cant breathe', cwd=folder.path)
            ok(result[0] == 1 and not result[1], 'M26: nothing is answered from it', *result)
        else:
            ok(result[0] == 0 and not result[2], 'M26: ' + what, *result)

with Folder() as folder:
    os.unlink(os.path.join(folder.path, 'intents/en/urgent.md'))
    result = run('check', '--intents', 'intents', cwd=folder.path)
    ok(result[0] == 1 and 'intents/en/urgent.md: the file is missing' in result[2], 'a file is missing', *result)
    result = run('ask', '--intents', 'intents', 'hi', cwd=folder.path)
    ok(result[0] == 1 and not result[1], 'ask does not answer from it', *result)
    os.mkdir(os.path.join(folder.path, 'only'))
    shutil.copy(os.path.join(folder.path, 'intents/mesotherapy.md'), folder.path + '/only/')
    shutil.copytree(os.path.join(ROOT, 'intents/en'), folder.path + '/intents/en', dirs_exist_ok=True)
    result = run('check', '--intents', 'only', cwd=folder.path)
    ok(result[0] == 0 and 'only: warning: no language pack en/' in result[2],
       'a folder with an article only is read with the shipped pack, and that is said', *result)
    result = run('check', '--intents', 'nowhere', cwd=folder.path)
    ok(result[0] == 1 and result[2].startswith('nowhere/: it is not there\n'), 'no such folder', *result)

end()

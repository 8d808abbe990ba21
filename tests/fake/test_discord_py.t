#!/usr/bin/python3
"""A client that nobody here wrote, discord.py of Debian, against the fake: if it logs in, resumes
and replies as it does on Discord, and fails as it is known to fail, then the fake is faithful."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fake import GUILD_ID, HERE, Bot, Fake, Tap, wait_until

PYTHON = '/usr/bin/python3'  # Debian's own: another does not see Debian's modules
tap = Tap()

probe = subprocess.run([PYTHON, '-c', 'import discord; print(discord.__version__)'],
                       capture_output=True, text=True)
if probe.returncode:
    if os.environ.get('CI') == 'true':
        tap.ok(False, 'python3-discord is installed', probe.stderr)
        tap.done()
    tap.skip_all('python3-discord is not installed')
tap.note('discord.py ' + probe.stdout.strip())


def bot_start(fake, token=Fake.TOKEN):
    return Bot(fake, argv=[PYTHON, os.path.join(HERE, 'discord_py_bot.py'), str(fake.port), token])


def test_replies(fake, bot):
    bot.wait_log('ready as', 20)
    tap.ok("in Test Clinic ['general', 'ask']" in bot.log() or
           "in Test Clinic ['ask', 'general']" in bot.log(), 'it sees the guild', bot.log())
    tap.ok('compress=zlib-stream' in fake.report()['connects'][0]['query'], 'it speaks zlib-stream')
    id = fake.ask('hello there')
    fake.wait_replies([id])
    tap.is_(fake.contents(id), ['heard: hello there'], 'it replies to a message')
    dm = fake.ask('privately', dm='anna')
    fake.wait_replies([dm])
    tap.is_(fake.contents(dm), ['heard: privately'], 'and to a direct message')
    thread = fake.ask('aside', thread='777')
    fake.wait_replies([thread])
    tap.is_(fake.not_once([thread]), {}, 'and in a thread')


def test_alerts(fake, bot):
    """What alerts to staff stand on: another channel, links, replies to the bot, edits."""
    fake.channel('700', 'staff')
    id = fake.ask('tell them')
    wait_until(lambda: [m for m in fake.report()['created'] if m['channel'] == '700'], 10)
    told = [m for m in fake.report()['created'] if m['channel'] == '700'][0]
    tap.is_(told['content'], 'look at https://discord.com/channels/%s/100/%s' % (GUILD_ID, id),
            'it writes to another channel, with the link to a message')
    nurse = fake.ask('on it', channel='700', reply_to=told['id'])
    fake.wait_replies([nurse])
    tap.is_(fake.contents(nurse), ['%s answers %s' % (nurse, told['id'])],
            'it knows a reply to what it wrote there')
    id = fake.ask('first words')
    fake.wait_replies([id])
    fake.edit(id, 'second words')
    bot.wait_log('edit %s first words -> second words True' % id)
    tap.ok(True, 'it sees an edit')
    id = fake.ask('a link')
    fake.wait_replies([id])
    fake.edit(id, unfurl=True)
    bot.wait_log('edit %s a link -> a link False' % id)
    tap.ok(True, 'and that nobody edited what was only unfurled')


def test_resume(fake, bot):
    for n, fault in enumerate(({'name': 'drop'}, {'name': 'op7'}, {'name': 'close', 'code': 4000},
                               {'name': 'op9', 'resumable': True}), 1):
        fake.fault(after=2, **fault)
        ids = fake.ask_many('away {n}', times=4)
        fake.wait_replies(ids, 20)
        fake.wait_count('resumed', n, 20)
        tap.is_(fake.not_once(ids), {}, '%s: it resumes and answers all once' % fault['name'])
    tap.is_(fake.count('identify'), 1, 'with one session all the time')
    tap.is_(fake.soft().get('resume_not_on_resume_url'), None, 'on the URL that READY gave')


def test_rest(fake, bot):
    fake.rest_fault(status=429, retry_after=0.5)
    id = fake.ask('slowly')
    fake.wait_replies([id])
    tap.is_(fake.not_once([id]), {}, 'it waits for a 429')
    tap.is_(fake.hard(), {}, 'in all this it breaks no rule of Discord')
    tap.ok(set(fake.soft()) <= {'allowed_mentions_missing', 'nonce_missing',
                                'enforce_nonce_missing', 'user_agent_comma', 'id_not_string',
                                'fail_if_not_exists'},
           'and of ours those that it is known to break', fake.soft())


def test_known_failures(fake, bot):
    fake.fault('duplicate_next')
    id = fake.ask('twice delivered')
    fake.wait_replies([id], each=2)
    tap.is_(fake.not_once([id]), {id: 2}, 'an event that comes twice is answered twice')
    fake.rest_fault(status=502, after_create=True)
    id = fake.ask('made, then failed')
    fake.wait_replies([id], 20, each=2)
    tap.is_(fake.not_once([id]), {id: 2}, 'a 502 after the message doubles it')
    fake.rest_fault(status=503)
    id = fake.ask('failed')
    bot.wait_log('503', 20)
    last = fake.ask('next')
    fake.wait_replies([last])
    tap.is_(fake.not_once([id]), {id: 0}, 'a 503 loses the reply')


def test_killed(fake, bot):
    bot.kill9()
    fake.wait_gone()
    ids = fake.ask_many('nobody there {n}', times=3)
    bot.start()
    fake.wait_count('identify', 2, 20)
    fake.wait_live()
    last = fake.ask('back again?')
    fake.wait_replies([last], 20)
    tap.is_(fake.not_once(ids), dict.fromkeys(ids, 0), 'kill -9: what was asked meanwhile is lost')
    tap.is_(fake.soft().get('identify_while_resumable'), 1, 'although the session could be resumed')


def test_fatal(fake):
    fake.settings(granted_content=0)
    with bot_start(fake) as bot:
        tap.is_(bot.wait(20), 1, 'content that was not granted ends it')
        tap.ok('PrivilegedIntentsRequired' in bot.log(), '... by close code 4014', bot.log()[-300:])
    with bot_start(fake, 'wrong.token') as bot:
        tap.is_(bot.wait(20), 1, 'a wrong token ends it')
        tap.ok('LoginFailure' in bot.log(), '... by status 401', bot.log()[-300:])


with Fake(identify_window_ms=0, heartbeat_interval=2000) as fake:
    with bot_start(fake) as bot:
        for test in (test_replies, test_alerts, test_resume, test_rest, test_known_failures, test_killed):
            tap.note(test.__name__)
            try:
                test(fake, bot)
            except TimeoutError as late:
                tap.ok(False, str(late), bot.log()[-2000:], fake.state())
    test_fatal(fake)
tap.done()

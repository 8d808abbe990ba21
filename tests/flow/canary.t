#!/usr/bin/env python3
"""Nothing that people write, are called or are known by, and no token, comes to lie in the log at its
highest level, in the state file, in what staff are told, or in a core file. Every kind of event is sent
with words in it that occur nowhere else, through faults, reconnects and restarts; then they are looked for."""
import glob
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap, ROOT, die_with_parent, wait_until
from matrix import Homeserver, bot_on

Fake.TOKEN = Homeserver.TOKEN = 'canarytoken.XyZ12.qqqvvvwww'
# Of people: an id, and names of each kind that Discord gives.
PERSON = '778899001122334455'
NAMES = {'username': 'canaryusername', 'global_name': 'Canaryglobal', 'nick': 'Canarynick',
         'named': 'canarynamed'}
WORDS = 'canarywords'
CANARIES = [Fake.TOKEN, Fake.TOKEN.split('.')[-1], PERSON, WORDS] + list(NAMES.values())

tap = Tap()


def answered(server, ids, seconds):
    """Waits for the replies. That they come is what other tests hold; here it is what lies about meanwhile."""
    try:
        server.wait_replies(ids, seconds)
    except TimeoutError as slow:
        tap.note('%s' % slow)


def found_in(bytes_):
    """The canaries in it, whatever their case."""
    folded = bytes_.lower()
    return sorted({c for c in CANARIES if c.lower().encode() in folded})


def state_text(path):
    """All that stands in the state file, whatever way SQLite lays it down; and each of its files."""
    text = b''
    for name in glob.glob(path + '*'):
        with open(name, 'rb') as file:
            text += file.read()
    db = sqlite3.connect('file:%s?mode=ro' % path, uri=True)
    rows = 0
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in db.execute('SELECT * FROM "%s"' % table):
            rows += 1
            text += b'\n' + '\t'.join(map(str, row)).encode()
    db.close()
    return text, rows


def dispatched(fake, n, content, **more):
    """A message as Discord sends it, with everything that it may say of a person."""
    person = {'id': PERSON, 'username': NAMES['username'], 'global_name': NAMES['global_name'],
              'discriminator': '0', 'avatar': None}
    message = {'id': str(1400000000000000000 + n), 'type': 0, 'channel_id': '100',
               'guild_id': '1000000000000000010', 'content': content, 'author': person,
               'member': {'nick': NAMES['nick'], 'roles': []}, 'mentions': [dict(person)],
               'timestamp': '2026-01-01T00:00:00.000000+00:00', 'attachments': [
                   {'id': '1', 'filename': WORDS + '.jpg', 'url': 'https://x/' + WORDS, 'size': 1,
                    'proxy_url': 'https://x/' + WORDS}], 'embeds': [{'description': WORDS}]}
    message.update(more)
    fake.dispatch('MESSAGE_CREATE', message)


def all_events(fake):
    """What people can do; the ids of what should be answered."""
    who = dict(author=NAMES['named'])
    ids = [fake.ask('can i have a beer ' + WORDS, **who),
           fake.ask('what about ' + WORDS, **who),
           fake.ask('is the sauna ok ' + WORDS, dm=True, author='patient' + NAMES['named']),
           fake.ask('can i wash my hair ' + WORDS, channel='101', mention=True, **who),
           fake.ask('can i sunbathe ' + WORDS, thread='555', author=PERSON),
           fake.ask('are you a robot, ' + WORDS, **who),
           fake.ask('my lips are swelling up and my throat is tight ' + WORDS, author=PERSON),
           fake.ask('was kostet das ' + WORDS, **who),
           fake.ask('is the sauna ok %s\n```%s```\n||%s|| \x1b[31m\x07' % ((WORDS,) * 3), **who)]
    fake.ask('<@%s> is the sauna ok %s' % (PERSON, WORDS), **who)
    fake.ask(WORDS, attachments=2, **who)
    fake.ask(WORDS * 100, author_bot=True, **who)
    fake.ask(WORDS, webhook=True, **who)
    fake.ask(WORDS, type=7, **who)
    first = fake.wait_replies(ids[:1], 20)[ids[0]][0]
    ids.append(fake.ask('and the sauna? ' + WORDS, reply_to=first, ping=True, **who))
    fake.edit(ids[1], 'now i cannot breathe ' + WORDS)
    fake.edit(ids[0], 'what does it cost ' + WORDS)
    gone = fake.ask('can i do sport ' + WORDS, **who)
    fake.delete(gone)
    for n, content in enumerate(['can i sunbathe ' + WORDS, '', WORDS, 'i want to die ' + WORDS]):
        dispatched(fake, n, content)
    dispatched(fake, 9, 'can i sunbathe ' + WORDS, type=19, referenced_message={
        'id': first, 'content': WORDS, 'author': {'id': PERSON, 'username': NAMES['username']}})
    for kind in ('TYPING_START', 'PRESENCE_UPDATE', 'GUILD_MEMBER_ADD', 'MESSAGE_REACTION_ADD',
                 'INTERACTION_CREATE', 'MESSAGE_POLL_VOTE_ADD', WORDS.upper()):
        fake.dispatch(kind, {'user_id': PERSON, 'channel_id': '100', 'content': WORDS,
                             'user': {'id': PERSON, 'username': NAMES['username']}})
    fake.dispatch('MESSAGE_CREATE', {'id': '1400000000000000099', 'content': {'text': WORDS}})
    fake.dispatch('CHANNEL_UPDATE', {'id': '100', 'type': 0, 'topic': WORDS, 'name': NAMES['nick']})
    return ids


def all_faults(fake, bot):
    """Requests that fail in every way, with the words in what the other side says."""
    # By several people: one who asks anew behind each reply at once is taken for a program.
    ask = lambda n: fake.ask('can i wash my hair %d %s' % (n, WORDS),
                             author=PERSON if n in (0, 20) else str(int(PERSON) + n % 4 + 1))
    ids = []
    for n, fault in enumerate([dict(status=500), dict(status=502, html=True), dict(reset=True),
                               dict(status=429, retry_after=0.1),
                               dict(status=500, after_create=True), dict(hang_ms=300)]):
        fake.rest_fault(**fault)
        ids.append(ask(n))
        answered(fake, ids[-1:], 20)
    for code in (50013, 10008, 50035):
        fake.rest_fault(status=403 if code == 50013 else 400, code=code)
        ask(code)
    fake.fault('op7')
    wait_until(lambda: fake.count('resumed') >= 1, 20, 'a resumed session')
    fake.wait_live()
    fake.fault('bad_frame', text='{"op": 0, "t": "MESSAGE_CREATE", "d": {"content": "%s"' % WORDS)
    ids.append(ask(20))
    answered(fake, ids[-1:], 20)
    fake.fault('lose_session')
    ids += fake.ask_many('can i sunbathe {n} ' + WORDS, times=5, author=NAMES['named'])
    fake.wait_live()
    answered(fake, ids, 30)
    return ids


def process_files(bot):
    """What anybody on the machine may see of the process."""
    text = b''
    for name in ('cmdline', 'environ', 'comm', 'status'):
        with open('/proc/%d/%s' % (bot.process.pid, name), 'rb') as file:
            text += file.read()
    return text


def looked_over(name, fake, bot):
    with open(bot.log_path, 'rb') as file:
        log = file.read()
    tap.ok(b' debug ' in log and len(log) > 2000, '%s: the log tells much' % name, log[-500:])
    tap.is_(found_in(log), [], '%s: and none of it of people, or the token' % name)
    text, rows = state_text(bot.state)
    tap.ok(rows > 10, '%s: the state file holds much' % name, '%d rows' % rows)
    tap.is_(found_in(text), [], '%s: and none of it of people, or the token' % name)
    created = '\n'.join(m['content'] for m in fake.report()['created']).encode()
    tap.ok(len(created) > 1000, '%s: the bot wrote much' % name)
    tap.is_(found_in(created), [], '%s: and none of it repeats what people wrote' % name)


for name, discord in [('plain', ''), ('compressed, with alerts', 'compress = true\n'
                                      'staff_channel = "102" remove_with_question = true')]:
    with Fake(identify_window_ms=100) as fake, \
            Bot(fake, discord=discord, quick=True, start=False) as bot:
        fake.channel('102', 'staff')
        bot.argv.append('-v')
        bot.start()
        fake.wait_live()
        answered(fake, all_events(fake), 30)
        tap.is_(found_in(process_files(bot)), [], '%s: the process shows none' % name)
        all_faults(fake, bot)
        if 'staff' in discord:
            wait_until(lambda: [m for m in fake.report()['created'] if m['channel'] == '102'], 20,
                       'an alert')
        fake.rest_fault(hang_ms=4000)
        last = [fake.ask('can i do sport ' + WORDS, author=PERSON)]
        fake.wait_hanging()
        bot.kill9()
        text, _ = state_text(bot.state)
        tap.is_(found_in(text), [], '%s: nor does what a killed one leaves' % name)
        fake.clear_faults()
        last.append(fake.ask('is the sauna ok ' + WORDS, author=PERSON))
        bot.start()
        fake.wait_live()
        answered(fake, last, 30)
        broken = os.path.join(bot.dir, 'intents', 'mesotherapy.md')
        with open(broken, 'a') as out:
            out.write('\n## x {#x .wonder}\n')
        bot.process.send_signal(signal.SIGHUP)
        bot.wait_log('the version before stays')
        bot.term()
        bot.wait()
        looked_over(name, fake, bot)

with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True, start=False) as bot:
    bot.argv.append('-v')
    bot.write_token(Fake.TOKEN + 'wrong')
    bot.start()
    tap.is_(bot.wait(), 78, 'a wrong token ends it')
    tap.is_(found_in(bot.log().encode()), [], 'and is not repeated')


def matrix_looked_over(bot, written):
    tap.is_(found_in(bot.log().encode()), [], 'Matrix: the log tells nothing of people, or the token')
    text, rows = state_text(bot.state)
    tap.ok(rows > 10 and len(bot.log()) > 1000, 'Matrix: log and state file hold much',
           '%d rows' % rows, bot.log())
    tap.is_(found_in(text), [], 'Matrix: and the state file nothing, either')
    tap.ok(written, 'Matrix: the bot has written something')
    tap.is_(found_in('\n'.join(written).encode()), [],
            'Matrix: and none of it repeats what people wrote')


with Homeserver() as hs, bot_on(hs, start=False) as bot:
    bot.argv.append('-v')
    bot.start()
    hs.wait_polls()
    ann = '@%s:fake' % NAMES['named']
    room = hs.room([ann], direct=True)
    group = hs.room([ann, '@ben:fake', '@cem:fake'], joined=True)
    ids = [hs.ask(room, 'is the sauna ok ' + WORDS, ann)]
    hs.wait_replies(ids, 30)  # of what is asked before the bot has joined, the newest is answered
    ids.append(hs.ask(room, 'my lips are swelling up and my throat is tight ' + WORDS, ann))
    hs.wait_replies(ids, 30)
    ids.append(hs.mention(group, 'Clinic Bot: can i wash my hair ' + WORDS, ann))
    hs.state(room, 'm.room.name', {'name': NAMES['nick'] + WORDS}, sender=ann)
    hs.state(room, 'm.room.member', {'membership': 'join', 'displayname': NAMES['global_name']}, ann,
             sender=ann)
    hs.edit(room, ids[0], 'what does it cost ' + WORDS, ann)
    hs.redact(group, hs.ask(group, WORDS, ann), ann)
    hs.fault('/send/', status=500, body='{"errcode": "M_UNKNOWN", "error": "%s"}' % WORDS, times=2)
    ids.append(hs.ask(room, 'can i sunbathe ' + WORDS, ann))
    hs.fault('/sync', status=502, body=WORDS, times=2)
    hs.fault('/sync', drop=True, times=1)
    ids.append(hs.ask(room, 'can i do sport ' + WORDS, ann))
    answered(hs, ids[2:], 30)
    bot.kill9()
    bot.start()
    answered(hs, [hs.ask(room, 'and the sauna ' + WORDS, ann)], 30)
    bot.term()
    bot.wait()
    matrix_looked_over(bot, [e['content'].get('body', '') for e in hs.sent()])


class Aborted(Bot):
    """The release build (a sanitizer rules core files out by itself), started where core files may be
    written, and ended by SIGABRT."""

    def start(self):
        def limits():
            die_with_parent()
            _, most = resource.getrlimit(resource.RLIMIT_CORE)
            resource.setrlimit(resource.RLIMIT_CORE, (most, most))
        self.argv[0] = os.path.join(ROOT, 'build/clinicbot')
        with open(self.log_path, 'a') as log:
            self.process = subprocess.Popen(self.argv, cwd=self.dir, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, preexec_fn=limits)
        return self

    def cores(self):
        return glob.glob(os.path.join(self.dir, '*core*'))


def abort(fake, bot):
    bot.start()
    fake.wait_live()
    answered(fake, [fake.ask('can i sunbathe ' + WORDS, author=PERSON)], 20)
    bot.process.send_signal(signal.SIGABRT)
    bot.process.wait(30)


with Fake(identify_window_ms=100) as fake:
    with Aborted(fake, quick=True, start=False) as bot:
        bot.argv.append('--unconfined')
        abort(fake, bot)
        leaves_core = [found_in(open(path, 'rb').read()) for path in bot.cores()]
    if not leaves_core:
        tap.ok(True, 'a core file holds none of it # SKIP no core file is written on this machine')
    else:
        tap.ok(Fake.TOKEN in leaves_core[0], 'left unconfined, a core file would hold the token')
        fake.clear_faults()
        with Aborted(fake, quick=True, start=False) as bot:
            abort(fake, bot)
            tap.is_(bot.cores(), [], 'but the bot leaves none')
tap.done()

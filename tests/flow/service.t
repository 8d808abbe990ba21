#!/usr/bin/env python3
"""The bot as a service manager runs it: the token as a credential, what the manager is told, and that
a running bot opens only what it needs, a reload of its content included."""
import os
import shutil
import signal
import socket
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap, wait_until

CONF = '''intents = "%s"
state = "%s"
clinic { name = "C" phone = "1" emergency = "112" crisis_line = "1" staff = "us" }
discord { token_file = "bot-token" api_url = "%s" channels = {"100"} }
'''
tap = Tap()


class Manager:
    """What systemd is to the bot: a socket, and variables of the environment."""

    def __init__(self, folder):
        self.heard = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(os.path.join(folder, 'notify'))
        self.socket.setblocking(False)
        os.environ.update(NOTIFY_SOCKET=os.path.join(folder, 'notify'), WATCHDOG_USEC='500000',
                          CREDENTIALS_DIRECTORY=os.path.join(folder, 'credentials'))
        os.environ.pop('WATCHDOG_PID', None)

    def listen(self):
        try:
            while True:
                self.heard.append(self.socket.recv(4096).decode())
        except BlockingIOError:
            return self.heard

    def wait(self, start):
        """The next text that starts so, everything before it forgotten."""
        def come():
            for n, text in enumerate(self.listen()):
                if text.startswith(start):
                    del self.heard[:n + 1]
                    return text
            return None
        return wait_until(come, 20, 'to be told %s' % start)


def status_of(bot, name):
    with open('/proc/%d/status' % bot.process.pid) as file:
        return [line.split()[1] for line in file if line.startswith(name + ':')][0]


def reload(bot, manager):
    bot.process.send_signal(signal.SIGHUP)
    manager.wait('RELOADING=1\nMONOTONIC_USEC=')
    return manager.wait('READY=1')


def answers(fake):
    id = fake.ask('can i have a beer after the injections', author='p%f' % time.monotonic())
    fake.wait_replies([id], 20)
    return '\n'.join(fake.contents(id))


def replace(path, old, new):
    with open(path) as file:
        text = file.read()
    assert old in text
    with open(path + '.new', 'w') as file:
        file.write(text.replace(old, new))
    os.rename(path + '.new', path)


with Fake(identify_window_ms=100) as fake, Bot(fake, quick=True, start=False) as bot:
    manager = Manager(bot.dir)
    os.mkdir(os.environ['CREDENTIALS_DIRECTORY'], 0o700)
    state_dir = os.path.join(bot.dir, 'state')
    os.mkdir(state_dir)
    bot.state = os.path.join(state_dir, 'state.db')
    # systemd lets the service's user in by an access list, which shows as a right of the group.
    credential = os.path.join(os.environ['CREDENTIALS_DIRECTORY'], 'bot-token')
    os.unlink(bot.token)
    bot.token = credential
    bot.write_token(Fake.TOKEN, 0o440)
    intents = os.path.join(bot.dir, 'intents')
    # An article of which the clinic keeps the text elsewhere.
    elsewhere = os.path.join(bot.dir, 'elsewhere')
    os.mkdir(elsewhere)
    article = os.path.join(elsewhere, 'article.md')
    shutil.move(os.path.join(intents, 'mesotherapy.md'), article)
    os.symlink(article, os.path.join(intents, 'mesotherapy.md'))
    with open(bot.conf, 'w') as out:
        out.write(CONF % (intents, bot.state, fake.api))
    bot.start()
    tap.ok('version' in manager.wait('READY=1\nSTATUS=Answers from version '), 'told when it is ready')
    fake.wait_live()
    tap.ok('lcohol' in answers(fake), 'the token was read from the credential')
    for _ in range(3):
        manager.wait('WATCHDOG=1')
    tap.ok(True, 'the watchdog is told again and again')

    log = bot.log()
    if 'there is no Landlock' in log:
        tap.ok(True, 'files are closed # SKIP this kernel has no Landlock')
    else:
        tap.ok('reads %s' % intents in log and 'writes %s,' % state_dir in log, 'files are closed', log)
        tap.is_(status_of(bot, 'NoNewPrivs'), '1', 'and no rights can be won')

    with open(article) as file:
        text = file.read()
    with open(article, 'w') as file:
        file.write(text.replace('Do not drink alcohol', 'Please do not drink alcohol'))
    tap.ok('Answers from' in reload(bot, manager), 'told when the content was read again')
    tap.ok('Please do not drink' in answers(fake), 'through the link, too')
    replies = os.path.join(intents, 'en', 'replies.md')
    replace(replies, 'not medical advice', 'no medical advice at all')
    reload(bot, manager)
    tap.ok('no medical advice at all' in answers(fake), 'a file put in the place of another is read')
    with open(article, 'a') as file:
        file.write('\n## x {#x .wonder}\n')
    tap.ok('has mistakes' in reload(bot, manager), 'told of mistakes, and that it goes on')
    with open(article, 'w') as file:
        file.write(text)
    reload(bot, manager)

    # The whole folder is another one, as when a new release of the content is put in its place.
    os.rename(intents, intents + '.before')
    shutil.copytree(intents + '.before', intents)
    told = reload(bot, manager)
    if 'there is no Landlock' not in log:
        bot.wait_log('another folder than at the start')
        tap.ok('has mistakes' in told, 'a folder in the place of the content is refused, with the reason')
    tap.ok('lcohol' in answers(fake), 'and the bot goes on')
    bot.term()
    manager.wait('STOPPING=1')
    tap.is_(bot.wait(), 0, 'told that it stops')
    tap.ok(not os.path.exists(bot.state + '-wal'), 'the state file is left in one piece',
           os.listdir(state_dir))
    bot.start()
    manager.wait('READY=1')
    fake.wait_live()
    tap.ok('lcohol' in answers(fake), 'started again it takes the new folder up')
    tap.is_(fake.hard(), {}, 'no malformed request')

    bot.term()
    bot.wait()
    manager.listen().clear()
    os.unlink(credential)
    bot.start()
    tap.is_(bot.wait(), 78, 'without the credential it ends, not to be started again')
    tap.ok(credential in bot.log() and not any('READY' in t for t in manager.listen()),
           'with its name, and without being ready', bot.log()[-300:])
tap.done()

"""Content that is swapped while questions are answered: each reply is wholly of one version."""
import os
import signal
import time
from faults import warm_up
from scenarios import WASH
from world import shipped

TAG = 'edition two'
# What shows in the replies: titles, and a passage under one of them.
CHANGED = ('What should I not do after mesotherapy', 'Do not wash your hair for two to three days',
           'treatment to work well')
RELOADED = b'content reloaded'
READERS = 100
EACH_S = 20  # a version that takes longer was not taken up


def second(text):
    for words in CHANGED:
        text = text.replace(words, '%s, %s' % (words, TAG))
    return text


def move_in(world):
    """A folder of its own, since the others read the one that it has; the path of the article."""
    folder = os.path.join(world.bot.dir, 'intents')
    shipped.copy_fewest(folder)
    with open(world.bot.conf) as old:
        lines = old.read().split('\n')
    with open(world.bot.conf, 'w') as new:
        new.write('\n'.join('intents = "%s"' % folder if line.startswith('intents = ') else line
                            for line in lines))
    return os.path.join(folder, 'mesotherapy.md')


class Reloads:
    """How often the content was reloaded, by the bot's log from here on."""

    def __init__(self, world):
        self.world, self.n = world, 0
        self.at = os.path.getsize(world.bot.log_path)

    def seen(self):
        with open(self.world.bot.log_path, 'rb') as log:
            log.seek(self.at)
            new = log.read()
        whole = new.rfind(b'\n') + 1
        self.n += new[:whole].count(RELOADED)
        self.at += whole
        return self.n


def swaps(world, scenario, chance, n):
    """`n` versions, one after the other as fast as they are taken up, and a question beside one in four."""
    article = move_in(world)
    with open(article) as file:
        first = file.read()
    world.approved = world.approved | {(question, second(words)) for question, words in world.approved}
    warm_up(world, scenario)
    world.page.arm()
    world.start()
    world.until(world.live)
    reloads = Reloads(world)
    for i in range(n):
        with open(article + '.new', 'w') as out:
            out.write(first if i % 2 else second(first))
        os.replace(article + '.new', article)
        world.bot.process.send_signal(signal.SIGHUP)
        if chance.random() < 0.25:
            # Not one person alone: whoever answers every reply at once is taken for a program.
            world.ask(WASH, author='reader%d' % (i % READERS))
            time.sleep(chance.random() * 0.02)
        if not world.until(lambda: reloads.seen() > i, EACH_S):
            world.count.bad('lost', '%s: version %d of %d was not taken up' % (world.name, i, n))
            break
    world.count.faults += reloads.n // 100  # as they are all alike
    said = {message.content for message in world.sent()}
    if not (any(TAG in text for text in said) and any(TAG not in text for text in said)):
        world.count.bad('lost', '%s: replies of one version only' % world.name)
    world.settle()
    world.end()

"""What a power cut may leave of the store's files. shim.c logs every change of them; what was not synced by
then is kept, lost or torn as a die falls. A name is kept for sure once its folder was synced."""
import os
import page as p
from faults import CHANGING, KILLS, play, warm_up

SECTOR = 512


class File:
    def __init__(self, synced=b''):
        self.synced = bytearray(synced)
        self.waiting = []  # (offset, bytes), or (length, None): cut to that

    @staticmethod
    def put(to, at, data):
        if data is None:
            del to[at:]
            to.extend(bytes(at - len(to)))
        else:
            to.extend(bytes(max(0, at - len(to))))
            to[at:at + len(data)] = data

    def sync(self):
        for change in self.waiting:
            self.put(self.synced, *change)
        self.waiting = []

    def after_cut(self, chance, kept):
        """Each change that waits is there with the probability `kept`, or in part."""
        left = bytearray(self.synced)
        for at, data in self.waiting:
            if chance.random() < kept:
                self.put(left, at, data)
            elif data and len(data) > SECTOR and chance.random() < 0.3:
                self.put(left, at, data[:SECTOR * chance.randint(1, len(data) // SECTOR)])
        return bytes(left)


class Disk:
    """The folder of the store as the log tells it."""

    def __init__(self, files):
        self.names = {name: File(data) for name, data in files.items()}
        self.synced = dict(self.names)
        self.steps = []  # the names after each change that waits

    def replay(self, log):
        at = 0
        while at < len(log):
            end = log.index(b'\n', at)
            what, name, other, offset, n = log[at:end].decode().split(' ')
            data = log[end + 1:end + 1 + int(n)]
            at = end + 1 + int(n)
            self.change(what, name, other, int(offset), data)

    def change(self, what, name, other, offset, data):
        names = dict(self.names)
        if what in 'WT':
            file = names.setdefault(name, File())
            file.waiting.append((offset, data if what == 'W' else None))
        elif what == 'S' and name in names:
            names[name].sync()
        elif what == 'U':
            names.pop(name, None)
        elif what in 'LR' and name in names:
            names[other] = names[name]
            if what == 'R':
                del names[name]
        if what == 'D':
            self.synced, self.steps = names, []
        elif names != self.names:
            self.steps.append(names)
        self.names = names

    def after_cut(self, chance):
        """{name: bytes}: changes of names reach the disk in their order."""
        kept = chance.choice((0, 0, 0.5, 0.9))
        steps = chance.randint(0, len(self.steps))
        names = self.steps[steps - 1] if steps else self.synced
        return {name: file.after_cut(chance, kept) for name, file in names.items()}


class Power:
    def __init__(self, world):
        self.world = world
        self.folder = world.bot.dir
        self.log = os.path.join(self.folder, 'changes')
        self.begin()

    def files(self):
        return [name for name in os.listdir(self.folder)
                if name.startswith(os.path.basename(self.world.bot.state))]

    def begin(self):
        """What is there now is on the disk."""
        found = {}
        for name in self.files():
            with open(os.path.join(self.folder, name), 'rb') as file:
                found[name] = file.read()
        self.disk = Disk(found)
        open(self.log, 'wb').close()

    def cut(self, chance):
        """The bot is dead; now its files become what the disk has kept of them."""
        with open(self.log, 'rb') as log:
            self.disk.replay(log.read())
        for name in self.files():
            os.unlink(os.path.join(self.folder, name))
        for name, data in self.disk.after_cut(chance).items():
            with open(os.path.join(self.folder, name), 'wb') as file:
                file.write(data)
        self.begin()


def cuts(world, scenario, chance, n):
    """The power goes at any call, most often at one of the store's. The world must log."""
    power = Power(world)
    most = warm_up(world, scenario)
    for _ in range(n):
        mask = chance.choice((p.STORE_WRITE | p.STORE_SYNC, CHANGING))
        play(world, scenario, action=chance.choice(KILLS), mask=mask,
             from_=chance.randint(1, most if mask == CHANGING else most // 2))
        fired = world.page.fired
        world.count.faults += min(fired, 1)
        world.end()
        power.cut(chance)
        world.check_store()
        world.settle()
        world.end()

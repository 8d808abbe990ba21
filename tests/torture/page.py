"""The page of memory that a test shares with a bot under shim.c."""
import mmap
import os
import struct

SHIM = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../build/torture/shim.so')
STORE_WRITE, STORE_SYNC, STORE_READ, STORE_OPEN, NET_SEND, NET_RECV, NET_OPEN, ALLOC = (
    1 << n for n in range(8))
STORE = STORE_WRITE | STORE_SYNC | STORE_READ | STORE_OPEN
NET = NET_SEND | NET_RECV | NET_OPEN
NOTHING, KILL_BEFORE, KILL_WITHIN, KILL_AFTER, FAIL = range(5)
RESOLVE, NO_SUCH_NAME, NOT_NOW, NEVER = range(4)
PROGRAM, CMARK, LIBUV = 1, 2, 3  # who aborted
FOR_EVER = 1 << 62

# As struct page in shim.c.
MEMBERS = ('mask', 'action', 'from_', 'times', 'error', 'wall_ms', 'resolving', 'seen', 'fired',
           'class_fired', 'abort_by', 'abort_at')
SIGNED = ('error', 'wall_ms')


class Page:
    """Its members are read and written where they lie, also while the bot runs."""

    def __init__(self, path):
        with open(path, 'wb') as out:
            out.write(bytes(mmap.PAGESIZE))
        fd = os.open(path, os.O_RDWR)
        object.__setattr__(self, 'path', path)
        object.__setattr__(self, 'bytes', mmap.mmap(fd, mmap.PAGESIZE))
        os.close(fd)

    def __getattr__(self, name):
        return struct.unpack_from('<q' if name in SIGNED else '<Q', self.bytes,
                                  8 * MEMBERS.index(name))[0]

    def __setattr__(self, name, value):
        struct.pack_into('<q' if name in SIGNED else '<Q', self.bytes, 8 * MEMBERS.index(name), value)

    def arm(self, action=NOTHING, mask=STORE | NET, from_=1, times=1, error=0):
        """From now on calls of `mask` are counted anew, and these of them meet their fault."""
        self.mask = 0
        self.seen = self.fired = self.class_fired = 0
        self.abort_by = self.abort_at = 0
        self.from_, self.times, self.error, self.action = from_, times, error, action
        self.mask = mask

    def disarm(self):
        self.mask = self.action = 0


def page_under(bot, *more):
    """The page of a bot that is not started yet, which from then on runs under the shim, built without
    sanitizers: these must be loaded first. `more`: variables of its environment."""
    page = Page(os.path.join(bot.dir, 'page'))
    bot.argv = ['env', 'LD_PRELOAD=' + SHIM, 'TORTURE_PAGE=' + page.path, 'TORTURE_STATE=' + bot.state,
                *more] + bot.argv
    return page

#!/usr/bin/env python3
"""The real binary and a stream that goes wrong: a homeserver that forgot where the bot stood, one that says
nothing any more while a poll is under way, one that says the same again, one with very much to say."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Tap, wait_until
from matrix import Homeserver, bot_on

tap = Tap()
FORGOTTEN = dict(status=400, body='{"errcode":"M_UNKNOWN","error":"Invalid stream token"}')


def once(hs, ids, name, seconds=30):
    hs.wait_replies(ids, seconds)
    time.sleep(0.5)
    tap.is_(hs.not_once(ids), {}, name)


with Homeserver(timeline_limit=2, page_limit=3) as hs, bot_on(hs) as bot:
    hs.wait_polls()
    rooms = [hs.room(['@%s:fake' % who], direct=True) for who in ('ann', 'ben')]
    group = hs.room(['@ann:fake', '@ben:fake', '@cem:fake'], joined=True)
    asked = [hs.ask(room, 'can i swim', who) for room, who in zip(rooms, ('@ann:fake', '@ben:fake'))]
    once(hs, asked, 'two questions, answered')
    bot.kill9()
    for body in ('can i run', 'is alcohol ok', 'can i go to the sauna', 'may i wash my hair', 'can i drive'):
        asked.append(hs.ask(rooms[0], body))
    asked.append(hs.mention(group, 'Clinic Bot: can i swim', '@cem:fake'))
    hs.say(group, 'nothing for the bot', '@ben:fake', times=6)
    hs.fault('/sync', times=2, **FORGOTTEN)
    syncs = hs.count('sync')
    bot.start()
    once(hs, asked, 'a position that the server forgot: what came meanwhile is answered, what was is not')
    tap.ok('does not know any more where the bot stopped' in bot.log(), 'it says so')
    hs.fault('/sync', times=2, **FORGOTTEN)
    hs.drop()
    hs.wait_polls()
    asked.append(hs.ask(rooms[1], 'can i run', '@ben:fake'))
    once(hs, asked, 'forgotten while it runs')
    tap.ok(hs.count('sync') - syncs < 20, 'without many polls', hs.count('sync') - syncs)

    # 180 events of the greatest size.
    hs.settings(timeline_limit=50)
    bot.kill9()
    for big in [group] + [hs.room(['@ann:fake', '@ben:fake', '@cem:fake'], joined=True) for _ in range(3)]:
        hs.say(big, 'x' * 60000, '@ben:fake', times=45)
    asked.append(hs.mention(group, 'Clinic Bot: can i go to the sauna', '@cem:fake'))
    bot.start()
    once(hs, asked, 'a poll of ten megabytes is read')

    # Half open: the peer took the poll and is silent for ever. The first poll of a run is given up after
    # half a minute, as it asks for half a second.
    bot.kill9()
    hs.fault('/sync', times=1, hang_ms=120000)
    asked.append(hs.ask(rooms[0], 'can i swim after a week'))
    bot.start()
    began = time.monotonic()
    hs.wait_hanging()
    hs.wait_replies(asked[-1:], 60)
    took = time.monotonic() - began
    tap.ok(29 < took < 45, 'a poll that nobody answers is given up after half a minute', took)
    once(hs, asked, 'and nothing is lost')
    tap.is_({name for name in hs.violations() if name != 'two_polls'}, set(),
            'all along it did what a good client does')
    if tap.failed:
        tap.note(bot.log()[-3000:])

tap.done()

#!/usr/bin/env python3
"""The real binary as an appservice behind wsproxy: transactions, what the proxy loses, closes, kill -9;
every question is answered, none twice."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Tap, wait_until
from wsproxy import Proxied, bot_by_wsproxy

tap = Tap()
NO_LIMITS = 'limits { per_person_per_minute = 0 per_room_per_minute = 0 }'
ANN = '@ann:fake'


def once(hs, ids, name, seconds=30):
    hs.wait_replies(ids, seconds)
    time.sleep(0.5)  # a second reply would come now
    tap.is_(hs.not_once(ids), {}, name)


class People:
    """Each asks once or twice: whoever answers every reply at once is taken for a program."""

    def __init__(self, hs):
        self.hs, self.n = hs, 0

    def rooms(self, n):
        """New rooms of two, whose people ask before the bot is there; what they asked."""
        rooms = [self.hs.room(['@d%d:fake' % (self.n + i)], direct=True) for i in range(n)]
        ids = [self.hs.ask(room, 'can i go to the sauna', '@d%d:fake' % (self.n + i))
               for i, room in enumerate(rooms)]
        self.n += n
        return rooms, ids

    def ask(self, group, body, times=3):
        self.n += times
        return [self.hs.mention(group, body, '@p%d:fake' % (self.n + i)) for i in range(times)]


def story(acks):
    how = 'with acknowledgements: ' if acks else 'wsproxy: '
    with Proxied(acks=int(acks), ack_ms=3000) as hs, \
            bot_by_wsproxy(hs, extra=NO_LIMITS) as bot:
        bot.wait_log('matrix: ready', 20)
        people = People(hs)
        rooms, ids = people.rooms(3)
        once(hs, ids, how + 'three people invite it and ask before it came: each is answered once')
        group = hs.room(['@ann:fake', '@ben:fake', '@cem:fake'], joined=True)
        aside = hs.ask(group, 'can i go to the sauna')
        asked = hs.mention(group, 'Clinic Bot: can i wash my hair', '@ben:fake')
        once(hs, [asked], how + 'in a room of many whoever mentions it is answered')
        tap.is_(hs.replies([aside]), {aside: []}, how + 'and nobody else')
        stranger = hs.room(['@eve:else'], direct=True)
        wait_until(lambda: hs.report()['bot'][stranger] == 'leave', 10, 'the declining')
        tap.ok(True, how + 'a stranger is declined')

        for n in range(4):
            ids = people.ask(group, 'can i go to the sauna', 6)
            time.sleep(0.02 + 0.06 * n)
            bot.kill9()
            ids += people.ask(group, 'is alcohol ok') + people.rooms(1)[1]
            bot.start()
            once(hs, ids, how + 'kill -9 while it answers: each once', 60)

        for fault in ({'drop': True}, {'close': 1001, 'reason': '{"status":"server_shutting_down"}'},
                      {'close': 4002, 'reason': '{"status":"transactions_not_acknowledged"}'}):
            ids = people.ask(group, 'may i run tomorrow')
            hs.wsproxy(**fault)
            ids += people.ask(group, 'and swim')
            once(hs, ids, how + 'the websocket ends: %s' % fault)

        hs.fault('as_sync', status=502, body='<html>', times=2)
        hs.wsproxy(drop=True)
        ids = people.ask(group, 'and a hot bath')
        once(hs, ids, how + 'the proxy is away for a while')

        wait_until(hs.connected, 20, 'the websocket')
        hs.settings(split_frames=3)
        once(hs, people.ask(group, 'can i dye my hair'), how + 'frames in pieces')
        hs.wsproxy(frame='{"broken"')
        hs.wsproxy(frame='{"id":77,"command":"http_proxy","data":{}}')
        once(hs, people.ask(group, 'how often is it done'), how + 'a broken frame, and a command')
        wait_until(lambda: hs.count('command_refused'), 5, 'a refusal')

        bot.term()
        tap.is_(bot.wait(5), 0, how + 'SIGTERM ends it with status 0')
        ids = people.ask(group, 'what is mesotherapy')
        hs.say(group, 'only a notice', content={'msgtype': 'm.notice'}, times=130)
        ids += people.ask(group, 'how many sessions')
        bot.start()
        once(hs, ids, how + 'written while it was away: each answered once', 60)

        secret = hs.room(['@ann:fake'], direct=True, encrypted=True)
        wait_until(lambda: hs.sent(secret), 20, 'the word about encryption')
        hs.say(secret, 'in the clear')
        bot.kill9()
        bot.start()
        hs.say(secret, 'and again')
        once(hs, people.ask(group, 'is it safe'), how + 'an encrypted room stops nothing')
        tap.is_(len(hs.sent(secret)), 1, how + 'and gets one message')
        tap.is_(hs.violations(), {}, how + 'all along it did what a good appservice does')
        tap.ok(hs.count('acknowledged') > 10 if acks else not hs.count('acknowledged'),
               how + 'transactions are acknowledged where that is wanted', hs.now()['counts'])
        tap.ok(hs.AS_TOKEN not in bot.log(), how + 'the token is not in the log')
        if tap.failed:
            tap.note(bot.log()[-4000:])


def hole():
    """Written to a websocket that nobody reads any more: the proxy says that it arrived."""
    with Proxied() as hs, bot_by_wsproxy(hs) as bot:
        bot.wait_log('matrix: ready', 20)
        room = hs.room([ANN], direct=True)
        once(hs, [hs.ask(room, 'can i go to the sauna', ANN)], 'a room')
        hs.wsproxy(lose=2)
        ids = [hs.ask(room, 'is alcohol ok', ANN)]
        wait_until(lambda: hs.count('transaction') > 3, 10, 'the loss')
        bot.kill9()
        bot.start()
        once(hs, ids, 'what the proxy lost is answered behind a restart')
        hs.settings(retry_ms=600000)  # as a homeserver does that was told for long that nobody is there
        bot.kill9()
        time.sleep(0.2)
        ids = [hs.ask(room, 'may i run tomorrow', ANN)]
        bot.start()
        once(hs, ids, 'what the homeserver keeps back is read from the room')
        ids = [hs.ask(room, 'and swim', ANN)]
        once(hs, ids, 'also what is written from then on', 40)
        hs.settings(retry_ms=0)
        tap.is_(hs.violations(), {}, 'and nothing that an appservice may not do')


def two():
    with Proxied() as hs, bot_by_wsproxy(hs) as bot, bot_by_wsproxy(hs, start=False) as other:
        bot.wait_log('matrix: ready', 20)
        other.start()
        tap.is_(bot.wait(20), 78, 'who is replaced by another one ends, and a restart does not help')
        tap.ok('another program took the websocket over' in bot.log(), 'and says why')
        time.sleep(1)
        tap.ok(other.running() and hs.connected(), 'the other one stays')


story(False)
story(True)
hole()
two()
tap.done()

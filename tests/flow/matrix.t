#!/usr/bin/env python3
"""The real binary on a fake homeserver: invited, asked, limited, cut off and killed; every question is
answered, none twice."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Tap, wait_until
from matrix import Homeserver, bot_on

tap = Tap()


def once(hs, ids, name, seconds=30):
    hs.wait_replies(ids, seconds)
    time.sleep(0.5)  # a second reply would come now
    tap.is_(hs.not_once(ids), {}, name)


with Homeserver() as hs, bot_on(hs) as bot:
    hs.wait_polls()
    rooms = [hs.room(['@ann%d:fake' % n], direct=True) for n in range(3)]
    ids = [hs.ask(room, 'can i go to the sauna', '@ann%d:fake' % n)
           for n, room in enumerate(rooms)]
    once(hs, ids, 'three people invite it and ask before it came: each is answered once')
    content = hs.replies(ids)[ids[0]][0]
    tap.is_(content['msgtype'], 'm.text', 'in a direct room as m.text')
    tap.ok('sauna' in content['body'].lower() and '112' in content['body'],
           "with the article's text and the note", content)
    tap.ok('<strong>' in content['formatted_body'], 'as HTML too', content)
    tap.is_(content['m.mentions'], {'user_ids': ['@ann0:fake']}, 'and whoever asked is mentioned')

    group = hs.room(['@ann:fake', '@ben:fake', '@cem:fake'], joined=True)
    aside = hs.ask(group, 'can i go to the sauna')
    asked = hs.mention(group, 'Clinic Bot: can i wash my hair', '@ben:fake')
    once(hs, [asked], 'in a room of many whoever mentions it is answered')
    tap.is_(hs.replies([aside]), {aside: []}, 'and nobody else')
    tap.is_(hs.replies([asked])[asked][0]['msgtype'], 'm.notice', 'as m.notice')

    hs.say(rooms[0], 'i am a bot too', content={'msgtype': 'm.notice'})
    stranger = hs.room(['@eve:else'], direct=True)
    wait_until(lambda: hs.report()['bot'][stranger] == 'leave', 10, 'the declining')
    tap.ok(True, 'a stranger is declined')

    hs.settings(sends_per_second=2)
    ids = [hs.ask(room, 'is alcohol ok', '@ann%d:fake' % n)
           for n, room in enumerate(rooms) for _ in range(2)]
    once(hs, ids, 'more replies than the server takes in a second: each is sent once', 60)
    tap.ok(hs.count('limited') > 0, 'and 429 was met')
    hs.settings(sends_per_second=0)

    hs.fault('/send/', status=500, times=2)
    hs.fault('/send/', drop=True, times=1)
    hs.fault('/send/', drop=True, done=True, times=1)
    ids = [hs.ask(rooms[0], 'may i run tomorrow', '@ann0:fake')]
    once(hs, ids, 'two failures, a cut line and a lost answer: sent once')

    hs.fault('/sync', status=502, body='<html>', times=3)
    hs.fault('/sync', drop=True, times=2)
    ids = [hs.ask(rooms[1], 'and a hot bath', '@ann1:fake')]
    once(hs, ids, 'polls that fail')

    for n in range(3):
        ids = hs.say(rooms[2], 'can i go to the sauna', '@ann2:fake', times=3)
        time.sleep(0.05 + 0.1 * n)
        bot.kill9()
        ids += hs.say(rooms[2], 'is alcohol ok', '@ann2:fake', times=3)
        bot.start()
        once(hs, ids, 'kill -9 while it answers: each once', 60)

    hs.fault('/send/', hang_ms=3000, done=True, status=200, body='{"event_id":"$late"}')
    ids = [hs.ask(rooms[0], 'when may i wash my hair', '@ann0:fake')]
    hs.wait_hanging()
    bot.kill9()
    bot.start()
    once(hs, ids, 'killed when the server had the reply and the bot did not know: no second one', 40)

    polls = hs.count('sync')
    hs.fault('/send/', hang_ms=5000, done=True)
    ids = [hs.ask(rooms[0], 'is alcohol ok', '@ann0:fake')]
    hs.wait_hanging()
    hs.say(rooms[1], 'others go on', content={'msgtype': 'm.notice'})
    wait_until(lambda: hs.count('sync') >= polls + 3, 10, 'the stream behind its own reply')
    bot.kill9()
    hs.settings(forgets_transactions=1)
    bot.start()
    hs.wait_polls()
    once(hs, ids, 'and when the server has forgotten its transactions by then')
    hs.settings(forgets_transactions=0)

    bot.term()
    tap.is_(bot.wait(5), 0, 'SIGTERM ends it with status 0')
    # More than a poll gives, so that the gap must be read; the limits of a person would slow this down.
    ids = [hs.ask(rooms[n % 3], 'can i go to the sauna', '@ann%d:fake' % (n % 3)) for n in range(12)]
    hs.say(rooms[0], 'only a notice', content={'msgtype': 'm.notice'}, times=120)
    ids.append(hs.ask(rooms[0], 'is alcohol ok', '@ann0:fake'))
    bot.start()
    once(hs, ids, 'written while it was away, more than a poll holds: each answered once', 60)
    tap.ok(hs.count('messages') > 0, 'the gap was read')

    hs.redact(rooms[1], ids[1], '@ann1:fake')
    hs.member(rooms[2], '@bot:fake', 'leave', '@ann2:fake')
    ids = [hs.ask(rooms[0], 'can i swim', '@ann0:fake')]
    once(hs, ids, 'a kick and a redaction stop nothing')

    secret = hs.room(['@ann:fake'], direct=True, encrypted=True)
    wait_until(lambda: hs.sent(secret), 20, 'the word about encryption')
    hs.say(secret, 'in the clear')
    time.sleep(1)
    told = hs.sent(secret)
    tap.is_(len(told), 1, 'an encrypted room gets one message')
    tap.ok('cannot read' in told[0]['content']['body'] and
           'm.relates_to' not in told[0]['content'], 'which says why and nothing else', told)
    bot.kill9()
    bot.start()
    hs.wait_polls()
    hs.say(secret, 'and again')
    ids = [hs.ask(rooms[0], 'can i swim again', '@ann0:fake')]
    once(hs, ids, 'after a restart too')
    tap.is_(len(hs.sent(secret)), 1, 'and no second one there')
    tap.is_(hs.violations(), {}, 'all along it did what a good client does')
    tap.ok(hs.TOKEN not in bot.log(), 'the token is not in the log')
    if tap.failed:
        tap.note(bot.log()[-3000:])

tap.done()

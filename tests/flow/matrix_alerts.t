#!/usr/bin/env python3
"""Staff are alerted on Matrix: in their room, once, again when nobody answers, until one replies."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Tap, wait_until
from matrix import BOT_USER, Homeserver, bot_on

STAFF, SECOND = '!staff:fake', '!second:fake'
EMERGENCY = 'my lips are swelling up and my throat is tight'
tap = Tap()


def reply(hs, room, event, body='on it', thread=False):
    relation = {'m.in_reply_to': {'event_id': event}}
    if thread:
        relation = {'rel_type': 'm.thread', 'event_id': event, 'is_falling_back': True, **relation}
    return hs.ask(room, body, '@nurse:fake', content={'m.relates_to': relation})


def bodies(hs, room):
    return [e['content']['body'] for e in hs.sent(room)]


with Homeserver() as hs:
    hs.room(['@nurse:fake', '@doctor:fake'], joined=True, id=STAFF)
    hs.room(['@nurse:fake', '@doctor:fake'], joined=True, id=SECOND)
    bot = bot_on(hs, start=False)
    with open(bot.conf) as conf:
        text = conf.read().replace('matrix {', 'matrix {\n  remove_with_question = true\n  staff_room = "%s"\n  staff_room_second = "%s"'
                                   '\n  token_file = "%s"' % (STAFF, SECOND, bot.token)).replace(
                                       '  token_file = "%s"\n}' % bot.token, '}')
    with open(bot.conf, 'w') as out:
        out.write(text)
    with bot:
        bot.start()
        hs.wait_polls()
        room = hs.room(['@ann:fake'], direct=True)
        id = hs.ask(room, EMERGENCY)
        wait_until(lambda: len(hs.replies([id])[id]) == 2, 20, 'both replies')
        tap.ok('have been told of your message' in hs.replies([id])[id][1]['body'],
               'an emergency: its text, and that staff were told', hs.replies([id]))
        alert = hs.sent(STAFF)
        tap.is_(len(alert), 1, 'staff are alerted once')
        tap.ok('https://matrix.to/#/' in alert[0]['content']['body'] and
               'UTC' in alert[0]['content']['body'], 'with a link and the time',
               alert[0]['content']['body'])
        tap.ok('swelling' not in alert[0]['content']['body'] and
               'ann' not in alert[0]['content']['body'], 'and no words of the patient')
        tap.is_(alert[0]['content']['msgtype'], 'm.text', 'so that it rings')
        hs.ask(STAFF, 'who has lunch', '@doctor:fake')
        bot.kill9()
        bot.start()
        hs.wait_polls()
        reply(hs, STAFF, alert[0]['id'], thread=True)
        wait_until(lambda: len(hs.sent(STAFF)) == 2, 20, 'the word that it is theirs')
        tap.ok('yours now' in bodies(hs, STAFF)[1], 'a thread under it takes it, after a kill -9',
               bodies(hs, STAFF))

        id = hs.ask(room, 'pus is coming out of one of the injection spots')
        wait_until(lambda: len(hs.sent(STAFF)) == 3, 20, 'another alert')
        reply(hs, STAFF, hs.sent(STAFF)[2]['id'])
        wait_until(lambda: len(hs.sent(STAFF)) == 4, 20, 'the word that it is theirs')
        tap.ok('yours now' in bodies(hs, STAFF)[3], 'a reply takes one')
        tap.is_(hs.sent(SECOND), [], 'the second room hears of nothing that was taken')
        id = hs.ask(room, 'show me the article. can i go to the sauna')
        hs.wait_replies([id])
        hs.redact(room, id)
        wait_until(lambda: [e for e in hs.report()['events'] if e['type'] == 'm.room.redaction'], 20,
                   'the removal')
        tap.is_(hs.replies([id]), {id: []}, 'a question that is deleted takes its answer along')
        tap.is_(len(hs.sent(STAFF)), 4, 'and nothing of staff')

        # Rooms into which nothing can be sent any more.
        before = len(hs.sent(STAFF))
        kept = len(bodies(hs, SECOND))

        def told(n):
            wait_until(lambda: len(hs.sent(STAFF)) >= before + n, 20, 'the %d. word to staff' % n)
            time.sleep(0.5)
            tap.is_(len(hs.sent(STAFF)), before + n, 'staff are told, once')
            return bodies(hs, STAFF)[-1]

        forbidden = dict(status=403, body='{"errcode":"M_FORBIDDEN","error":"no"}')
        mute = hs.room(['@ann:fake', '@ben:fake'], joined=True)
        hs.mention(mute, 'Clinic Bot: can i swim', '@ben:fake')
        wait_until(lambda: hs.sent(mute), 20, 'an answer in the group')
        hs.fault('/send/', times=1, **forbidden)
        hs.mention(mute, 'Clinic Bot: can i run', '@ben:fake')
        word = told(1)
        tap.ok('may not write' in word and 'matrix.to/#/%21' in word,
               'of a room in which it may not write', word)
        sends = hs.count('send')
        for body in ('Clinic Bot: is alcohol ok', 'Clinic Bot: can i drive'):
            hs.mention(mute, body, '@ben:fake')
        time.sleep(1)
        tap.is_(hs.count('send'), sends, 'in which it tries no more')
        tap.ok('swim' not in word and 'run' not in word and 'ben' not in word,
               'without a word of the patient')
        alarm = hs.mention(mute, 'Clinic Bot: i can not breathe and my throat is swelling', '@ben:fake')
        hs.wait_replies([alarm])
        tap.ok(True, 'but with a safety text')
        wait_until(lambda: len(hs.sent(STAFF)) == before + 2, 20, 'its alert')
        reply(hs, STAFF, hs.sent(STAFF)[-1]['id'])
        wait_until(lambda: len(hs.sent(STAFF)) == before + 3, 20, 'the word that it is theirs')

        hs.member(mute, BOT_USER, 'ban', '@ann:fake')
        word = told(4)
        tap.ok('removed from it' in word, 'of a ban', word)
        bot.kill9()
        bot.start()
        hs.wait_polls()
        ended = hs.room(['@ann:fake', '@ben:fake'], joined=True)
        new = hs.room(['@ann:fake', '@ben:fake'], public=True, predecessor=ended)
        hs.mention(ended, 'Clinic Bot: can i swim', '@ben:fake')
        wait_until(lambda: hs.sent(ended), 20, 'an answer in the group')
        hs.state(ended, 'm.room.tombstone', {'replacement_room': new})
        word = told(5)
        tap.ok('replaced by another' in word, 'of a room that was replaced', word)
        private = hs.room(['@ann:fake'], direct=True)
        hs.wait_replies([hs.ask(private, 'can i swim')])
        hs.member(private, BOT_USER, 'leave', '@ann:fake')
        hs.wait_replies([hs.ask(room, 'can i run')])
        time.sleep(0.5)
        tap.is_(len(hs.sent(STAFF)), before + 5, 'not of a room of two that somebody ended')
        tap.is_(len(bodies(hs, SECOND)), kept, 'the second room hears of none of it')
        tap.is_(hs.violations(), {}, 'all along it did what a good client does')
        if tap.failed:
            tap.note(bot.log()[-3000:])

tap.done()

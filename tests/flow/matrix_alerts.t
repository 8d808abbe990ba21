#!/usr/bin/env python3
"""Staff are alerted on Matrix: in their room, once, again when nobody answers, until one replies."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Tap, wait_until
from matrix import Homeserver, bot_on

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
        tap.is_(hs.violations(), {}, 'all along it did what a good client does')
        if tap.failed:
            tap.note(bot.log()[-3000:])

tap.done()

#!/usr/bin/env python3
"""The whole bot against the fake Discord on a good day: who gets an answer, and which."""
import os
import sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap, BOT_ID

NOTE = 'This is general information, not medical advice.'
QUESTIONS = ['can i have a beer tonight, i had my injections at noon',
             'when can i wash my hair', 'is the sauna ok next week', 'what does it cost',
             'what is mesotherapy', 'how often do i have to come back', 'are you a robot',
             'can i sunbathe', 'my lips are swelling up', 'what about minoxidil']

tap = Tap()


def only_once(fake, ids, name):
    fake.wait_replies(ids, seconds=20)
    tap.is_(fake.not_once(ids), {}, name)


with Fake(identify_window_ms=200) as fake, Bot(fake) as bot:
    fake.wait_live()

    id = fake.ask(QUESTIONS[0])
    fake.wait_replies([id])
    text = '\n'.join(fake.contents(id))
    tap.ok('alcohol' in text, 'a question in a watched channel gets its passage', text)
    tap.ok(NOTE in text and '112' in text, 'with the note and the emergency number', text)
    created = [m for m in fake.report()['created'] if m['reference'] == id][0]
    tap.ok(created['nonce'] and id in created['nonce'], 'its nonce comes from the question',
           created)

    asked = {
        'a direct message': dict(dm=True),
        'a mention in another channel': dict(channel='101', mention=True),
        'a thread of a watched channel': dict(thread='555'),
    }
    for name, how in asked.items():
        id = fake.ask('can i wash my hair', **how)
        only_once(fake, [id], name + ' gets an answer')
    first = fake.ask('what is mesotherapy', channel='101', mention=True)
    reply = fake.wait_replies([first])[first][0]
    id = fake.ask('and the sauna?', channel='101', reply_to=reply, ping=True)
    only_once(fake, [id], 'a reply to the bot gets an answer')

    unheard = [fake.ask('can i wash my hair', channel='101'),
               fake.ask('can i wash my hair', author_bot=True),
               fake.ask('can i wash my hair', webhook=True),
               fake.ask('can i wash my hair', author=BOT_ID),
               fake.ask('can i wash my hair', type=7),
               fake.ask('thanks!', channel='100')]
    other = fake.ask('hello everybody', channel='100')
    unheard.append(other)
    unheard.append(fake.ask('can i wash my hair', reply_to=other, ping=True))
    last = fake.ask('is the sauna ok')
    fake.wait_replies([last])
    tap.is_({k: v for k, v in fake.replies(unheard).items() if v}, {},
            'no answer to other channels, bots, webhooks, itself, the system, thanks, other people')

    id = fake.ask('my lips are swelling up and my throat is tight', reply_to=other, ping=True)
    only_once(fake, [id], 'but an emergency is answered whoever was spoken to')
    tap.ok('may be an emergency' in fake.contents(id)[0], 'with the safety text',
           fake.contents(id))

    load = fake.load(200, 20, 'question {n}: is the sauna ok, and what about a beer?')
    ids = fake.wait_load(load, seconds=30)
    only_once(fake, ids, '200 questions at 20 a second, each answered exactly once')
    report = fake.report()
    tap.note('latency in ms: %s' % report['latency_ms'])
    tap.is_(report['violations']['hard'], {}, 'no malformed request')
    tap.is_(report['violations']['soft'], {}, 'nothing missing that our bot has to send')

with Fake(granted_content=0, identify_window_ms=200) as fake, Bot(fake) as bot:
    fake.wait_live()
    bot.wait_log('Message Content Intent')
    tap.ok(True, 'without the content intent it says which switch to flip')
    id = fake.ask('can i wash my hair', channel='101', mention=True)
    only_once(fake, [id], 'and goes on answering mentions')
    ids = [fake.ask('can i wash my hair', dm=True)]
    only_once(fake, ids, 'and direct messages')

with Fake(identify_window_ms=200) as fake, Bot(fake, discord='compress = true') as bot:
    fake.wait_live()
    ids = [fake.ask(q, author='patient%d' % n) for n, q in enumerate(QUESTIONS)]
    only_once(fake, ids, 'the same over a compressed gateway connection')
    tap.is_(fake.hard(), {}, 'without a malformed request')

tap.done()

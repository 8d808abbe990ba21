#!/usr/bin/env python3
"""What is written while there is no session: read back from the channels' histories, each question
answered once and in its order, whatever breaks meanwhile."""
import os
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap, wait_until

QUESTION = 'can i wash my hair {n}'
tap = Tap()


def settled(fake, ids, name, seconds=30):
    fake.wait_replies(ids, seconds)
    time.sleep(0.4)  # a second reply would come now
    tap.is_(fake.not_once(ids), {}, name)


def in_order(fake, ids, name):
    """The first replies to `ids` were made in the order of the questions."""
    at = {}
    for m in fake.report()['created']:
        at.setdefault(m['reference'], m['id'])
    replies = [int(at[id]) for id in ids]
    tap.is_(replies, sorted(replies), name)


def lost(fake):
    fake.fault('lose_session')


def pages(fake):
    return sum(fake.report()['requests'].get('GET /channels/{c}/messages', {}).values())


with Fake(identify_window_ms=200) as fake, Bot(fake, start=False, quick=True) as bot:
    early = [fake.ask('is the sauna ok')]
    bot.start()
    fake.wait_live()
    first = [fake.ask('is the sauna ok'), fake.ask('what is mesotherapy', dm='pat'),
             fake.ask('what is mesotherapy', channel='101', mention=True),
             fake.ask('can i sunbathe', thread='555')]
    settled(fake, first, 'a session answers')

    # The session ends while the connection stays away: nobody hears what is written.
    fake.fault('gateway_down', ms=1500)
    lost(fake)
    missed = fake.ask_many(QUESTION, times=4)
    missed += [fake.ask('when can i do sport', dm='pat'),
               fake.ask('when can i do sport', channel='101', mention=True),
               fake.ask('when can i do sport', thread='555'),
               fake.ask('when can i do sport', thread='556')]
    unheard = [fake.ask('can i wash my hair', channel='101'),
               fake.ask('can i wash my hair', author_bot=True),
               fake.ask('can i wash my hair', webhook=True),
               fake.ask('thanks!')]
    settled(fake, missed, 'a lost session: what was missed in channels, threads, direct messages '
            'and by mention is answered')
    in_order(fake, missed[:4], 'in its order')
    tap.is_({k: v for k, v in fake.replies(unheard + early).items() if v}, {},
            'by the same rules, and nothing from before the first start')
    tap.is_(fake.not_once(first), {}, 'what was answered before is not answered again')
    bot.wait_log('what was written while there was no session is read')
    n = pages(fake)
    time.sleep(0.5)
    tap.is_(pages(fake), n, 'then no history is read any more')

    # Down for long: the session is over when the bot comes back.
    fake.settings(resume_window_ms=100)
    bot.term()
    tap.is_(bot.wait(5), 0, 'it stops')
    time.sleep(0.3)
    missed = fake.ask_many(QUESTION, times=120)
    fake.rest_fault(method='GET', path='/channels/100/messages', status=429, retry_after=0.5)
    bot.start()
    fake.wait_live()
    live = [fake.ask('is the sauna ok', dm='new person')]
    settled(fake, live + missed, 'down until the session was over: 120 questions and a live one')
    in_order(fake, missed, 'the missed ones in their order')
    tap.is_(fake.hard(), {}, 'no malformed request')

# Each patient has a room of their own, of which Discord gives no list.
with Fake(identify_window_ms=100, rate_limit=1000, global_per_second=0) as fake, \
        Bot(fake, quick=True, limits=(0, 0)) as bot:
    fake.wait_live()
    everybody = ['patient %d' % n for n in range(300)]
    settled(fake, [fake.ask('is the sauna ok', dm=one) for one in everybody],
            '300 people write directly', 60)
    fake.fault('gateway_down', ms=1500)
    lost(fake)
    missed = [fake.ask('can i wash my hair', dm=one) for one in everybody]
    missed.append(fake.ask('can i wash my hair'))
    settled(fake, missed, 'a lost session: each of them is answered again', 60)
    # Replies to different rooms may pass one another on their way.
    order = [missed.index(m['reference']) for m in fake.report()['created'] if m['reference'] in missed]
    tap.ok(300 in order[:20], 'the listed channel first', order[:20])
    tap.ok(min(order[:100]) > 150 and max(order[-100:-1]) < 150, 'then who wrote last', order)
    tap.ok(' are read back' not in bot.log(), 'no room was left out', bot.log()[-400:])

with Fake(identify_window_ms=100, resume_window_ms=100, rate_limit=1000,
          global_per_second=0) as fake, Bot(fake, quick=True) as bot:
    fake.wait_live()
    settled(fake, [fake.ask('is the sauna ok')], 'a session again')
    load = fake.load(50, 100, QUESTION)
    fake.fault('lose_session', after=10)
    for method, path in (('GET', '/channels/100/messages'), ('POST', '/channels/100/messages'),
                         ('GET', '/channels/100/messages')):
        # Killed while the page is under way, then while a reply to one of it is, then again.
        fake.rest_fault(method=method, path=path, hang_ms=3000)
        fake.wait_hanging(20)
        bot.kill9()
        fake.clear_faults()
        time.sleep(0.2)
        if method == 'POST':
            fake.rest_fault(method='GET', path='/channels/100/messages', status=503)
        bot.start()
    ids = fake.wait_load(load)
    settled(fake, ids, 'a session lost under load and kill -9 three times while it is read back')
    tap.is_(fake.hard(), {}, 'no malformed request')
tap.done()

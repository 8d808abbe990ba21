#!/usr/bin/env python3
"""Staff are alerted when a message got a safety text, until one of them answers; an edit that makes a
message urgent gets the safety text. Once each, whenever the bot is killed."""
import glob
import os
import re
import sys
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import Fake, Bot, Tap, GUILD_ID, shipped, wait_until

STAFF = '700'
SECOND = '701'
EMERGENCY = 'my lips are swelling up and my throat is tight'
SAME_DAY = 'pus is coming out of one of the injection spots'
ORDINARY = 'can i wash my hair'
CANARY = 'zebrafinch'
NOTE = 'not medical advice'
SAFE, TOLD = 'may be an emergency', 'have been told of your message'
TAKEN, AGAIN = 'It is yours now', 'Nobody is on this yet'

tap = Tap()
intents = shipped.few()  # the bot is started often here


def start(fake, again=300, more='', **options):
    fake.channel(STAFF, 'staff')
    bot = Bot(fake, discord='staff_channel = "%s"\n  alert_again_seconds = %d\n  %s' %
              (STAFF, again, more), intents=intents, **options)
    fake.wait_live(30)
    return bot


def link(id, channel='100', guild=GUILD_ID):
    return 'https://discord.com/channels/%s/%s/%s' % (guild, channel, id)


def alerts(fake, id):
    """What was shown to staff about a message, oldest first."""
    return [m for m in fake.report()['created'] if m['channel'] == STAFF and id in m['content']]


def wait_alerts(fake, id, n=1, seconds=30):
    wait_until(lambda: len(alerts(fake, id)) >= n, seconds, '%d alerts' % n, 0.05)
    return alerts(fake, id)


def wait_told(fake, id):
    return fake.wait_replies([id], seconds=30, each=2)


def texts(fake, id):
    """Which replies the patient got."""
    return [TOLD if TOLD in t else SAFE if SAFE in t else t for t in fake.contents(id)]


def reply(fake, alert, text='on it', **more):
    return fake.ask(text, channel=STAFF, author='nurse', reply_to=alert['id'], ping=True, **more)


def settle(fake):
    """What the bot has sent so far it now also knows to be sent."""
    fake.wait_replies([fake.ask(ORDINARY, author='settle')], 30)


# --- a good day ---

with Fake(identify_window_ms=100) as fake, start(fake) as bot:
    id = fake.ask(EMERGENCY + ', says the ' + CANARY)
    wait_told(fake, id)
    shown = alerts(fake, id)
    tap.is_(len(shown), 1, 'an emergency alerts staff once')
    text = shown[0]['content']
    tap.ok('emergency' in text and link(id) in text and re.search(r'<t:\d{10}:f>', text),
           'with level, link and time', text)
    tap.ok(CANARY not in text and 'lips' not in text, "without the patient's words", text)
    tap.is_(shown[0]['reference'], None, 'as no reply to anything')
    tap.is_(texts(fake, id), [SAFE, TOLD], 'the patient gets the safety text, then is told')
    tap.ok(all(NOTE in t and '112' in t for t in fake.contents(id)), 'both with the note',
           fake.contents(id))
    order = [m['id'] for m in fake.report()['created']]
    tap.ok(order.index(shown[0]['id']) < order.index(fake.replies([id])[id][1]),
           'told only behind the alert', order)

    id = fake.ask(SAME_DAY, dm='ada')
    wait_told(fake, id)
    channel = [m['channel'] for m in fake.report()['created'] if m['reference'] == id][0]
    shown = alerts(fake, id)
    tap.ok(len(shown) == 1 and 'urgent' in shown[0]['content'] and
           link(id, channel, '@me') in shown[0]['content'], 'a direct message has its link', shown)
    ids = [fake.ask(q, author='p%d' % n) for n, q in enumerate([ORDINARY, 'what does it cost'])]
    fake.wait_replies(ids, 30)
    tap.is_([alerts(fake, i) for i in ids], [[], []], 'other messages alert nobody')

    fake.wait_replies([fake.ask(ORDINARY, channel='101', author='cy', mention=True)], 30)
    ids = [fake.ask(q, channel='101', author=a) for q, a in
           ((ORDINARY, 'cy'), (EMERGENCY, 'di'), (EMERGENCY, 'cy'))]
    wait_told(fake, ids[2])
    tap.is_([len(r) for r in fake.replies(ids).values()], [0, 0, 2],
            'who spoke to the bot is heard there without a mention, when it is urgent')

    nurse = reply(fake, shown[0])
    fake.wait_replies([nurse], 30)
    tap.ok(TAKEN in fake.contents(nurse)[0] and NOTE not in fake.contents(nurse)[0],
           'a reply takes the alert, and that is said', fake.contents(nurse))
    quiet = [reply(fake, shown[0], 'my lips are swelling up, she says'), reply(fake, shown[0])]
    fake.edit(quiet[1], 'she cannot breathe')
    id = fake.ask('<@1100000000000000001> ' + ORDINARY, channel=STAFF, author='nurse', mention=True)
    fake.wait_replies([id], 30)
    tap.is_(fake.replies(quiet), {i: [] for i in quiet},
            'what staff write under an alert is no question, a mention is')
    tap.is_(fake.hard(), {}, 'no malformed request')
    tap.is_(fake.soft(), {}, 'nothing missing that our bot has to send')

# --- nobody comes ---

with Fake(identify_window_ms=100) as fake, start(fake, again=1) as bot:
    alone = fake.ask(EMERGENCY)
    shown = wait_alerts(fake, alone, 4)
    bot.wait_log('it is not shown again')
    heads = [re.search(r'\(alert (\d) of 4\)', m['content']) for m in shown]
    tap.is_([h and h[1] for h in heads], [None, '2', '3', '4'],
            'unclaimed: shown again, four times in all, then the log says so')
    gaps = [b['at_ms'] - a['at_ms'] for a, b in zip(shown, shown[1:])]
    tap.ok(all(950 <= g < 10000 for g in gaps), 'each after the time that is set', gaps)
    tap.is_(texts(fake, alone), [SAFE, TOLD], 'the patient is told once')

    taken = fake.ask(EMERGENCY, author='bea')
    shown = wait_alerts(fake, taken, 2)
    fake.wait_replies([reply(fake, shown[0])], 30)
    time.sleep(2.5)
    tap.is_(len(alerts(fake, taken)), 2, 'claimed by a reply to the first showing: not again')
    tap.is_(len(alerts(fake, alone)), 4, 'nor the other one any more')

# --- nobody comes, and there is a second channel ---

with Fake(identify_window_ms=100) as fake:
    fake.channel(SECOND, 'ward')
    with start(fake, again=1, more='staff_channel_second = "%s"' % SECOND) as bot:
        def second(id):
            return [m for m in fake.report()['created']
                    if m['channel'] == SECOND and id in m['content']]

        id = fake.ask(EMERGENCY + ', says the ' + CANARY)
        wait_alerts(fake, id, 2)
        wait_until(lambda: second(id), 30, 'the second channel', 0.05)
        first, again = alerts(fake, id)[:2]
        text = second(id)[0]['content']
        tap.ok(second(id)[0]['at_ms'] - first['at_ms'] >= 950 and link(id) in text and
               'emergency' in text and CANARY not in text,
               'what nobody took is also shown in the second channel, and not before', text)
        fake.rest_fault(hang_ms=3000, path='/channels/%s/' % SECOND)
        fake.wait_hanging(30)
        bot.kill9()
        nurse = fake.ask('on it', channel=SECOND, author='nurse', reply_to=second(id)[0]['id'],
                         ping=True)
        bot.start()
        fake.wait_replies([nurse], 30)
        count = len(alerts(fake, id)), len(second(id))
        time.sleep(2.5)
        tap.ok(TAKEN in fake.contents(nurse)[0] and
               (len(alerts(fake, id)), len(second(id))) == count,
               'taken there while the bot was away: shown again in neither', count)
        tap.is_(texts(fake, id), [SAFE, TOLD], 'the patient is told once')
        tap.is_(len({m['content'] for m in alerts(fake, id)}), len(alerts(fake, id)),
                'no showing doubled')
        tap.is_(fake.hard(), {}, 'no malformed request')

# --- the staff channel is closed to the bot ---

with Fake(identify_window_ms=100) as fake, start(fake, again=1) as bot:
    fake.rest_fault(path='/channels/%s/' % STAFF, status=403, code=50001)
    id = fake.ask(EMERGENCY)
    bot.wait_log('an alert to staff was refused')
    tap.is_(texts(fake, id), [SAFE], 'an alert that was refused: the patient is not told')
    wait_told(fake, id)
    tap.ok(len(alerts(fake, id)) == 1 and AGAIN in alerts(fake, id)[0]['content'],
           'it is tried again, and then the patient is', alerts(fake, id))

# --- kill -9 ---

with Fake(identify_window_ms=100) as fake, start(fake) as bot:
    def killed(path, name, method='POST', skip=0):
        """Killed while a request hangs that was carried out: its outcome is not known to anybody."""
        fake.rest_fault(hang_ms=3000, path=path, method=method, skip=skip)
        id = fake.ask(EMERGENCY, author=name)
        fake.wait_hanging(30)
        bot.kill9()
        bot.start()
        wait_told(fake, id)
        time.sleep(0.7)
        tap.is_((len(alerts(fake, id)), texts(fake, id)), (1, [SAFE, TOLD]), 'killed ' + name)

    killed('/channels/100/', 'while the safety text is sent')
    killed('/channels/%s/' % STAFF, 'while the alert is sent')
    killed('/channels/100/', 'while the patient is told', skip=1)
    fake.settings(nonce_window_ms=1)
    fake.rest_fault(hang_ms=3000, path='/channels/%s/' % STAFF)
    id = fake.ask(EMERGENCY, author='old', offset_ms=-200000)
    fake.wait_hanging(30)
    bot.kill9()
    bot.start()
    wait_told(fake, id)
    time.sleep(0.7)
    tap.is_((len(alerts(fake, id)), texts(fake, id)), (1, [SAFE, TOLD]),
            'killed, and back when Discord has forgotten the nonce')
    tap.is_(fake.hard(), {}, 'no malformed request')

with Fake(identify_window_ms=100) as fake, start(fake, again=2) as bot:
    waits = fake.ask(EMERGENCY)
    claimed = fake.ask(EMERGENCY, author='bea')
    wait_told(fake, waits)
    wait_told(fake, claimed)
    fake.wait_replies([reply(fake, alerts(fake, claimed)[0])], 30)
    settle(fake)
    bot.kill9()
    time.sleep(2.2)
    fake.rest_fault(hang_ms=3000, path='/channels/%s/' % STAFF)
    bot.start()
    wait_alerts(fake, waits, 2)
    tap.ok(True, 'an alert goes on after a kill where it stood')
    fake.wait_hanging(30)
    bot.kill9()
    bot.start()
    shown = wait_alerts(fake, waits, 3)
    tap.is_([re.findall(r'alert (\d)', m['content']) for m in shown], [[], ['2'], ['3']],
            'killed while it is shown again: each showing once')
    tap.is_(len(alerts(fake, claimed)), 1, 'one that was taken is not shown again')
    bot.kill9()
    nurse = reply(fake, shown[2])
    bot.start()
    fake.wait_replies([nurse], 30)
    time.sleep(2.6)
    tap.is_(len(alerts(fake, waits)), 3, 'taken while the bot was away: not shown again')
    tap.is_([texts(fake, i) for i in (waits, claimed)], [[SAFE, TOLD]] * 2, 'each told once')
    tap.is_(fake.hard(), {}, 'no malformed request')

# --- with the patient's words ---

with Fake(identify_window_ms=100) as fake, start(fake, more='alert_with_text = true') as bot:
    id = fake.ask(EMERGENCY + '\nsays the ' + CANARY)
    wait_told(fake, id)
    text = alerts(fake, id)[0]['content']
    tap.ok('\n> says the ' + CANARY in text, 'the words stand in the alert when that is set', text)
    fake.rest_fault(hang_ms=3000, path='/channels/%s/' % STAFF, reset=True)
    fake.rest_fault(hang_ms=3000, path='/channels/%s/' % STAFF, status=503)
    id = fake.ask(EMERGENCY + ' says the ' + CANARY, author='bea')
    fake.wait_hanging(30)
    bot.kill9()
    fake.clear_faults()
    bot.start()
    wait_told(fake, id)
    shown = [m['content'] for m in alerts(fake, id)]
    tap.ok(len(shown) == 1 and CANARY not in shown[0] and 'were lost' in shown[0],
           'after a kill they are gone, which is said', shown)
    fake.settings(nonce_window_ms=1)
    fake.rest_fault(hang_ms=3000, path='/channels/%s/' % STAFF)
    id = fake.ask(EMERGENCY + ' says the ' + CANARY, author='old', offset_ms=-200000)
    fake.wait_hanging(30)
    bot.kill9()
    bot.start()
    wait_told(fake, id)
    time.sleep(0.7)
    tap.is_(len(alerts(fake, id)), 1, 'an alert that went out with them is known without them')
    bot.term()
    bot.wait()
    hits = [path for path in glob.glob(bot.dir + '/*')
            if CANARY in open(path, 'rb').read().decode('latin1')]
    tap.is_(hits, [], 'they are in no file')

# --- edits ---

with Fake(identify_window_ms=100) as fake, start(fake) as bot:
    id = fake.ask(ORDINARY)
    fake.wait_replies([id], 30)
    fake.edit(id, unfurl=True)
    fake.edit(id, 'can i wash my hair today')
    fake.edit(id, 'is the sauna ok')
    fake.edit(id, SAME_DAY)
    fake.wait_replies([id], 30, each=3)
    fake.edit(id, SAME_DAY)
    fake.edit(id, unfurl=True)
    fake.edit(id, SAME_DAY + ' and it smells')
    fake.edit(id, ORDINARY)
    fake.edit(id, SAME_DAY)
    other = fake.ask(EMERGENCY, author='bea')
    wait_told(fake, other)
    got = texts(fake, id)
    tap.ok(len(got) == 3 and TOLD == got[2] and '+49 30 1234' in got[1],
           'an edit that makes a message urgent gets the safety text once, any other nothing', got)
    tap.is_(len(alerts(fake, id)), 1, 'and staff one alert')
    fake.edit(id, EMERGENCY)
    fake.wait_replies([id], 30, each=5)
    tap.is_(texts(fake, id)[3:], [SAFE, TOLD], 'one that makes it more urgent gets that text')
    tap.is_(len(alerts(fake, id)), 2, 'and staff another alert')
    fake.edit(other, EMERGENCY + ' please')
    fake.edit(other, SAME_DAY)

    ids = [fake.ask('hello', author_bot=True), fake.ask('hello', webhook=True),
           fake.ask('hello', channel='101')]
    for i in ids:
        fake.edit(i, EMERGENCY)
    fake.edit(fake.replies([id])[id][0], EMERGENCY)
    dm = fake.ask(ORDINARY, dm='ada')
    fake.wait_replies([dm], 30)
    fake.edit(dm, EMERGENCY)
    fake.wait_replies([dm], 30, each=3)
    tap.is_(texts(fake, dm)[1:], [SAFE, TOLD], 'in a direct message too')
    tap.is_(fake.replies(ids + [other]),
            dict({i: [] for i in ids}, **{other: fake.replies([other])[other][:2]}),
            'not those of bots, webhooks, other channels, nor a change that tells nothing new')

    for n, (path, skip, name) in enumerate([('/channels/100/', 0, 'safety text'),
                                            ('/channels/%s/' % STAFF, 0, 'alert'),
                                            ('/channels/100/', 1, 'word that staff know')]):
        id = fake.ask(ORDINARY, author='c%d' % n)
        fake.wait_replies([id], 30)
        fake.rest_fault(hang_ms=3000, path=path, skip=skip)
        fake.edit(id, EMERGENCY)
        fake.wait_hanging(30)
        bot.kill9()
        bot.start()
        fake.wait_replies([id], 30, each=3)
        time.sleep(0.7)
        tap.is_((len(alerts(fake, id)), texts(fake, id)[1:]), (1, [SAFE, TOLD]),
                'an edit, killed while the %s is sent: once each' % name)
    bot.kill9()
    fake.edit(ids[0], EMERGENCY)
    id = fake.ask(ORDINARY, author='away')
    fake.edit(id, EMERGENCY)
    bot.start()
    fake.wait_replies([id], 30, each=3)
    time.sleep(0.5)
    got = texts(fake, id)
    tap.ok(sorted(got[1:]) == sorted([SAFE, TOLD]) or got.count(SAFE) == 1,
           'written and edited while the bot was away: one safety text', got)
    tap.is_(fake.hard(), {}, 'no malformed request')

# --- a channel in which the bot may not write ---

with Fake(identify_window_ms=100) as fake, start(fake) as bot:
    fake.rest_fault(path='/channels/100/messages', status=403, code=50013, times=2)
    for i in range(2):
        fake.ask(ORDINARY, author='mute%d' % i)
    shown = lambda: [m['content'] for m in fake.report()['created'] if m['channel'] == STAFF]
    wait_until(shown, 30, 'the word to staff')
    time.sleep(0.7)
    tap.is_(len(shown()), 1, 'staff are told of a channel in which the bot may not write, once')
    tap.ok('may not write' in shown()[0] and '<#100>' in shown()[0] and 'hair' not in shown()[0],
           'which one, and no word of a patient', shown())
    id = fake.ask(ORDINARY, author='again')
    fake.wait_replies([id], 30)
    tap.is_(fake.hard(), {}, 'no malformed request')

# --- no room for staff ---

with Fake(identify_window_ms=100) as fake, Bot(fake, intents=intents) as bot:
    fake.wait_live(30)
    id = fake.ask(EMERGENCY)
    fake.wait_replies([id], 30)
    time.sleep(1)
    tap.is_(texts(fake, id), [SAFE], 'without a staff channel nothing is said of staff')
    tap.ok(TOLD not in str(fake.report()['created']), 'anywhere')

tap.done()

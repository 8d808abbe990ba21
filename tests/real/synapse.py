#!/usr/bin/env python3
"""The real binary on a real Synapse: `make real-matrix HOMESERVER=http://127.0.0.1:8008 SECRET_FILE=FILE`,
README.md beside this file. It makes accounts of its own, which stay; the limits are to be Synapse's own."""
import argparse
import json
import os
import subprocess
import sys
import time
from urllib.parse import quote

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from homeserver import CLIENT, Account, Homeserver, Refused  # noqa: E402
from world import PROGRAM, Process, Tap, World, wait_until  # noqa: E402
from proxy import Proxy, Registration  # noqa: E402

QUESTIONS = ['can i go to the sauna', 'is alcohol ok', 'can i wash my hair', 'may i lie in the sun',
             'when can i have a massage']

CALM = 1.5  # load: Synapse, the bot and this test make up to 1

tap = Tap()


def once(w, bot, asked, name, seconds=30):
    return tap.is_(w.wrong(asked, bot, seconds), {}, name)


# --- signing in ---

def sign_in(w, bot, p):
    """By password: one device, kept beside the state, used again."""
    p.start()
    tap.ok(True, 'it signs in by password')
    kept = p.state + '.session'
    tap.is_(os.stat(kept).st_mode & 0o777, 0o600, 'the session is kept where only its user reads it')
    take_session(w, bot, p)
    device = w.devices(bot)
    tap.is_(len(device), 1, 'which made one device')
    tap.is_(p.stop(), 0, 'SIGTERM ends it with status 0')
    tap.is_(bot.call('GET', CLIENT + '/account/whoami')['device_id'], device[0],
            'and does not sign it out')
    p.start()
    tap.is_(w.devices(bot), device, 'started again it is the same device')
    p.stop()
    os.unlink(kept)
    p.start()
    take_session(w, bot, p)
    tap.is_(w.devices(bot), device, 'and by password, when the kept session is gone, too')
    return device


def take_session(w, bot, p):
    """From here on the test may ask as the bot."""
    with open(p.state + '.session') as kept:
        bot.token = json.load(kept)['token']
    w.secrets.append(bot.token)


def sign_in_by_token(w):
    bot = w.server.register('clinicbot')
    w.secrets.append(bot.token)
    with Process(w.server, bot, 'token_file', bot.token) as p:
        p.start()
        tap.is_(w.devices(bot), [bot.device], 'a token in a file makes no device')
        room = w.room(w.dan, bot=bot, direct=True)
        once(w, bot, {room: [w.dan.say(room, QUESTIONS[0])]}, 'and answers')


# --- rooms of two ---

def reply_form(w, bot):
    """What is asked before the joining, and what the reply looks like."""
    w.lift(bot)
    room = w.room(w.ann, bot=bot, direct=True)
    id = w.ann.say(room, QUESTIONS[0])
    found = w.replies({room: [id]}, bot)[id]
    if not tap.is_(len(found), 1, 'invited, it joins, and answers once what was asked before'):
        return room
    content = found[0]['content']
    tap.is_(content['msgtype'], 'm.text', 'in a room of two as m.text')
    tap.ok('sauna' in content['body'].lower() and '112' in content['body'] and
           '**' not in content['body'], 'plain text, with the note', content)
    tap.ok(content.get('format') == 'org.matrix.custom.html' and
           '<strong>' in content['formatted_body'], 'and HTML', content)
    tap.is_(content['m.mentions'], {'user_ids': [w.ann.user]}, 'whoever asked is mentioned')
    tap.is_(content['m.relates_to'], {'m.in_reply_to': {'event_id': id}}, 'as a reply')
    second = w.ann.say(room, QUESTIONS[1])
    once(w, bot, {room: [second]}, 'in a room of two everything is for it')
    w.ann.wait(lambda: bot.user in w.ann.receipts.get(second, ()), 10, 'the receipt')
    tap.ok(True, 'whoever asked is shown that it was read')
    return room


def thread(w, bot, room):
    root = w.ann.say(room, 'hello')
    w.replies({room: [root]}, bot)
    id = w.ann.say(room, QUESTIONS[2], thread=root)
    found = w.replies({room: [id]}, bot)[id]
    relation = found[0]['content']['m.relates_to'] if found else {}
    tap.is_((len(found), relation.get('rel_type'), relation.get('event_id')),
            (1, 'm.thread', root), 'a question in a thread is answered there')


def changes(w, bot, room):
    """Edits and redactions."""
    id = w.ann.say(room, QUESTIONS[0])
    first = w.replies({room: [id]}, bot)[id]
    w.ann.edit(room, id, QUESTIONS[1])

    def newer():
        return [e for e in w.ann.said(bot, room) if first and e['content'].get('m.relates_to', {})
                == {'rel_type': 'm.replace', 'event_id': first[0]['event_id']}]
    try:
        w.ann.wait(newer, 15, 'the change')
    except TimeoutError as error:
        tap.ok(False, 'an edited question', error)
        return
    tap.ok('alcohol' in newer()[0]['content']['m.new_content']['body'].lower(),
           'when a question is edited, its reply becomes the answer to that', newer())
    once(w, bot, {room: [id]}, 'and there is no second one')
    w.ann.redact(room, id)

    def removed():
        return [e for e in w.ann.history(room) if first and e['event_id'] == first[0]['event_id']
                and not e['content']]
    end = time.monotonic() + 15
    while not removed() and time.monotonic() < end:
        time.sleep(0.3)
    tap.ok(removed(), 'when a question is redacted, its reply is, too')


# --- other rooms ---

def group(w, bot):
    room = w.room(w.ben, w.ann, w.cem, bot=bot)
    w.ben.wait(lambda: bot.user in w.ben.members(room), 15, 'the joining')
    aside = w.ben.say(room, QUESTIONS[0])
    asked = w.cem.say(room, 'Clinic Bot: ' + QUESTIONS[1], mentions=[bot])
    found = w.replies({room: [asked]}, bot)[asked]
    tap.is_([e['content']['msgtype'] for e in found], ['m.notice'],
            'in a larger room whoever mentions it is answered, by m.notice')
    tap.is_(w.replies({room: [aside]}, bot, 0)[aside], [], 'and nobody else')
    return room


def encrypted(w, bot):
    """Nothing of it can be read, and nothing may be answered."""
    room = w.room(w.dan, bot=bot, direct=True, encrypted=True)
    w.dan.say(room, QUESTIONS[0])
    try:
        w.dan.wait(lambda: w.dan.said(bot, room), 15, 'the word about encryption')
    except TimeoutError as error:
        tap.ok(False, 'an encrypted room', error)
    w.dan.say(room, QUESTIONS[1], mentions=[bot])
    w.dan.send(room, {'algorithm': 'm.megolm.v1.aes-sha2', 'ciphertext': 'AwgA', 'sender_key': 'x',
                      'device_id': 'D', 'session_id': 'S'}, 'm.room.encrypted')
    time.sleep(3)
    said = [e['content'] for e in w.dan.history(room) if e['sender'] == bot.user and
            e['type'] != 'm.room.member']
    tap.ok(len(said) == 1 and 'cannot read' in said[0]['body'] and
           'm.relates_to' not in said[0],
           'in an encrypted room it says once that it cannot read, and answers nothing', said)
    w.dan.leave(room)
    end = time.monotonic() + 15
    while room in joined_rooms(bot) and time.monotonic() < end:
        time.sleep(0.3)
    tap.ok(room not in joined_rooms(bot), 'it leaves a room in which nobody else is')
    del w.owner[room]
    w.gone.add(room)


def joined_rooms(bot):
    return bot.call('GET', CLIENT + '/joined_rooms')['joined_rooms']


def unwanted(w, bot):
    room = w.stranger.create(invite=[bot], direct=True)

    def gone():
        path = '%s/rooms/%s/state/m.room.member/%s' % (CLIENT, quote(room), quote(bot.user))
        return w.stranger.call('GET', path)['membership'] == 'leave'
    w.stranger.wait(gone, 15, 'the declining')
    tap.ok(True, 'an invitation by a stranger is declined')


# --- what goes wrong ---

def ask_all(w, rooms, n, start=0):
    """`n` questions, over the rooms in turn; {room: [questions]}."""
    asked = {room: [] for room in rooms}
    for i in range(start, start + n):
        room = rooms[i % len(rooms)]
        asked[room].append(w.owner[room].say(room, QUESTIONS[i % len(QUESTIONS)]))
    return asked


def merged(*several):
    return {room: [id for asked in several for id in asked.get(room, [])]
            for asked in several for room in asked}


def away(w, bot, p, rooms):
    """Sixty questions while it is away, and in one room so much else that a poll does not hold it."""
    p.stop()
    asked = ask_all(w, rooms, 60)
    for n in range(70):
        w.owner[rooms[0]].say(rooms[0], 'notice %d' % n, msgtype='m.notice')
    withdrawn = w.owner[rooms[0]].say(rooms[0], QUESTIONS[0])
    w.owner[rooms[0]].redact(rooms[0], withdrawn)
    asked = merged(asked, ask_all(w, rooms[:1], 1))
    p.start()
    once(w, bot, asked, '61 questions in %d rooms while it was away: each answered once'
         % len(rooms), 60)
    tap.is_(w.replies({rooms[0]: [withdrawn]}, bot, 0)[withdrawn], [],
            'but for one that was redacted')


def waiting(w, bot, p, room):
    """Replies to one room go one behind the other, and the last ones wait."""
    p.stop()
    asked = ask_all(w, [room], 50)
    p.start()
    once(w, bot, asked, '50 questions in one room while it was away: each answered once', 60)
    tap.ok((room, bot.user) in w.owner[room].typing, 'whoever waits is shown that it writes')


def killed(w, bot, p, rooms):
    for ms in (20, 60, 150):
        asked = ask_all(w, rooms, 15)
        time.sleep(ms / 1000)
        p.kill9()
        asked = merged(asked, ask_all(w, rooms, 5))
        p.start()
        once(w, bot, asked, 'kill -9 while it answers 20 questions: each answered once', 60)


def limited(w, bot, rooms):
    """By the limits that Synapse has when nobody changes them."""
    w.limit(bot)
    began = time.monotonic()
    asked = ask_all(w, rooms, 18)
    once(w, bot, asked, "18 questions under the server's limits: each answered once", 180)
    took = time.monotonic() - began
    tap.note('under the limits 18 replies took %.0f s' % took)
    tap.ok(took > 10, 'and they were met')
    w.lift(bot)
    began = time.monotonic()
    once(w, bot, ask_all(w, rooms, 30), '30 questions when the limit is lifted', 60)
    took = time.monotonic() - began
    tap.ok(took < 30, 'take %.0f s' % took)


def server_killed(w, bot, rooms, command):
    """`command` kills the homeserver and starts it again."""
    asked = ask_all(w, rooms, 10)
    subprocess.run(command, shell=True, check=True)
    wait_until(w.server.is_up, 120, 'the homeserver', 0.2)
    asked = merged(asked, ask_all(w, rooms, 10))
    once(w, bot, asked, 'the homeserver killed and started again: 20 questions answered once', 180)


# --- rooms that end ---

def upgraded(w, bot):
    """A room that anybody may join, and one into which its people invite the bot again."""
    old = w.room(w.ann, w.ben, bot=bot, public=True, version='10')
    w.ann.wait(lambda: bot.user in w.ann.members(old), 15, 'the joining')
    new = w.ann.upgrade(old, '11')
    w.owner[new] = w.ann
    w.ben.join(new)
    asked = w.ann.say(new, QUESTIONS[1], mentions=[bot])
    once(w, bot, {new: [asked]}, 'it follows a room that was upgraded, and answers there')
    old = w.room(w.cem, bot=bot, direct=True, version='10')
    once(w, bot, {old: [w.cem.say(old, QUESTIONS[0])]}, 'in another room')
    new = w.cem.upgrade(old, '11')
    w.owner[new] = w.cem
    time.sleep(2)
    if bot.user not in w.cem.members(new):
        w.cem.invite(new, bot)
    asked = w.cem.say(new, QUESTIONS[2])
    once(w, bot, {new: [asked]}, 'that is upgraded, and that it must be invited to: answers, too')


def kicked(w, bot, p):
    room = w.room(w.dan, w.ben, bot=bot)
    w.dan.wait(lambda: bot.user in w.dan.members(room), 15, 'the joining')
    w.dan.kick(room, bot)
    time.sleep(2)
    p.stop()
    p.start()
    tap.ok(room not in joined_rooms(bot), 'kicked from a room it stays away')
    w.dan.invite(room, bot)
    id = w.dan.say(room, QUESTIONS[3], mentions=[bot])
    once(w, bot, {room: [id]}, 'and comes when it is invited again')


# --- what it leaves behind ---

def traces(w, bot, p, device):
    """Nothing on the server but one device without keys, and a filter."""
    tap.is_(w.devices(bot), device, 'after all this the account has that one device')
    keys = w.ann.call('POST', CLIENT + '/keys/query', {'device_keys': {bot.user: []}})
    tap.is_((keys['device_keys'].get(bot.user, {}), keys.get('master_keys', {}).get(bot.user)),
            ({}, None), 'no keys of it: Element on the web begins rooms with it that it can read')
    claim = w.ann.call('POST', CLIENT + '/keys/claim', {
        'one_time_keys': {bot.user: {device[0]: 'signed_curve25519'}}})
    tap.is_(claim['one_time_keys'], {}, 'no one-time keys')
    tap.is_(bot.call('GET', CLIENT + '/pushers')['pushers'], [], 'no pushers')
    sync = bot.call('GET', CLIENT + '/sync?timeout=0&set_presence=offline')
    account = {e['type']: e['content'] for e in sync.get('account_data', {}).get('events', [])}
    tap.is_(set(account) - {'m.push_rules', 'm.direct'}, set(),
            'no account data but which rooms are direct')
    direct = {room for rooms in account.get('m.direct', {}).values() for room in rooms}
    tap.ok(direct and direct <= set(w.owner) | w.gone, 'and these are', direct)
    per_room = {e['type'] for room in sync['rooms']['join'].values()
                for e in room.get('account_data', {}).get('events', [])}
    tap.is_(per_room - {'m.fully_read'}, set(), 'nor of a room')
    filters = 0
    while filters < 10 and w.server.exchange('GET', '%s/user/%s/filter/%d' % (
            CLIENT, quote(bot.user), filters), token=bot.token)[0] == 200:
        filters += 1
    tap.is_(filters, 1, 'one filter, however often it was started')
    presence = w.ann.call('GET', '%s/presence/%s/status' % (CLIENT, quote(bot.user)))
    tap.is_(presence['presence'], 'offline', 'it is not shown as being there')
    known = {room for room in w.owner if bot.user in w.owner[room].members(room)}
    tap.is_(set(joined_rooms(bot)), known, 'it is in the rooms that it was brought into')
    log = p.log()
    tap.is_([s for s in w.secrets if s in log], [], 'no secret is in its log')


def looked_over(p, name):
    run = subprocess.run([PROGRAM, 'check', '--online', '-c', p.conf], capture_output=True,
                         text=True, timeout=60)
    bad = [line for line in run.stdout.splitlines() if line.startswith('mend')]
    tap.ok(run.returncode == 0 and not bad, name, run.stdout, run.stderr)


# --- as an appservice ---

def appservice(w, path):
    """By the registration in `path`, which the homeserver knows, and a proxy of this test."""
    registration = Registration(path)
    bot = Account('@%s:%s' % (registration.localpart, w.ann.domain), registration.as_token)
    w.secrets += [registration.as_token, registration.hs_token]
    with Proxy(w.server, registration) as proxy, Process(
            w.server, bot, 'as_token_file', bot.token, 'transport = "appservice" wsproxy = "ws%s"'
            % proxy.url[4:], proxy.url) as p:
        p.start()
        tap.ok(True, 'as an appservice: the registration is accepted')
        looked_over(p, 'check --online finds nothing to mend')
        rooms = [w.room(person, bot=bot, direct=True) for person in w.people]
        once(w, bot, ask_all(w, rooms, len(rooms)), 'invited by them it answers each question once')
        group = w.room(w.ben, w.ann, w.cem, bot=bot)
        w.ben.wait(lambda: bot.user in w.ben.members(group), 15, 'the joining')
        asked = w.cem.say(group, QUESTIONS[1], mentions=[bot])
        once(w, bot, {group: [asked]}, 'and in a larger room')
        tap.ok(asked in proxy.pushed, 'it came over the websocket')
        began = time.monotonic()
        once(w, bot, ask_all(w, rooms, 30), '30 questions: no limit is met')
        tap.ok(time.monotonic() - began < 30, 'rate_limited: false is heard')
        for _ in range(2):
            asked = ask_all(w, rooms, 10)
            time.sleep(0.05)
            p.kill9()
            asked = merged(asked, ask_all(w, rooms, 10))
            p.start()
            once(w, bot, asked, 'kill -9: 20 questions, those of while it was away too, once', 60)
        p.stop()
        asked = ask_all(w, rooms, 20)
        p.start()
        once(w, bot, asked, 'stopped: 20 questions answered once', 60)
        paths = {path for _, path in proxy.asked}
        tap.ok(any(path.endswith('/messages') for path in paths), 'the rooms were read')
        tap.is_([path for path in paths if path.endswith(('/sync', '/logout', '/login', '/filter'))
                 or '/keys/upload' in path], [], 'it asks for no /sync, signs in nowhere')
        tap.is_(w.devices(bot), [], 'and has no device')
        log = p.log()
        tap.is_([s for s in w.secrets if s in log], [], 'no secret is in its log')
        if tap.failed:
            tap.note(log[-3000:])


# --- how long it takes ---

def part_of(sorted_ms, part):
    return sorted_ms[min(len(sorted_ms) - 1, int(part * len(sorted_ms)))]


def latency(w, bot, rooms, n):
    """From when the server took the question to when the patient is shown the reply, and by the clock
    of the server from one event to the other. People take turns: whoever answers every reply at once is
    taken for a program."""
    shown, between = [], []
    for i in range(n):
        room = rooms[i % len(rooms)]
        person = w.owner[room]
        id = person.say(room, QUESTIONS[i % len(QUESTIONS)])
        sent = time.monotonic()
        reply = person.wait(lambda: person.replies([id], bot)[id], 10, 'the reply')[0]
        question = person.wait(lambda: [e for e in person.events if e['event_id'] == id], 10,
                               'the question')[0]
        shown.append((reply['seen'] - sent) * 1000)
        between.append(reply['origin_server_ts'] - question['origin_server_ts'])
        time.sleep(0.4)
    shown.sort()
    between.sort()
    load = os.getloadavg()[0]
    tap.note('%d questions, load %.1f' % (n, load))
    tap.note('question taken to reply shown: p50 %.0f ms, p99 %.0f ms, most %.0f ms' % (
        part_of(shown, 0.5), part_of(shown, 0.99), shown[-1]))
    tap.note('event to event, server clock: p50 %d ms, p99 %d ms, most %d ms' % (
        part_of(between, 0.5), part_of(between, 0.99), between[-1]))
    name = '95 of 100 patients are shown the reply within 100 ms'
    if load > CALM:
        tap.ok(True, '%s # SKIP the load is %.1f: others work on this machine' % (name, load))
    else:
        tap.ok(part_of(shown, 0.95) <= 100, name)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('homeserver', help='http://127.0.0.1:8008')
    parser.add_argument('secret_file', help='holds registration_shared_secret')
    parser.add_argument('--restart', help='a command that kills the homeserver and starts it again')
    parser.add_argument('--appservice', help='a registration that the homeserver was given')
    parser.add_argument('--questions', type=int, default=100, help='to time')
    options = parser.parse_args()
    with open(options.secret_file) as secret:
        server = Homeserver(options.homeserver, secret.read().strip())
    tap.note('Synapse %s at %s' % (server.version(), server.url))
    w = World(server)
    bot = w.bot_account()
    with Process(server, bot, 'password_file', bot.password) as p:
        try:
            looked_over(p, 'check --online finds nothing to mend before the first start')
            device = sign_in(w, bot, p)
            sign_in_by_token(w)
            looked_over(p, 'nor behind it')
            direct = reply_form(w, bot)
            thread(w, bot, direct)
            changes(w, bot, direct)
            many = group(w, bot)
            unwanted(w, bot)
            encrypted(w, bot)
            rooms = [direct] + [w.room(person, bot=bot, direct=True) for person in w.people]
            once(w, bot, ask_all(w, rooms, len(rooms)), 'more people ask in rooms of their own')
            latency(w, bot, rooms[1:], options.questions)
            away(w, bot, p, rooms)
            waiting(w, bot, p, rooms[1])
            killed(w, bot, p, rooms)
            limited(w, bot, rooms)
            if options.restart:
                server_killed(w, bot, rooms, options.restart)
            upgraded(w, bot)
            kicked(w, bot, p)
            looked_over(p, 'check --online finds nothing to mend')
            traces(w, bot, p, device)
        except (TimeoutError, RuntimeError, Refused) as error:
            tap.ok(False, 'it went on to the end', error)
        if tap.failed:
            tap.note(p.log()[-4000:])
    if options.appservice:
        try:
            appservice(w, options.appservice)
        except (TimeoutError, RuntimeError, Refused) as error:
            tap.ok(False, 'it went on to the end', error)
    tap.done()


if __name__ == '__main__':
    main()

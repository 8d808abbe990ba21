#!/usr/bin/env python3
"""clinicbot check --online against both fakes: what is good, and each thing that can be wrong, one at a
time. Nothing may change on the other side, and no secret may be printed."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../fake'))
from fake import BOT_ID, GUILD_ID, ROOT, Bot, Fake, Tap
from matrix import BOT_USER, Homeserver
from wsproxy import Proxied
import shipped

tap = Tap()
INTENTS = tempfile.mkdtemp(prefix='clinicbot-intents-') + '/intents'
shipped.copy_fewest(INTENTS)
ROLE_ID = '1000000000000000012'
VIEW, SEND, EMBED, HISTORY, THREADS = 1 << 10, 1 << 11, 1 << 14, 1 << 16, 1 << 38
ALL = str(VIEW | SEND | HISTORY | THREADS)


def check_begin(conf, *more):
    program = os.environ.get('CLINICBOT', os.path.join(ROOT, 'build/san/clinicbot'))
    return subprocess.Popen([program, 'check', '--online', '-c', conf, *more], cwd=ROOT,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def check_end(process):
    """(status, {word: [lines]}, everything)"""
    out, err = process.communicate(timeout=60)
    lines = {word: [l[6:] for l in out.splitlines() if l.startswith(word + '  ')]
             for word in ('good', 'note', 'mend')}
    return process.returncode, lines, out + err


def has(lines, *parts):
    return any(all(p in line for p in parts) for line in lines)


def one_thing(name, result, *parts, word='mend', status=1):
    """Exactly one line to mend (or note, with nothing to mend), which holds the parts."""
    got, lines, text = result
    count = len(lines['mend']) == (word == 'mend')
    tap.ok(got == status and count and has(lines[word], *parts), name, got, text)


class Place:
    """A configuration in a folder of its own."""

    def __init__(self):
        self.bot = Bot(start=False, conf='')
        self.dir, self.conf, self.token = self.bot.dir, self.bot.conf, self.bot.token

    def write(self, *sections, intents=INTENTS, state='state.db'):
        with open(self.conf, 'w') as out:
            out.write('intents = "%s"\nstate = "%s/%s"\nclinic { name = "C" phone = "1" emergency = "112" '
                      'crisis_line = "116" }\n' % (intents, self.dir, state) + '\n'.join(sections))
        return self.conf

    def secret(self, name, text, mode=0o600):
        path = os.path.join(self.dir, name)
        if os.path.exists(path):
            os.unlink(path)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, mode), 'w') as out:
            out.write(text + '\n')
        return path


place = Place()


def discord(fake, channels=('100',), more='', token=Fake.TOKEN, api=None):
    return 'discord { token_file = "%s" api_url = "%s" channels = {%s} %s }' % (
        place.secret('token', token), api or fake.api, ', '.join('"%s"' % c for c in channels), more)


def on_discord(fake, *channels, begin=False, **more):
    process = check_begin(place.write(discord(fake, channels or ('100',), **more)))
    return process if begin else check_end(process)


def matrix(hs, more='', user=BOT_USER, invite='"*:fake"', url=None, secret=None):
    return ('matrix { homeserver = "%s" user = "%s" invite_from = {%s} %s %s }'
            % (url or hs.url, user, invite,
               secret or 'token_file = "%s"' % place.secret('matrix', Homeserver.TOKEN), more))


def on_matrix(hs, **more):
    return check_end(check_begin(place.write(matrix(hs, **more))))


# --- both, all good

with Fake() as fake, Homeserver() as hs:
    fake.channel('700', 'staff')
    fake.channel('701', 'second')
    rooms = [hs.room(['@ann:fake'], joined=True, direct=direct) for direct in (True, False)]
    hs.state(rooms[1], 'm.room.name', {'name': 'The clinic'})
    got, lines, text = check_end(check_begin(place.write(
        discord(fake, ('100', '101'), 'staff_channel = "700" staff_channel_second = "701"'),
        matrix(hs, 'staff_room = "%s"' % rooms[1]))))
    tap.is_((got, lines['mend']), (0, []), 'both platforms are good')
    for word, *parts in (
            ('good', 'discord: the token is accepted', BOT_ID),
            ('good', 'Message Content Intent is on'), ('note', 'turn Public Bot off'),
            ('good', '1000 of 1000 sessions'), ('good', 'the gateway', 'hello'),
            ('good', '1 server: Test Clinic'), ('good', 'channel #ask (100)'),
            ('good', 'channel #general (101)'), ('good', 'staff_channel #staff (700)'),
            ('good', 'staff_channel_second #second (701)'), ('good', 'requests are left'),
            ('good', "agrees with Discord's"), ('good', 'matrix: the homeserver answers'),
            ('good', 'the token is accepted', BOT_USER), ('good', 'its device is BOTDEV'),
            ('good', 'no device of the account encrypts'), ('good', 'room ' + rooms[0], 'may write'),
            ('good', 'staff_room %s (The clinic): not encrypted' % rooms[1]),
            ('good', 'invitations are accepted from *:fake'),
            ('note', 'override_ratelimit', hs.url, BOT_USER), ('good', "the homeserver's")):
        tap.ok(has(lines[word], *parts), '%s: %s' % (word, ', '.join(parts)), text)
    tap.ok(Fake.TOKEN not in text and Homeserver.TOKEN not in text, 'no token is printed', text)
    report = fake.report()
    tap.is_([[k for k in report['requests'] if not k.startswith('GET ')], report['created'],
             report['identifies'], report['violations'], len(report['connects'])],
            [[], [], [], {'hard': {}, 'soft': {}}, 1], 'Discord: only asked, by its rules, and no session begun')
    tap.is_([hs.violations(), hs.report()['counts'], hs.sent()], [{}, {}, []], 'Matrix: only asked')
    tap.ok(not os.path.exists(place.dir + '/state.db'), 'and no state was made')

# --- Discord: one thing wrong

with Fake() as fake:
    one_thing('a token that Discord refuses', on_discord(fake, token='not.the.token'),
              'does not accept the token', 'Reset Token', 'discord.token_file')
    tap.is_(sum(fake.report()['requests']['GET /users/@me'].values()), 1, 'after which nothing more is asked')
    fake.reset_report()
    one_thing('what is no token at all', on_discord(fake, token='0123456789abcdef0123456789abcdef'),
              'client secret')
    fake.reset_report()

    fake.settings(granted_content=0)
    one_thing('no message content', on_discord(fake), 'Message Content Intent is off', 'turn it on')
    got, lines, text = check_end(check_begin(place.write(discord(fake, ()))))
    tap.ok(got == 0 and has(lines['good'], 'Intent is off, and not needed'), 'which matters for channels only', text)
    fake.settings(granted_content=1, session_start_remaining=90)
    one_thing('few sessions left', on_discord(fake), '90 of 1000 sessions', 'this token', '4 hours')
    fake.settings(session_start_remaining=1000)

    fake.fault('refuse_upgrade', status=503)
    one_thing('no gateway', on_discord(fake), 'the gateway', 'HTTP 503', 'firewall', '127.0.0.1')
    fake.rights(no_server=True)
    got, lines, text = check_end(check_begin(place.write(discord(fake, ()))))
    tap.ok(got == 1 and has(lines['mend'], 'on no server', 'client_id=%s&scope=bot&permissions=274877975552' % BOT_ID),
           'on no server: the invitation', text)
    fake.rights(no_server=False)

    one_thing('a channel that is not there', on_discord(fake, '100', '999'), 'channel 999', 'knows no such channel')
    fake.rest_fault('GET', '/channels/101', status=403, code=50001)
    one_thing('a channel that is hidden', on_discord(fake, '101', '100'), 'channel 101', 'cannot see it', 'View Channel')

    # Rights.
    fake.rights(everyone=str(VIEW), own_role=str(EMBED))
    one_thing('rights that the roles do not give', on_discord(fake), 'channel #ask (100)',
              'Send Messages, Send Messages in Threads, Read Message History')
    fake.rights(everyone='0', own_role=ALL)
    one_thing('rights by the role alone', on_discord(fake), 'Public Bot', word='note', status=0)
    everyone = {'id': GUILD_ID, 'type': 0, 'allow': '0', 'deny': str(VIEW | SEND)}
    own = {'id': ROLE_ID, 'type': 0, 'allow': str(VIEW), 'deny': '0'}
    fake.rights(channel='100', overwrites=[own, everyone])
    one_thing('rights that the channel takes', on_discord(fake), '#ask', 'missing', 'role Send Messages there')
    fake.rights(channel='100', overwrites=[everyone])
    one_thing('a channel that only some see', on_discord(fake), 'View Channel, Send Messages')
    fake.rights(channel='100', overwrites=[
        everyone, own, {'id': BOT_ID, 'type': 1, 'allow': str(SEND), 'deny': '0'}])
    one_thing('rights that the channel gives', on_discord(fake), 'Public Bot', word='note', status=0)
    fake.rights(channel='100', overwrites=[{'id': BOT_ID, 'type': 1, 'allow': '0', 'deny': str(HISTORY)}])
    one_thing('rights that the channel takes from the bot alone', on_discord(fake), 'role Read Message History')
    fake.channel('800', 'a thread', 11, parent='100')
    one_thing('a thread has those of its channel', on_discord(fake, '800'), '#a thread (800)', 'Read Message History')
    fake.rights(channel='100', overwrites=[])
    fake.rights(channel='800', locked=True)
    one_thing('a thread that is locked', on_discord(fake, '800'), 'role Manage Threads there')
    fake.channel('801', 'forum', 15)
    fake.channel('802', 'category', 4)
    fake.rights(everyone='0', own_role=str(VIEW | HISTORY | THREADS))
    got, lines, text = on_discord(fake, '801')
    tap.ok(got == 0 and has(lines['good'], '#forum (801)'), 'a forum needs threads only', text)
    one_thing('a category does not', on_discord(fake, '802'), '#category', 'Send Messages')
    fake.rights(own_role=ALL)
    got, lines, text = on_discord(fake, '802')
    tap.ok(got == 0 and has(lines['good'], '#category', 'no permissions of their own'), 'what a category tells', text)
    fake.channel('803', 'directory', 14)
    one_thing('a channel in which nobody writes', on_discord(fake, '803'), '#directory', 'no channel of a server')
    fake.rights(own_role=str(8))
    one_thing('an administrator', on_discord(fake), 'is an administrator', 'Test Clinic', word='note', status=0)
    fake.rights(own_role=ALL, timed_out='2124-01-01T00:00:00.000000+00:00')
    one_thing('a time-out', on_discord(fake), 'time-out', 'end it')
    fake.rights(timed_out='2024-01-01T00:00:00.000000+00:00')
    one_thing('a time-out that is over', on_discord(fake), 'Public Bot', word='note', status=0)
    fake.channel('702', 'staff')
    fake.rights(channel='702', overwrites=[{'id': GUILD_ID, 'type': 0, 'allow': '0', 'deny': str(VIEW)}])
    one_thing("staff's channel", on_discord(fake, more='staff_channel = "702"'), 'staff_channel #staff (702)',
              'View Channel, Send Messages, Read Message History there')

    # Limits, clock, failures.
    fake.settings(bare_headers=1)
    got, lines, text = on_discord(fake)
    tap.ok(got == 1 and len(lines['mend']) == 1 and has(lines['mend'], 'X-RateLimit', 'proxy') and
           has(lines['note'], 'what time it is'), 'headers that are not passed on', text)
    fake.settings(bare_headers=0, date_off_ms=95000)
    one_thing('a clock that is behind', on_discord(fake), "clock is 9", "behind Discord's", 'set-ntp')
    fake.settings(date_off_ms=-95000)
    one_thing('a clock that is ahead', on_discord(fake), "seconds ahead of Discord's")
    fake.settings(date_off_ms=-20000)
    one_thing('twenty seconds', on_discord(fake), 'Public Bot', word='note', status=0)
    fake.settings(date_off_ms=0)
    fake.rest_fault('GET', '/channels/100', status=429, retry_after=0.4)
    one_thing('a short limit is waited for', on_discord(fake), 'Public Bot', word='note', status=0)
    fake.rest_fault('GET', '/applications/@me', status=429, retry_after=200)
    one_thing('a long one is told of', on_discord(fake), 'the application', 'wait 200 seconds')
    fake.rest_fault('GET', '/users/@me', status=429, retry_after=900, html=True)
    got, lines, text = on_discord(fake)
    tap.ok(got == 1 and len(lines['mend']) == 1 and has(lines['mend'], 'wait 900 seconds'), "Cloudflare's", text)

with Fake() as fake:
    fake.rest_fault('GET', '/users/@me', status=502, html=True)
    one_thing('trouble at Discord', on_discord(fake), 'HTTP 502', 'later')
    fake.rest_fault('GET', '/guilds/', status=500)
    one_thing('... with one question', on_discord(fake), "the bot's roles", 'HTTP 500')
    fake.rest_fault('GET', '/users/@me', status=403, html=True)
    one_thing("an address that Cloudflare bars", on_discord(fake), 'turns this machine away')
    fake.rest_fault('GET', '/gateway/bot', reset=True, times=9)  # a connection that was kept is tried anew
    one_thing('a connection that is reset', on_discord(fake), "the gateway's address: no answer", 'nothing more')
    fake.clear_faults()
    fake.channel('900', 'red \x1b[31m\u202e %s \x9b31m' % Fake.TOKEN)
    got, lines, text = on_discord(fake, '900')
    tap.ok(got == 0 and '\x1b' not in text and '\u202e' not in text and '\x9b' not in text and
           '[struck]' in text and Fake.TOKEN not in text, 'names of others move no terminal and tell no secret', text)
    gone = fake.api
one_thing('nobody there', on_discord(None, api=gone), 'no answer', 'firewall')

# A server that keeps silent, and a gateway that does: both at once.
with Fake() as silent, Fake(hello_delay_ms=600000) as mute:
    silent.rest_fault('GET', '/users/@me', hang_ms=120000)
    started = time.monotonic()
    first = on_discord(silent, begin=True)
    other = Place()
    place, kept = other, place
    second = on_discord(mute, begin=True)
    one_thing('a server that keeps silent', check_end(first), 'no answer')
    one_thing('a gateway that keeps silent', check_end(second), 'the gateway', 'it says no hello')
    tap.ok(time.monotonic() - started < 40, 'each for ten seconds', time.monotonic() - started)
    place = kept
    other.bot.close()

# --- Matrix: one thing wrong

with Homeserver() as hs:
    LIMITS = 'override_ratelimit'
    one_thing('in no room yet', on_matrix(hs), 'no room for patients yet', word='note', status=0)
    room = hs.room(['@ann:fake', '@bob:fake'], joined=True)
    one_thing('a token that is refused', on_matrix(hs, secret='token_file = "%s"' % place.secret('m2', 'wrong-token')),
              'does not accept the access token', 'matrix.token_file')
    one_thing("somebody else's", on_matrix(hs, user='@other:fake'), 'is one of @bot:fake', '@other:fake')
    for body, part in (({'versions': ['r0.6.1']}, 'too old'), ({}, 'no homeserver answers')):
        hs.fault('/versions', status=200, body=json.dumps(body))
        one_thing('versions: ' + part, on_matrix(hs), part)
    hs.fault('/versions', status=404, body='<html>')
    one_thing('no homeserver there', on_matrix(hs), 'no homeserver answers at matrix.homeserver')
    hs.settings(well_known='https://matrix.fake')
    hs.fault('/versions', status=404, body='<html>')
    one_thing('... but it is known where', on_matrix(hs), 'write homeserver = "https://matrix.fake"')
    hs.fault('/versions', status=503)
    one_thing('trouble at the homeserver', on_matrix(hs), 'the homeserver: HTTP 503', 'later')
    hs.fault('/whoami', status=502, body='<html>')
    one_thing('... behind its proxy', on_matrix(hs), 'whose token this is: HTTP 502')
    hs.fault('/whoami', drop=True, times=9)
    one_thing('... and its network', on_matrix(hs), 'whose token this is: no answer')
    hs.clear_faults()
    hs.fault('/whoami', status=200, body=json.dumps({'user_id': BOT_USER}))
    one_thing('a token of no device', on_matrix(hs), 'belongs to no device')
    hs.fault('/joined_rooms', status=429, headers='Retry-After: 1\r\n', body='{"errcode":"M_LIMIT_EXCEEDED"}')
    one_thing('a short limit is waited for', on_matrix(hs), LIMITS, word='note', status=0)
    hs.fault('/joined_rooms', status=429, body='{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":70000}')
    one_thing('a long one is told of', on_matrix(hs), 'the rooms that the bot is in', 'wait 70 seconds')
    hs.fault('/state/m.room.encryption', status=403, body='{"errcode":"M_FORBIDDEN"}')
    one_thing('a room that cannot be looked at', on_matrix(hs), room, 'HTTP 403')

    # Devices, rooms.
    hs.settings(encrypting=['PHONE', 'WEB'])
    one_thing('devices that encrypt', on_matrix(hs), 'PHONE, WEB', 'sign these devices out')
    hs.settings(encrypting=[])
    one_thing('staff without the bot', on_matrix(hs, more='staff_room = "!far:fake"'),
              'staff_room !far:fake: the bot is not in it', 'invite')
    hs.state(room, 'm.room.power_levels', {'users': {'@ann:fake': 100}, 'events_default': 50, 'events': {}})
    one_thing('a room in which it may not write', on_matrix(hs), room, 'has the power level 0, and 50 is needed')
    hs.state(room, 'm.room.power_levels', {'users': {BOT_USER: 50}, 'events_default': 50})
    one_thing('... and may', on_matrix(hs), LIMITS, word='note', status=0)
    old = hs.room(['@ann:fake'], joined=True)
    hs.state(old, 'm.room.power_levels', {'events_default': 50})
    hs.state(old, 'm.room.tombstone', {'body': 'gone', 'replacement_room': room})
    one_thing('a room that was replaced', on_matrix(hs), old, 'replaced by ' + room, word='note', status=0)
    hs.member(old, BOT_USER, 'leave')
    hs.state(room, 'm.room.power_levels', {'events_default': 0, 'events': {'m.room.message': 10}})
    one_thing('... by a rule for messages', on_matrix(hs, more='staff_room = "%s"' % room), 'staff_room ' + room, '10 is')
    hs.state(room, 'm.room.encryption', {'algorithm': 'm.megolm.v1.aes-sha2'})
    one_thing('an encrypted room', on_matrix(hs), room, 'is encrypted', 'answers nothing', word='note', status=0)
    one_thing("... of staff's", on_matrix(hs, more='staff_room = "%s"' % room), 'alerts cannot be sent', room)
    plain = hs.room(['@ann:fake'], joined=True)
    hs.state(plain, 'm.room.name', {'name': 'red \x1b[31m ' + hs.TOKEN})
    got, lines, text = on_matrix(hs)
    tap.ok(got == 0 and '\x1b' not in text and hs.TOKEN not in text and '[struck]' in text,
           'names of others move no terminal and tell no secret', text)
    one_thing('who may invite: nobody', on_matrix(hs, invite=''), 'every invitation is declined', word='note', status=0)
    one_thing('... anybody', on_matrix(hs, invite='"*"'), 'anybody on any server', word='note', status=0)
    one_thing('... others', on_matrix(hs, invite='"*:fkae"'), "nobody of whom is on the bot's own server",
              word='note', status=0)
    hs.settings(date_off_ms=-600000)
    one_thing('a clock that is ahead', on_matrix(hs), 'seconds ahead of the homeserver')
    hs.settings(date_off_ms=0)
    for n in range(60):
        hs.room(['@ann:fake'], joined=True)
    got, lines, text = on_matrix(hs, more='staff_room = "%s"' % plain)
    tap.ok(got == 0 and has(lines['note'], 'in 61 rooms; 49 of them') and has(lines['good'], 'staff_room ' + plain),
           'of many rooms the first are looked at', text)
    tap.is_([hs.violations(), hs.sent()], [{}, []], 'no rule of a good client was broken, and nothing sent')
    gone = hs.url
one_thing('nobody there', on_matrix(None, url=gone), 'the homeserver: no answer')

# --- Matrix by password: the session that an earlier start kept

with Homeserver(token_ms=3600000) as hs:
    by_password = 'password_file = "%s"' % place.secret('password', 'secret')

    def again():
        return on_matrix(hs, secret=by_password)

    got, lines, text = again()
    tap.ok(got == 0 and has(lines['good'], 'takes sign-in by password', 'next start signs in as ' + BOT_USER) and
           has(lines['note'], 'the password was not tried', 'start the bot') and not lines['mend'],
           'before the first start it says that this signs in', text)
    tap.ok(not hs.count('login') and not os.path.exists(place.dir + '/state.db.session'), 'and does not sign in')
    hs.fault('/login', status=200, body='{"flows":[{"type":"m.login.sso"}]}')
    one_thing('no sign-in by password', again(), 'no sign-in by password', 'matrix.token_file')
    run = Bot(start=False, conf='', argv=[place.bot.program, 'run', '-c', place.conf])
    run.start()
    hs.wait_polls()
    got, lines, text = again()
    tap.ok(got == 0 and has(lines['good'], 'the kept session is accepted') and
           has(lines['good'], 'its device is DEV', 'as in the kept session'), 'beside the bot that runs', text)
    run.term()
    run.wait(10)
    run.close()
    before = hs.report()['counts']
    got, lines, text = again()
    tap.ok(got == 0 and has(lines['good'], 'kept session is accepted'), 'and when it has stopped', text)
    session = place.dir + '/state.db.session'
    kept_text = open(session).read()
    tap.ok(json.loads(kept_text)['token'] not in text and 'secret' not in text, 'no secret is printed')
    changed = dict(json.loads(kept_text), device='OTHER')
    place.secret('state.db.session', json.dumps(changed))
    one_thing('a device that is another', again(), 'of the device OTHER', 'says DEV')
    place.secret('state.db.session', json.dumps(dict(changed, user='@other:fake')))
    one_thing('a session of another account is not used', again(), 'the password was not tried', word='note', status=0)
    place.secret('state.db.session', kept_text, 0o644)
    got, lines, text = again()
    tap.ok(got == 78 and 'state.db.session' in text and not any(lines.values()), 'one that others may read: 78', text)
    place.secret('state.db.session', kept_text.strip())
    if os.geteuid() == 0:
        os.chown(session, 12345, 12345)
        got, lines, text = again()
        tap.ok(got == 0 and has(lines['good'], 'kept session is accepted'), "root looks at the service's", text)
        os.chown(session, 0, 0)
    hs.end_tokens(soft=True)
    one_thing('a session that ran out', again(), 'has run out', 'the next start renews it', word='note', status=0)
    hs.end_tokens(soft=False)
    one_thing('a session that was ended', again(), 'the homeserver has ended the kept session', word='note', status=0)
    after = hs.report()['counts']
    tap.is_([after.get(k) for k in ('login', 'refresh', 'send')], [before.get(k) for k in ('login', 'refresh', 'send')],
            'nothing was begun or renewed')
    tap.is_(open(session).read(), kept_text.strip() + '\n', 'and the session stays as it was kept')

# --- Matrix as an appservice

with Proxied() as hs:
    def as_appservice(user=BOT_USER, token=Proxied.AS_TOKEN):
        return check_end(check_begin(place.write(
            'matrix { transport = "appservice" homeserver = "%s" wsproxy = "ws://127.0.0.1:%d" user = "%s" '
            'as_token_file = "%s" invite_from = {"*:fake"} }'
            % (hs.url, hs.port, user, place.secret('as-token', token)))))

    room = hs.room(['@ann:fake'], joined=True)
    got, lines, text = as_appservice()
    tap.ok(got == 0 and has(lines['good'], 'the registration covers it') and has(lines['good'], room, 'may write') and
           has(lines['note'], 'rate_limited') and Proxied.AS_TOKEN not in text, 'an appservice is good', got, text)
    tap.is_([hs.violations(), hs.sent()], [{}, []], 'which asks as itself')
    one_thing('a token of no appservice', as_appservice(token='another'), 'does not know the token', 'as_token_file')
    one_thing('an account that is not its own', as_appservice('@other:fake'), 'does not act for @other:fake')

# --- what cannot work: 78, and nobody is asked

with Fake() as fake, Homeserver() as hs:
    good = discord(fake)
    for name, section, part in (
            ('no platform', '', 'neither Discord nor Matrix'),
            ('a mistake in the configuration', 'discord { token_file = "" }', 'discord.token_file is missing'),
            ('no token file', good.replace('/token"', '/none"'), 'it is not there'),
            ('no homeserver that may be', matrix(hs, url='http://example.org'), 'matrix.homeserver'),
            ('a certificate that is none', matrix(hs, 'ca_file = "%s"' % place.conf), 'clinicbot.conf')):
        got, lines, text = check_end(check_begin(place.write(good if 'matrix {' in section else '', section)))
        tap.ok(got == 78 and part in text and not any(lines.values()), name, got, text)
    place.secret('token', Fake.TOKEN, 0o644)
    got, lines, text = check_end(check_begin(place.write(good)))
    tap.ok(got == 78 and 'chmod 600' in text and Fake.TOKEN not in text, 'a token that others may read', text)
    got, lines, text = check_end(check_begin(place.write(discord(fake, token='%s two' % Fake.TOKEN))))
    tap.ok(got == 78 and Fake.TOKEN not in text and not any(lines.values()), 'a token with a blank in it', got, text)
    tap.is_([fake.report()['requests'], hs.report()['counts']], [{}, {}], 'nobody was asked')
    got, lines, text = check_end(check_begin(place.write(discord(fake), intents=place.dir + '/none')))
    tap.ok(got == 1 and has(lines['good'], '#ask') and not lines['mend'] and place.dir + '/none' in text,
           'content that is broken is told, and the rest asked all the same', got, text)

place.bot.close()
shutil.rmtree(os.path.dirname(INTENTS))
tap.done()

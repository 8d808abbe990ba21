"""A world on Matrix: rooms that people write in, and what of a reply differs from one run to the next."""
import re

from fake import Bot
from matrix import BOT_USER, Homeserver, conf_of
from world import Sent, World

STAFF, GROUP, SECRET = '!staff:fake', '!group:fake', '!secret:fake'
PEOPLE = ('pat', 'kim')  # each has a room alone with the bot


class MatrixWorld(World):
    @staticmethod
    def words(body):
        """Without links and times."""
        body = re.sub(r'https://matrix\.to/\S+', '#', body)
        return re.sub(r'\d{4}-\d\d-\d\d \d\d:\d\d UTC', '#', body)

    def set_up(self, folder, settings):
        self.fake = Homeserver(max_seconds=900, **settings)
        self.fake.room(['@nurse:fake', '@doctor:fake'], joined=True, id=STAFF)
        self.fake.room(['@kim:fake', '@pat:fake', '@lea:fake'], joined=True, id=GROUP)
        self.fake.room(['@eve:fake'], joined=True, id=SECRET, encrypted=True)
        for who in PEOPLE:
            self.fake.room(['@%s:fake' % who], joined=True, id='!%s:fake' % who)
        self.bot = Bot(start=False, conf='')
        self.bot.write_token(self.fake.TOKEN)
        with open(self.bot.conf, 'w') as out:
            out.write(conf_of(self.fake, self.bot.dir,
                              'token_file = "%s"\n  staff_room = "%s"' % (self.bot.token, STAFF),
                              'limits { per_person_per_minute = 0 per_room_per_minute = 0 }',
                              intents=folder))
        self.root = self.fake.ask(GROUP, 'a thread', '@lea:fake')

    def ask(self, content, replies=1, author='pat', room=None, group=False, thread=False):
        """In the room of `author`, unless another one is meant. In the group the bot is mentioned."""
        more = {}
        if group or thread:
            room = GROUP
            more['m.mentions'] = {'user_ids': [BOT_USER]}
        if thread:
            more['m.relates_to'] = {'rel_type': 'm.thread', 'event_id': self.root, 'is_falling_back': True,
                                    'm.in_reply_to': {'event_id': self.root}}
        return self.expect(self.fake.ask(room or '!%s:fake' % author, content, '@%s:fake' % author,
                                         content=more), content, replies)

    def invite(self, author):
        """A new room, to which the bot is invited; its id."""
        return self.fake.room(['@%s:fake' % author], direct=True)

    def drop(self):
        self.fake.drop()

    def lose(self):
        """There is no more to lose than the connection: where the stream stands is the bot's to know."""
        self.fake.drop()

    def live(self):
        return self.fake.now()['polls']

    def replies(self, ids):
        return self.fake.reply_ids(ids)

    def replies_n(self):
        return self.fake.count('send')

    def sent(self):
        """Once: an alert, and the word that a room cannot be read."""
        return [Sent(e['content']['body'], e['content'].get('m.relates_to', {}).get(
            'm.in_reply_to', {}).get('event_id'), e['room'] in (STAFF, SECRET)) for e in self.fake.sent()]

    def broken_rules(self):
        return self.fake.violations()

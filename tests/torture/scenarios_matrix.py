"""What people and a homeserver do while the bot is being broken (scenarios.py tells of `before` and
`during`)."""
from scenarios import EMERGENCY, MESO, SAUNA, SUN, WASH, Scenario
from world_matrix import GROUP, SECRET, MatrixWorld


class OnMatrix(Scenario):
    world = MatrixWorld
    more = {}  # settings of the homeserver


class One(OnMatrix):
    """One question in a direct room, on a server that gives each event twice."""
    name = 'Matrix, one question'
    more = dict(duplicates=1)

    def during(self, world):
        world.ask(WASH)


class Rooms(OnMatrix):
    """Questions in several rooms at once, by people who are new and who are not; the stream stands still now
    and then. In a room that is encrypted nothing is answered."""
    name = 'Matrix, several rooms'
    parts = 2
    more = dict(stands_still_every=3)

    def during(self, world):
        world.ask(WASH)
        world.ask(SAUNA, author='new%d' % world.turn, group=True)
        world.ask(SUN, author='kim', group=True)
        world.ask(MESO, author='kim', thread=True)
        world.fake.say(SECRET, WASH, '@eve:fake')


class Gap(OnMatrix):
    """More was written while the bot was away than a poll holds: it reads back what is missing, page by
    page."""
    name = 'Matrix, gap at start'
    parts = 2
    more = dict(timeline_limit=1, page_limit=2)

    def before(self, world):
        if world.turn == 0:
            return  # what was written before its first start is nobody's question
        world.ask(WASH)
        world.fake.say(GROUP, 'among ourselves', '@lea:fake', times=3)
        world.ask(SAUNA, author='kim', group=True)
        world.ask(MESO)
        world.fake.say('!pat:fake', 'only a notice', '@pat:fake', content={'msgtype': 'm.notice'}, times=2)

    def during(self, world):
        world.ask(SUN)
        world.ask(SUN, author='kim')


LIMIT = '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":100}'


class Refused(OnMatrix):
    """The homeserver refuses with 429 and 5xx or breaks off, before a message is made or after."""
    name = 'Matrix, 429 and 5xx'
    HOW = (dict(path='/send/', status=502, done=True), dict(path='/send/', status=429, body=LIMIT),
           dict(path='/send/', drop=True, done=True), dict(path='/send/', status=503),
           dict(path='/sync', status=429, body=LIMIT), dict(path='/send/', drop=True),
           dict(path='/sync', status=500), dict(path='/send/', status=500, done=True),
           dict(path='/sync', drop=True), dict(path='/whoami', status=504))

    def before(self, world):
        how = self.HOW[world.turn % len(self.HOW)]
        if how['path'] == '/whoami':
            world.fake.fault(**how)

    def during(self, world):
        how = self.HOW[world.turn % len(self.HOW)]
        if how['path'] != '/whoami':
            world.fake.fault(**how)
        world.ask(WASH)
        world.ask(SUN, author='kim')


class Urgent(OnMatrix):
    """An emergency, which staff are alerted to, and SIGTERM in the midst of it."""
    name = 'Matrix, urgent, and SIGTERM'
    parts = 2

    def during(self, world):
        sent = world.replies_n()
        world.ask(EMERGENCY, replies=2)
        world.ask(WASH, author='kim')
        if world.turn % 2 == 0:
            world.until(lambda: world.replies_n() > sent + world.turn % 3)
            if world.running():
                world.stop()


class Invited(OnMatrix):
    """People make a room, invite the bot and ask before it has come: while it is away, and while it is
    there. Every third join loses its answer."""
    name = 'Matrix, invited'
    parts = 2

    def before(self, world):
        if world.turn:
            self.invite(world, 'ann%d' % world.turn)

    def during(self, world):
        if world.turn % 3 == 0:
            world.fake.fault('/join', drop=True, done=True)
        self.invite(world, 'ben%d' % world.turn)

    @staticmethod
    def invite(world, author):
        room = world.invite(author)
        world.ask(WASH, author=author, room=room)


SCENARIOS = (One, Rooms, Gap, Refused, Urgent, Invited)

"""What people and Discord do while the bot is being broken; on Matrix: scenarios_matrix.py. A scenario has
`before`, which happens while the bot is not running, and `during`, once it runs (or has died already)."""
from world import DiscordWorld

WASH, SAUNA, SUN, MESO = ('can i wash my hair', 'is the sauna ok', 'can i sunbathe',
                          'what is mesotherapy')
EMERGENCY = 'my lips are swelling up and my throat is tight'


class Scenario:
    world = DiscordWorld
    more = ''  # in the platform's section of the configuration
    parts = 1  # worlds that its points are spread over

    def before(self, world):
        pass

    def during(self, world):
        pass


class One(Scenario):
    """One question in a watched channel; the session is resumed at each start."""
    name = 'one question'

    def during(self, world):
        world.ask(WASH, author='pat')


class Rooms(Scenario):
    """Questions in several rooms at once, by people who are new and who are not."""
    name = 'several rooms'
    parts = 2

    def during(self, world):
        world.ask(WASH, author='pat')
        world.ask(SAUNA, author='new%d' % world.turn)
        world.ask(SUN, channel='101', mention=True, author='kim')
        world.ask(MESO, dm='pat')
        world.ask(WASH, thread='555', author='kim')


class Dropped(Scenario):
    """The connection breaks; what was written meanwhile comes with the resume, and what came before it
    comes once more."""
    name = 'resume after a drop'

    def during(self, world):
        world.ask(WASH, author='pat')
        world.fake.fault('replay_all_on_resume')
        world.fake.fault('drop', mid_frame=world.turn % 2 == 0)
        world.ask(SAUNA, author='pat')


class Gap(Scenario):
    """The session was lost while the bot was away: it reads back what it missed."""
    name = 'gap at start'
    parts = 4

    def before(self, world):
        if world.turn == 0:
            return  # a room where nobody spoke to the bot yet is not known to it
        world.lose()
        world.ask(WASH, author='pat')
        world.ask(SAUNA, author='kim')
        world.ask(MESO, dm='pat')

    def during(self, world):
        world.ask(SUN, author='pat')
        world.ask(SUN, dm='pat')


class Refused(Scenario):
    """Discord refuses requests with 429 and 5xx or breaks off, before a message is made or after."""
    name = '429 and 5xx'
    HOW = (dict(status=502, after_create=True), dict(status=429, retry_after=0.05),
           dict(reset=True, after_create=True), dict(status=503),
           dict(status=429, retry_after=0.05, **{'global': True}), dict(reset=True),
           dict(status=500, after_create=True))

    def during(self, world):
        world.fake.rest_fault(**self.HOW[world.turn % len(self.HOW)])
        world.ask(WASH, author='pat')
        world.ask(SUN, author='pat', dm=True)


class Urgent(Scenario):
    """An emergency, which staff are alerted to, and SIGTERM in the midst of it."""
    name = 'urgent, and SIGTERM'
    parts = 2

    def during(self, world):
        world.ask(EMERGENCY, replies=2, author='pat')
        world.ask(WASH, author='kim')
        if world.turn % 2 == 0 and world.until(world.live):
            world.until(lambda: world.replies_n() > world.turn)
            if world.running():
                world.stop()


class Later(Scenario):
    """Between two runs more time passes than Discord knows a nonce for, and every other time so much that
    replies come with an excuse. Two people ask the same."""
    name = 'minutes later'
    parts = 2
    AWAY_MS = (200000, 700000)

    def before(self, world):
        world.away_ms = self.AWAY_MS[world.turn % 2]

    def during(self, world):
        world.ask(WASH, author='pat')
        world.ask(WASH, author='kim')
        world.ask(SUN, dm='pat')


SCENARIOS = (One, Rooms, Dropped, Gap, Refused, Urgent, Later)

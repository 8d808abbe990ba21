"""The fake homeserver with an appservice and wsproxy in front of it, for tests in Python.

    from wsproxy import Proxied, bot_by_wsproxy

    with Proxied() as hs, bot_by_wsproxy(hs) as bot:
        bot.wait_log('matrix: ready')
        ..."""
from matrix import Homeserver, bot_on


class Proxied(Homeserver):
    """A homeserver that knows the bot as an appservice."""

    AS_TOKEN = 'fake-as-token'

    def __init__(self, **settings):
        super().__init__(**settings)
        self.wsproxy(enable=True)

    def wsproxy(self, **what):
        """`close` (a code) with `reason`, `drop`, `frame` (any text), `lose` (so many transactions)."""
        return self.control('wsproxy', **what)

    def connected(self):
        return self.now()['connected']


def bot_by_wsproxy(hs, more='', extra='', start=True):
    bot = bot_on(hs, more, extra, start=False)
    bot.write_token(hs.AS_TOKEN)
    with open(bot.conf) as conf:
        text = conf.read().replace('matrix {', '''matrix {
  transport = "appservice"
  wsproxy = "ws://127.0.0.1:%d"
  as_token_file = "%s"''' % (hs.port, bot.token))
    with open(bot.conf, 'w') as out:
        out.write(text)
    return bot.start() if start else bot

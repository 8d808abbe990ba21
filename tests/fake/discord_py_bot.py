"""A plain bot on discord.py: replies to whatever a person writes. Started by test_discord_py.t.

    /usr/bin/python3 discord_py_bot.py PORT TOKEN"""
import sys

import discord
import yarl

port, token = sys.argv[1:]
discord.http.Route.BASE = 'http://127.0.0.1:%s/api/v10' % port
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL('ws://127.0.0.1:%s' % port)
intents = discord.Intents.default()
intents.message_content = True
client = discord.Client(intents=intents)


@client.event
async def on_ready():
    guild = client.guilds[0]
    print('ready as', client.user, 'in', guild.name, [c.name for c in guild.channels], flush=True)


@client.event
async def on_message(message):
    if message.author.bot:
        return
    answered = message.reference and message.reference.resolved
    if answered and answered.author == client.user:
        await message.reply('%s answers %s' % (message.id, answered.id))
    elif message.content == 'tell them':
        await client.get_channel(700).send('look at ' + message.jump_url)
    else:
        await message.reply('heard: ' + message.content)


@client.event
async def on_message_edit(before, after):
    """Called when the content, an embed or the like has changed, of messages that it has seen."""
    print('edit', after.id, before.content, '->', after.content, after.edited_at is not None,
          flush=True)


client.run(token)

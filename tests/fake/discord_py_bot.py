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
    if not message.author.bot:
        await message.reply('heard: ' + message.content)


client.run(token)

"""A bot on discord.py that replies the same text to whatever a person writes.

    /usr/bin/python3 discord_py.py PORT TOKEN TEXT"""
import sys

import discord
import yarl

port, token, text = sys.argv[1:]
discord.http.Route.BASE = 'http://127.0.0.1:%s/api/v10' % port
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL('ws://127.0.0.1:%s' % port)
intents = discord.Intents.none()
intents.guilds = intents.guild_messages = intents.dm_messages = intents.message_content = True
client = discord.Client(intents=intents)


@client.event
async def on_message(message):
    if not message.author.bot:
        await message.reply(text)


client.run(token, log_handler=None)

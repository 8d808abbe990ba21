// A bot on discord.js that replies the same text to whatever a person writes.
//
//     node discord_js.js MODULES PORT TOKEN TEXT
'use strict';
const path = require('path');

const [modules, port, token, text] = process.argv.slice(2);
const { Client, GatewayIntentBits: intents } = require(path.join(modules, 'discord.js'));
const client = new Client({
	intents: [intents.Guilds, intents.GuildMessages, intents.DirectMessages, intents.MessageContent],
	// Its own limit is 50 requests a second, as Discord's is; the fake decides here.
	rest: { api: `http://127.0.0.1:${port}/api`, globalRequestsPerSecond: Infinity },
});

client.on('messageCreate', (message) => {
	if (!message.author.bot) message.reply(text).catch((error) => console.error(error.message));
});
client.login(token);

#include "wire/discord_machine.h"

#define PORTAL "in Discord's Developer Portal"

/* Source: topics/opcodes-and-status-codes, Gateway Close Event Codes. */
static const struct close_rule rules[] = {
	{1000, CLOSE_RESUME, false, "closed normally"},
	{1001, CLOSE_RESUME, false, "the server goes away"},
	{1006, CLOSE_RESUME, false, "the connection broke"},
	/* The same event would come again after a resume. */
	{1009, CLOSE_IDENTIFY, false, "an event was larger than 16 MiB"},
	{1011, CLOSE_RESUME, false, "the server had an error"},
	{1012, CLOSE_RESUME, false, "the server restarts"},
	{1013, CLOSE_RESUME, true, "the server is overloaded"},
	{1014, CLOSE_RESUME, false, "a gateway in between had an error"},
	{4000, CLOSE_RESUME, false, "unknown error"},
	{4001, CLOSE_RESUME, false, "it does not know an opcode we sent: a mistake of clinicbot"},
	{4002, CLOSE_RESUME, false, "it could not read what we sent: a mistake of clinicbot"},
	{4003, CLOSE_IDENTIFY, false, "not authenticated"},
	{4004, CLOSE_FATAL, false,
	 "Discord does not accept the bot's token: put the token from the Bot page " PORTAL
	 " into discord.token_file"},
	{4005, CLOSE_RESUME, false, "already authenticated: a mistake of clinicbot"},
	{4007, CLOSE_IDENTIFY, false, "the sequence number is not valid any more"},
	{4008, CLOSE_RESUME, true, "we sent too much: a mistake of clinicbot"},
	{4009, CLOSE_IDENTIFY, false, "the session timed out"},
	{4010, CLOSE_FATAL, false,
	 "Discord refuses the shard of this bot: install a newer clinicbot"},
	{4011, CLOSE_FATAL, false,
	 "the bot is in too many servers for one connection: remove it from those that are not "
	 "the clinic's"},
	{4012, CLOSE_FATAL, false,
	 "Discord no longer speaks gateway version 10: install a newer clinicbot"},
	{4013, CLOSE_FATAL, false,
	 "Discord does not know the intents that were asked for: install a newer clinicbot"},
	{4014, CLOSE_CONTENT, false,
	 "Discord refuses the intents of this bot: look at Privileged Gateway Intents on the Bot "
	 "page " PORTAL ", then start the bot again"},
};

static const struct close_rule unknown_rule = {0, CLOSE_RESUME, false, "an unknown close code"};
static const struct close_rule failed_rule = {0, CLOSE_RESUME, false, "it could not be opened"};

const struct close_rule *close_rule_for(int code)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].code == code)
			return &rules[i];
	return code ? &unknown_rule : &failed_rule;
}

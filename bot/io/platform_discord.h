/* Discord as a platform of the bot: wire/discord and wire/discord_rest on a websocket, an HTTP
 * client and a timer. It translates; what happens is decided in the two machines. */
#ifndef IO_PLATFORM_DISCORD_H
#define IO_PLATFORM_DISCORD_H

#include "core/err.h"
#include "port/platform.h"
#include "wire/discord.h"

struct loop;

/* Required form, else Cloudflare may block: reference, User Agent. */
#define DISCORD_AGENT "DiscordBot (https://github.com/clinicbot/clinicbot, " CLINICBOT_VERSION ")"

struct platform_discord_settings {
	struct str token;
	struct str api_url;	    /* "https://discord.com/api" */
	struct str gateway_url;	    /* empty: ask Discord */
	struct str ca_file;	    /* PEM; empty: the system's store */
	const struct str *channels; /* ids of channels where every message is looked at */
	size_t channels_n;
	bool compress;	     /* the gateway's events */
	bool forget_session; /* ends it when stopped: the bot is shown offline at once */
	/* What was written while the bot was away is read back: at most so many messages of a room, 0:
	 * none, and none older. Replies in the staff's rooms are, too; these may be empty. */
	unsigned missed_messages;
	int64_t missed_age_ms;
	struct str staff[DISCORD_STAFF_ROOMS];
};

/* Everything is copied; the token is wiped when the platform is freed. NULL with ERR_INPUT when a
 * setting cannot be right. */
struct platform *platform_discord_new(struct loop *loop,
				      const struct platform_discord_settings *settings,
				      struct err *err);

#endif

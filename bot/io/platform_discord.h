/* Discord as a platform of the bot: wire/discord and wire/discord_rest on a websocket, an HTTP
 * client and a timer. It translates; what happens is decided in the two machines. */
#ifndef IO_PLATFORM_DISCORD_H
#define IO_PLATFORM_DISCORD_H

#include "core/err.h"
#include "port/platform.h"

struct loop;

struct platform_discord_settings {
	struct str token;
	struct str api_url;	    /* "https://discord.com/api" */
	struct str gateway_url;	    /* empty: ask Discord */
	struct str ca_file;	    /* PEM; empty: the system's store */
	const struct str *channels; /* ids of channels where every message is looked at */
	size_t channels_n;
	bool compress; /* the gateway's events */
};

/* Everything is copied; the token is wiped when the platform is freed. NULL with ERR_INPUT when a
 * setting cannot be right. */
struct platform *platform_discord_new(struct loop *loop,
				      const struct platform_discord_settings *settings,
				      struct err *err);

#endif

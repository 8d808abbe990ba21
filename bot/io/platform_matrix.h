/* Matrix as a platform of the bot: wire/matrix on an HTTP client and a timer. It translates; what
 * happens is decided in the machine. */
#ifndef IO_PLATFORM_MATRIX_H
#define IO_PLATFORM_MATRIX_H

#include "core/err.h"
#include "port/platform.h"

struct loop;

struct platform_matrix_settings {
	struct str homeserver; /* "https://matrix.example.org" */
	struct str user;       /* "@bot:example.org" */
	/* "wss://matrix.example.org", and `token` an appservice's; empty: the stream is read by /sync */
	struct str wsproxy;
	/* An access token; or a password, and then the file in which the session is kept. */
	struct str token, password, session_file;
	struct str ca_file; /* PEM; empty: the system's store */
	const struct str *invite_from;
	size_t invite_from_n;
	struct str staff[2]; /* rooms in which staff are told; may be empty */
	bool signs, groups_get_text;
	struct str unreadable; /* said once in an encrypted room; Markdown */
	/* What was written while the bot was away is read back: not more of a room, and not older. */
	unsigned missed_messages;
	int64_t missed_age_ms;
};

/* Everything is copied; token and password are wiped when the platform is freed. NULL with ERR_INPUT
 * when a setting cannot be right. */
struct platform *platform_matrix_new(struct loop *loop,
				     const struct platform_matrix_settings *settings,
				     struct err *err);

#endif

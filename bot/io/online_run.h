/* Runs a machine of wire/online.h: its requests by io/http, its websocket by io/ws, one after the other. */
#ifndef IO_ONLINE_RUN_H
#define IO_ONLINE_RUN_H

#include "core/err.h"

struct finding;
struct loop;
struct online;

#define ONLINE_RUN_MS_MAX 120000 /* for everything that is asked of one platform */
#define ONLINE_CALL_MS_MAX 10000 /* for one answer */

struct online_run_settings {
	struct str agent;   /* User-Agent */
	struct str ca_file; /* PEM; empty: the system's store */
	unsigned most_ms;   /* ONLINE_RUN_MS_MAX, but for tests */
};

/* Runs the loop until the machine asks nothing more, and gives `found` every finding as soon as it is
 * there. ERR_INPUT when ca_file cannot be read. */
bool online_run(struct loop *loop, struct online *online,
		const struct online_run_settings *settings,
		void (*found)(void *arg, const struct finding *finding), void *arg,
		struct err *err);

#endif

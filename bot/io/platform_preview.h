/* The preview: a chat page in the browser, as a platform. For staff who try what the bot says.
 *
 * A page names itself with a random UUID, its session: that is the room and the person. Its
 * questions are numbered, and SESSION/NUMBER is the message's id. A reply counts as sent once the
 * page says that it shows it. Nothing is kept on disk and no words are kept in memory, so `fetch`
 * gives a message only if its page sends it again; a page does that after each reconnect for what
 * was not answered. The preview has no position. */
#ifndef IO_PLATFORM_PREVIEW_H
#define IO_PLATFORM_PREVIEW_H

#include "core/err.h"
#include "port/platform.h"

struct loop;

#define PREVIEW_ASKED_MAX 8 /* questions of one page under way at a time */

struct platform_preview_settings {
	struct str listen; /* "127.0.0.1:8080", "[::1]:8080"; port 0: the system chooses */
	/* Behind a proxy that does TLS and knows who may come in: any address is listened on, and
	 * only the proxy's public name is accepted, as "preview.example.org". */
	bool behind_proxy;
	struct str public_host;
	/* The book of now, for the page's titles and examples; NULL when there is none. */
	const struct book *(*book)(void *arg);
	void *book_arg;
	/* How long a reply, or a question that was asked for again, waits for a page that is gone;
	 * 0: 30 s. */
	unsigned reconnect_ms;
};

/* Everything is copied. ERR_INPUT when `listen` cannot be used or others could reach it. It listens
 * from `start` on, which gives ERR_INPUT when the port is taken. */
struct platform *platform_preview_new(struct loop *loop,
				      const struct platform_preview_settings *settings,
				      struct err *err);
/* The port it listens on; 0 before `start`. */
unsigned platform_preview_port(const struct platform *platform);

#endif

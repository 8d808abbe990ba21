/* Where the preview listens, and by which names a browser may reach it. Holds its own text.
 *
 * A page of a foreign site can point its own name at 127.0.0.1 (DNS rebinding) or open a websocket
 * to it: the Host header must therefore be a name of ours, and a websocket's Origin must be the
 * page that was served under that name. */
#ifndef IO_PREVIEW_ADDRESS_H
#define IO_PREVIEW_ADDRESS_H

#include "core/err.h"

#define PREVIEW_HOST_MAX 254

struct preview_address {
	char host[PREVIEW_HOST_MAX]; /* "127.0.0.1", "::1": without brackets */
	unsigned port;		     /* 0: the system chooses one */
	bool ipv6;
	char public_host[PREVIEW_HOST_MAX]; /* behind a proxy: the only name; else empty */
};

/* Reads "127.0.0.1:8080" or "[::1]:8080". Without a `public_host` only loopback addresses are
 * taken; with one (the name, and the port if it is not the usual one, that a TLS proxy in front is
 * reached by) any address is. ERR_INPUT says what is wrong. */
bool preview_address_parse(struct str listen, struct str public_host, struct preview_address *out,
			   struct err *err);

/* A listening socket that does not block, with its port in `*port`. -1 with a plain ERR_INPUT when
 * the address is in use or not one of this machine's. */
int preview_address_listen(const struct preview_address *address, unsigned *port, struct err *err);

/* Is this the Host header of a request that was meant for us? `port` is the one listened on. */
bool preview_host_allowed(const struct preview_address *address, unsigned port, struct str host);

/* Is this the Origin header of our own page, served under `host` (which is allowed)? */
bool preview_origin_allowed(const struct preview_address *address, struct str host,
			    struct str origin);

/* "127.0.0.1:8080", "[::1]:8080". */
void preview_address_print(const struct preview_address *address, unsigned port, char *out,
			   size_t out_n);

#endif

/* The other end of a connection: which addresses may be named, and the certificates it must show.
 * Shared by ws.c and http.c. */
#ifndef IO_PEER_H
#define IO_PEER_H

#include "core/err.h"

/* A host's name or address; longer ones do not fit into libwebsockets' Host header. */
#define PEER_HOST_MAX 110
#define PEER_URL_MAX 2000

struct sockaddr;

struct peer {
	bool tls;
	bool ipv6; /* the host is an IPv6 address, written in brackets in the URL */
	char host[PEER_HOST_MAX + 1]; /* without brackets */
	unsigned port;
	struct str path; /* with its query; points into the URL; may be empty */
};

/* Takes `url` apart. `scheme` is the one without TLS, "ws" or "http"; with an s behind it TLS is
 * used. ERR_INPUT for another scheme, a user name, a fragment, bytes that do not belong into a URL
 * (RFC 3986), or a host other than this machine without TLS. */
bool peer_parse(struct str url, const char *scheme, struct peer *out, struct err *err);

bool peer_is_loopback(const struct sockaddr *address);

/* ERR_INPUT when the file does not hold certificates in PEM form. The empty path is good. */
bool peer_ca_check(struct str path, struct err *err);

/* The folder of the system's store ($SSL_CERT_DIR, or OpenSSL's own) when certificates can be looked up in
 * it one by one (openssl-rehash(1)): to read the file with all of them takes 50 ms and a megabyte. NULL
 * when there is none, or $SSL_CERT_FILE names a file. */
const char *peer_ca_folder(void);

/* True when the text can stand in a header: printable ASCII. */
bool peer_header_is_plain(struct str text);

#endif

#include "io/preview_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 64

struct socket_address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} u;
	socklen_t n;
};

static bool address_to_socket(const struct preview_address *address, struct socket_address *out)
{
	memset(out, 0, sizeof *out);
	if (address->ipv6) {
		out->u.v6.sin6_family = AF_INET6;
		out->u.v6.sin6_port = htons((uint16_t)address->port);
		out->n = sizeof out->u.v6;
		return inet_pton(AF_INET6, address->host, &out->u.v6.sin6_addr) == 1;
	}
	out->u.v4.sin_family = AF_INET;
	out->u.v4.sin_port = htons((uint16_t)address->port);
	out->n = sizeof out->u.v4;
	return inet_pton(AF_INET, address->host, &out->u.v4.sin_addr) == 1;
}

static bool socket_is_loopback(const struct socket_address *at)
{
	if (at->u.any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&at->u.v6.sin6_addr);
	return ntohl(at->u.v4.sin_addr.s_addr) >> 24 == 127;
}

static bool text_copy(struct str from, char *to)
{
	if (from.n >= PREVIEW_HOST_MAX)
		return false;
	memcpy(to, from.n > 0 ? from.p : "", from.n);
	to[from.n] = '\0';
	return true;
}

static bool listen_split(struct str listen, struct preview_address *out)
{
	size_t colon = listen.n;
	while (colon > 0 && listen.p[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return false;
	struct str host = str_sub(listen, 0, colon - 1);
	out->ipv6 = str_starts(host, STR("[")) && str_ends(host, STR("]"));
	if (out->ipv6)
		host = str_sub(host, 1, host.n - 2);
	uint64_t port = 0;
	if (!str_to_u64(str_sub(listen, colon, listen.n), &port) || port > 65535)
		return false;
	out->port = (unsigned)port;
	return text_copy(host, out->host);
}

bool preview_address_parse(struct str listen, struct str public_host, struct preview_address *out,
			   struct err *err)
{
	struct preview_address address = {.port = 0};
	struct socket_address at;
	if (!listen_split(listen, &address) || !address_to_socket(&address, &at))
		return err_set(err, ERR_INPUT,
			       "preview: cannot listen on \"" STR_FMT
			       "\": write an address and a port, as 127.0.0.1:8080 or [::1]:8080",
			       STR_ARG(listen));
	if (public_host.n == 0 && !socket_is_loopback(&at))
		return err_set(err, ERR_INPUT,
			       "preview: " STR_FMT " can be reached from other machines; listen on "
			       "127.0.0.1 or [::1], or name the proxy in front of it",
			       STR_ARG(listen));
	if (!text_copy(public_host, address.public_host))
		return err_set(err, ERR_INPUT, "preview: the public host name is too long");
	*out = address;
	return true;
}

static int listen_failed(const struct preview_address *address, int why, struct err *err)
{
	char name[PREVIEW_HOST_MAX + 16];
	preview_address_print(address, address->port, name, sizeof name);
	if (why == EADDRINUSE)
		err_set(err, ERR_INPUT,
			"preview: %s is in use by another program; stop it, or choose another "
			"port in preview { listen }",
			name);
	else
		err_set(err, ERR_INPUT, "preview: cannot listen on %s: %s", name, strerror(why));
	return -1;
}

int preview_address_listen(const struct preview_address *address, unsigned *port, struct err *err)
{
	struct socket_address at;
	int on = 1;
	if (!address_to_socket(address, &at))
		return listen_failed(address, EADDRNOTAVAIL, err);
	int fd = socket(at.u.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return listen_failed(address, errno, err);
	/* A port left in TIME_WAIT by the process before counts as free. */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (address->ipv6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (bind(fd, &at.u.any, at.n) != 0 || listen(fd, BACKLOG) != 0 ||
	    getsockname(fd, &at.u.any, &at.n) != 0) {
		int why = errno;
		(void)close(fd);
		return listen_failed(address, why, err);
	}
	*port = ntohs(address->ipv6 ? at.u.v6.sin6_port : at.u.v4.sin_port);
	return fd;
}

/* Takes `name` off the front of `host`; what is left must be the port. */
static bool host_is(struct str host, struct str name, unsigned port)
{
	if (host.n < name.n || !str_eq_nocase(str_sub(host, 0, name.n), name))
		return false;
	struct str rest = str_sub(host, name.n, host.n);
	uint64_t number = 0;
	if (rest.n == 0)
		return port == 80;
	return rest.p[0] == ':' && str_to_u64(str_sub(rest, 1, rest.n), &number) && number == port;
}

bool preview_host_allowed(const struct preview_address *address, unsigned port, struct str host)
{
	if (address->public_host[0] != '\0')
		return str_eq_nocase(host, str_of(address->public_host));
	if (host_is(host, STR("localhost"), port) || host_is(host, STR("[::1]"), port))
		return true;
	return !address->ipv6 && host_is(host, str_of(address->host), port);
}

bool preview_origin_allowed(const struct preview_address *address, struct str host,
			    struct str origin)
{
	/* Behind the proxy only TLS: patients' words go over a network there. */
	struct str scheme = address->public_host[0] != '\0' ? STR("https://") : STR("http://");
	return str_starts(origin, scheme) &&
	       str_eq_nocase(str_sub(origin, scheme.n, origin.n), host);
}

void preview_address_print(const struct preview_address *address, unsigned port, char *out,
			   size_t out_n)
{
	(void)snprintf(out, out_n, address->ipv6 ? "[%s]:%u" : "%s:%u", address->host, port);
}

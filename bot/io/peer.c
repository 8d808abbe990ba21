#include "io/peer.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

/* Room for a file's path, and what the kernel allows (limits.h). */
#define PATH_BYTES_MAX 4096

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_host_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
	       c == '-' || c == '_';
}

bool peer_header_is_plain(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 0x20 || text.p[i] > 0x7e)
			return false;
	return true;
}

static bool url_is_plain(struct str url, struct err *err)
{
	if (url.n > PEER_URL_MAX)
		return err_set(err, ERR_INPUT, "a URL is longer than %d bytes", PEER_URL_MAX);
	if (!peer_header_is_plain(url) || memchr(url.p, ' ', url.n) || memchr(url.p, '#', url.n))
		return err_set(err, ERR_INPUT,
			       "a URL holds a blank, a '#' or a byte outside of ASCII");
	return true;
}

static bool take_scheme(struct str *url, const char *scheme, struct peer *peer, struct err *err)
{
	ptrdiff_t end = str_find(*url, STR("://"));
	struct str plain = str_of(scheme);
	struct str found = str_sub(*url, 0, end < 0 ? 0 : (size_t)end);

	peer->tls = found.n == plain.n + 1 && found.p[plain.n] == 's';
	if (!str_eq(peer->tls ? str_sub(found, 0, plain.n) : found, plain))
		return err_set(err, ERR_INPUT, "the URL must start with %ss://", scheme);
	*url = str_sub(*url, (size_t)end + 3, url->n);
	return true;
}

/* Splits "[::1]:80" or "name:80" and leaves the port's digits. */
static bool take_host(struct str authority, struct peer *peer, struct str *port, struct err *err)
{
	ptrdiff_t end = str_find(authority, peer->ipv6 ? STR("]") : STR(":"));
	struct str host = str_sub(authority, 0, end < 0 ? authority.n : (size_t)end);
	struct in6_addr address;

	if (peer->ipv6)
		host = str_sub(host, 1, host.n);
	if (host.n == 0 || host.n > PEER_HOST_MAX || (peer->ipv6 && end < 0))
		return err_set(err, ERR_INPUT, "the URL's host is empty, too long or not closed");
	memcpy(peer->host, host.p, host.n);
	peer->host[host.n] = '\0';
	*port = str_sub(authority, end < 0 ? authority.n : (size_t)end, authority.n);
	if (peer->ipv6) {
		*port = str_sub(*port, 1, port->n);
		if (inet_pton(AF_INET6, peer->host, &address) != 1)
			return err_set(err, ERR_INPUT, "[%s] is not an IPv6 address", peer->host);
		return true;
	}
	for (size_t i = 0; i < host.n; i++)
		if (!is_host_char(host.p[i]))
			return err_set(err, ERR_INPUT, "'%s' is not a host name", peer->host);
	return true;
}

static bool take_port(struct str digits, struct peer *peer, struct err *err)
{
	uint64_t port;

	peer->port = peer->tls ? 443 : 80;
	if (digits.n == 0)
		return true;
	if (digits.p[0] != ':' || !str_to_u64(str_sub(digits, 1, digits.n), &port) || port == 0 ||
	    port > 65535)
		return err_set(err, ERR_INPUT, "the URL's port is not a number from 1 to 65535");
	peer->port = (unsigned)port;
	return true;
}

static bool host_is_loopback(const struct peer *peer)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (peer->ipv6)
		return inet_pton(AF_INET6, peer->host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
	if (inet_pton(AF_INET, peer->host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return str_eq_nocase(str_of(peer->host), STR("localhost"));
}

bool peer_parse(struct str url, const char *scheme, struct peer *out, struct err *err)
{
	struct peer peer = {0};
	struct str rest = url;
	struct str authority;
	struct str port = {0};
	size_t n = 0;

	if (!url_is_plain(url, err) || !take_scheme(&rest, scheme, &peer, err))
		return false;
	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?')
		n++;
	authority = str_sub(rest, 0, n);
	peer.path = str_sub(rest, n, rest.n);
	peer.ipv6 = authority.n && authority.p[0] == '[';
	if (!take_host(authority, &peer, &port, err) || !take_port(port, &peer, err))
		return false;
	if (!peer.tls && !host_is_loopback(&peer))
		return err_set(err, ERR_INPUT, "%s:// is for this machine only; use %ss:// for %s",
			       scheme, scheme, peer.host);
	*out = peer;
	return true;
}

bool peer_is_loopback(const struct sockaddr *address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof v4);
		return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
	}
	if (address->sa_family != AF_INET6)
		return false;
	memcpy(&v6, address, sizeof v6);
	return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

bool peer_ca_check(struct str path, struct err *err)
{
	char name[PATH_BYTES_MAX];
	X509_STORE *store;
	bool good;

	if (path.n == 0)
		return true;
	if (path.n >= sizeof name || memchr(path.p, '\0', path.n))
		return err_set(err, ERR_INPUT, "the name of a ca_file is too long or broken");
	memcpy(name, path.p, path.n);
	name[path.n] = '\0';
	store = X509_STORE_new();
	if (!store)
		out_of_memory();
	good = X509_STORE_load_file(store, name) == 1;
	X509_STORE_free(store);
	ERR_clear_error();
	if (!good)
		return err_set(err, ERR_INPUT, "%s: it cannot be read, or holds no certificate",
			       name);
	return true;
}

/* Links with the hash of the name and a number: 5ad8a5d6.0. */
static bool folder_is_hashed(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool hashed = false;

	while (dir && !hashed && (entry = readdir(dir)))
		hashed = strspn(entry->d_name, "0123456789abcdef") == 8 &&
			 strcmp(entry->d_name + 8, ".0") == 0;
	if (dir)
		closedir(dir);
	return hashed;
}

const char *peer_ca_folder(void)
{
	const char *folder = getenv(X509_get_default_cert_dir_env());

	if (getenv(X509_get_default_cert_file_env()))
		return NULL;
	if (!folder)
		folder = X509_get_default_cert_dir();
	return folder_is_hashed(folder) ? folder : NULL;
}

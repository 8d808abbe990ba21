/* Connections of the fake homeserver: HTTP/1.1 with keep-alive, one request at a time on each. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "matrix.h"

#define IN_MAX (4u << 20)
#define PEERS_MAX 256

struct peer *peers;
int server_port;
static int listener = -1;

bool http_listen(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	socklen_t n = sizeof address;
	int one = 1;

	inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
	    listen(listener, 64) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &n) != 0)
		return false;
	server_port = ntohs(address.sin_port);
	return true;
}

static void request_clear(struct peer *peer)
{
	free(peer->path);
	free(peer->query);
	free(peer->body);
	json_decref(peer->json);
	peer->path = peer->query = peer->body = NULL;
	peer->json = NULL;
	peer->busy = peer->polls = peer->sending = false;
	peer->hold_until = 0;
}

static void peer_free(struct peer *peer)
{
	struct linger hard = {1, 0};

	if (peer->reset)
		setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	wsproxy_gone(peer);
	close(peer->fd);
	request_clear(peer);
	free(peer->in);
	free(peer->out);
	free(peer);
}

/* --- the request --- */

static char *copy(const char *p, size_t n)
{
	char *out = malloc(n + 1);

	if (!out)
		abort();
	memcpy(out, p, n);
	out[n] = '\0';
	return out;
}

/* In one of some buffers that take turns. */
static const char *decode(const char *p, size_t n)
{
	static char buffers[16][2048];
	static unsigned turn;
	char *out = buffers[turn++ % 16], *at = out;

	for (size_t i = 0; i < n && at < out + sizeof buffers[0] - 1; i++) {
		unsigned byte;

		if (p[i] == '%' && i + 2 < n && sscanf(p + i + 1, "%2x", &byte) == 1) {
			*at++ = (char)byte;
			i += 2;
		} else {
			*at++ = p[i] == '+' ? ' ' : p[i];
		}
	}
	*at = '\0';
	return out;
}

unsigned parts(const struct peer *peer)
{
	unsigned n = 0;

	for (const char *p = peer->path; *p; p++)
		n += *p == '/';
	return n;
}

const char *part(const struct peer *peer, unsigned n)
{
	const char *p = peer->path;

	for (unsigned i = 0; *p; i++) {
		const char *end = strchr(p + 1, '/');
		size_t size = end ? (size_t)(end - p) : strlen(p);

		if (i == n)
			return decode(p + 1, size - 1);
		p += size;
	}
	return NULL;
}

const char *param(const struct peer *peer, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = peer->query; p && *p; p = strchr(p, '&')) {
		p += *p == '&';
		if (strncmp(p, name, n) == 0 && p[n] == '=')
			return decode(p + n + 1, strcspn(p + n + 1, "&"));
		if (!strchr(p, '&'))
			break;
	}
	return NULL;
}

static const char *header(const char *head, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = strstr(head, "\r\n"); p && p[2]; p = strstr(p + 2, "\r\n"))
		if (strncasecmp(p + 2, name, n) == 0 && p[2 + n] == ':')
			return p + 2 + n + 1 + strspn(p + 3 + n, " ");
	return NULL;
}

static void token_read(struct peer *peer, const char *head)
{
	const char *value = header(head, "authorization"), *query = param(peer, "access_token");
	const char *upgrade = header(head, "sec-websocket-key");

	snprintf(peer->ws_key, sizeof peer->ws_key, "%.*s",
		 upgrade ? (int)strcspn(upgrade, "\r\n") : 0, upgrade ? upgrade : "");
	peer->token[0] = '\0';
	peer->token_in_url = query != NULL;
	if (value && strncmp(value, "Bearer ", 7) == 0)
		snprintf(peer->token, sizeof peer->token, "%.*s", (int)strcspn(value + 7, "\r\n"),
			 value + 7);
	else if (query)
		snprintf(peer->token, sizeof peer->token, "%s", query);
}

/* False when the request is not whole yet. */
static bool request_read(struct peer *peer)
{
	char *end, *head, url[8192], version[16];
	const char *length;
	size_t head_n, body_n;

	peer->in[peer->in_n] = '\0';
	end = strstr(peer->in, "\r\n\r\n");
	if (!end)
		return false;
	head_n = (size_t)(end - peer->in) + 4;
	head = copy(peer->in, head_n);
	length = header(head, "content-length");
	body_n = length ? (size_t)strtoul(length, NULL, 10) : 0;
	if (peer->in_n < head_n + body_n ||
	    sscanf(head, "%7s %8191s %15s", peer->method, url, version) != 3) {
		free(head);
		return false;
	}
	peer->path = copy(url, strcspn(url, "?"));
	peer->query = strchr(url, '?') ? copy(strchr(url, '?') + 1, strlen(strchr(url, '?') + 1))
				       : copy("", 0);
	peer->body = copy(peer->in + head_n, body_n);
	peer->body_n = body_n;
	peer->json = json_loadb(peer->body, body_n, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
	token_read(peer, head);
	free(head);
	peer->in_n -= head_n + body_n;
	memmove(peer->in, peer->in + head_n + body_n, peer->in_n);
	peer->busy = true;
	return true;
}

/* --- the response --- */

static void date_write(char *line, size_t size)
{
	time_t at = (time_t)((now_ms() + setting("date_off_ms", 0)) / 1000);
	struct tm parts;

	gmtime_r(&at, &parts);
	strftime(line, size, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
}

void respond_raw(struct peer *peer, int status, const char *headers, const char *body)
{
	size_t n = strlen(body) + strlen(headers) + 300;
	char date[64];

	date_write(date, sizeof date);
	peer->out = realloc(peer->out, peer->out_n + n);
	if (!peer->out)
		abort();
	peer->out_n += (size_t)snprintf(peer->out + peer->out_n, n,
					"HTTP/1.1 %d x\r\nContent-Type: application/json\r\n%s%s"
					"Content-Length: %zu\r\n\r\n%s",
					status, date, headers, strlen(body), body);
	peer->busy = peer->polls = false;
}

void respond(struct peer *peer, int status, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);

	respond_raw(peer, status, "", text ? text : "{}");
	free(text);
	json_decref(body);
}

void fail(struct peer *peer, int status, const char *errcode, const char *error)
{
	respond(peer, status, json_pack("{s:s,s:s}", "errcode", errcode, "error", error));
}

/* --- the turn --- */

static void peer_accept(void)
{
	int fd, one = 1;

	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		struct peer *peer = calloc(1, sizeof *peer);

		if (!peer || !(peer->in = malloc(IN_MAX + 1)))
			abort();
		fcntl(fd, F_SETFL, O_NONBLOCK);
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		peer->fd = fd;
		peer->next = peers;
		peers = peer;
	}
}

static void peer_read(struct peer *peer)
{
	ssize_t n;

	while ((n = read(peer->fd, peer->in + peer->in_n, IN_MAX - peer->in_n)) > 0)
		peer->in_n += (size_t)n;
	if (n == 0 || (n < 0 && errno != EAGAIN) || peer->in_n == IN_MAX)
		peer->reset = peer->closing = true;
}

static void peer_write(struct peer *peer)
{
	ssize_t n;

	if (peer->hold_until > now_ms())
		return;
	while (peer->out_at < peer->out_n &&
	       (n = write(peer->fd, peer->out + peer->out_at, peer->out_n - peer->out_at)) > 0)
		peer->out_at += (size_t)n;
	if (peer->out_at < peer->out_n)
		return;
	if (peer->out_n && !peer->busy)
		request_clear(peer);
	peer->out_n = peer->out_at = 0;
}

static void peers_sweep(void)
{
	struct peer **at = &peers;

	while (*at) {
		struct peer *peer = *at;

		if (peer->closing && (peer->reset || peer->out_at >= peer->out_n)) {
			*at = peer->next;
			peer_free(peer);
		} else {
			at = &peer->next;
		}
	}
}

static void peer_serve(struct peer *peer)
{
	while (!peer->ws && !peer->closing && !peer->busy && !peer->out_n && request_read(peer)) {
		if (!strncmp(peer->path, "/fake/", 6))
			control_handle(peer);
		else
			api_handle(peer);
	}
	if (peer->ws)
		wsproxy_read(peer);
	peer_write(peer);
}

void http_turn(int ms)
{
	struct pollfd fds[PEERS_MAX + 1] = {{listener, POLLIN, 0}};
	struct peer *of[PEERS_MAX + 1] = {0};
	nfds_t n = 1;

	for (struct peer *peer = peers; peer && n <= PEERS_MAX; peer = peer->next) {
		bool writes = peer->out_at < peer->out_n && peer->hold_until <= now_ms();

		fds[n] = (struct pollfd){peer->fd, (short)(POLLIN | (writes ? POLLOUT : 0)), 0};
		of[n++] = peer;
	}
	poll(fds, n, ms);
	for (nfds_t i = 1; i < n; i++) {
		if (fds[i].revents & (POLLIN | POLLHUP | POLLERR))
			peer_read(of[i]);
		peer_serve(of[i]);
	}
	peers_sweep();
	peer_accept();
	polls_serve();
	wsproxy_turn();
	peers_sweep();
}

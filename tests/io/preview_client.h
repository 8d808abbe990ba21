/* A browser's side of the preview for tests: plain sockets, driven from the same thread as the
 * loop. Every wait turns the loop and ends after WAIT_MS. */
#ifndef TESTS_IO_PREVIEW_CLIENT_H
#define TESTS_IO_PREVIEW_CLIENT_H

#include "core/str.h"
#include "io/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#define WAIT_MS 5000

struct client {
	struct loop *loop;
	int fd;
	char in[256 * 1024];
	size_t n;
	bool ended; /* the server closed */
};

static inline void loop_turn(struct loop *loop)
{
	(void)poll(NULL, 0, 1);
	(void)uv_run(loop_uv(loop), UV_RUN_NOWAIT);
}

static inline struct client *client_dial(struct loop *loop, unsigned port)
{
	struct client *client = calloc(1, sizeof *client);
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int small = 4096;
	if (client == NULL)
		abort();
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	client->loop = loop;
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	if (connect(client->fd, (struct sockaddr *)&at, sizeof at) != 0)
		client->ended = true;
	(void)fcntl(client->fd, F_SETFL, O_NONBLOCK);
	return client;
}

static inline void client_free(struct client *client)
{
	(void)close(client->fd);
	free(client);
}

static inline void client_put(struct client *client, const void *bytes, size_t n)
{
	const char *at = bytes;
	for (int i = 0; n > 0 && i < WAIT_MS; i++) {
		ssize_t sent = send(client->fd, at, n, MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN)
			return;
		if (sent > 0) {
			at += sent;
			n -= (size_t)sent;
		}
		loop_turn(client->loop);
	}
}

static inline void client_read(struct client *client)
{
	ssize_t n = recv(client->fd, client->in + client->n, sizeof client->in - 1 - client->n, 0);
	if (n > 0)
		client->n += (size_t)n;
	else if (n == 0 || errno != EAGAIN)
		client->ended = true;
	client->in[client->n] = '\0';
}

/* Until `needle` has come; false when the server closed before, or time is up. */
static inline bool client_sees(struct client *client, const char *needle)
{
	for (int i = 0; i < WAIT_MS; i++) {
		loop_turn(client->loop);
		client_read(client);
		if (strstr(client->in, needle) != NULL)
			return true;
		if (client->ended)
			return false;
	}
	return false;
}

static inline bool client_sees_end(struct client *client)
{
	for (int i = 0; i < WAIT_MS && !client->ended; i++) {
		loop_turn(client->loop);
		client_read(client);
		if (client->n > sizeof client->in / 2)
			client->n = 0;
	}
	return client->ended;
}

/* --- HTTP ---------------------------------------------------------------------------------- */

/* Sends a request and reads until the head is whole; `client->in` then holds it. */
static inline struct client *client_request(struct loop *loop, unsigned port, const char *method,
					    const char *path, const char *host, const char *more)
{
	char request[1024];
	struct client *client = client_dial(loop, port);
	int n = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\n%s%s%s%s\r\n", method, path,
			 host[0] != '\0' ? "Host: " : "", host, host[0] != '\0' ? "\r\n" : "",
			 more);
	client_put(client, request, (size_t)n);
	(void)client_sees(client, "\r\n\r\n");
	return client;
}

static inline int client_status(const struct client *client)
{
	/* libwebsockets refuses an upgrade as HTTP/1.0. */
	return strncmp(client->in, "HTTP/1.", 7) == 0 ? atoi(client->in + 9) : 0;
}

static inline int status_of(struct loop *loop, unsigned port, const char *method, const char *path,
			    const char *host, const char *more)
{
	struct client *client = client_request(loop, port, method, path, host, more);
	int status = client_status(client);
	client_free(client);
	return status;
}

/* --- websocket (RFC 6455) -------------------------------------------------------------------- */

#define UPGRADE                                                                      \
	"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static inline struct client *client_chat(struct loop *loop, unsigned port)
{
	char host[64];
	char more[512];
	(void)snprintf(host, sizeof host, "127.0.0.1:%u", port);
	(void)snprintf(more, sizeof more, UPGRADE "Origin: http://%s\r\n", host);
	struct client *client = client_request(loop, port, "GET", "/chat", host, more);
	if (client_status(client) == 101) {
		size_t head = (size_t)(strstr(client->in, "\r\n\r\n") + 4 - client->in);
		memmove(client->in, client->in + head, client->n - head + 1);
		client->n -= head;
	}
	return client;
}

/* One frame, masked with zeros. `first` is its first byte: 0x81 is a whole text. */
static inline void client_frame(struct client *client, unsigned char first, const char *text,
				size_t n)
{
	unsigned char head[14] = {first};
	size_t head_n = 2;
	if (n < 126) {
		head[1] = (unsigned char)(0x80 | n);
	} else {
		head[1] = 0x80 | 126;
		head[2] = (unsigned char)(n >> 8);
		head[3] = (unsigned char)n;
		head_n = 4;
	}
	head_n += 4;
	client_put(client, head, head_n);
	client_put(client, text, n);
}

static inline void client_says(struct client *client, const char *text)
{
	client_frame(client, 0x81, text, strlen(text));
}

static inline size_t frame_length(const struct client *client, size_t *head)
{
	const unsigned char *in = (const unsigned char *)client->in;
	if (client->n < 2)
		return 0;
	*head = 2;
	if (in[1] < 126)
		return 2 + in[1];
	if (in[1] == 126 && client->n >= 4) {
		*head = 4;
		return 4 + ((size_t)in[2] << 8 | in[3]);
	}
	if (in[1] == 127 && client->n >= 10) {
		*head = 10;
		return 10 + ((size_t)in[7] << 16 | (size_t)in[8] << 8 | in[9]);
	}
	return 0;
}

/* Takes the next frame: its opcode, its payload in `out`. -1 when none comes. */
static inline int client_hears(struct client *client, char *out, size_t out_n)
{
	for (int i = 0; i < WAIT_MS; i++) {
		size_t head = 0;
		size_t whole = frame_length(client, &head);
		if (whole > 0 && client->n >= whole) {
			int opcode = client->in[0] & 15;
			size_t n = whole - head < out_n - 1 ? whole - head : out_n - 1;
			memcpy(out, client->in + head, n);
			out[n] = '\0';
			memmove(client->in, client->in + whole, client->n - whole + 1);
			client->n -= whole;
			return opcode;
		}
		if (client->ended)
			return -1;
		loop_turn(client->loop);
		client_read(client);
	}
	return -1;
}

/* Skips other frames until the close frame: its code, 1006 when the connection just ended. */
static inline int client_close_code(struct client *client)
{
	char text[2048];
	int opcode;
	while ((opcode = client_hears(client, text, sizeof text)) >= 0)
		if (opcode == 8)
			return (unsigned char)text[0] << 8 | (unsigned char)text[1];
	return 1006;
}

#endif

/* A scripted server for the tests of ws and http: a child process that listens on 127.0.0.1 (or
 * ::1), runs one function in one more child for each connection, and sends notes back over a pipe. Plain sockets and
 * OpenSSL only, so that it shares no code with what is tested. Included by one test each. */
#ifndef TESTS_IO_SERVER_H
#define TESTS_IO_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIFE_S 60

struct conn {
	int fd;
	SSL *ssl;  /* NULL without TLS */
	int nth;   /* which connection of this server, from 0 */
	int notes; /* where note() writes */
	char request[8192];
};

struct server {
	pid_t pid;
	unsigned port;
	int notes; /* read by server_notes() */
};

struct server_settings {
	void (*script)(struct conn *c);
	bool ipv6;
	const char *cert; /* PEM files; NULL: no TLS */
	const char *key;
	int tls_max; /* the newest version that is spoken; 0: all */
};

__attribute__((unused)) static void note(struct conn *c, const char *text)
{
	if (write(c->notes, text, strlen(text)) < 0)
		_exit(1);
}

static ssize_t conn_read(struct conn *c, void *p, size_t n)
{
	return c->ssl ? SSL_read(c->ssl, p, (int)n) : read(c->fd, p, n);
}

static bool conn_read_full(struct conn *c, void *p, size_t n)
{
	for (size_t have = 0; have < n;) {
		ssize_t got = conn_read(c, (char *)p + have, n - have);

		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

static void conn_write(struct conn *c, const void *p, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t put = c->ssl ? SSL_write(c->ssl, (const char *)p + done, (int)(n - done))
				     : write(c->fd, (const char *)p + done, n - done);

		if (put <= 0)
			return;
		done += (size_t)put;
	}
}

static void conn_puts(struct conn *c, const char *text)
{
	conn_write(c, text, strlen(text));
}

/* Header lines up to the empty one, into `request`. */
static bool conn_read_head(struct conn *c)
{
	size_t n = 0;

	while (n < sizeof c->request - 1 && conn_read(c, c->request + n, 1) == 1) {
		c->request[++n] = '\0';
		if (n >= 4 && memcmp(c->request + n - 4, "\r\n\r\n", 4) == 0)
			return true;
	}
	return false;
}

/* The value of a header of the request, "" when there is none. */
__attribute__((unused)) static const char *conn_header(const struct conn *c, const char *name)
{
	static char value[1024];
	const char *line = c->request;
	size_t n = strlen(name);

	value[0] = '\0';
	while ((line = strstr(line, "\r\n"))) {
		line += 2;
		if (strncasecmp(line, name, n) == 0 && line[n] == ':') {
			snprintf(value, sizeof value, "%.*s", (int)strcspn(line + n + 2, "\r"),
				 line + n + 2);
			break;
		}
	}
	return value;
}

/* Gone without a farewell: RST. */
__attribute__((unused)) static void conn_reset(struct conn *c)
{
	const struct linger now = {1, 0};

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(c->fd);
	c->fd = -1;
}

static void server_one(const struct server_settings *settings, SSL_CTX *tls, struct conn *c)
{
	if (tls) {
		c->ssl = SSL_new(tls);
		SSL_set_fd(c->ssl, c->fd);
		if (SSL_accept(c->ssl) != 1) {
			note(c, "tls refused\n");
			close(c->fd);
			return;
		}
	}
	settings->script(c);
	if (c->ssl)
		SSL_shutdown(c->ssl);
	if (c->fd >= 0)
		close(c->fd);
}

static void server_run(const struct server_settings *settings, int listener, int notes)
{
	SSL_CTX *tls = NULL;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	setpgid(0, 0);
	alarm(LIFE_S); /* ends by itself when the test died */
	if (settings->cert) {
		tls = SSL_CTX_new(TLS_server_method());
		if (SSL_CTX_use_certificate_chain_file(tls, settings->cert) != 1 ||
		    SSL_CTX_use_PrivateKey_file(tls, settings->key, SSL_FILETYPE_PEM) != 1)
			_exit(2);
		if (settings->tls_max) {
			SSL_CTX_set_max_proto_version(tls, settings->tls_max);
			SSL_CTX_set_security_level(tls, 0);
		}
	}
	for (int nth = 0;; nth++) {
		struct conn c = {.nth = nth, .notes = notes, .fd = accept(listener, NULL, NULL)};

		if (fork() == 0) {
			alarm(LIFE_S);
			close(listener);
			server_one(settings, tls, &c);
			_exit(0);
		}
		close(c.fd);
	}
}

__attribute__((unused)) static bool server_start(struct server *s, struct server_settings settings)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
	struct sockaddr *address = settings.ipv6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
	socklen_t n = settings.ipv6 ? sizeof v6 : sizeof v4;
	int listener = socket(settings.ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
	int ends[2];

	v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener < 0 || bind(listener, address, n) != 0 || listen(listener, 64) != 0 ||
	    getsockname(listener, address, &n) != 0 || pipe(ends) != 0)
		return false;
	s->port = ntohs(settings.ipv6 ? v6.sin6_port : v4.sin_port);
	s->notes = ends[0];
	fflush(NULL);
	s->pid = fork();
	if (s->pid == 0) {
		close(ends[0]);
		server_run(&settings, listener, ends[1]);
		_exit(0);
	}
	close(listener);
	close(ends[1]);
	return s->pid > 0;
}

/* Ends it and gives all that it noted. */
__attribute__((unused)) static const char *server_stop(struct server *s)
{
	static char notes[16384];
	size_t n = 0;
	ssize_t got;

	setpgid(s->pid, s->pid); /* whoever is first */
	kill(-s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	while (n < sizeof notes - 1 && (got = read(s->notes, notes + n, sizeof notes - 1 - n)) > 0)
		n += (size_t)got;
	notes[n] = '\0';
	close(s->notes);
	return notes;
}

/* The next note, up to and with its newline; waits for it. */
__attribute__((unused)) static const char *server_note(struct server *s)
{
	static char line[1024];
	size_t n = 0;

	while (n < sizeof line - 1 && read(s->notes, line + n, 1) == 1 && line[n++] != '\n')
		;
	line[n] = '\0';
	return line;
}

/* --- the websocket's side, RFC 6455 --- */

__attribute__((unused)) static void ws_accept_key(const struct conn *c, char out[64])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	char both[1100];

	snprintf(both, sizeof both, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
		 conn_header(c, "Sec-WebSocket-Key"));
	EVP_Digest(both, strlen(both), digest, NULL, EVP_sha1(), NULL);
	EVP_EncodeBlock((unsigned char *)out, digest, 20);
}

__attribute__((unused)) static bool ws_accept(struct conn *c)
{
	char key[64];
	char answer[256];

	if (!conn_read_head(c))
		return false;
	ws_accept_key(c, key);
	snprintf(answer, sizeof answer,
		 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		 "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		 key);
	conn_puts(c, answer);
	return true;
}

/* `first` is FIN and the opcode: 0x81 a whole text, 0x01 the first part of one, 0x80 the last. */
__attribute__((unused)) static void ws_frame(struct conn *c, unsigned first, const void *p,
					     size_t n)
{
	unsigned char head[10] = {(unsigned char)first};
	size_t head_n = 2;

	if (n < 126) {
		head[1] = (unsigned char)n;
	} else if (n < 65536) {
		head[1] = 126;
		head[2] = (unsigned char)(n >> 8);
		head[3] = (unsigned char)n;
		head_n = 4;
	} else {
		head[1] = 127;
		for (int i = 0; i < 8; i++)
			head[2 + i] = (unsigned char)((unsigned long long)n >> (56 - 8 * i));
		head_n = 10;
	}
	conn_write(c, head, head_n);
	conn_write(c, p, n);
}

__attribute__((unused)) static void ws_text(struct conn *c, const char *text)
{
	ws_frame(c, 0x81, text, strlen(text));
}

__attribute__((unused)) static void ws_bye(struct conn *c, unsigned code, const char *why)
{
	char p[125];

	p[0] = (char)(code >> 8);
	p[1] = (char)code;
	memcpy(p + 2, why, strlen(why));
	ws_frame(c, 0x88, p, 2 + strlen(why));
}

/* Reads one frame of the client: its first byte, -1 at the end, -2 when it is not masked. */
__attribute__((unused)) static int ws_read(struct conn *c, char *p, size_t room, size_t *n)
{
	unsigned char head[8];
	unsigned char mask[4];
	int first;

	if (!conn_read_full(c, head, 2))
		return -1;
	first = head[0];
	if (!(head[1] & 0x80))
		return -2;
	*n = head[1] & 0x7f;
	if (*n == 126) {
		if (!conn_read_full(c, head, 2))
			return -1;
		*n = (size_t)head[0] << 8 | head[1];
	} else if (*n == 127) {
		if (!conn_read_full(c, head, 8))
			return -1;
		*n = 0;
		for (int i = 0; i < 8; i++)
			*n = *n << 8 | head[i];
	}
	if (*n >= room || !conn_read_full(c, mask, 4) || !conn_read_full(c, p, *n))
		return -1;
	for (size_t i = 0; i < *n; i++)
		p[i] = (char)(p[i] ^ mask[i % 4]);
	p[*n] = '\0';
	return first;
}

/* --- certificates made for one run --- */

/* CA, and a certificate for localhost and 127.0.0.1 signed by it, as DIR/ca.pem, cert.pem, key.pem. Beside
 * it with the same key: other.pem for another host, expired.pem, and itself.pem, which signs itself. */
__attribute__((unused)) static bool certificates_make(const char *dir)
{
	char command[2048];

	snprintf(
		command, sizeof command,
		"cd '%s' && exec >/dev/null 2>&1 && "
		"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
		"-subj /CN=testca -keyout ca.key -out ca.pem && "
		"openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
		"-subj /CN=localhost -keyout key.pem -out cert.csr && "
		"printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\n' >ext && "
		"openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
		"-extfile ext -out cert.pem && "
		"openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days -1 "
		"-extfile ext -out expired.pem && "
		"openssl req -x509 -key key.pem -days 2 -subj /CN=localhost "
		"-addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -out itself.pem && "
		"printf 'subjectAltName=DNS:elsewhere.example\\n' >ext && "
		"openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
		"-extfile ext -out other.pem",
		dir);
	return system(command) == 0;
}

#endif

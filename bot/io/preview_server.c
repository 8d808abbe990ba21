#include "io/preview_server.h"

#include "core/arena.h"
#include "core/buf.h"
#include "io/loop.h"
#include "io/preview_page.h"

#include <errno.h>
#include <fcntl.h>
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#define STOP_WAIT_MS 1000
#define FULL_WAIT_MS 500
#define HEAD_MAX 2048
#define PING_S 20
#define HANG_UP_S 30
#define CONNECTIONS_MAX (2 * PREVIEW_PEERS_MAX) /* pages that load, too */

struct outgoing {
	struct outgoing *next;
	size_t n;
	unsigned char bytes[]; /* LWS_PRE bytes of room, then the text */
};

/* A connection: of HTTP at first, and a peer once it is a websocket. */
struct preview_peer {
	struct preview_peer *next;
	struct preview_server *server;
	struct lws *wsi;
	const struct page_file *file; /* HTTP: to be sent once the socket takes it */
	bool open;		      /* a websocket */
	void *owner;
	struct buf in; /* the message so far */
	struct outgoing *out;
	size_t queued;	/* bytes in `out` */
	int close_code; /* not 0: close once `out` is empty */
	bool close_sent;
};

struct preview_server {
	struct loop *loop;
	struct preview_address address;
	struct preview_events events;
	void *arg;
	struct lws_vhost *vhost;
	uv_poll_t *listener; /* NULL: not listening */
	unsigned port;
	struct preview_peer *connections;
	unsigned connections_n, peers_n;
	bool shut, stopping;
	struct timer *stop_timer, *close_timer, *accept_timer;
};

/* --- HTTP ---------------------------------------------------------------------------------- */

static const struct {
	const char *name, *value;
} page_headers[] = {
	{"content-security-policy:",
	 "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
	 "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
	 "require-trusted-types-for 'script'; trusted-types reply"},
	{"x-content-type-options:", "nosniff"},
	{"x-frame-options:", "DENY"},
	{"referrer-policy:", "no-referrer"},
	{"cache-control:", "no-store"},
	{"cross-origin-opener-policy:", "same-origin"},
	{"cross-origin-embedder-policy:", "require-corp"},
	{"cross-origin-resource-policy:", "same-origin"},
	{"permissions-policy:", "camera=(), geolocation=(), microphone=()"},
};

static const struct {
	const char *path, *file, *type;
} page_paths[] = {
	{"/", "page.html", "text/html; charset=utf-8"},
	{"/page.css", "page.css", "text/css; charset=utf-8"},
	{"/page.js", "page.js", "text/javascript; charset=utf-8"},
};

static bool send_head(struct lws *wsi, unsigned status, const char *type, size_t length)
{
	unsigned char head[LWS_PRE + HEAD_MAX];
	unsigned char *start = head + LWS_PRE;
	unsigned char *at = start;
	unsigned char *end = head + sizeof head - 1;
	if (lws_add_http_common_headers(wsi, status, type, length, &at, end))
		return false;
	for (size_t i = 0; i < sizeof page_headers / sizeof page_headers[0]; i++) {
		const char *value = page_headers[i].value;
		if (lws_add_http_header_by_name(wsi, (const unsigned char *)page_headers[i].name,
						(const unsigned char *)value, (int)strlen(value),
						&at, end))
			return false;
	}
	if (status == HTTP_STATUS_METHOD_NOT_ALLOWED &&
	    lws_add_http_header_by_name(wsi, (const unsigned char *)"allow:",
					(const unsigned char *)"GET, HEAD", 9, &at, end))
		return false;
	return lws_finalize_write_http_header(wsi, start, &at, end) == 0;
}

/* A copy, for lws_write wants room in front of the bytes. */
static bool send_body(struct lws *wsi, const void *bytes, size_t n)
{
	unsigned char *copy = malloc(LWS_PRE + n);
	if (copy == NULL)
		out_of_memory();
	memcpy(copy + LWS_PRE, bytes, n);
	bool sent = lws_write(wsi, copy + LWS_PRE, n, LWS_WRITE_HTTP_FINAL) >= 0;
	free(copy);
	return sent;
}

/* The whole answer to a request that gets no file. */
static bool send_refusal(struct lws *wsi, unsigned status, const char *words)
{
	return send_head(wsi, status, "text/plain; charset=utf-8", strlen(words)) &&
	       send_body(wsi, words, strlen(words));
}

static bool header_allowed(const struct preview_server *server, struct lws *wsi, bool websocket)
{
	char host[PREVIEW_HOST_MAX + 16];
	char origin[sizeof host + 16];
	int host_n = lws_hdr_copy(wsi, host, sizeof host, WSI_TOKEN_HOST);
	if (host_n <= 0 || !preview_host_allowed(&server->address, server->port,
						 (struct str){host, (size_t)host_n}))
		return false;
	if (!websocket)
		return true;
	int origin_n = lws_hdr_copy(wsi, origin, sizeof origin, WSI_TOKEN_ORIGIN);
	return origin_n > 0 &&
	       preview_origin_allowed(&server->address, (struct str){host, (size_t)host_n},
				      (struct str){origin, (size_t)origin_n});
}

static const struct page_file *file_named(const char *name)
{
	for (const struct page_file *file = page_files; file->name != NULL; file++)
		if (strcmp(file->name, name) == 0)
			return file;
	return NULL;
}

/* The answers to a request, as libwebsockets wants them: 0 goes on, -1 closes. */
static int finish(struct lws *wsi, bool sent)
{
	return !sent || lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int serve(struct preview_peer *peer, struct str path)
{
	const struct preview_server *server = peer->server;
	struct lws *wsi = peer->wsi;
	bool head = lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0;
	peer->file = NULL;
	if (!header_allowed(server, wsi, false))
		return finish(wsi, send_refusal(wsi, HTTP_STATUS_FORBIDDEN, "Wrong host.\n"));
	if (!head && lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) == 0)
		return finish(wsi, send_refusal(wsi, HTTP_STATUS_METHOD_NOT_ALLOWED,
						"Only GET is answered here.\n"));
	for (size_t i = 0; i < sizeof page_paths / sizeof page_paths[0]; i++) {
		if (!str_eq(path, str_of(page_paths[i].path)))
			continue;
		const struct page_file *file = file_named(page_paths[i].file);
		if (!send_head(wsi, HTTP_STATUS_OK, page_paths[i].type, file->n))
			return -1;
		if (head)
			return finish(wsi, true);
		peer->file = file;
		lws_callback_on_writable(wsi);
		return 0;
	}
	return finish(wsi, send_refusal(wsi, HTTP_STATUS_NOT_FOUND, "Not here.\n"));
}

/* 0 lets the upgrade go on, 1 says that the request was answered, -1 hangs up. */
static int confirm_upgrade(struct preview_peer *peer, struct str to)
{
	const struct preview_server *server = peer->server;
	struct lws *wsi = peer->wsi;
	char path[8];
	if (!str_eq_nocase(to, STR("websocket")))
		return -1;
	bool sent;
	if (!header_allowed(server, wsi, true))
		sent = send_refusal(wsi, HTTP_STATUS_FORBIDDEN, "Wrong host or origin.\n");
	else if (lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI) != 5 ||
		 strcmp(path, "/chat") != 0)
		sent = send_refusal(wsi, HTTP_STATUS_NOT_FOUND, "Not here.\n");
	else if (server->shut || server->peers_n >= PREVIEW_PEERS_MAX)
		sent = send_refusal(wsi, HTTP_STATUS_SERVICE_UNAVAILABLE, "No room left.\n");
	else
		return 0;
	return sent ? 1 : -1;
}

/* --- the websocket --------------------------------------------------------------------------- */

static int peer_opened(struct preview_peer *peer)
{
	peer->open = true;
	peer->server->peers_n++;
	return 0;
}

static void peer_closed(struct preview_peer *peer)
{
	if (!peer->open)
		return;
	peer->open = false;
	peer->server->peers_n--;
	peer->server->events.closed(peer->server->arg, peer);
}

static int peer_received(struct preview_peer *peer, struct str part)
{
	struct lws *wsi = peer->wsi;
	if (peer->close_code != 0)
		return 0;
	size_t rest = lws_remaining_packet_payload(wsi);
	if (lws_frame_is_binary(wsi)) {
		preview_peer_close(peer, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE);
		return 0;
	}
	if (peer->in.n + part.n + rest > PREVIEW_FRAME_MAX || !buf_add(&peer->in, part)) {
		preview_peer_close(peer, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE);
		return 0;
	}
	if (rest > 0 || !lws_is_final_fragment(wsi))
		return 0;
	peer->server->events.message(peer->server->arg, peer, buf_str(&peer->in));
	buf_clear(&peer->in);
	return 0;
}

static int peer_writeable(struct preview_peer *peer)
{
	struct outgoing *first = peer->out;
	if (first == NULL)
		return 0;
	int sent = lws_write(peer->wsi, first->bytes + LWS_PRE, first->n, LWS_WRITE_TEXT);
	peer->out = first->next;
	peer->queued -= first->n;
	free(first);
	if (sent < 0)
		return -1;
	if (peer->out != NULL)
		lws_callback_on_writable(peer->wsi);
	else if (peer->close_code != 0)
		timer_set(peer->server->close_timer, loop_now_ms(peer->server->loop));
	return 0;
}

/* Closes the peers that are to be closed and have been sent everything. Not from inside of
 * libwebsockets' callbacks: Debian's build then closes at once and no close frame goes out. */
static void on_close_time(void *arg)
{
	struct preview_server *server = arg;
	struct preview_peer *next;
	for (struct preview_peer *peer = server->connections; peer != NULL; peer = next) {
		next = peer->next;
		if (!peer->open || peer->close_code == 0 || peer->close_sent || peer->out != NULL)
			continue;
		peer->close_sent = true;
		lws_close_reason(peer->wsi, (enum lws_close_status)peer->close_code, NULL, 0);
		lws_set_timeout(peer->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
	}
}

void preview_peer_send(struct preview_peer *peer, struct str text)
{
	if (peer->close_code != 0)
		return;
	if (peer->queued + text.n > PREVIEW_QUEUE_MAX) {
		preview_peer_drop(peer);
		return;
	}
	struct outgoing *made = malloc(sizeof *made + LWS_PRE + text.n);
	if (made == NULL)
		out_of_memory();
	made->next = NULL;
	made->n = text.n;
	memcpy(made->bytes + LWS_PRE, text.p, text.n);
	struct outgoing **end = &peer->out;
	while (*end != NULL)
		end = &(*end)->next;
	*end = made;
	peer->queued += text.n;
	lws_callback_on_writable(peer->wsi);
}

void preview_peer_close(struct preview_peer *peer, int code)
{
	if (peer->close_code != 0)
		return;
	peer->close_code = code;
	timer_set(peer->server->close_timer, loop_now_ms(peer->server->loop));
}

void preview_peer_drop(struct preview_peer *peer)
{
	peer->close_code = LWS_CLOSE_STATUS_POLICY_VIOLATION;
	peer->close_sent = true;
	/* Else libwebsockets waits some seconds for the other side to close too. */
	(void)shutdown(lws_get_socket_fd(peer->wsi), SHUT_RDWR);
	lws_set_timeout(peer->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

void preview_peer_set(struct preview_peer *peer, void *owner)
{
	peer->owner = owner;
}

void *preview_peer_owner(const struct preview_peer *peer)
{
	return peer->owner;
}

/* --- connections ----------------------------------------------------------------------------- */

static void connection_freed(struct preview_peer *peer)
{
	struct preview_server *server = peer->server;
	peer_closed(peer);
	struct preview_peer **link = &server->connections;
	while (*link != peer)
		link = &(*link)->next;
	*link = peer->next;
	server->connections_n--;
	while (peer->out != NULL) {
		struct outgoing *first = peer->out;
		peer->out = first->next;
		free(first);
	}
	buf_done(&peer->in);
	free(peer);
	/* Not from here: libwebsockets is still at work on what it closes. */
	if (server->stopping && server->connections_n == 0)
		timer_set(server->stop_timer, loop_now_ms(server->loop));
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		    size_t n)
{
	struct preview_peer *peer = lws_get_opaque_user_data(wsi);
	(void)user;
	if (peer == NULL)
		return 0;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		return serve(peer, (struct str){in, n});
	case LWS_CALLBACK_HTTP_WRITEABLE: {
		const struct page_file *file = peer->file;
		peer->file = NULL;
		return file == NULL ? 0 : finish(wsi, send_body(wsi, file->bytes, file->n));
	}
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return confirm_upgrade(peer, str_of(in));
	case LWS_CALLBACK_ESTABLISHED:
		return peer_opened(peer);
	case LWS_CALLBACK_RECEIVE:
		return peer_received(peer, (struct str){in, n});
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return peer_writeable(peer);
	case LWS_CALLBACK_CLOSED:
		peer_closed(peer);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		connection_freed(peer);
		return 0;
	case LWS_CALLBACK_RAW_ADOPT: /* CONNECT */
	case LWS_CALLBACK_RAW_RX:
		return -1;
	default:
		return 0;
	}
}

static void on_connection(uv_poll_t *listener, int status, int events)
{
	struct preview_server *server = listener->data;
	uv_os_fd_t listening;
	(void)events;
	if (status != 0 || uv_fileno((uv_handle_t *)listener, &listening) != 0)
		return;
	int fd = accept(listening, NULL, NULL);
	if (fd < 0) {
		/* No descriptor left: without a pause the loop would spin. */
		if (errno == EMFILE || errno == ENFILE) {
			uv_poll_stop(listener);
			timer_set(server->accept_timer, loop_now_ms(server->loop) + FULL_WAIT_MS);
		}
		return;
	}
	if (server->connections_n >= CONNECTIONS_MAX || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
		(void)close(fd);
		return;
	}
	struct lws *wsi = lws_adopt_socket_vhost(server->vhost, fd);
	if (wsi == NULL) /* closed by libwebsockets */
		return;
	struct preview_peer *peer = calloc(1, sizeof *peer);
	if (peer == NULL)
		out_of_memory();
	peer->server = server;
	peer->wsi = wsi;
	buf_init(&peer->in, PREVIEW_FRAME_MAX);
	peer->next = server->connections;
	server->connections = peer;
	server->connections_n++;
	lws_set_opaque_user_data(wsi, peer);
}

static void on_accept_time(void *arg)
{
	struct preview_server *server = arg;
	if (server->listener != NULL)
		uv_poll_start(server->listener, UV_READABLE, on_connection);
}

/* --- the server ------------------------------------------------------------------------------ */

static const struct lws_protocols protocols[] = {
	{.name = "preview", .callback = on_event, .rx_buffer_size = 4096},
	{.name = NULL},
};

/* A page whose machine fell asleep is noticed by its silence. */
static const lws_retry_bo_t liveness = {
	.secs_since_valid_ping = PING_S,
	.secs_since_valid_hangup = HANG_UP_S,
};

static void on_listener_closed(uv_handle_t *handle)
{
	free(handle);
}

static void listener_close(struct preview_server *server)
{
	uv_os_fd_t listening;
	timer_stop(server->accept_timer);
	if (server->listener == NULL)
		return;
	uv_poll_stop(server->listener);
	if (uv_fileno((uv_handle_t *)server->listener, &listening) == 0)
		(void)close(listening);
	uv_close((uv_handle_t *)server->listener, on_listener_closed);
	server->listener = NULL;
}

/* The peers have gone or their time is up; and again when the last connection has gone. */
static void on_stop_time(void *arg)
{
	struct preview_server *server = arg;
	for (struct preview_peer *peer = server->connections; peer != NULL; peer = peer->next)
		preview_peer_drop(peer);
	if (server->connections_n > 0)
		return;
	if (server->vhost != NULL)
		lws_vhost_destroy(server->vhost);
	server->vhost = NULL;
	server->events.stopped(server->arg);
}

struct preview_server *preview_server_new(struct loop *loop, const struct preview_address *address,
					  const struct preview_events *events, void *arg)
{
	struct preview_server *server = calloc(1, sizeof *server);
	if (server == NULL)
		out_of_memory();
	server->loop = loop;
	server->address = *address;
	server->events = *events;
	server->arg = arg;
	server->stop_timer = timer_new(loop, on_stop_time, server);
	server->close_timer = timer_new(loop, on_close_time, server);
	server->accept_timer = timer_new(loop, on_accept_time, server);
	return server;
}

bool preview_server_start(struct preview_server *server, struct err *err)
{
	struct lws_context_creation_info info = {
		.vhost_name = "preview",
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = protocols,
		.server_string = "clinicbot",
		.retry_and_idle_policy = &liveness,
	};
	int fd = preview_address_listen(&server->address, &server->port, err);
	if (fd < 0)
		return false;
	server->vhost = lws_create_vhost(loop_lws(server->loop), &info);
	server->listener = calloc(1, sizeof *server->listener);
	if (server->vhost == NULL || server->listener == NULL)
		out_of_memory();
	uv_poll_init(loop_uv(server->loop), server->listener, fd);
	server->listener->data = server;
	uv_poll_start(server->listener, UV_READABLE, on_connection);
	return true;
}

unsigned preview_server_port(const struct preview_server *server)
{
	return server->port;
}

void preview_server_shut(struct preview_server *server)
{
	server->shut = true;
}

void preview_server_stop(struct preview_server *server)
{
	int64_t wait_ms = server->peers_n > 0 ? STOP_WAIT_MS : 0;
	server->shut = true;
	server->stopping = true;
	listener_close(server);
	for (struct preview_peer *peer = server->connections; peer != NULL; peer = peer->next)
		if (peer->open)
			preview_peer_close(peer, 1012); /* "service restart", IANA's registry */
		else
			preview_peer_drop(peer);
	timer_set(server->stop_timer, loop_now_ms(server->loop) + wait_ms);
}

void preview_server_free(struct preview_server *server)
{
	if (server == NULL)
		return;
	timer_free(server->stop_timer);
	timer_free(server->close_timer);
	timer_free(server->accept_timer);
	free(server);
}

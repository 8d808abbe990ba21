#include "io/ws.h"

#include <libwebsockets.h>
#include <malloc.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/secret.h"
#include "io/loop.h"
#include "io/peer.h"

#define CLOSE_WAIT_MS 2000
/* Bytes of a frame that libwebsockets hands over at once; control frames need 125. */
#define PART_BYTES 4096
/* Memory that is kept between messages; more is given back. */
#define KEPT_BYTES ((size_t)64 * 1024)
/* What was read out of such a message took several times its bytes; they are given back, too. */
#define LARGE_BYTES ((size_t)256 * 1024)
#define CLOSE_ABNORMAL 1006
#define CLOSE_TOO_BIG 1009

enum ws_state {
	WS_RESOLVING,
	WS_CONNECTING,
	WS_OPEN,
	WS_CLOSING, /* a close frame is to be sent, was sent, or came */
	WS_ENDED,   /* `closed` is told in the next turn */
};

struct ws_frame {
	struct ws_frame *next;
	size_t n;
	unsigned char bytes[]; /* LWS_PRE of room, then the text */
};

struct ws {
	struct loop *loop;
	enum ws_state state;
	struct ws_events events;
	void *arg;

	struct peer peer;
	char *path;
	char *agent;
	char *headers[WS_HEADERS_MAX];
	struct lws_vhost *vhost;
	unsigned timeout_ms;

	struct ws_resolve *resolve;
	struct addrinfo *addresses;
	const struct addrinfo *address; /* the one being tried */
	bool connected;			/* TCP is */
	struct lws *wsi;		/* NULL when it has none or let go of it */
	struct timer *deadline;
	struct timer *step; /* what must not happen inside a callback of libwebsockets */

	struct buf in;
	struct ws_frame *out;
	struct ws_frame **out_end;
	size_t queued;

	int close_code;	 /* what `closed` will be told */
	bool close_sent; /* or libwebsockets answers the peer's */
	char why[160];
};

/* Outlives a ws that is dropped while libuv's pool looks its name up. */
struct ws_resolve {
	uv_getaddrinfo_t request;
	struct loop *loop;
	struct ws *ws; /* NULL when nobody waits any more */
};

static int on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		  size_t len);

static const struct lws_protocols protocols[] = {
	{.name = "clinicbot", .callback = on_lws, .rx_buffer_size = PART_BYTES},
	{0},
};

static void queue_clear(struct ws *ws)
{
	while (ws->out) {
		struct ws_frame *frame = ws->out;

		ws->out = frame->next;
		secret_wipe((struct str){(char *)frame->bytes, LWS_PRE + frame->n});
		free(frame);
	}
	ws->out_end = &ws->out;
	ws->queued = 0;
}

static void ws_free(struct ws *ws)
{
	queue_clear(ws);
	timer_free(ws->deadline);
	timer_free(ws->step);
	if (ws->addresses)
		uv_freeaddrinfo(ws->addresses);
	buf_done(&ws->in);
	free(ws->path);
	free(ws->agent);
	for (size_t i = 0; i < WS_HEADERS_MAX; i++) {
		secret_wipe(str_of(ws->headers[i]));
		free(ws->headers[i]);
	}
	free(ws);
}

/* libwebsockets closes it in its own time; its callbacks find nobody. */
static void let_go(struct ws *ws)
{
	struct lws *wsi = ws->wsi;

	if (!wsi)
		return;
	ws->wsi = NULL;
	lws_set_opaque_user_data(wsi, NULL);
	lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	/* Its timers are only looked at behind an event of its own. */
	lws_cancel_service(loop_lws(ws->loop));
}

static void ws_end(struct ws *ws, int code, struct str why)
{
	if (ws->state == WS_ENDED)
		return;
	ws->state = WS_ENDED;
	ws->close_code = code;
	if (why.p != ws->why)
		snprintf(ws->why, sizeof ws->why, STR_FMT, STR_ARG(why));
	let_go(ws);
	if (ws->resolve) {
		ws->resolve->ws = NULL;
		uv_cancel((uv_req_t *)&ws->resolve->request);
		ws->resolve = NULL;
	}
	timer_stop(ws->deadline);
	timer_set(ws->step, 0);
}

static bool was_open(const struct ws *ws)
{
	return ws->state == WS_OPEN || ws->state == WS_CLOSING;
}

/* The first address that may be used, from `from` on. Without TLS only this machine's. */
static const struct addrinfo *usable_address(const struct ws *ws, const struct addrinfo *from)
{
	while (from && !ws->peer.tls && !peer_is_loopback(from->ai_addr))
		from = from->ai_next;
	return from;
}

/* In the next turn, as libwebsockets may still be busy with the last one. */
static void try_next_address(struct ws *ws)
{
	char why[PEER_HOST_MAX + 40];

	loop_connection_failed(ws->loop);
	ws->wsi = NULL;
	ws->address = usable_address(ws, ws->address->ai_next);
	if (ws->address) {
		timer_set(ws->step, 0);
		return;
	}
	snprintf(why, sizeof why, "%s port %u cannot be reached", ws->peer.host, ws->peer.port);
	ws_end(ws, 0, str_of(why));
}

/* Outside of libwebsockets' callbacks: to return -1 from one would be the usual way, but Debian's
 * build (made with _DEBUG) then closes a second time at once on libuv, and no frame is sent. */
static void close_now(struct ws *ws)
{
	if (!ws->wsi || ws->close_sent)
		return;
	ws->close_sent = true;
	lws_close_reason(ws->wsi, (enum lws_close_status)ws->close_code, NULL, 0);
	lws_set_timeout(ws->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
}

static void connect_now(struct ws *ws)
{
	struct lws_client_connect_info info = {0};
	char address[INET6_ADDRSTRLEN] = "";
	char host[PEER_HOST_MAX + 16];
	bool usual = ws->peer.port == (ws->peer.tls ? 443U : 80U);
	int n = snprintf(host, sizeof host, ws->peer.ipv6 ? "[%s]" : "%s", ws->peer.host);

	if (!usual)
		snprintf(host + n, sizeof host - (size_t)n, ":%u", ws->peer.port);
	getnameinfo(ws->address->ai_addr, ws->address->ai_addrlen, address, sizeof address, NULL, 0,
		    NI_NUMERICHOST);
	ws->state = WS_CONNECTING;
	info.context = loop_lws(ws->loop);
	info.vhost = ws->vhost;
	info.address = address;
	info.port = (int)ws->peer.port;
	info.path = ws->path;
	info.host = host; /* for the Host header, SNI and the certificate */
	info.ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT;
	if (ws->peer.tls)
		info.ssl_connection |= LCCSCF_USE_SSL;
	info.alpn = "http/1.1";
	info.local_protocol_name = protocols[0].name;
	info.opaque_user_data = ws;
	ws->wsi = lws_client_connect_via_info(&info);
	if (!ws->wsi)
		try_next_address(ws);
}

static void on_step(void *arg)
{
	struct ws *ws = arg;
	struct str why = str_of(ws->why);

	if (ws->state == WS_CLOSING) {
		close_now(ws);
	} else if (ws->state == WS_ENDED) {
		ws->events.closed(ws->arg, ws->close_code, why);
		ws_free(ws);
	} else {
		connect_now(ws);
	}
}

static void on_deadline(void *arg)
{
	struct ws *ws = arg;
	char why[80];

	if (ws->state == WS_CLOSING) {
		ws_end(ws, CLOSE_ABNORMAL, STR("the close was not answered"));
		return;
	}
	snprintf(why, sizeof why, "not open after %u ms", ws->timeout_ms);
	ws_end(ws, 0, str_of(why));
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
	struct ws_resolve *resolve = request->data;
	struct ws *ws = resolve->ws;
	char why[PEER_HOST_MAX + 40];

	loop_lookup_end(resolve->loop);
	free(resolve);
	if (!ws) {
		uv_freeaddrinfo(addresses);
		return;
	}
	ws->resolve = NULL;
	ws->addresses = addresses;
	ws->address = status == 0 ? usable_address(ws, addresses) : NULL;
	if (ws->address) {
		connect_now(ws);
		return;
	}
	snprintf(why, sizeof why, "the name %s is not known", ws->peer.host);
	ws_end(ws, 0, str_of(why));
}

static bool resolve_start(struct ws *ws)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct ws_resolve *resolve = calloc(1, sizeof *resolve);

	if (!resolve)
		out_of_memory();
	resolve->loop = ws->loop;
	resolve->ws = ws;
	resolve->request.data = resolve;
	if (uv_getaddrinfo(loop_uv(ws->loop), &resolve->request, on_resolved, ws->peer.host, NULL,
			   &hints) != 0) {
		free(resolve);
		return false;
	}
	loop_lookup_begin(ws->loop);
	ws->resolve = resolve;
	return true;
}

/* Why it never opened, from what libwebsockets still knows. */
static void on_refused(struct ws *ws, struct lws *wsi, struct str said)
{
	unsigned status = lws_http_client_http_response(wsi);
	SSL *ssl = ws->peer.tls ? lws_get_ssl(wsi) : NULL;
	long verified = ssl ? SSL_get_verify_result(ssl) : X509_V_OK;
	char why[160];

	lws_set_opaque_user_data(wsi, NULL); /* gone after this callback */
	ws->wsi = NULL;
	if (!ws->connected) {
		try_next_address(ws);
		return;
	}
	if (verified != X509_V_OK) {
		snprintf(why, sizeof why, "bad certificate: %s",
			 X509_verify_cert_error_string(verified));
	} else if (status != 0 && status != 101) {
		snprintf(why, sizeof why, "HTTP %u", status);
	} else {
		snprintf(why, sizeof why, STR_FMT, STR_ARG(said));
	}
	ws_end(ws, 0, str_of(why));
}

static void on_open(struct ws *ws)
{
	ws->state = WS_OPEN;
	timer_stop(ws->deadline);
	if (ws->out)
		lws_callback_on_writable(ws->wsi);
	ws->events.opened(ws->arg);
}

/* libwebsockets tells of nothing else when the request could not be sent. */
static void on_lost(struct ws *ws, struct lws *wsi)
{
	if (ws->wsi != wsi)
		return;
	lws_set_opaque_user_data(wsi, NULL);
	ws->wsi = NULL;
	loop_connection_failed(ws->loop);
	if (was_open(ws))
		ws_end(ws, CLOSE_ABNORMAL, STR("the connection was lost"));
	else
		ws_end(ws, 0, STR("the request could not be sent"));
}

static void close_begin(struct ws *ws, int code)
{
	ws->state = WS_CLOSING;
	ws->close_code = code;
	timer_set(ws->deadline, loop_now_ms(ws->loop) + CLOSE_WAIT_MS);
	lws_callback_on_writable(ws->wsi);
}

static int on_part(struct ws *ws, struct lws *wsi, struct str part)
{
	if (ws->state != WS_OPEN)
		return 0;
	if (lws_remaining_packet_payload(wsi) > ws->in.max - ws->in.n || !buf_add(&ws->in, part)) {
		snprintf(ws->why, sizeof ws->why, "a message of more than %zu bytes", ws->in.max);
		close_begin(ws, CLOSE_TOO_BIG);
		return 0;
	}
	if (lws_remaining_packet_payload(wsi) || !lws_is_final_fragment(wsi))
		return 0;
	ws->events.message(ws->arg, buf_str(&ws->in));
	if (ws->in.cap > KEPT_BYTES) {
		size_t max = ws->in.max;
		bool is_large = ws->in.n > LARGE_BYTES;

		buf_done(&ws->in);
		buf_init(&ws->in, max);
		if (is_large)
			malloc_trim(0);
	}
	buf_clear(&ws->in);
	return ws->wsi ? 0 : -1;
}

/* libwebsockets answers it. */
static void on_peer_close(struct ws *ws, const unsigned char *p, size_t n)
{
	ws->close_sent = true;
	ws->state = WS_CLOSING;
	timer_set(ws->deadline, loop_now_ms(ws->loop) + CLOSE_WAIT_MS);
	ws->close_code = CLOSE_ABNORMAL;
	if (n >= 2) {
		ws->close_code = p[0] << 8 | p[1];
		snprintf(ws->why, sizeof ws->why, "%.*s", (int)(n - 2), (const char *)p + 2);
	}
}

static int on_writable(struct ws *ws, struct lws *wsi)
{
	struct ws_frame *frame = ws->out;
	int written;

	if (!frame) {
		if (ws->state == WS_CLOSING && !ws->close_sent)
			timer_set(ws->step, 0);
		return 0;
	}
	ws->out = frame->next;
	if (!ws->out)
		ws->out_end = &ws->out;
	ws->queued -= frame->n;
	/* What the socket does not take is kept and finished by libwebsockets. */
	written = lws_write(wsi, frame->bytes + LWS_PRE, frame->n, LWS_WRITE_TEXT);
	secret_wipe((struct str){(char *)frame->bytes, LWS_PRE + frame->n});
	free(frame);
	if (written < 0)
		return -1;
	if (ws->out || ws->state == WS_CLOSING)
		lws_callback_on_writable(wsi);
	return 0;
}

/* Adds name and value as a line, when there is a value. False when it does not fit. */
static bool header_add(const char *name, const char *value, char **p, size_t *room)
{
	int n = value[0] ? snprintf(*p, *room, "%s%s\r\n", name, value) : 0;

	if (n < 0 || (size_t)n >= *room)
		return false;
	*p += n;
	*room -= (size_t)n;
	return true;
}

/* Adds the header lines of the upgrade. */
static int on_handshake(const struct ws *ws, char **p, size_t room)
{
	bool fits = header_add("User-Agent: ", ws->agent, p, &room);

	for (size_t i = 0; i < WS_HEADERS_MAX; i++)
		fits = fits && header_add("", ws->headers[i], p, &room);
	return fits ? 0 : -1;
}

static void on_gone(struct ws *ws)
{
	ws->wsi = NULL;
	if (ws->state == WS_CLOSING)
		ws_end(ws, ws->close_code, str_of(ws->why));
	else
		ws_end(ws, was_open(ws) ? CLOSE_ABNORMAL : 0, STR("the connection was lost"));
}

static int on_ws(struct ws *ws, struct lws *wsi, enum lws_callback_reasons reason, void *in,
		 size_t len)
{
	switch (reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		return on_handshake(ws, in, len);
	case LWS_CALLBACK_WSI_CREATE:
		ws->connected = true;
		return 0;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		on_refused(ws, wsi, (struct str){in, in ? len : 0});
		return 0;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		on_open(ws);
		return ws->wsi ? 0 : -1;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		return on_part(ws, wsi, (struct str){in, len});
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return on_writable(ws, wsi);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		on_peer_close(ws, in, len);
		return 0;
	case LWS_CALLBACK_CLIENT_CLOSED:
		lws_set_opaque_user_data(wsi, NULL);
		on_gone(ws);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		on_lost(ws, wsi);
		return 0;
	default:
		return 0;
	}
}

/* libwebsockets also trusts what lies in "../share", seen from where the bot was started: the store is put
 * in whole. */
static void system_store_put(SSL_CTX *tls)
{
	const char *folder = peer_ca_folder();
	X509_STORE *store = X509_STORE_new();

	if (!store)
		out_of_memory();
	if (folder)
		X509_STORE_load_path(store, folder);
	else
		X509_STORE_set_default_paths(store);
	SSL_CTX_set_cert_store(tls, store);
}

static int on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		  size_t len)
{
	switch (reason) {
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS:
		if (!lws_get_vhost_name(lws_get_vhost(wsi))[0])
			system_store_put(user);
		return 0;
	case LWS_CALLBACK_WSI_CREATE:
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
	case LWS_CALLBACK_CLIENT_RECEIVE:
	case LWS_CALLBACK_CLIENT_WRITEABLE:
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
	case LWS_CALLBACK_CLIENT_CLOSED:
	case LWS_CALLBACK_WSI_DESTROY: {
		struct ws *ws = lws_get_opaque_user_data(wsi);

		/* Not ours any more: -1 makes libwebsockets drop it. */
		return ws ? on_ws(ws, wsi, reason, in, len) : -1;
	}
	default:
		return 0;
	}
}

static char *copy(struct str s)
{
	char *p = malloc(s.n + 1);

	if (!p)
		out_of_memory();
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

static char *copy_path(struct str path)
{
	char *p = malloc(path.n + 2);

	if (!p)
		out_of_memory();
	snprintf(p, path.n + 2, "%s" STR_FMT, path.n && path.p[0] == '/' ? "" : "/", STR_ARG(path));
	return p;
}

static bool settings_are_usable(const struct ws_settings *settings, struct peer *peer,
				struct err *err)
{
	if (!peer_parse(settings->url, "ws", peer, err) || !peer_ca_check(settings->ca_file, err))
		return false;
	/* libwebsockets cuts the host at its first colon when it checks the certificate. */
	if (peer->tls && peer->ipv6)
		return err_set(err, ERR_INPUT, "wss://[%s] cannot be checked; use the host's name",
			       peer->host);
	if (!peer_header_is_plain(settings->agent))
		return err_set(err, ERR_INPUT, "a header holds a byte that cannot be sent");
	for (size_t i = 0; i < WS_HEADERS_MAX; i++)
		if (!peer_header_is_plain(settings->headers[i]))
			return err_set(err, ERR_INPUT, "a header holds a byte that cannot be sent");
	return true;
}

struct ws *ws_open(struct loop *loop, const struct ws_settings *settings,
		   const struct ws_events *events, void *arg, struct err *err)
{
	struct peer peer;
	struct lws_vhost *vhost;
	struct ws *ws;

	if (!settings_are_usable(settings, &peer, err))
		return NULL;
	vhost = loop_lws_clients(loop, settings->ca_file, protocols, err);
	if (!vhost)
		return NULL;
	ws = calloc(1, sizeof *ws);
	if (!ws)
		out_of_memory();
	ws->loop = loop;
	ws->events = *events;
	ws->arg = arg;
	ws->peer = peer;
	ws->path = copy_path(peer.path);
	ws->peer.path = str_of(ws->path);
	ws->agent = copy(settings->agent);
	for (size_t i = 0; i < WS_HEADERS_MAX; i++)
		ws->headers[i] = copy(settings->headers[i]);
	ws->vhost = vhost;
	ws->timeout_ms = settings->timeout_ms;
	ws->out_end = &ws->out;
	buf_init(&ws->in, settings->message_max);
	ws->deadline = timer_new(loop, on_deadline, ws);
	ws->step = timer_new(loop, on_step, ws);
	timer_set(ws->deadline, loop_now_ms(loop) + settings->timeout_ms);
	if (!resolve_start(ws))
		ws_end(ws, 0, STR("the name cannot be looked up"));
	return ws;
}

void ws_send(struct ws *ws, struct str message)
{
	struct ws_frame *frame;

	if (ws->state == WS_CLOSING || ws->state == WS_ENDED)
		return;
	frame = malloc(sizeof *frame + LWS_PRE + message.n);
	if (!frame)
		out_of_memory();
	frame->next = NULL;
	frame->n = message.n;
	if (message.n)
		memcpy(frame->bytes + LWS_PRE, message.p, message.n);
	*ws->out_end = frame;
	ws->out_end = &frame->next;
	ws->queued += message.n;
	if (ws->state == WS_OPEN)
		lws_callback_on_writable(ws->wsi);
}

void ws_close(struct ws *ws, int code)
{
	if (!was_open(ws)) {
		ws_end(ws, 0, STR("closed before it was open"));
		return;
	}
	if (code == 0) {
		ws_end(ws, CLOSE_ABNORMAL, STR("dropped"));
		return;
	}
	if (ws->state == WS_OPEN)
		close_begin(ws, code);
}

size_t ws_queued(const struct ws *ws)
{
	return ws->queued;
}

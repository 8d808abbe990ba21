/* libwebsockets: requests in, responses out; websockets in, frames out. Nothing here knows what
 * Discord is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "discord.h"

#define MESSAGE_MAX (1u << 20)

static int64_t off_ms; /* Discord's clock is */

void clock_set_off(int64_t ms)
{
	off_ms = ms;
}

int64_t clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + off_ms;
}

int64_t clock_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* A TCP reset: a socket that is connected to nothing forgets its peer and says so at once. */
void socket_reset(struct lws *wsi)
{
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	int fd = lws_get_socket_fd(wsi);
	if (fd >= 0 && connect(fd, &nobody, sizeof nobody) < 0)
		perror("fake_discord: reset");
}

/* --- frames ----------------------------------------------------------------------------------- */

static struct frame *frame_queue(struct conn *conn, enum frame_kind kind, const void *bytes,
				 size_t length)
{
	if (conn->silent || conn->closing)
		return NULL;
	struct frame *frame = malloc(sizeof *frame + LWS_PRE + length + 1);
	if (!frame)
		abort();
	memset(frame, 0, sizeof *frame);
	frame->kind = kind;
	frame->length = length;
	if (length)
		memcpy(frame->bytes + LWS_PRE, bytes, length);
	if (conn->last)
		conn->last->next = frame;
	else
		conn->first = frame;
	conn->last = frame;
	lws_callback_on_writable(conn->wsi);
	return frame;
}

static void frames_free(struct conn *conn)
{
	while (conn->first) {
		struct frame *next = conn->first->next;
		free(conn->first);
		conn->first = next;
	}
	conn->last = NULL;
}

static struct frame *frames_queue_data(struct conn *conn, const unsigned char *bytes, size_t length,
				       bool binary)
{
	int64_t wanted = conn->fake->settings.split_frames;
	size_t parts = wanted > 1 ? (size_t)wanted : 1;
	struct frame *frame = NULL;
	if (parts > length)
		parts = length ? length : 1;
	for (size_t i = 0; i < parts; i++) {
		size_t from = length * i / parts, to = length * (i + 1) / parts;
		frame = frame_queue(conn, FRAME_DATA, bytes + from, to - from);
		if (!frame)
			return NULL;
		frame->flags =
			i ? LWS_WRITE_CONTINUATION : (binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
		if (i + 1 < parts)
			frame->flags |= LWS_WRITE_NO_FIN;
	}
	return frame;
}

static unsigned char *text_deflate(z_stream *stream, const char *text, size_t *length)
{
	size_t room = deflateBound(stream, *length) + 64;
	unsigned char *out = malloc(room);
	if (!out)
		abort();
	stream->next_in = (unsigned char *)text;
	stream->avail_in = (uInt)*length;
	stream->next_out = out;
	stream->avail_out = (uInt)room;
	if (deflate(stream, Z_SYNC_FLUSH) != Z_OK || stream->avail_in || !stream->avail_out)
		abort();
	*length = room - stream->avail_out;
	return out;
}

void conn_send_text(struct conn *conn, const char *text, uint64_t channel, uint64_t asked)
{
	struct frame *frame;
	size_t length = strlen(text);
	if (conn->silent || conn->closing)
		return;
	if (conn->deflate) {
		unsigned char *packed = text_deflate(conn->deflate, text, &length);
		frame = frames_queue_data(conn, packed, length, true);
		free(packed);
	} else {
		frame = frames_queue_data(conn, (const unsigned char *)text, length, false);
	}
	if (frame) {
		frame->channel = channel;
		frame->asked = asked;
	}
}

void conn_send_bytes(struct conn *conn, const void *bytes, size_t length, bool binary)
{
	struct frame *frame = frame_queue(conn, FRAME_DATA, bytes, length);
	if (frame)
		frame->flags = binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
}

void conn_close(struct conn *conn, int code)
{
	struct frame *frame = frame_queue(conn, FRAME_CLOSE, NULL, 0);
	if (frame)
		frame->code = code;
	conn->closing = true;
}

void conn_reset(struct conn *conn, bool torn)
{
	/* Even a silent connection must end when told to. */
	conn->silent = false;
	conn->closing = false;
	struct frame *frame = frame_queue(conn, FRAME_RESET, NULL, 0);
	if (frame)
		frame->torn = torn;
	conn->closing = true;
}

void conn_silence(struct conn *conn)
{
	frame_queue(conn, FRAME_SILENCE, NULL, 0);
	conn->silent = true;
}

static void frame_torn(struct conn *conn)
{
	static const char half[] = "\x81\x7e\x04\x00{\"t\":\"MESSAGE_CREATE\",\"s\":";
	int fd = lws_get_socket_fd(conn->wsi);
	if (fd >= 0 && !conn->fake->tls)
		send(fd, half, sizeof half - 1, MSG_NOSIGNAL);
}

static int frame_write(struct conn *conn, struct frame *frame)
{
	struct message *asked;
	switch (frame->kind) {
	case FRAME_DATA:
		if (lws_write(conn->wsi, frame->bytes + LWS_PRE, frame->length,
			      (enum lws_write_protocol)frame->flags) < 0)
			return -1;
		if (frame->asked) {
			struct channel *channel = world_channel(conn->fake, frame->channel);
			asked = channel ? world_message(channel, frame->asked) : NULL;
			if (asked && !asked->asked_us)
				asked->asked_us = clock_us();
		}
		return 0;
	case FRAME_CLOSE:
		lws_close_reason(conn->wsi, (enum lws_close_status)frame->code, NULL, 0);
		return -1;
	case FRAME_RESET:
		if (frame->torn)
			frame_torn(conn);
		socket_reset(conn->wsi);
		return -1;
	case FRAME_SILENCE:
		frames_free(conn);
		return 0;
	}
	return 0;
}

static int conn_writable(struct conn *conn)
{
	struct frame *frame = conn->first;
	if (!frame)
		return 0;
	/* Silence drops what is queued behind it, so it stays in the queue until then. */
	if (frame->kind == FRAME_SILENCE)
		return frame_write(conn, frame);
	conn->first = frame->next;
	if (!conn->first)
		conn->last = NULL;
	int result = frame_write(conn, frame);
	free(frame);
	if (!result && conn->first)
		lws_callback_on_writable(conn->wsi);
	return result;
}

/* --- websockets ------------------------------------------------------------------------------- */

void header_copy(struct lws *wsi, enum lws_token_indexes token, char *value, size_t size)
{
	if (lws_hdr_copy(wsi, value, (int)size, token) < 0)
		value[0] = 0;
}

/* lws splits the query at every '&'. */
void query_copy(struct lws *wsi, char *query, size_t size)
{
	size_t at = 0;
	query[0] = 0;
	for (int i = 0; at + 2 < size; i++) {
		size_t room = size - at - 1;
		int n = lws_hdr_copy_fragment(wsi, query + at + (i ? 1 : 0), (int)room,
					      WSI_TOKEN_HTTP_URI_ARGS, i);
		if (n <= 0)
			break;
		if (i)
			query[at++] = '&';
		at += (size_t)n;
		query[at] = 0;
	}
	query[at] = 0;
}

static struct conn *conn_new(struct fake *fake, struct lws *wsi)
{
	struct conn *conn = calloc(1, sizeof *conn);
	char path[512], query[1024];
	if (!conn)
		abort();
	conn->fake = fake;
	conn->wsi = wsi;
	conn->beat_seq = -1;
	conn->next = fake->conns;
	fake->conns = conn;
	lws_set_opaque_user_data(wsi, conn);
	header_copy(wsi, WSI_TOKEN_GET_URI, path, sizeof path);
	query_copy(wsi, query, sizeof query);
	gateway_open(conn, path, query);
	return conn;
}

static void conn_free(struct conn *conn)
{
	struct conn **link = &conn->fake->conns;
	while (*link && *link != conn)
		link = &(*link)->next;
	if (*link)
		*link = conn->next;
	gateway_closed(conn);
	lws_sul_cancel(&conn->hello);
	lws_sul_cancel(&conn->watch);
	frames_free(conn);
	if (conn->deflate) {
		deflateEnd(conn->deflate);
		free(conn->deflate);
	}
	free(conn->in);
	lws_set_opaque_user_data(conn->wsi, NULL);
	free(conn);
}

static int conn_receive(struct conn *conn, const char *in, size_t length)
{
	if (conn->in_length + length > MESSAGE_MAX)
		return -1;
	conn->in = realloc(conn->in, conn->in_length + length + 1);
	if (!conn->in)
		abort();
	memcpy(conn->in + conn->in_length, in, length);
	conn->in_length += length;
	conn->in[conn->in_length] = 0;
	if (lws_remaining_packet_payload(conn->wsi) || !lws_is_final_fragment(conn->wsi))
		return 0;
	size_t whole = conn->in_length;
	conn->in_length = 0;
	gateway_receive(conn, conn->in, whole, lws_frame_is_binary(conn->wsi));
	return 0;
}

static int upgrade_refuse(struct fake *fake, struct lws *wsi)
{
	char path[512], query[1024];
	unsigned char response[LWS_PRE + 256];
	header_copy(wsi, WSI_TOKEN_GET_URI, path, sizeof path);
	query_copy(wsi, query, sizeof query);
	int status = gateway_refuses(fake, path, query);
	if (!status)
		return 0;
	int n = snprintf((char *)response + LWS_PRE, sizeof response - LWS_PRE,
			 "HTTP/1.1 %d Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
			 status);
	lws_write(wsi, response + LWS_PRE, (size_t)n, LWS_WRITE_HTTP_HEADERS);
	return 1;
}

/* --- libwebsockets ---------------------------------------------------------------------------- */

static int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *in, size_t length)
{
	struct fake *fake = lws_context_user(lws_get_context(wsi));
	struct exchange *exchange = lws_get_opaque_user_data(wsi);
	switch (reason) {
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return upgrade_refuse(fake, wsi);
	case LWS_CALLBACK_HTTP: {
		char size[24] = "";
		exchange = exchange_new(fake, wsi);
		lws_hdr_copy(wsi, size, sizeof size, WSI_TOKEN_HTTP_CONTENT_LENGTH);
		if (strtoul(size, NULL, 10) == 0)
			exchange_handle(exchange);
		return 0;
	}
	case LWS_CALLBACK_HTTP_BODY:
		return exchange ? exchange_body(exchange, in, length) : 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		if (exchange)
			exchange_handle(exchange);
		return 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return exchange ? exchange_write(exchange) : 0;
	case LWS_CALLBACK_CLOSED_HTTP:
		exchange_free(exchange);
		return 0;
	default:
		return 0;
	}
}

static int server_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
			   size_t length)
{
	struct conn *conn;
	(void)user;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		conn_new(lws_context_user(lws_get_context(wsi)), wsi);
		return 0;
	case LWS_CALLBACK_RECEIVE:
		conn = lws_get_opaque_user_data(wsi);
		return conn ? conn_receive(conn, in, length) : -1;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		conn = lws_get_opaque_user_data(wsi);
		return conn ? conn_writable(conn) : -1;
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		conn = lws_get_opaque_user_data(wsi);
		if (conn && !conn->closing) {
			const unsigned char *code = in;
			gateway_client_close(conn, length >= 2 ? code[0] << 8 | code[1] : 1005);
		}
		return 0;
	case LWS_CALLBACK_CLOSED:
		conn = lws_get_opaque_user_data(wsi);
		if (conn)
			conn_free(conn);
		return 0;
	default:
		return http_callback(wsi, reason, in, length);
	}
}

static const struct lws_protocols protocols[] = {
	{.name = "discord", .callback = server_callback, .rx_buffer_size = 65536},
	{0},
};

bool server_start(struct fake *fake, int port, const char *cert, const char *key)
{
	struct lws_context_creation_info info = {0};
	lws_set_log_level(LLL_ERR, NULL);
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	fake->tls = cert != NULL;
	if (cert) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = cert;
		info.ssl_private_key_filepath = key;
		info.alpn = "http/1.1";
	}
	info.port = port;
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	info.keepalive_timeout = 300;
	info.timeout_secs = 300;
	info.user = fake;
	fake->context = lws_create_context(&info);
	fake->vhost = fake->context ? lws_create_vhost(fake->context, &info) : NULL;
	if (!fake->vhost)
		return false;
	fake->port = lws_get_vhost_listen_port(fake->vhost);
	return true;
}

void server_stop(struct fake *fake)
{
	lws_context_destroy(fake->context);
}

/* Requests and responses over HTTP. A request is read whole, handled, and answered in one piece. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "discord.h"

#define BODY_MAX (4u << 20)

static const struct {
	enum lws_token_indexes token;
	const char *method;
} methods[] = {
	{WSI_TOKEN_GET_URI, "GET"},	  {WSI_TOKEN_POST_URI, "POST"},
	{WSI_TOKEN_PUT_URI, "PUT"},	  {WSI_TOKEN_PATCH_URI, "PATCH"},
	{WSI_TOKEN_DELETE_URI, "DELETE"},
};

void exchange_free(struct exchange *exchange)
{
	if (!exchange)
		return;
	struct exchange **link = &exchange->fake->exchanges;
	while (*link && *link != exchange)
		link = &(*link)->next;
	if (*link)
		*link = exchange->next;
	lws_sul_cancel(&exchange->wait);
	lws_set_opaque_user_data(exchange->wsi, NULL);
	free(exchange->body);
	free(exchange->text);
	free(exchange);
}

struct exchange *exchange_new(struct fake *fake, struct lws *wsi)
{
	struct exchange *exchange = calloc(1, sizeof *exchange);
	if (!exchange)
		abort();
	exchange->fake = fake;
	exchange->wsi = wsi;
	exchange->type = "application/json";
	exchange->next = fake->exchanges;
	fake->exchanges = exchange;
	lws_set_opaque_user_data(wsi, exchange);
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		if (lws_hdr_total_length(wsi, methods[i].token) <= 0)
			continue;
		snprintf(exchange->method, sizeof exchange->method, "%s", methods[i].method);
		header_copy(wsi, methods[i].token, exchange->path, sizeof exchange->path);
	}
	query_copy(wsi, exchange->query, sizeof exchange->query);
	header_copy(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, exchange->authorization,
		    sizeof exchange->authorization);
	header_copy(wsi, WSI_TOKEN_HTTP_USER_AGENT, exchange->user_agent,
		    sizeof exchange->user_agent);
	header_copy(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, exchange->content_type,
		    sizeof exchange->content_type);
	return exchange;
}

const char *exchange_query(const struct exchange *exchange, const char *name)
{
	static char value[256];
	size_t length = strlen(name);
	for (const char *at = exchange->query; *at; at += strcspn(at, "&"), at += *at == '&') {
		if (strncmp(at, name, length) != 0 || at[length] != '=')
			continue;
		size_t n = strcspn(at + length + 1, "&");
		snprintf(value, sizeof value, "%.*s", (int)n, at + length + 1);
		return value;
	}
	return NULL;
}

void exchange_header(struct exchange *exchange, const char *format, ...)
{
	size_t used = strlen(exchange->headers);
	va_list args;
	va_start(args, format);
	vsnprintf(exchange->headers + used, sizeof exchange->headers - used - 2, format, args);
	va_end(args);
	used = strlen(exchange->headers);
	snprintf(exchange->headers + used, sizeof exchange->headers - used, "\r\n");
}

void exchange_reply(struct exchange *exchange, int status, json_t *json)
{
	exchange->status = status;
	free(exchange->text);
	exchange->text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
}

static void exchange_waited(lws_sorted_usec_list_t *sul)
{
	struct exchange *exchange = lws_container_of(sul, struct exchange, wait);
	exchange->hanging = false;
	lws_callback_on_writable(exchange->wsi);
}

static void exchange_finish(struct exchange *exchange)
{
	exchange->handled = true;
	lws_set_timeout(exchange->wsi, NO_PENDING_TIMEOUT, 0);
	if (exchange->hang_ms) {
		exchange->hanging = true;
		lws_sul_schedule(exchange->fake->context, 0, &exchange->wait, exchange_waited,
				 exchange->hang_ms * 1000);
		return;
	}
	lws_callback_on_writable(exchange->wsi);
}

void exchange_handle(struct exchange *exchange)
{
	if (exchange->handled)
		return;
	if (strncmp(exchange->path, "/fake/", 6) == 0)
		control_handle(exchange);
	else
		rest_handle(exchange);
	exchange_finish(exchange);
}

int exchange_body(struct exchange *exchange, const void *in, size_t length)
{
	if (exchange->handled)
		return 0;
	if (exchange->length + length > BODY_MAX)
		return -1;
	exchange->body = realloc(exchange->body, exchange->length + length + 1);
	if (!exchange->body)
		abort();
	memcpy(exchange->body + exchange->length, in, length);
	exchange->length += length;
	exchange->body[exchange->length] = 0;
	return 0;
}

/* The Date header as HTTP has it; empty when there is to be none. */
static void date_write(const struct fake *fake, char *line, size_t size)
{
	time_t at = (time_t)((clock_ms() + fake->settings.date_off_ms) / 1000);
	struct tm parts;
	gmtime_r(&at, &parts);
	line[0] = '\0';
	if (!fake->settings.bare_headers)
		strftime(line, size, "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
}

/* The whole response in one piece: what goes out is exactly what stands here. */
int exchange_write(struct exchange *exchange)
{
	if (!exchange->handled || exchange->hanging || exchange->over)
		return 0;
	exchange->over = true;
	if (exchange->reset) {
		socket_reset(exchange->wsi);
		return -1;
	}
	const char *text = exchange->text ? exchange->text : "";
	size_t length = strlen(text);
	size_t room = 2048 + length;
	unsigned char *out = malloc(LWS_PRE + room);
	if (!out)
		abort();
	int n = snprintf((char *)out + LWS_PRE, room, "HTTP/1.1 %d Status\r\n", exchange->status);
	if (length)
		n += snprintf((char *)out + LWS_PRE + n, room - n, "content-type: %s\r\n",
			      exchange->type);
	if (!exchange->bare)
		n += snprintf((char *)out + LWS_PRE + n, room - n, "via: 1.1 google\r\n");
	char date[64];
	date_write(exchange->fake, date, sizeof date);
	n += snprintf((char *)out + LWS_PRE + n, room - n, "%s%s", date, exchange->headers);
	if (exchange->status != 204)
		n += snprintf((char *)out + LWS_PRE + n, room - n, "content-length: %zu\r\n",
			      length);
	n += snprintf((char *)out + LWS_PRE + n, room - n, "\r\n%s", text);
	struct lws *wsi = exchange->wsi;
	int wrote = lws_write(wsi, out + LWS_PRE, (size_t)n, LWS_WRITE_HTTP_FINAL);
	free(out);
	exchange_free(exchange);
	if (wrote < 0)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

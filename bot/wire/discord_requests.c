#include "wire/discord_requests.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/secret.h"
#include "wire/discord_rooms.h"
#include "wire/json.h"

#define FLAG_SUPPRESS_EMBEDS 4

bool discord_nonce(struct str message, struct str kind, unsigned piece,
		   char out[DISCORD_NONCE_MAX + 1])
{
	struct str word;
	struct buf b;
	bool good = snowflake(message) && kind.n;

	buf_init(&b, DISCORD_NONCE_MAX);
	buf_add(&b, message);
	while (good && str_cut(&kind, '-', &word)) {
		good = word.n && isalpha((unsigned char)word.p[0]);
		buf_add(&b, str_sub(word, 0, 1));
	}
	buf_addf(&b, "%u", piece);
	good = good && !b.full;
	if (good) {
		memcpy(out, b.p, b.n);
		out[b.n] = '\0';
	}
	buf_done(&b);
	return good;
}

void discord_time_write(int64_t unix_ms, struct buf *out)
{
	buf_addf(out, "<t:%" PRId64 ":f>", unix_ms / 1000);
}

struct request *request_new(enum request_kind kind, struct str channel, struct str message,
			    struct str text, uint64_t seed)
{
	struct request *request = calloc(1, sizeof *request + channel.n + message.n + text.n);
	char *at;

	if (!request)
		out_of_memory();
	at = request->texts;
	request->kind = kind;
	request->waits.kind = (unsigned)kind;
	request->waits.room = str_keep(&at, channel);
	request->message = str_keep(&at, message);
	request->text = str_keep(&at, text);
	request->texts_n = (size_t)(at - request->texts);
	request->not_before_ms = INT64_MIN;
	backoff_init(&request->backoff, seed);
	return request;
}

struct request *request_of(struct waiter *waiter)
{
	return (struct request *)waiter;
}

void request_drop(struct waiter *waiter)
{
	struct request *request = request_of(waiter);

	secret_wipe((struct str){request->texts, request->texts_n});
	free(request);
}

struct ratelimit_key request_limit_key(const struct request *request)
{
	static const char *const routes[] = {
		[REQUEST_SEND] = "POST messages",	   [REQUEST_FETCH] = "GET message",
		[REQUEST_REMOVE] = "DELETE message",	   [REQUEST_CHANGE] = "PATCH message",
		[REQUEST_HISTORY] = "GET messages",	   [REQUEST_GATEWAY] = "GET gateway",
		[REQUEST_APPLICATION] = "GET application",
	};
	return (struct ratelimit_key){request->must_look ? STR("GET messages")
							 : str_of(routes[request->kind]),
				      request->waits.room};
}

void request_doubt(struct request *request, struct machine_time at)
{
	if (request->doubted)
		return;
	request->doubted = true;
	request->doubt = at;
}

void request_withdraw(struct request *request)
{
	request->withdrawn = true;
	/* While it is under way nobody knows yet. */
	if (!request->waits.call)
		request->must_look = true;
}

void request_age(struct request *request, struct machine_time now)
{
	if (request->doubted && (now.mono_ms - request->doubt.mono_ms >= NONCE_TRUST_MS ||
				 now.wall_ms - request->doubt.wall_ms >= NONCE_TRUST_MS))
		request->must_look = true;
}

/* Discord reads the mentions of a changed message anew, by what is said of them then. */
static void write_message(const struct request *request, struct buf *body)
{
	struct json_writer w;

	json_begin(&w, body);
	json_open_object(&w, NULL);
	json_put_text(&w, "content", request->text);
	/* Without this Discord would read @everyone out of an article. */
	json_open_object(&w, "allowed_mentions");
	json_open_array(&w, "parse");
	json_close(&w);
	json_put_bool(&w, "replied_user", true);
	json_close(&w);
	if (request->kind == REQUEST_SEND && !request->without_reference) {
		json_open_object(&w, "message_reference");
		json_put_text(&w, "message_id", request->message);
		json_put_text(&w, "channel_id", request->waits.room);
		json_put_bool(&w, "fail_if_not_exists", false);
		json_close(&w);
	}
	if (request->kind == REQUEST_SEND) {
		json_put_text(&w, "nonce", str_of(request->nonce));
		json_put_bool(&w, "enforce_nonce", true);
	}
	json_put_int(&w, "flags", FLAG_SUPPRESS_EMBEDS);
	json_close(&w);
}

uint64_t request_look_from(const struct request *request)
{
	return request->seen_to ? request->seen_to : snowflake(request->message);
}

static struct str method_of(const struct request *request)
{
	switch (request->kind) {
	case REQUEST_SEND:
		return request->must_look ? STR("GET") : STR("POST");
	case REQUEST_REMOVE:
		return STR("DELETE");
	case REQUEST_CHANGE:
		return STR("PATCH");
	default:
		return STR("GET");
	}
}

void request_write(const struct request *request, struct str api_url, struct buf *url,
		   struct buf *body, struct machine_call *call)
{
	buf_clear(url);
	buf_clear(body);
	buf_addf(url, STR_FMT "/v10", STR_ARG(api_url));
	if (request->kind == REQUEST_CHANGE ||
	    (request->kind == REQUEST_SEND && !request->must_look))
		write_message(request, body);
	switch (request->kind) {
	case REQUEST_SEND:
		buf_addf(url, "/channels/" STR_FMT "/messages", STR_ARG(request->waits.room));
		if (request->must_look)
			buf_addf(url, "?after=%" PRIu64 "&limit=%d", request_look_from(request),
				 HISTORY_PAGE);
		break;
	case REQUEST_REMOVE:
	case REQUEST_CHANGE:
	case REQUEST_FETCH:
		buf_addf(url, "/channels/" STR_FMT "/messages/" STR_FMT,
			 STR_ARG(request->waits.room), STR_ARG(discord_edited(request->message)));
		break;
	case REQUEST_HISTORY:
		buf_addf(url, "/channels/" STR_FMT "/messages?after=%" PRIu64 "&limit=%u",
			 STR_ARG(request->waits.room), request->after, request->limit);
		break;
	case REQUEST_GATEWAY:
		buf_add(url, STR("/gateway/bot"));
		break;
	case REQUEST_APPLICATION:
		buf_add(url, STR("/applications/@me"));
		break;
	}
	*call = (struct machine_call){
		.id = request->waits.call,
		.method = method_of(request),
		.url = buf_str(url),
		.body = buf_str(body),
	};
}

void request_look_end(struct request *request)
{
	request->must_look = false;
	request->pages = 0;
	request->seen_to = 0;
	request->replies = 0;
	request->changed = 0;
	request->changed_share = 0;
	request->earlier_run = false;
	request->doubted = false;
}

uint64_t created_id(struct str text)
{
	struct json *body = json_parse(text, DISCORD_REST_BODY_MAX, NULL);
	uint64_t id = json_snowflake(body, "id");

	json_free(body);
	return id;
}

void gateway_read(struct str text, struct buf *url, struct discord_gateway *gateway)
{
	struct json *body = json_parse(text, DISCORD_REST_BODY_MAX, NULL);
	const struct json *limit = json_object(body, "session_start_limit");

	buf_add(url, json_text(body, "url"));
	json_int(limit, "total", 0, INT32_MAX, &gateway->total);
	json_int(limit, "remaining", 0, INT32_MAX, &gateway->remaining);
	json_int(limit, "reset_after", 0, JSON_INT_MAX, &gateway->reset_after_ms);
	json_free(body);
}

int64_t application_flags(struct str text)
{
	struct json *body = json_parse(text, DISCORD_REST_BODY_MAX, NULL);
	int64_t flags = -1;

	json_int(body, "flags", 0, JSON_INT_MAX, &flags);
	json_free(body);
	return flags;
}

/* The REST API: what every request must carry, rate limits, routes
 * (reference.mdx, topics/rate-limits.mdx). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discord.h"

/* A request may have been on its way when the 429 was written. */

void rest_error(struct exchange *exchange, int status, int code, const char *message)
{
	exchange_reply(exchange, status, json_pack("{s:s, s:i}", "message", message, "code", code));
}

/* --- what every request must carry ------------------------------------------------------------ */

/* DiscordBot (url, version). discord.py writes no comma: that is soft. */
static void agent_check(struct exchange *exchange)
{
	const char *agent = exchange->user_agent;
	static const char start[] = "DiscordBot (";
	const char *comma = strchr(agent, ','), *end = strchr(agent, ')');
	if (strncmp(agent, start, sizeof start - 1) != 0 || !end ||
	    strncmp(agent + sizeof start - 1, "http", 4) != 0)
		report_hard(exchange->fake, "user_agent", "%s", agent);
	else if (!comma || comma > end)
		report_soft(exchange->fake, "user_agent_comma", "%s", agent);
}

static void body_check(struct exchange *exchange)
{
	const char *type = exchange->content_type;
	if (exchange->length && !type[0])
		report_hard(exchange->fake, "content_type_missing", "%s %s", exchange->method,
			    exchange->path);
	else if (exchange->length && strncmp(type, "application/json", 16) != 0 &&
		 strncmp(type, "multipart/form-data", 19) != 0)
		report_hard(exchange->fake, "content_type", "%s", type);
}

static bool authorized(struct exchange *exchange)
{
	const char *given = exchange->authorization;
	if (strncmp(given, "Bot ", 4) != 0) {
		report_hard(exchange->fake,
			    given[0] ? "authorization_form" : "authorization_missing", "%s %s",
			    exchange->method, exchange->path);
		return false;
	}
	return strcmp(given + 4, exchange->fake->token) == 0;
}

/* --- rate limits ------------------------------------------------------------------------------ */

static struct bucket *bucket_find(struct fake *fake, const char *route, uint64_t major)
{
	char key[sizeof((struct bucket *)0)->key];
	snprintf(key, sizeof key, "%s|%llu", route, (unsigned long long)major);
	struct bucket *bucket = fake->buckets;
	while (bucket && strcmp(bucket->key, key) != 0)
		bucket = bucket->next;
	if (bucket)
		return bucket;
	bucket = calloc(1, sizeof *bucket);
	if (!bucket)
		abort();
	memcpy(bucket->key, key, sizeof key);
	bucket->next = fake->buckets;
	fake->buckets = bucket;
	return bucket;
}

void rest_done(struct fake *fake)
{
	while (fake->buckets) {
		struct bucket *next = fake->buckets->next;
		free(fake->buckets);
		fake->buckets = next;
	}
}

/* The name of a bucket tells nothing of the route, as in reality. */
static uint64_t bucket_hash(const struct bucket *bucket)
{
	uint64_t hash = 14695981039346656037ULL;
	for (const char *c = bucket->key; *c && *c != '|'; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211ULL;
	return hash;
}

static void bucket_headers(struct exchange *exchange, struct bucket *bucket)
{
	const struct settings *settings = &exchange->fake->settings;
	int64_t now = clock_us();
	int64_t left_us = bucket->start_us + settings->rate_window_ms * 1000 - now;
	int64_t remaining = settings->rate_limit - bucket->used;
	if (now < bucket->until_us) {
		left_us = bucket->until_us - now;
		remaining = 0;
	}
	double after = left_us > 0 ? (double)left_us / 1e6 : 0;
	exchange_header(exchange, "x-ratelimit-limit: %lld", (long long)settings->rate_limit);
	exchange_header(exchange, "x-ratelimit-remaining: %lld",
			(long long)(remaining > 0 ? remaining : 0));
	exchange_header(exchange, "x-ratelimit-reset: %.3f", (double)clock_ms() / 1000 + after);
	exchange_header(exchange, "x-ratelimit-reset-after: %.3f", after);
	exchange_header(exchange, "x-ratelimit-bucket: %016llx",
			(unsigned long long)bucket_hash(bucket));
	if (remaining <= 0 && !bucket->spent_us)
		bucket->spent_us = now;
}

void rest_limited(struct exchange *exchange, struct bucket *bucket, double seconds, bool global,
		  bool html)
{
	struct fake *fake = exchange->fake;
	int64_t now = clock_us(), until = now + (int64_t)(seconds * 1e6);
	report_count(fake, "invalid_requests");
	if (global || html) {
		fake->global_told_us = now;
		fake->global_until_us = until;
	} else {
		bucket->told_us = now;
		bucket->until_us = until;
	}
	exchange_header(exchange, "retry-after: %d", (int)ceil(seconds));
	if (html) {
		/* As Cloudflare does: no JSON, no Via, no word of buckets. */
		exchange_reply(exchange, 429, NULL);
		exchange->text = strdup("<!DOCTYPE html><title>Access denied</title>"
					"<p>You are being rate limited (error 1015).");
		exchange->type = "text/html; charset=UTF-8";
		exchange->bare = true;
		return;
	}
	exchange_header(exchange, "x-ratelimit-scope: %s", global ? "global" : "user");
	if (global)
		exchange_header(exchange, "x-ratelimit-global: true");
	exchange_reply(exchange, 429,
		       json_pack("{s:s, s:f, s:b}", "message", "You are being rate limited.",
				 "retry_after", seconds, "global", global));
}

static int64_t in_flight_us(const struct fake *fake)
{
	return fake->settings.in_flight_ms * 1000;
}

/* False: the request was sent in a wait that the client was told of, or is one too many. */
static bool limits_allow(struct exchange *exchange, struct bucket *bucket)
{
	struct fake *fake = exchange->fake;
	int64_t now = clock_us();
	bool global = now < fake->global_until_us;
	if (global || now < bucket->until_us) {
		int64_t told = global ? fake->global_told_us : bucket->told_us;
		int64_t until = global ? fake->global_until_us : bucket->until_us;
		if (now - told > in_flight_us(fake) && until - now > 5000)
			report_hard(fake, "request_during_429", "%s, %lld ms too soon",
				    exchange->route, (long long)(until - now) / 1000);
		rest_limited(exchange, bucket, (double)(until - now) / 1e6, global, false);
		return false;
	}
	if (now - bucket->start_us >= fake->settings.rate_window_ms * 1000) {
		bucket->start_us = now;
		bucket->used = 0;
		bucket->spent_us = 0;
	}
	if (now - fake->global_start_us >= 1000000) {
		fake->global_start_us = now;
		fake->global_used = 0;
	}
	if (fake->settings.global_per_second &&
	    ++fake->global_used > fake->settings.global_per_second) {
		rest_limited(exchange, bucket,
			     (double)(fake->global_start_us + 1000000 - now) / 1e6, true, false);
		return false;
	}
	if (bucket->used++ < fake->settings.rate_limit)
		return true;
	if (bucket->spent_us && now - bucket->spent_us > in_flight_us(fake))
		report_hard(fake, "rate_limit_ignored", "%s, nothing remained", exchange->route);
	rest_limited(exchange, bucket,
		     (double)(bucket->start_us + fake->settings.rate_window_ms * 1000 - now) / 1e6,
		     false, false);
	return false;
}

/* --- small routes ----------------------------------------------------------------------------- */

static json_t *gateway_url(const struct fake *fake)
{
	return json_sprintf("%s://127.0.0.1:%d", fake->tls ? "wss" : "ws", fake->port);
}

static void gateway_get(struct exchange *exchange, const struct route_ids *ids)
{
	(void)ids;
	exchange_reply(exchange, 200, json_pack("{s:o}", "url", gateway_url(exchange->fake)));
}

static void gateway_get_bot(struct exchange *exchange, const struct route_ids *ids)
{
	json_int_t left = exchange->fake->settings.session_start_remaining;
	(void)ids;
	exchange_reply(exchange, 200,
		       json_pack("{s:o, s:i, s:{s:i, s:I, s:i, s:i}}", "url",
				 gateway_url(exchange->fake), "shards", 1, "session_start_limit",
				 "total", 1000, "remaining", left > 0 ? left : 0, "reset_after",
				 14400000, "max_concurrency", 1));
}

static void user_get(struct exchange *exchange, const struct route_ids *ids)
{
	(void)ids;
	exchange_reply(exchange, 200, bot_json());
}

static void application_get(struct exchange *exchange, const struct route_ids *ids)
{
	(void)ids;
	exchange_reply(exchange, 200,
		       json_pack("{s:o, s:s, s:n, s:s, s:b, s:b, s:n, s:s, s:I, s:o, s:o}", "id",
				 id_json(BOT_ID), "name", "clinicbot", "icon", "description", "",
				 "bot_public", 1, "bot_require_code_grant", 0, "team", "verify_key",
				 "0000000000000000000000000000000000000000000000000000000000000000",
				 "flags", application_flags(exchange->fake), "bot", bot_json(),
				 "owner", user_json(OWNER_ID, "owner", false)));
}

static void dm_open(struct exchange *exchange, const struct route_ids *ids)
{
	json_t *body =
		exchange->length ? json_loadb(exchange->body, exchange->length, 0, NULL) : NULL;
	uint64_t user = json_id(json_object_get(body, "recipient_id"));
	(void)ids;
	if (!user)
		rest_error(exchange, 400, 50035, "Invalid Form Body");
	else
		exchange_reply(exchange, 200, channel_json(world_dm(exchange->fake, user)));
	json_decref(body);
}

static void channel_get(struct exchange *exchange, const struct route_ids *ids)
{
	exchange_reply(exchange, 200, channel_json(world_channel(exchange->fake, ids->channel)));
}

static void typing_post(struct exchange *exchange, const struct route_ids *ids)
{
	(void)ids;
	report_count(exchange->fake, "typing");
	exchange_reply(exchange, 204, NULL);
}

/* --- routes ----------------------------------------------------------------------------------- */

static const struct route {
	const char *method, *path; /* {c} a channel, {m} a message, {g} a guild, {u} a user */
	void (*handle)(struct exchange *exchange, const struct route_ids *ids);
	bool open; /* needs no token */
} routes[] = {
	{"GET", "/gateway", gateway_get, true},
	{"GET", "/gateway/bot", gateway_get_bot, false},
	{"GET", "/users/@me", user_get, false},
	{"GET", "/oauth2/applications/@me", application_get, false},
	{"GET", "/applications/@me", application_get, false},
	{"POST", "/users/@me/channels", dm_open, false},
	{"GET", "/users/@me/guilds", rights_servers, false},
	{"GET", "/guilds/{g}/roles", rights_roles, false},
	{"GET", "/guilds/{g}/members/{u}", rights_member, false},
	{"GET", "/channels/{c}", channel_get, false},
	{"POST", "/channels/{c}/typing", typing_post, false},
	{"POST", "/channels/{c}/messages", messages_create, false},
	{"GET", "/channels/{c}/messages", messages_list, false},
	{"GET", "/channels/{c}/messages/{m}", messages_get, false},
	{"PATCH", "/channels/{c}/messages/{m}", messages_edit, false},
	{"DELETE", "/channels/{c}/messages/{m}", messages_delete, false},
};

static uint64_t *id_of(struct route_ids *ids, char letter)
{
	switch (letter) {
	case 'c':
		return &ids->channel;
	case 'm':
		return &ids->message;
	case 'g':
		return &ids->guild;
	default:
		return &ids->user;
	}
}

static bool path_fits(const char *pattern, const char *path, struct route_ids *ids)
{
	for (; *pattern && *path; pattern++, path++) {
		char digits[24];
		if (*pattern != '{') {
			if (*pattern != *path)
				return false;
			continue;
		}
		size_t n = strspn(path, "0123456789");
		if (!n || n >= sizeof digits)
			return false;
		snprintf(digits, sizeof digits, "%.*s", (int)n, path);
		*id_of(ids, pattern[1]) = text_id(digits);
		pattern += 2;
		path += n - 1;
	}
	return !*pattern && !*path;
}

static const struct route *route_find(const struct exchange *exchange, const char *path,
				      struct route_ids *ids)
{
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		*ids = (struct route_ids){0};
		if (strcmp(routes[i].method, exchange->method) == 0 &&
		    path_fits(routes[i].path, path, ids))
			return &routes[i];
	}
	return NULL;
}

/* The path behind /api/v10, or NULL when the version is missing or another. */
static const char *path_versioned(const char *path)
{
	static const char base[] = "/api/v10/";
	return strncmp(path, base, sizeof base - 1) == 0 ? path + sizeof base - 2 : NULL;
}

/* Sets the error of a fault as the response. */
static void fault_respond(struct exchange *exchange, struct bucket *bucket,
			  const struct rest_fault *fault)
{
	exchange->headers[0] = 0;
	if (fault->status == 429) {
		rest_limited(exchange, bucket, fault->retry_after, fault->global, fault->html);
		return;
	}
	if (fault->html) {
		exchange_reply(exchange, fault->status, NULL);
		exchange->text = strdup("<!DOCTYPE html><title>Error</title><p>Bad gateway.");
		exchange->type = "text/html; charset=UTF-8";
		exchange->bare = true;
		return;
	}
	if (fault->status == 401 || fault->status == 403)
		report_count(exchange->fake, "invalid_requests");
	rest_error(exchange, fault->status, fault->code, "an error that the test asked for");
}

static void rest_run(struct exchange *exchange, const struct route *route,
		     const struct route_ids *ids)
{
	struct bucket *bucket = bucket_find(exchange->fake, exchange->route, ids->channel);
	if (!limits_allow(exchange, bucket)) {
		bucket_headers(exchange, bucket);
		return;
	}
	const struct rest_fault *met = fault_rest(exchange->fake, exchange);
	const struct rest_fault fault = met ? *met : (struct rest_fault){.after_create = true};
	if (fault.after_create) {
		if (ids->channel && !world_channel(exchange->fake, ids->channel))
			rest_error(exchange, 404, 10003, "Unknown Channel");
		else
			route->handle(exchange, ids);
	}
	exchange->hang_ms = fault.hang_ms;
	exchange->reset = fault.reset || (!fault.after_create && !fault.status);
	if (fault.status)
		fault_respond(exchange, bucket, &fault);
	if (fault.status == 401 && !fault.html)
		exchange->fake->unauthorized_us = clock_us();
	if (!exchange->bare && !exchange->fake->settings.bare_headers && exchange->status < 500)
		bucket_headers(exchange, bucket);
}

static void rest_route(struct exchange *exchange)
{
	struct route_ids ids;
	struct fake *fake = exchange->fake;
	const char *path = path_versioned(exchange->path);
	const struct route *route = path ? route_find(exchange, path, &ids) : NULL;
	snprintf(exchange->route, sizeof exchange->route, "%s %s", exchange->method,
		 route ? route->path : "(unknown)");
	agent_check(exchange);
	body_check(exchange);
	if (fake->unauthorized_us && clock_us() - fake->unauthorized_us > in_flight_us(fake))
		report_hard(fake, "request_after_401", "%s", exchange->route);
	if (!route) {
		report_hard(fake, path ? "unknown_route" : "api_version", "%s %s", exchange->method,
			    exchange->path);
		rest_error(exchange, 404, 0, "404: Not Found");
		return;
	}
	if (!route->open && !authorized(exchange)) {
		report_count(fake, "invalid_requests");
		fake->unauthorized_us = clock_us();
		exchange_reply(exchange, 401,
			       json_pack("{s:s, s:i}", "message", "401: Unauthorized", "code", 0));
		return;
	}
	rest_run(exchange, route, &ids);
}

void rest_handle(struct exchange *exchange)
{
	rest_route(exchange);
	report_request(exchange->fake, exchange->route, exchange->reset ? 0 : exchange->status);
}

#include "wire/online_discord.h"

#include <inttypes.h>
#include <stdlib.h>

#include "wire/discord.h"
#include "wire/discord_rooms.h"
#include "wire/http_head.h"

#define PORTAL "https://discord.com/developers/applications"

/* --- the token, and whose it is --- */

/* Three parts with dots between them, of letters, digits, - and _. That is not documented, so it is looked
 * at only when Discord refuses a token. */
static bool token_has_form(struct str token)
{
	size_t dots = 0;

	for (size_t i = 0; i < token.n; i++) {
		char c = token.p[i];
		bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				 (c >= '0' && c <= '9') || c == '-' || c == '_';

		dots += c == '.';
		if (!is_letter && c != '.')
			return false;
	}
	return dots == 2;
}

/* The first answer: everything else hangs on it. */
static void me_take(struct online_discord *d, const struct machine_response *answer,
		    const struct json *body)
{
	struct online *o = &d->base;

	d->me = json_snowflake(body, "id");
	if (answer->status == 200 && d->me) {
		online_good(o, "the token is accepted; the bot is " STR_FMT " (%" PRIu64 ")",
			    STR_ARG(online_shown(json_text(body, "username"))), d->me);
		d->next = ASK_APPLICATION;
		return;
	}
	if (answer->status == 401)
		online_mend(
			o,
			"Discord does not accept the token%s: press Reset Token on the Bot page "
			"of " PORTAL " and put what it shows into discord.token_file",
			token_has_form(d->token)
				? ""
				: ", and it has not the form of a bot's token (three parts with "
				  "dots between them): it may be the public key or the client "
				  "secret");
	else if (answer->status == 403)
		online_mend(o,
			    "Discord, or Cloudflare in front of it, turns this machine away (HTTP "
			    "403): wait an hour and check again; if it stays so, use another "
			    "address or a newer clinicbot");
	else
		online_unanswered(o, answer, body, "the token");
	online_end(o);
}

/* --- the application --- */

static void content_judge(struct online_discord *d, int64_t flags)
{
	struct online *o = &d->base;

	if (flags & DISCORD_FLAGS_CONTENT)
		online_good(o, "Message Content Intent is on: every question in the configured "
			       "channels can be read");
	else if (d->watches)
		online_mend(o, "Message Content Intent is off, so in the configured channels only "
			       "mentions and replies can be read: turn it on under Bot on " PORTAL);
	else
		online_good(o, "Message Content Intent is off, and not needed: no channels are "
			       "configured, and direct messages, mentions and replies are read "
			       "without it");
}

static void application_take(struct online_discord *d, const struct machine_response *answer,
			     const struct json *body)
{
	struct online *o = &d->base;
	int64_t flags;

	d->next = ASK_GATEWAY;
	if (answer->status != 200 || !json_int(body, "flags", 0, JSON_INT_MAX, &flags)) {
		online_unanswered(o, answer, body, "the application");
		return;
	}
	d->application = arena_str(&o->arena, json_text(body, "id"));
	content_judge(d, flags);
	if (json_true(body, "bot_public"))
		online_note(o,
			    "anybody may invite the bot to a server: turn Public Bot off under Bot "
			    "on " PORTAL ", unless that is wanted");
}

/* --- the gateway --- */

/* The bot itself leaves some of a day's sessions alone (wire/discord_session.c). */
static void budget_judge(struct online_discord *d, int64_t left, int64_t total, int64_t reset_ms)
{
	struct online *o = &d->base;
	long long hours = (long long)(reset_ms + 3599999) / 3600000;

	if (left <= total / DISCORD_BUDGET_KEPT)
		online_mend(o,
			    "%lld of %lld sessions a day are left, and the bot begins none of the "
			    "last tenth: stop other programs that use this token, and wait %lld "
			    "hours",
			    (long long)left, (long long)total, hours);
	else
		online_good(o, "%lld of %lld sessions a day are left", (long long)left,
			    (long long)total);
}

static void gateway_take(struct online_discord *d, const struct machine_response *answer,
			 const struct json *body)
{
	const struct json *limit = json_object(body, "session_start_limit");
	struct str url = json_text(body, "url");
	int64_t left, total, reset_ms = 0;

	d->next = ASK_SERVERS;
	if (answer->status != 200 || !url.n || !json_int(limit, "remaining", 0, INT32_MAX, &left) ||
	    !json_int(limit, "total", 1, INT32_MAX, &total)) {
		online_unanswered(&d->base, answer, body, "the gateway's address");
		return;
	}
	json_int(limit, "reset_after", 0, JSON_INT_MAX, &reset_ms);
	budget_judge(d, left, total, reset_ms);
	if (!d->gateway_url.n)
		d->gateway_url = arena_str(&d->base.arena, url);
	d->next = ASK_HELLO;
}

/* Opcodes 10, Hello, and 7, Reconnect, which may come in its place: events/gateway, Connection Lifecycle. */
static void hello_take(struct online_discord *d, const struct machine_response *answer,
		       const struct json *body)
{
	int64_t op = -1;

	d->next = ASK_SERVERS;
	json_int(body, "op", 0, INT32_MAX, &op);
	if (answer->status == 101 && (op == 10 || op == 7))
		online_good(&d->base, "the gateway opens a connection and says hello");
	else
		online_mend(&d->base,
			    "the gateway, from which questions come, is not reached (" STR_FMT
			    "): let wss through the firewall, to " STR_FMT,
			    STR_ARG(answer->status ? STR("it says no hello")
						   : online_shown(answer->why)),
			    STR_ARG(online_shown(d->gateway_url)));
}

/* --- the order --- */

static void hello_ask(struct online_discord *d)
{
	struct online *o = &d->base;

	buf_clear(&o->url);
	buf_clear(&o->body);
	discord_gateway_write(d->gateway_url, &o->url);
	online_ask(o, "GET", false);
	o->step.kind = ONLINE_GREET;
}

static bool discord_ask(struct online *o)
{
	struct online_discord *d = (struct online_discord *)o;
	static const char *const paths[] = {[ASK_ME] = "/users/@me",
					    [ASK_APPLICATION] = "/applications/@me",
					    [ASK_GATEWAY] = "/gateway/bot",
					    [ASK_SERVERS] = "/users/@me/guilds"};

	if (d->next == ASKED_ALL)
		return false;
	if (d->next >= ASK_CHANNEL) {
		online_place_ask(d);
	} else if (d->next == ASK_HELLO) {
		hello_ask(d);
	} else {
		online_url(o, d->api_url, "/v10%s", paths[d->next]);
		online_ask(o, "GET", true);
	}
	return true;
}

static void discord_take(struct online *o, const struct machine_response *answer,
			 const struct json *body)
{
	struct online_discord *d = (struct online_discord *)o;

	if (header_value(answer->headers, STR("X-RateLimit-Bucket")).n &&
	    header_value(answer->headers, STR("X-RateLimit-Remaining")).n &&
	    header_value(answer->headers, STR("X-RateLimit-Reset-After")).n)
		d->limits_seen = true;
	switch (d->next) {
	case ASK_ME:
		me_take(d, answer, body);
		break;
	case ASK_APPLICATION:
		application_take(d, answer, body);
		break;
	case ASK_GATEWAY:
		gateway_take(d, answer, body);
		break;
	case ASK_HELLO:
		hello_take(d, answer, body);
		break;
	case ASK_SERVERS:
		online_servers_take(d, answer, body);
		break;
	default:
		online_place_take(d, answer, body);
		break;
	}
}

static void discord_finish(struct online *o)
{
	const struct online_discord *d = (struct online_discord *)o;

	if (!d->me)
		return;
	if (d->limits_seen)
		online_good(o,
			    "Discord's answers say how many requests are left: the bot keeps below "
			    "its limits");
	else
		online_mend(o,
			    "no answer said how many requests are left (X-RateLimit headers): if a "
			    "proxy stands between, let it pass on all headers");
}

static void discord_free_own(struct online *o)
{
	free(o);
}

static void place_add(struct online_discord *d, struct str id, const char *key, bool is_staff)
{
	if (id.n)
		d->places[d->places_n++] =
			(struct online_place){arena_str(&d->base.arena, id), key, is_staff};
}

struct online *online_discord_new(const struct online_discord_settings *settings)
{
	static const struct online_ops ops = {discord_ask, discord_take, discord_finish,
					      discord_free_own};
	struct online_discord *d = calloc(1, sizeof *d);
	struct arena *arena;

	if (!d)
		out_of_memory();
	online_init(&d->base, &ops, "discord", "Discord");
	arena = &d->base.arena;
	d->token = arena_str(arena, settings->token);
	d->base.secret = d->token;
	d->base.authorization = arena_fmt(arena, "Bot " STR_FMT, STR_ARG(settings->token));
	d->api_url = arena_str(arena, settings->api_url);
	d->gateway_url = arena_str(arena, settings->gateway_url);
	d->watches = settings->channels_n > 0;
	d->places = arena_array(arena, settings->channels_n + 2, sizeof *d->places);
	for (size_t i = 0; i < settings->channels_n; i++)
		place_add(d, settings->channels[i], "channel", false);
	place_add(d, settings->staff[0], "staff_channel", true);
	place_add(d, settings->staff[1], "staff_channel_second", true);
	return &d->base;
}

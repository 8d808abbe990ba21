#include "wire/online_matrix.h"
#include "wire/url.h"

#include <stdlib.h>

#define LISTED_MAX 5
#define LIST_BYTES_MAX (LISTED_MAX * (ONLINE_SHOWN_MAX + 2))

/* --- the server --- */

static bool speaks_v1(const struct json *versions)
{
	for (const struct json *v = json_first(versions); v; v = json_next(v))
		if (str_starts(json_text_of(v), STR("v1.")))
			return true;
	return false;
}

static void versions_take(struct online_matrix *m, const struct machine_response *answer,
			  const struct json *body)
{
	struct online *o = &m->base;
	const struct json *versions = json_array(body, "versions");

	if (answer->status == 200 && versions) {
		if (speaks_v1(versions)) {
			online_good(o, "the homeserver answers");
			m->next = o->authorization.n ? ASK_WHOAMI : ASK_LOGIN_FLOWS;
			return;
		}
		online_mend(o,
			    "the homeserver is too old: it does not speak version 1.1 of Matrix's "
			    "client-server API; bring it up to date");
		online_end(o);
	} else if (answer->status == 0 || answer->status == 429 || answer->status >= 500) {
		online_unanswered(o, answer, body, "the homeserver");
		online_end(o);
	} else {
		m->next = ASK_WELL_KNOWN;
	}
}

/* Often the name in the users' ids is taken for the server's address; whoever runs that name says where the
 * server is. */
static void well_known_take(struct online_matrix *m, const struct machine_response *answer,
			    const struct json *body)
{
	struct str url = json_text(json_object(body, "m.homeserver"), "base_url");

	if (answer->status == 200 && url.n)
		online_mend(
			&m->base,
			"no homeserver answers at matrix.homeserver, but what stands there says "
			"where it is: write homeserver = \"" STR_FMT "\"",
			STR_ARG(online_shown(url)));
	else
		online_mend(&m->base,
			    "no homeserver answers at matrix.homeserver: write the address "
			    "there that Element shows as the homeserver when one signs in");
	online_end(&m->base);
}

/* --- the session --- */

static void flows_take(struct online_matrix *m, const struct machine_response *answer,
		       const struct json *body)
{
	struct online *o = &m->base;
	const struct json *flow = json_first(json_array(body, "flows"));

	while (flow && !str_eq(json_text(flow, "type"), STR("m.login.password")))
		flow = json_next(flow);
	if (flow) {
		online_good(o,
			    "the homeserver takes sign-in by password: the next start signs in "
			    "as " STR_FMT " and keeps the session",
			    STR_ARG(m->user));
		online_note(o, "the password was not tried, as each try makes a new session; and "
			       "without a session neither the account nor its rooms can be looked "
			       "at: start the bot, then check again");
	} else if (answer->status == 200 || answer->status == 404) {
		online_mend(o,
			    "the homeserver takes no sign-in by password: put an access token into "
			    "a file and name it as matrix.token_file");
	} else {
		online_unanswered(o, answer, body, "how the homeserver lets programs sign in");
	}
	online_end(o);
}

static void token_refused(struct online_matrix *m, const struct json *body)
{
	struct online *o = &m->base;

	if (m->is_appservice) {
		online_mend(o,
			    "the homeserver does not know the token in matrix.as_token_file: name "
			    "the registration in its configuration and restart it");
		online_end(o);
	} else if (!m->by_password) {
		online_mend(o,
			    "the homeserver does not accept the access token: put a new one of the "
			    "same account into matrix.token_file");
		online_end(o);
	} else if (json_true(body, "soft_logout") && m->has_refresh) {
		online_note(
			o, "the kept session has run out, as it does while the bot is stopped, and "
			   "the next start renews it; until then neither the account nor its "
			   "rooms can be looked at: start the bot, then check again");
		online_end(o);
	} else {
		online_note(o, "the homeserver has ended the kept session: the next start signs in "
			       "anew");
		m->next = ASK_LOGIN_FLOWS;
	}
}

static void device_judge(struct online_matrix *m, struct str device)
{
	struct online *o = &m->base;

	if (m->by_password && !str_eq(device, m->kept_device))
		online_mend(o,
			    "the kept session is of the device " STR_FMT
			    ", and the homeserver says " STR_FMT
			    ": a reply under way in a crash could come twice; stop the bot, "
			    "remove the file beside the state that ends in .session, and start it",
			    STR_ARG(online_shown(m->kept_device)), STR_ARG(online_shown(device)));
	else if (m->is_appservice)
		online_good(o, "the registration covers it");
	else if (!device.n)
		online_mend(o, "the access token belongs to no device, so a reply under way in a "
			       "crash could come twice: use one of an ordinary sign-in");
	else
		online_good(o, "its device is " STR_FMT "%s", STR_ARG(online_shown(device)),
			    m->by_password ? ", as in the kept session" : "");
}

static void whoami_take(struct online_matrix *m, const struct machine_response *answer,
			const struct json *body)
{
	struct online *o = &m->base;
	struct str user = json_text(body, "user_id");
	bool is_refused = answer->status == 401 && json_text(body, "errcode").n;

	if (is_refused) {
		token_refused(m, body);
	} else if (m->is_appservice && answer->status == 403 && json_text(body, "errcode").n) {
		online_mend(o,
			    "the token in matrix.as_token_file does not act for " STR_FMT
			    ": make it the sender_localpart of the registration, or name it among "
			    "its users (or start the bot once, which makes the account)",
			    STR_ARG(m->user));
		online_end(o);
	} else if (answer->status != 200 || !user.n) {
		online_unanswered(o, answer, body, "whose token this is");
		online_end(o);
	} else if (!str_eq(user, m->user)) {
		online_mend(o,
			    "the token is one of " STR_FMT ", and matrix.user is " STR_FMT
			    ": correct one of them",
			    STR_ARG(online_shown(user)), STR_ARG(m->user));
		online_end(o);
	} else {
		online_good(o, "the %s is accepted; the bot is " STR_FMT,
			    m->by_password ? "kept session" : "token", STR_ARG(m->user));
		device_judge(m, json_text(body, "device_id"));
		m->is_known = true;
		m->next = ASK_DEVICES;
	}
}

/* --- devices --- */

/* With somebody whose devices can encrypt Element begins encrypted rooms; with a bot that has none, plain
 * ones. */
static void devices_take(struct online_matrix *m, const struct machine_response *answer,
			 const struct json *body)
{
	struct online *o = &m->base;
	const struct json *all = json_object(body, "device_keys"), *v;
	struct buf names;
	size_t n = 0;

	m->next = ASK_ROOMS;
	if (answer->status != 200 || !all) {
		online_unanswered(o, answer, body, "the account's devices");
		return;
	}
	buf_init(&names, LIST_BYTES_MAX);
	v = json_first(json_object(all, arena_cstr(&o->arena, m->user)));
	for (; v; v = json_next(v), n++)
		if (n < LISTED_MAX)
			buf_addf(&names, "%s" STR_FMT, n ? ", " : "",
				 STR_ARG(online_shown(json_key(v))));
	if (n)
		online_mend(o,
			    "somebody signed in to the bot's account with an app that encrypts "
			    "(device " STR_FMT
			    "%s), so Element makes encrypted rooms with it, in which it "
			    "cannot read: sign these devices out (Element: Settings, Sessions)",
			    STR_ARG(buf_str(&names)), n > LISTED_MAX ? " and others" : "");
	else
		online_good(o, "no device of the account encrypts: Element on the web begins rooms "
			       "with the bot that it can read");
	buf_done(&names);
}

/* --- what is set, and what cannot be seen --- */

static bool is_of_server(struct str pattern, struct str user)
{
	struct str server = str_sub(user, (size_t)str_find(user, STR(":")), user.n);

	return str_ends(pattern, STR("*")) || str_ends(pattern, server);
}

static void invitations_tell(struct online_matrix *m)
{
	struct online *o = &m->base;
	struct buf list;
	bool own = false, all = false;

	buf_init(&list, LIST_BYTES_MAX);
	for (size_t i = 0; i < m->invite_from_n; i++) {
		own = own || is_of_server(m->invite_from[i], m->user);
		all = all || str_eq(m->invite_from[i], STR("*")) ||
		      str_eq(m->invite_from[i], STR("*:*"));
		if (i < LISTED_MAX)
			buf_addf(&list, "%s" STR_FMT, i ? ", " : "",
				 STR_ARG(online_shown(m->invite_from[i])));
	}
	if (!m->invite_from_n)
		online_note(o, "every invitation is declined: name in matrix.invite_from who may "
			       "invite the bot");
	else if (all)
		online_note(o,
			    "anybody on any server may invite the bot: narrow matrix.invite_from, "
			    "unless that is wanted");
	else if (!own)
		online_note(o,
			    "invitations are accepted from " STR_FMT ", nobody of whom is on the "
			    "bot's own server: is matrix.invite_from spelt right?",
			    STR_ARG(buf_str(&list)));
	else
		online_good(o, "invitations are accepted from " STR_FMT "%s",
			    STR_ARG(buf_str(&list)),
			    m->invite_from_n > LISTED_MAX ? " and others" : "");
	buf_done(&list);
}

static void matrix_finish(struct online *o)
{
	struct online_matrix *m = (struct online_matrix *)o;

	if (!m->is_known)
		return;
	invitations_tell(m);
	if (m->is_appservice) {
		online_note(
			o, "the websocket of matrix.wsproxy was not tried, as that would cut off a "
			   "bot that runs; how many messages an appservice may send is said by "
			   "rate_limited in its registration");
		return;
	}
	online_note(
		o,
		"how many messages the bot may send is told to administrators of the homeserver "
		"only; on Synapse one of them lifts the limit by POST " STR_FMT
		"/_synapse/admin/v1/users/" STR_FMT "/override_ratelimit with "
		"{\"messages_per_second\": 0, \"burst_count\": 0}",
		STR_ARG(m->homeserver), STR_ARG(m->user));
}

/* --- the order --- */

static void devices_ask(struct online_matrix *m)
{
	struct online *o = &m->base;
	struct json_writer w;

	online_url(o, m->homeserver, "/_matrix/client/v3/keys/query");
	json_begin(&w, &o->body);
	json_open_object(&w, NULL);
	json_open_object(&w, "device_keys");
	json_open_array(&w, arena_cstr(&o->arena, m->user));
	json_close(&w);
	json_close(&w);
	json_close(&w);
	online_ask(o, "POST", true);
}

/* An appservice says whom it acts for. */
static void as_itself(struct online_matrix *m)
{
	struct online *o = &m->base;

	buf_add(&o->url, STR("?user_id="));
	url_add(&o->url, m->user);
	o->step.call.url = buf_str(&o->url);
}

static bool matrix_ask(struct online *o)
{
	struct online_matrix *m = (struct online_matrix *)o;
	static const char *const paths[] = {
		[ASK_VERSIONS] = "/_matrix/client/versions",
		[ASK_WELL_KNOWN] = "/.well-known/matrix/client",
		[ASK_LOGIN_FLOWS] = "/_matrix/client/v3/login",
		[ASK_WHOAMI] = "/_matrix/client/v3/account/whoami",
		[ASK_ROOMS] = "/_matrix/client/v3/joined_rooms",
	};

	if (m->next == ASKED_ALL)
		return false;
	if (m->next >= ASK_NAME) {
		online_room_ask(m);
	} else if (m->next == ASK_DEVICES) {
		devices_ask(m);
	} else {
		online_url(o, m->homeserver, "%s", paths[m->next]);
		online_ask(o, "GET", m->next >= ASK_WHOAMI);
	}
	if (m->is_appservice && m->next >= ASK_WHOAMI)
		as_itself(m);
	return true;
}

static void matrix_take(struct online *o, const struct machine_response *answer,
			const struct json *body)
{
	static void (*const takes[])(struct online_matrix *, const struct machine_response *,
				     const struct json *) = {
		[ASK_VERSIONS] = versions_take,	     [ASK_WELL_KNOWN] = well_known_take,
		[ASK_LOGIN_FLOWS] = flows_take,	     [ASK_WHOAMI] = whoami_take,
		[ASK_DEVICES] = devices_take,	     [ASK_ROOMS] = online_rooms_take,
		[ASK_NAME] = online_room_take,	     [ASK_TOMBSTONE] = online_room_take,
		[ASK_ENCRYPTION] = online_room_take, [ASK_POWER] = online_room_take,
	};
	struct online_matrix *m = (struct online_matrix *)o;

	takes[m->next](m, answer, body);
}

static void matrix_free_own(struct online *o)
{
	free(o);
}

/* What a sign-in kept, as wire/matrix_session.c writes it; of another account it is not used. */
static struct str session_read(struct online_matrix *m, struct str session)
{
	struct json *kept = json_parse(session, ONLINE_BODY_MAX, NULL);
	struct str token = STR("");

	if (str_eq(json_text(kept, "user"), m->user)) {
		token = arena_str(&m->base.arena, json_text(kept, "token"));
		m->kept_device = arena_str(&m->base.arena, json_text(kept, "device"));
		m->has_refresh = json_text(kept, "refresh").n > 0;
	}
	json_free(kept);
	return token;
}

struct online *online_matrix_new(const struct online_matrix_settings *settings)
{
	static const struct online_ops ops = {matrix_ask, matrix_take, matrix_finish,
					      matrix_free_own};
	struct online_matrix *m = calloc(1, sizeof *m);
	struct str *patterns;
	struct online *o;

	if (!m)
		out_of_memory();
	o = &m->base;
	online_init(o, &ops, "matrix", "the homeserver");
	m->homeserver = arena_str(&o->arena, settings->homeserver);
	while (str_ends(m->homeserver, STR("/")))
		m->homeserver.n--;
	m->user = arena_str(&o->arena, settings->user);
	m->by_password = !settings->token.n;
	m->is_appservice = settings->is_appservice;
	o->secret = m->by_password ? session_read(m, settings->session)
				   : arena_str(&o->arena, settings->token);
	if (o->secret.n)
		o->authorization = arena_fmt(&o->arena, "Bearer " STR_FMT, STR_ARG(o->secret));
	patterns = arena_array(&o->arena, settings->invite_from_n, sizeof *patterns);
	for (size_t i = 0; i < settings->invite_from_n; i++)
		patterns[i] = arena_str(&o->arena, settings->invite_from[i]);
	m->invite_from = patterns;
	m->invite_from_n = settings->invite_from_n;
	for (size_t i = 0; i < 2; i++)
		m->staff[i] = arena_str(&o->arena, settings->staff[i]);
	return o;
}

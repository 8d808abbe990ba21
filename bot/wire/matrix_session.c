#include "wire/matrix_machine.h"

#include <string.h>

/* What the machine needs of a poll and nothing more. */
static void filter_write(const struct matrix *m, struct buf *out)
{
	static const char *const timeline[] = {
		"m.room.message",   "m.room.encrypted",	 "m.room.redaction", "m.room.member",
		"m.room.tombstone", "m.room.encryption", "m.room.create",    "m.room.power_levels"};
	static const char *const state[] = {"m.room.encryption", "m.room.tombstone",
					    "m.room.create", "m.room.member"};
	struct json_writer w;

	json_begin(&w, out);
	json_open_object(&w, NULL);
	json_open_object(&w, "presence");
	json_open_array(&w, "types");
	json_close(&w);
	json_close(&w);
	json_open_object(&w, "account_data");
	json_open_array(&w, "types");
	json_put_text(&w, NULL, STR(ACCOUNT_DIRECT));
	json_put_text(&w, NULL, STR(ACCOUNT_IGNORED));
	json_close(&w);
	json_close(&w);
	json_open_object(&w, "room");
	json_open_object(&w, "timeline");
	json_put_int(&w, "limit", m->session.events);
	json_open_array(&w, "types");
	for (size_t i = 0; i < sizeof timeline / sizeof *timeline; i++)
		json_put_text(&w, NULL, str_of(timeline[i]));
	json_close(&w);
	json_close(&w);
	json_open_object(&w, "state");
	json_put_bool(&w, "lazy_load_members", true);
	json_open_array(&w, "types");
	for (size_t i = 0; i < sizeof state / sizeof *state; i++)
		json_put_text(&w, NULL, str_of(state[i]));
	json_close(&w);
	json_close(&w);
	json_open_object(&w, "ephemeral");
	json_open_array(&w, "types");
	json_close(&w);
	json_close(&w);
	json_open_object(&w, "account_data");
	json_open_array(&w, "types");
	json_close(&w);
	json_close(&w);
	json_close(&w);
	json_close(&w);
}

/* --- the session that is kept, when we sign in by password --- */

static void text_wipe(struct buf *b)
{
	secret_wipe(buf_str(b));
	buf_clear(b);
}

static void session_keep(struct matrix *m)
{
	struct json_writer w;
	struct buf kept;

	buf_init(&kept, 4 * TOKEN_BYTES_MAX);
	json_begin(&w, &kept);
	json_open_object(&w, NULL);
	json_put_text(&w, "user", m->settings.user);
	json_put_text(&w, "device", buf_str(&m->session.device));
	json_put_text(&w, "token", buf_str(&m->session.token));
	json_put_text(&w, "refresh", buf_str(&m->session.refresh));
	json_close(&w);
	m->session.keeping = true;
	steps_add(&m->steps, &(struct machine_step){.kind = MATRIX_KEEP, .text = buf_str(&kept)});
	text_wipe(&kept);
	buf_done(&kept);
}

void session_keep_again(struct matrix *m)
{
	const struct matrix_session *s = &m->session;

	if (s->unkept && !s->keeping && m->now.mono_ms >= s->keep_ms)
		session_keep(m);
}

void session_kept(struct matrix *m, bool kept, struct str why)
{
	struct matrix_session *s = &m->session;

	s->keeping = false;
	if (kept && s->unkept)
		matrix_note(m, PLATFORM_READY, "the session with the homeserver is kept again");
	else if (!kept && !s->unkept)
		matrix_note(m, PLATFORM_DEGRADED,
			    "the session with the homeserver cannot be kept, and is tried "
			    "again: " STR_FMT,
			    STR_ARG(str_sub(why, 0, 300)));
	s->unkept = !kept;
	if (kept)
		s->keep_backoff.failures = 0;
	else
		s->keep_ms = m->now.mono_ms + backoff_next_ms(&s->keep_backoff);
}

void session_read(struct matrix *m, struct str kept)
{
	struct json *json;

	buf_add(&m->session.token, m->settings.token);
	if (m->settings.token.n || !kept.n)
		return;
	json = json_parse(kept, 4 * TOKEN_BYTES_MAX, NULL);
	if (str_eq(json_text(json, "user"), m->settings.user)) {
		buf_add(&m->session.token, json_text(json, "token"));
		buf_add(&m->session.refresh, json_text(json, "refresh"));
		buf_add(&m->session.device, json_text(json, "device"));
	}
	json_free(json);
}

void session_done(struct matrix *m)
{
	text_wipe(&m->session.token);
	text_wipe(&m->session.refresh);
	buf_done(&m->session.token);
	buf_done(&m->session.refresh);
	buf_done(&m->session.device);
	buf_done(&m->session.name);
	buf_done(&m->session.filter);
}

bool session_is_up(const struct matrix *m)
{
	return m->session.is_identified && m->session.token.n && !m->session.keeping;
}

/* --- asking --- */

static void login_ask(struct matrix *m)
{
	struct json_writer w;
	struct buf body;

	buf_init(&body, 4 * TOKEN_BYTES_MAX);
	json_begin(&w, &body);
	json_open_object(&w, NULL);
	json_put_text(&w, "type", STR("m.login.password"));
	json_open_object(&w, "identifier");
	json_put_text(&w, "type", STR("m.id.user"));
	json_put_text(&w, "user", m->settings.user);
	json_close(&w);
	json_put_text(&w, "password", m->settings.password);
	/* The same device: what it sent before is known by its transaction ids. */
	if (m->session.device.n)
		json_put_text(&w, "device_id", buf_str(&m->session.device));
	json_put_text(&w, "initial_device_display_name", STR("clinicbot"));
	json_put_bool(&w, "refresh_token", true);
	json_close(&w);
	matrix_url(m, API "/login");
	matrix_ask(m, ASKED_LOGIN, "POST", buf_str(&body), 0);
	text_wipe(&body);
	buf_done(&body);
}

static void refresh_ask(struct matrix *m)
{
	struct json_writer w;
	struct buf body;

	buf_init(&body, 4 * TOKEN_BYTES_MAX);
	json_begin(&w, &body);
	json_open_object(&w, NULL);
	json_put_text(&w, "refresh_token", buf_str(&m->session.refresh));
	json_close(&w);
	matrix_url(m, m->session.old_refresh ? "/_matrix/client/v1/refresh" : API "/refresh");
	matrix_ask(m, ASKED_REFRESH, "POST", buf_str(&body), 0);
	text_wipe(&body);
	buf_done(&body);
}

static void token_ask(struct matrix *m)
{
	if (m->session.refresh.n)
		refresh_ask(m);
	else if (m->settings.password.n)
		login_ask(m);
	else
		matrix_fail(m, "%s",
			    is_appservice(m)
				    ? "the homeserver does not know the token in "
				      "matrix.as_token_file: is the registration in its "
				      "configuration, and was it restarted since?"
				    : "the homeserver does not accept the access token: put a "
				      "new one of the same account into matrix.token_file");
}

/* An appservice makes its own account; mostly it is there. */
static void register_ask(struct matrix *m)
{
	struct str user = str_sub(m->settings.user, 1, m->settings.user.n);
	struct json_writer w;
	struct buf body;

	buf_init(&body, 1024);
	json_begin(&w, &body);
	json_open_object(&w, NULL);
	json_put_text(&w, "type", STR("m.login.application_service"));
	json_put_text(&w, "username", str_sub(user, 0, (size_t)str_find(user, STR(":"))));
	json_put_bool(&w, "inhibit_login", true);
	json_close(&w);
	matrix_url(m, API "/register");
	matrix_ask(m, ASKED_REGISTER, "POST", buf_str(&body), 0);
	buf_done(&body);
}

static void name_ask(struct matrix *m)
{
	matrix_url(m, API "/profile/");
	url_add(&m->url, m->settings.user);
	buf_add(&m->url, STR("/displayname"));
	matrix_ask(m, ASKED_NAME, "GET", STR(""), 0);
}

static void filter_ask(struct matrix *m)
{
	struct buf body;

	buf_init(&body, 4096);
	filter_write(m, &body);
	matrix_url(m, API "/user/");
	url_add(&m->url, m->settings.user);
	buf_add(&m->url, STR("/filter"));
	matrix_ask(m, ASKED_FILTER, "POST", buf_str(&body), 0);
	buf_done(&body);
}

bool session_ask(struct matrix *m)
{
	struct matrix_session *s = &m->session;

	if (s->keeping)
		return true;
	if (s->elsewhere) {
		matrix_url(m, "/.well-known/matrix/client");
		matrix_ask(m, ASKED_WELL_KNOWN, "GET", STR(""), 0);
	} else if (!s->versions_good) {
		matrix_url(m, "/_matrix/client/versions");
		matrix_ask(m, ASKED_VERSIONS, "GET", STR(""), 0);
	} else if (!s->token.n) {
		token_ask(m);
	} else if (is_appservice(m) && !m->appservice.registered) {
		register_ask(m);
	} else if (!s->is_identified) {
		matrix_url(m, API "/account/whoami");
		matrix_ask(m, ASKED_WHOAMI, "GET", STR(""), 0);
	} else if (!s->name_asked) {
		name_ask(m);
	} else if (!m->ignored.asked) {
		ignored_ask(m);
	} else if (!is_appservice(m) && !s->filter.n) {
		filter_ask(m);
	} else {
		return false;
	}
	return true;
}

/* --- answers --- */

bool session_is_refused(const struct machine_response *response)
{
	struct json *body;
	bool refused;

	if (response->status != 401)
		return false;
	body = json_parse(response->body, MATRIX_BODY_MAX, NULL);
	refused = str_eq(errcode_of(body), STR("M_UNKNOWN_TOKEN")) ||
		  str_eq(errcode_of(body), STR("M_MISSING_TOKEN"));
	json_free(body);
	return refused;
}

void session_refused(struct matrix *m, const struct machine_response *response, unsigned generation)
{
	struct matrix_session *s = &m->session;
	struct json *body = json_parse(response->body, MATRIX_BODY_MAX, NULL);
	bool soft = json_true(body, "soft_logout");

	json_free(body);
	/* What is said of an older token than the one we have by now is no news. */
	if (!s->token.n || generation != s->generation)
		return;
	/* One that never was good for anything: not to be asked for anew at once, without end. */
	if (!s->is_identified)
		m->next_ms = m->now.mono_ms + backoff_next_ms(&m->backoff);
	text_wipe(&s->token);
	s->is_identified = false;
	/* Replies must not wait for the end of a poll. */
	matrix_call_drop(m);
	if (soft)
		return;
	/* The session is ended for good, and its device is gone. */
	text_wipe(&s->refresh);
	buf_clear(&s->device);
	if (m->settings.password.n)
		matrix_note(m, PLATFORM_DEGRADED,
			    "the homeserver ended the session: signing in anew, as another device");
}

static void versions_take(struct matrix *m, const struct machine_response *response)
{
	struct json *body = json_parse(response->body, MATRIX_BODY_MAX, NULL);
	const struct json *v, *versions = json_array(body, "versions");

	for (v = json_first(versions); v; v = json_next(v))
		if (str_starts(json_text_of(v), STR("v1.")))
			m->session.versions_good = true;
	if (response->status == 404 || (response->status == 200 && !versions))
		m->session.elsewhere = true;
	else if (response->status != 200)
		matrix_ask_again(m, response, "the homeserver does not say what it speaks");
	else if (!m->session.versions_good)
		matrix_fail(m, "the homeserver is too old: it does not speak version 1.1 of "
			       "Matrix's client-server API");
	json_free(body);
}

/* An address that other paths can be put behind. */
static bool is_base_url(struct str url)
{
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~' || url.p[i] == '?' || url.p[i] == '#' ||
		    url.p[i] == '@')
			return false;
	return str_starts(url, STR("https://")) && url.n > strlen("https://") &&
	       url.n <= MATRIX_ID_MAX;
}

/* The name in users' ids may stand in the settings: whoever runs that says where the homeserver is
 * (client-server API, "Server Discovery"; a redirect is not followed). Asked again when it is not there either, as
 * both may be away. */
static void well_known_take(struct matrix *m, const struct machine_response *response,
			    const struct json *body)
{
	struct str at = json_text(json_object(body, "m.homeserver"), "base_url");

	m->session.elsewhere = false;
	while (str_ends(at, STR("/")))
		at.n--;
	if (response->status != 200 || !is_base_url(at) || str_eq(at, m->settings.homeserver)) {
		matrix_ask_again(m, response,
				 "no homeserver answers at matrix.homeserver, nor is it said there "
				 "where one is");
		return;
	}
	m->settings.homeserver = arena_str(&m->arena, at);
	matrix_note(m, PLATFORM_READY, "the homeserver is at " STR_FMT, STR_ARG(at));
}

/* A new token: true when the body holds one. */
static bool token_take(struct matrix *m, const struct json *body)
{
	struct matrix_session *s = &m->session;
	struct str token = json_text(body, "access_token");
	struct str refresh = json_text(body, "refresh_token");

	if (!token.n || token.n > TOKEN_BYTES_MAX || refresh.n > TOKEN_BYTES_MAX)
		return false;
	text_wipe(&s->token);
	buf_add(&s->token, token);
	s->generation++;
	if (refresh.n) {
		text_wipe(&s->refresh);
		buf_add(&s->refresh, refresh);
	}
	return true;
}

static const char account_locked[] =
	"the bot's account is locked: whoever runs the homeserver can unlock it";

/* Whoever runs the server may let it in again: the session is kept, and no renewal helps (client-server API,
 * "Account locking"). */
static bool is_locked(const struct json *body)
{
	return str_eq(errcode_of(body), STR("M_USER_LOCKED"));
}

static void login_take(struct matrix *m, const struct machine_response *response,
		       const struct json *body)
{
	struct str errcode = errcode_of(body);

	if (response->status == 200 && token_take(m, body)) {
		buf_clear(&m->session.device);
		buf_add(&m->session.device, json_text(body, "device_id"));
		session_keep(m);
		return;
	}
	/* Without a code it is a proxy's error, and passes. */
	if (is_locked(body))
		matrix_ask_again(m, response, account_locked);
	else if (errcode.n && (response->status == 401 || response->status == 403))
		matrix_fail(m,
			    "the homeserver does not let " STR_FMT " sign in (" STR_FMT
			    "): look at matrix.user and matrix.password_file",
			    STR_ARG(m->settings.user), STR_ARG(str_sub(errcode, 0, 60)));
	else if (errcode.n && (response->status == 400 || response->status == 404))
		matrix_fail(m, "the homeserver has no sign-in by password: put an access token "
			       "into matrix.token_file");
	else
		matrix_ask_again(m, response, "signing in fails");
}

static void refresh_take(struct matrix *m, const struct machine_response *response,
			 const struct json *body)
{
	bool unknown = response->status == 404 || response->status == 405;

	if (response->status == 200 && token_take(m, body)) {
		session_keep(m);
	} else if (unknown && !m->session.old_refresh) {
		m->session.old_refresh = true;
	} else if (is_locked(body)) {
		matrix_ask_again(m, response, account_locked);
	} else if (errcode_of(body).n && response->status >= 400 && response->status < 500 &&
		   response->status != 429) {
		text_wipe(&m->session.refresh);
		matrix_note(m, PLATFORM_DEGRADED,
			    "the homeserver does not renew the session: signing in anew");
	} else {
		matrix_ask_again(m, response, "the session is not renewed");
	}
}

/* A server that refuses has it already, or whoever runs it makes accounts: whoami tells. */
static void register_take(struct matrix *m, const struct machine_response *response,
			  const struct json *body)
{
	bool refused = response->status >= 400 && response->status < 500 &&
		       response->status != 429 && errcode_of(body).n;

	if (response->status == 200 || refused)
		m->appservice.registered = true;
	else
		matrix_ask_again(m, response, "the bot's account cannot be made");
}

static void whoami_take(struct matrix *m, const struct machine_response *response,
			const struct json *body)
{
	struct str user = json_text(body, "user_id"), device = json_text(body, "device_id");

	if (is_appservice(m) && response->status == 403 && errcode_of(body).n) {
		matrix_fail(m,
			    "the token in matrix.as_token_file does not act for " STR_FMT
			    ": it must be the sender_localpart of the registration, or among its "
			    "users",
			    STR_ARG(m->settings.user));
		return;
	}
	if (response->status != 200 || !user.n) {
		matrix_ask_again(m, response, "the homeserver does not say whose token this is");
		return;
	}
	if (!str_eq(user, m->settings.user)) {
		matrix_fail(m, "the token is one of " STR_FMT ", and matrix.user is " STR_FMT,
			    STR_ARG(str_sub(user, 0, MATRIX_ID_MAX)), STR_ARG(m->settings.user));
		return;
	}
	if (m->session.device_known && !str_eq(device, buf_str(&m->session.device)))
		matrix_note(m, PLATFORM_DEGRADED,
			    "this is another device than the one that sent before: a reply that it "
			    "was sending when it was stopped could come twice");
	m->session.device_known = true;
	buf_clear(&m->session.device);
	buf_add(&m->session.device, device);
	m->session.is_identified = true;
}

/* Without a name only that way of being addressed is not known: a server that shows none is believed. */
static void name_take(struct matrix *m, const struct machine_response *response,
		      const struct json *body)
{
	bool refused = response->status >= 400 && response->status < 500 &&
		       response->status != 429 && errcode_of(body).n;

	if (response->status != 200 && response->status != 404 && !refused) {
		matrix_ask_again(m, response, "the homeserver does not say the bot's name");
		return;
	}
	buf_clear(&m->session.name);
	buf_add(&m->session.name, json_text(body, "displayname"));
	m->session.name_asked = true;
}

void session_answer(struct matrix *m, enum asked asked, const struct machine_response *response)
{
	struct json *body = json_parse(response->body, MATRIX_BODY_MAX, NULL);

	if (asked == ASKED_VERSIONS) {
		versions_take(m, response);
	} else if (asked == ASKED_WELL_KNOWN) {
		well_known_take(m, response, body);
	} else if (asked == ASKED_LOGIN) {
		login_take(m, response, body);
	} else if (asked == ASKED_REFRESH) {
		refresh_take(m, response, body);
	} else if (asked == ASKED_REGISTER) {
		register_take(m, response, body);
	} else if (asked == ASKED_WHOAMI) {
		whoami_take(m, response, body);
	} else if (asked == ASKED_NAME) {
		name_take(m, response, body);
	} else if (asked == ASKED_IGNORED) {
		ignored_answer(m, response);
	} else if (response->status == 200 && json_text(body, "filter_id").n) {
		buf_clear(&m->session.filter);
		buf_add(&m->session.filter, json_text(body, "filter_id"));
	} else {
		matrix_ask_again(m, response, "the homeserver takes no filter");
	}
	json_free(body);
}

#include "wire/matrix_machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire/http_head.h"

#define URL_MAX ((size_t)2000)
#define WAIT_MAX_MS ((int64_t)3600 * 1000) /* whatever a 429 asks for */
#define WAIT_MS 5000			   /* when a 429 does not say */
#define WAIT_SAID_MS 10000		   /* a wait that staff are told of */

/* --- steps --- */

void matrix_state_set(struct matrix *m, enum platform_state state, const char *why, ...)
{
	char text[WHY_MAX];
	va_list args;

	va_start(args, why);
	vsnprintf(text, sizeof text, why, args);
	va_end(args);
	if (m->state == state && str_eq(buf_str(&m->state_text), str_of(text)))
		return;
	m->state = state;
	buf_clear(&m->state_text);
	buf_add(&m->state_text, str_of(text));
	steps_add(&m->steps, &(struct machine_step){
				     .kind = MACHINE_STATE, .state = state, .why = str_of(text)});
}

void matrix_note(struct matrix *m, enum platform_state state, const char *why, ...)
{
	char text[WHY_MAX];
	va_list args;

	va_start(args, why);
	vsnprintf(text, sizeof text, why, args);
	va_end(args);
	steps_add(&m->steps, &(struct machine_step){
				     .kind = MACHINE_NOTE, .state = state, .why = str_of(text)});
}

void matrix_fail(struct matrix *m, const char *why, ...)
{
	char text[WHY_MAX];
	va_list args;

	if (m->over)
		return;
	va_start(args, why);
	vsnprintf(text, sizeof text, why, args);
	va_end(args);
	m->over = true;
	m->state = PLATFORM_FAILED;
	steps_add(&m->steps, &(struct machine_step){.kind = MACHINE_FATAL,
						    .state = PLATFORM_FAILED,
						    .why = str_of(text)});
}

bool matrix_next(struct matrix *m, struct machine_step *step)
{
	return steps_take(&m->steps, step);
}

/* --- calls --- */

void matrix_url(struct matrix *m, const char *path)
{
	buf_clear(&m->url);
	m->url.full = false;
	buf_add(&m->url, m->settings.homeserver);
	buf_add(&m->url, str_of(path));
}

void matrix_url_end(struct matrix *m)
{
	if (!is_appservice(m))
		return;
	buf_add(&m->url, str_find(buf_str(&m->url), STR("?")) < 0 ? STR("?") : STR("&"));
	buf_add(&m->url, STR("user_id="));
	url_add(&m->url, m->settings.user);
}

uint64_t matrix_call_make(struct matrix *m, const char *method, struct str body, bool authorized)
{
	struct machine_step step = {.kind = MACHINE_CALL,
				    .call = {.id = ++m->last_call,
					     .method = str_of(method),
					     .url = buf_str(&m->url),
					     .body = body}};
	struct buf header;

	buf_init(&header, TOKEN_BYTES_MAX + 16);
	if (authorized)
		buf_addf(&header, "Bearer " STR_FMT, STR_ARG(buf_str(&m->session.token)));
	step.call.authorization = buf_str(&header);
	steps_add(&m->steps, &step);
	secret_wipe(buf_str(&header));
	buf_done(&header);
	return m->last_call;
}

void matrix_ask(struct matrix *m, enum asked what, const char *method, struct str body,
		int64_t poll_ms)
{
	bool authorized = what != ASKED_VERSIONS && what != ASKED_WELL_KNOWN &&
			  what != ASKED_LOGIN && what != ASKED_REFRESH;

	/* The account is not there before it is registered. */
	if (authorized && what != ASKED_REGISTER)
		matrix_url_end(m);
	m->asked = what;
	m->call = matrix_call_make(m, method, body, authorized);
	m->call_until_ms = m->now.mono_ms + ANSWER_MS + poll_ms;
}

void matrix_call_drop(struct matrix *m)
{
	if (m->call)
		steps_add(&m->steps,
			  &(struct machine_step){.kind = MACHINE_DROP, .call = {.id = m->call}});
	m->call = 0;
	m->asked = ASKED_NOTHING;
}

struct str errcode_of(const struct json *body)
{
	return json_text(body, "errcode");
}

void response_write(const struct machine_response *response, struct buf *out)
{
	struct json *body;

	if (response->status == 0) {
		buf_add(out, str_sub(response->why, 0, 200));
		return;
	}
	body = json_parse(response->body, MATRIX_BODY_MAX, NULL);
	buf_addf(out, "HTTP %d", response->status);
	if (errcode_of(body).n)
		buf_addf(out, ", " STR_FMT, STR_ARG(str_sub(errcode_of(body), 0, 60)));
	json_free(body);
}

int64_t response_wait_ms(const struct matrix *m, const struct machine_response *response)
{
	struct json *body = json_parse(response->body, MATRIX_BODY_MAX, NULL);
	int64_t wait = WAIT_MS;

	if (!retry_after_read(response->headers, m->now.wall_ms, &wait))
		json_int(body, "retry_after_ms", 0, JSON_INT_MAX, &wait);
	json_free(body);
	wait = wait < WAIT_MAX_MS ? wait : WAIT_MAX_MS;
	return wait < 100 ? 100 : wait;
}

void matrix_ask_again(struct matrix *m, const struct machine_response *response, const char *what)
{
	struct buf why;

	if (response->status == 429) {
		int64_t wait = response_wait_ms(m, response);

		m->next_ms = m->now.mono_ms + wait;
		if (wait >= WAIT_SAID_MS)
			matrix_state_set(m, PLATFORM_CONNECTING,
					 "%s: HTTP 429, the homeserver wants it to wait for %d s",
					 what, (int)(wait / 1000));
		return;
	}
	buf_init(&why, WHY_MAX);
	response_write(response, &why);
	backoff_down(&m->backoff, m->now.mono_ms);
	m->next_ms = m->now.mono_ms + backoff_next_ms(&m->backoff);
	matrix_state_set(m, PLATFORM_CONNECTING, "%s: " STR_FMT, what, STR_ARG(buf_str(&why)));
	buf_done(&why);
}

/* --- the life --- */

static bool settings_check(const struct matrix_settings *s, struct err *err)
{
	if (!str_starts(s->homeserver, STR("https://")) &&
	    !str_starts(s->homeserver, STR("http://")))
		return err_set(err, ERR_INPUT, "matrix.homeserver must begin with https://");
	if (!str_starts(s->user, STR("@")) || str_find(s->user, STR(":")) < 2 ||
	    s->user.n > MATRIX_ID_MAX)
		return err_set(err, ERR_INPUT,
			       "matrix.user is no user id, such as @bot:example.org");
	if (s->wsproxy.n && !str_starts(s->wsproxy, STR("wss://")) &&
	    !str_starts(s->wsproxy, STR("ws://")))
		return err_set(err, ERR_INPUT, "matrix.wsproxy must begin with wss://");
	if (s->wsproxy.n && !s->token.n)
		return err_set(err, ERR_INPUT, "there is no as_token for matrix");
	if (!s->token.n && !s->password.n)
		return err_set(err, ERR_INPUT,
			       "there is neither a token nor a password for matrix");
	if (s->token.n > TOKEN_BYTES_MAX || s->password.n > TOKEN_BYTES_MAX)
		return err_set(err, ERR_INPUT, "the token or the password for matrix is too long");
	return true;
}

static void settings_copy(struct matrix *m, const struct matrix_settings *from)
{
	struct matrix_settings *s = &m->settings;
	struct str *patterns = arena_array(&m->arena, from->invite_from_n, sizeof *patterns);

	*s = *from;
	s->homeserver = arena_str(&m->arena, from->homeserver);
	while (str_ends(s->homeserver, STR("/")))
		s->homeserver.n--;
	s->user = arena_str(&m->arena, from->user);
	s->wsproxy = arena_str(&m->arena, from->wsproxy);
	while (str_ends(s->wsproxy, STR("/")))
		s->wsproxy.n--;
	s->token = arena_str(&m->arena, from->token);
	s->password = arena_str(&m->arena, from->password);
	s->unreadable = arena_str(&m->arena, from->unreadable);
	for (size_t i = 0; i < MATRIX_STAFF_ROOMS; i++)
		s->staff[i] = arena_str(&m->arena, from->staff[i]);
	for (size_t i = 0; i < from->invite_from_n; i++)
		patterns[i] = arena_str(&m->arena, from->invite_from[i]);
	s->invite_from = patterns;
	s->session = STR("");
}

struct matrix *matrix_new(const struct matrix_settings *settings, struct err *err)
{
	struct matrix *m;

	if (!settings_check(settings, err))
		return NULL;
	m = calloc(1, sizeof *m);
	if (!m)
		out_of_memory();
	m->steps.shape = &machine_steps;
	arena_init(&m->arena);
	arena_init(&m->gaps_arena);
	arena_init(&m->originals_arena);
	settings_copy(m, settings);
	m->random = settings->seed;
	backoff_init(&m->backoff, random_below(&m->random, UINT64_MAX));
	backoff_init(&m->session.keep_backoff, random_below(&m->random, UINT64_MAX));
	buf_init(&m->session.token, TOKEN_BYTES_MAX);
	buf_init(&m->session.refresh, TOKEN_BYTES_MAX);
	buf_init(&m->session.device, MATRIX_ID_MAX);
	buf_init(&m->session.name, 256);
	buf_init(&m->session.filter, MATRIX_ID_MAX);
	m->session.events = SYNC_EVENTS;
	buf_init(&m->since, 1024);
	buf_init(&m->state_text, WHY_MAX);
	buf_init(&m->url, URL_MAX);
	buf_init(&m->body, CONTENT_MAX);
	buf_init(&m->text, MATRIX_BODY_MAX);
	buf_init(&m->room_text, 2 * MATRIX_ID_MAX + 2);
	buf_init(&m->link, URL_MAX);
	errands_init(m);
	appservice_init(m);
	session_read(m, settings->session);
	return m;
}

void matrix_free(struct matrix *m)
{
	if (!m)
		return;
	session_done(m);
	gaps_drop(m);
	account_done(m);
	errands_done(m);
	appservice_done(m);
	matrix_rooms_done(&m->rooms);
	steps_done(&m->steps);
	json_free(m->sync);
	json_free(m->fetched);
	buf_done(&m->since);
	buf_done(&m->state_text);
	buf_done(&m->url);
	buf_done(&m->body);
	buf_done(&m->text);
	buf_done(&m->room_text);
	buf_done(&m->link);
	arena_done(&m->gaps_arena);
	arena_done(&m->originals_arena);
	arena_done(&m->arena);
	free(m);
}

/* What was read is handed in when nothing in front of it, and nothing that it needs, is missing. */
static void stream_go(struct matrix *m)
{
	if (originals_ask(m))
		return;
	if (m->page)
		gap_take(m);
	if (m->gaps) {
		gap_ask(m);
		return;
	}
	if (m->sync && !m->sync_looked) {
		sync_look(m);
		if (originals_ask(m))
			return;
	}
	if (m->sync)
		sync_finish(m);
	if (!m->unrecorded && m->now.mono_ms >= m->next_ms)
		sync_ask(m);
}

/* Asks what can be asked now, and sends what may go out now. */
static void go_on(struct matrix *m)
{
	if (m->over)
		return;
	session_keep_again(m);
	if (is_appservice(m) && !m->stopping)
		appservice_take(m);
	if (!m->stopping && !m->call && m->now.mono_ms >= m->next_ms && !session_ask(m)) {
		if (is_appservice(m))
			appservice_go(m);
		else
			stream_go(m);
	}
	if (is_appservice(m))
		socket_go(m);
	errands_go(m);
	signs_go(m);
}

void matrix_start(struct matrix *m, struct str position, struct machine_time at)
{
	m->now = at;
	m->started = true;
	m->position_ms = at.mono_ms;
	matrix_position_read(m, position);
	if (is_appservice(m))
		appservice_start(m);
	go_on(m);
}

static void control_answer(struct matrix *m, const struct machine_response *response)
{
	enum asked asked = m->asked;

	m->call = 0;
	m->asked = ASKED_NOTHING;
	if (session_is_refused(response) && asked != ASKED_VERSIONS && asked != ASKED_WELL_KNOWN &&
	    asked != ASKED_LOGIN && asked != ASKED_REFRESH) {
		session_refused(m, response, m->session.generation);
		return;
	}
	switch (asked) {
	case ASKED_SYNC:
		sync_answer(m, response);
		break;
	case ASKED_GAP:
		gap_answer(m, response);
		break;
	case ASKED_ORIGINAL:
		original_answer(m, response);
		break;
	case ASKED_ROOMS:
		rooms_answer(m, response);
		break;
	case ASKED_STATE:
		state_answer(m, response);
		break;
	case ASKED_HISTORY:
		history_answer(m, response);
		break;
	case ASKED_NOTHING:
		break;
	case ASKED_REGISTER:
	case ASKED_VERSIONS:
	case ASKED_WELL_KNOWN:
	case ASKED_LOGIN:
	case ASKED_REFRESH:
	case ASKED_WHOAMI:
	case ASKED_NAME:
	case ASKED_IGNORED:
	case ASKED_FILTER:
		session_answer(m, asked, response);
		break;
	}
}

void matrix_answer(struct matrix *m, uint64_t call, const struct machine_response *response,
		   struct machine_time at)
{
	m->now = at;
	if (call == 0 || m->over)
		return;
	if (call == m->call)
		control_answer(m, response);
	else if (!sign_answer(m, call, response) && !errand_answer(m, call, response))
		return;
	go_on(m);
}

void matrix_recorded(struct matrix *m, struct machine_time at)
{
	m->now = at;
	m->unrecorded = false;
	appservice_recorded(m);
	go_on(m);
}

void matrix_opened(struct matrix *m, struct machine_time at)
{
	m->now = at;
	if (m->over)
		return;
	socket_opened(m);
	go_on(m);
}

void matrix_frame(struct matrix *m, struct str frame, struct machine_time at)
{
	m->now = at;
	if (m->over)
		return;
	socket_frame(m, frame);
	go_on(m);
}

void matrix_closed(struct matrix *m, int code, struct str why, struct machine_time at)
{
	m->now = at;
	socket_closed(m, code, why);
	go_on(m);
}

void matrix_kept(struct matrix *m, bool kept, struct str why, struct machine_time at)
{
	m->now = at;
	session_kept(m, kept, why);
	go_on(m);
}

void matrix_tick(struct matrix *m, struct machine_time at)
{
	m->now = at;
	if (m->call && at.mono_ms >= m->call_until_ms) {
		const struct machine_response none = {.why = STR("no answer in time")};

		steps_add(&m->steps,
			  &(struct machine_step){.kind = MACHINE_DROP, .call = {.id = m->call}});
		control_answer(m, &none);
	}
	go_on(m);
}

int64_t matrix_wake_ms(const struct matrix *m)
{
	int64_t errands = errands_wake_ms(m), wake = m->next_ms, socket = INT64_MAX;

	if (m->over || !m->started)
		return INT64_MAX;
	if (is_appservice(m)) {
		wake = appservice_wake_ms(m);
		socket = socket_wake_ms(m);
	}
	if (m->call)
		wake = m->call_until_ms;
	else if (m->stopping || m->unrecorded || m->session.keeping)
		wake = INT64_MAX;
	if (m->session.unkept && m->session.keep_ms < wake)
		wake = m->session.keep_ms;
	wake = socket < wake ? socket : wake;
	if (signs_wake_ms(m) < wake)
		wake = signs_wake_ms(m);
	return errands < wake ? errands : wake;
}

/* There is one, and nothing of a half-read answer is in it. */
static bool has_position(const struct matrix *m)
{
	return is_appservice(m) ? m->caught_up && !m->first : m->since.n && !m->sync;
}

void matrix_stop(struct matrix *m, struct machine_time at)
{
	m->now = at;
	m->stopping = true;
	m->session.keep_ms = at.mono_ms;
	if (!m->over)
		session_keep_again(m);
	matrix_call_drop(m);
	if (is_appservice(m))
		socket_stop(m);
	if (!m->over && m->started && has_position(m))
		matrix_position_give(m);
}

size_t matrix_under_way(const struct matrix *m)
{
	return m->under_way;
}

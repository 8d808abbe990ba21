#include "wire/discord_machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/arena.h"

#define TOKEN_MAX 1024
#define URL_MAX 512
#define DAY_MS 86400000LL
#define IDENTIFY_GAP_MS 5250 /* the rule says 5 s; the rest is for a hasty network */
#define IDENTIFY_GAP_MAX_MS 600000
#define IDENTIFIES_DEFAULT 1000
#define RESUME_TRIES 2 /* on the resume URL, before the base URL is tried */
#define RESUMES_MAX 5  /* in a row that bring nothing, before the session is given up */
#define SLOW_MS 5000
#define ASK_TRIES 2 /* before going on without the answer */

static bool token_is_plausible(struct str token)
{
	for (size_t i = 0; i < token.n; i++)
		if (token.p[i] <= ' ' || token.p[i] > '~')
			return false;
	return token.n > 0 && token.n <= TOKEN_MAX;
}

struct discord *discord_new(const struct discord_settings *settings, struct err *err)
{
	struct discord *d;

	if (!token_is_plausible(settings->token)) {
		err_set(err, ERR_INPUT, "the Discord token is empty or holds odd characters");
		return NULL;
	}
	d = calloc(1, sizeof *d);
	if (!d)
		out_of_memory();
	if (!rooms_init(&d->rooms, settings, err)) {
		free(d);
		return NULL;
	}
	d->steps.shape = &machine_steps;
	d->token = settings->token;
	d->compress = settings->compress;
	d->forgets = settings->forgets;
	d->asks_gateway = settings->gateway_url.n == 0;
	d->gaps.messages_max = settings->missed_messages;
	d->gaps.age_max_ms = settings->missed_age_ms;
	for (size_t i = 0; i < DISCORD_STAFF_ROOMS; i++)
		d->staff[i] = snowflake(settings->staff[i]);
	d->random = settings->seed;
	backoff_init(&d->backoff, random_below(&d->random, UINT64_MAX));
	d->budget.total = d->budget.left = IDENTIFIES_DEFAULT;
	buf_init(&d->session.id, 256);
	buf_init(&d->session.resume_url, URL_MAX);
	buf_init(&d->base_url, URL_MAX);
	buf_init(&d->state_text, ERR_TEXT_MAX);
	buf_init(&d->scratch, DISCORD_FRAME_MAX);
	buf_init(&d->link_text, LINK_MAX);
	buf_init(&d->edit_text, EDIT_ID_MAX);
	d->state = PLATFORM_FAILED; /* nothing was said yet */
	if (!d->asks_gateway && !buf_add(&d->base_url, settings->gateway_url)) {
		err_set(err, ERR_INPUT, "discord.gateway_url is too long");
		discord_free(d);
		return NULL;
	}
	return d;
}

void discord_free(struct discord *d)
{
	if (!d)
		return;
	steps_done(&d->steps);
	inflater_end(&d->link.inflater);
	rooms_done(&d->rooms);
	gaps_done(&d->gaps);
	buf_done(&d->session.id);
	buf_done(&d->session.resume_url);
	buf_done(&d->base_url);
	buf_done(&d->state_text);
	buf_done(&d->scratch);
	buf_done(&d->link_text);
	buf_done(&d->edit_text);
	json_free(d->fetched);
	free(d);
}

const struct discord_counts *discord_counts(const struct discord *d)
{
	return &d->counts;
}

bool discord_next(struct discord *d, struct machine_step *step)
{
	return steps_take(&d->steps, step);
}

static void state_keep(struct discord *d, enum platform_state state, struct str why)
{
	d->state = state;
	buf_clear(&d->state_text);
	buf_add(&d->state_text, why);
}

void discord_state_again(struct discord *d)
{
	const struct machine_step step = {
		.kind = MACHINE_STATE, .state = d->state, .why = buf_str(&d->state_text)};

	steps_add(&d->steps, &step);
}

void state_set(struct discord *d, enum platform_state state, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (state == d->state && str_eq(buf_str(&d->state_text), str_of(text)))
		return;
	state_keep(d, state, str_of(text));
	discord_state_again(d);
}

void log_note(struct discord *d, enum platform_state state, const char *format, ...)
{
	struct machine_step step = {.kind = MACHINE_NOTE, .state = state};
	char text[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	step.why = str_of(text);
	steps_add(&d->steps, &step);
}

static bool is_plain_ws(struct str url)
{
	return str_starts(url, STR("ws://"));
}

bool url_is_usable(const struct discord *d, struct str url)
{
	if (url.n == 0 || url.n > URL_MAX)
		return false;
	if (str_starts(url, STR("wss://")))
		return url.n > 6;
	/* Where Discord is asked over https, its answers never lead away from TLS: ws.c accepts
	 * ws:// for loopback addresses only. Here, never after wss://. */
	return is_plain_ws(url) && url.n > 5 &&
	       (d->base_url.n == 0 || is_plain_ws(buf_str(&d->base_url)));
}

bool session_has(const struct discord *d)
{
	return d->session.id.n > 0;
}

void session_drop(struct discord *d)
{
	if (!session_has(d))
		return;
	d->counts.sessions_lost++;
	buf_clear(&d->session.id);
	buf_clear(&d->session.resume_url);
	d->session.seq = 0;
	d->joins_failed = d->resumes_failed = 0;
	d->position_dirty = true;
	position_give(d, true);
}

void machine_fail(struct discord *d, struct str why)
{
	struct machine_step step = {.kind = MACHINE_FATAL, .why = why, .state = PLATFORM_FAILED};

	if (d->phase == PHASE_OVER)
		return;
	position_give(d, false);
	link_end(d);
	d->phase = PHASE_OVER;
	state_keep(d, PLATFORM_FAILED, why);
	steps_add(&d->steps, &step);
}

static void add_close(struct discord *d, int code)
{
	struct machine_step step = {.kind = MACHINE_CLOSE, .code = code};

	steps_add(&d->steps, &step);
}

static bool is_linked(const struct discord *d)
{
	return d->phase >= PHASE_CONNECTING && d->phase <= PHASE_UP;
}

void session_reconnect(struct discord *d, const char *why)
{
	if (!is_linked(d))
		return;
	state_set(d, PLATFORM_CONNECTING, "connecting again: %s", why);
	d->phase = PHASE_CLOSING;
	d->counts.closes++;
	add_close(d, DISCORD_CLOSE_RESUMABLE);
}

void discord_fail(struct discord *d, struct str why)
{
	if (is_linked(d))
		add_close(d, DISCORD_CLOSE_RESUMABLE);
	machine_fail(d, why);
}

void discord_stop(struct discord *d)
{
	if (d->phase == PHASE_OVER)
		return;
	if (d->forgets)
		session_drop(d);
	position_give(d, false);
	if (is_linked(d))
		add_close(d, d->forgets ? DISCORD_CLOSE_FINAL : DISCORD_CLOSE_RESUMABLE);
	link_end(d);
	d->phase = PHASE_OVER;
}

/* --- deciding what comes next --- */

static void ask(struct discord *d, enum discord_step_kind kind)
{
	struct machine_step step = {.kind = kind};

	d->phase = PHASE_ASKING;
	steps_add(&d->steps, &step);
}

static int64_t intents_wanted(const struct discord *d)
{
	bool content = d->rooms.watched_n && d->content_granted && !d->content_refused;

	return content ? INTENTS_PLAIN | INTENT_CONTENT : INTENTS_PLAIN;
}

/* The session that was kept may already have content; else the application's flags tell. */
static bool must_ask_application(const struct discord *d)
{
	if (d->rooms.watched_n == 0 || d->content_known || d->content_refused)
		return false;
	return !(session_has(d) && (d->session.intents & INTENT_CONTENT));
}

static bool on_resume_url(const struct discord *d)
{
	return d->session.resume_url.n && d->joins_failed < RESUME_TRIES;
}

/* An identify needs the budget of today; a resume only an address, and a new one when the known
 * ones fail. */
static bool must_ask_gateway(const struct discord *d)
{
	if (!d->asks_gateway || d->gateway_fresh)
		return false;
	if (!session_has(d) || d->base_url.n == 0)
		return !session_has(d) || !on_resume_url(d);
	return d->joins_failed >= 2 * RESUME_TRIES && d->joins_failed % 2 == 0;
}

/* How many identifies may still be spent: the last tenth of a day's is left alone, since spending all
 * of them would reset the bot's token. */
static int64_t identifies_spare(const struct budget *b)
{
	return b->left - b->total / DISCORD_BUDGET_KEPT;
}

/* When the next identify may go out, in mono_ms. The first half of a day's identifies is given out
 * as needed, what is spare of the second half evenly over the rest of the day. */
static int64_t identify_open_ms(struct discord *d, struct machine_time at)
{
	struct budget *b = &d->budget;
	int64_t gap = IDENTIFY_GAP_MS, since;

	/* The clock was set back, or found to be ahead of the server's: the whole gap, but once. */
	if (b->last_wall_ms > at.wall_ms)
		b->last_wall_ms = at.wall_ms;
	since = at.wall_ms - b->last_wall_ms;
	if (b->reset_wall_ms && at.wall_ms >= b->reset_wall_ms) {
		b->left = b->total;
		b->reset_wall_ms = 0;
	}
	if (identifies_spare(b) <= 0)
		return at.mono_ms + (b->reset_wall_ms ? b->reset_wall_ms - at.wall_ms : DAY_MS);
	if (b->left <= b->total / 2 && b->reset_wall_ms) {
		gap = (b->reset_wall_ms - at.wall_ms) / identifies_spare(b);
		gap = gap > IDENTIFY_GAP_MAX_MS ? IDENTIFY_GAP_MAX_MS : gap;
		gap = gap < IDENTIFY_GAP_MS ? IDENTIFY_GAP_MS : gap;
	}
	if (b->last_wall_ms == 0 || since >= gap)
		return at.mono_ms;
	return at.mono_ms + gap - since;
}

static void say_identify_wait(struct discord *d, int64_t wait_ms)
{
	if (identifies_spare(&d->budget) <= 0)
		state_set(
			d, PLATFORM_DEGRADED,
			"nine tenths of today's identifies are used up, and the rest would put the "
			"bot's token at risk: connecting again in %lld minutes; "
			"look for another program that uses the same token",
			(long long)((wait_ms + 59999) / 60000));
	else if (wait_ms > IDENTIFY_GAP_MS)
		state_set(d, PLATFORM_CONNECTING,
			  "over half of today's identifies are used up: connecting again in %lld "
			  "seconds",
			  (long long)((wait_ms + 999) / 1000));
}

void discord_gateway_write(struct str url, struct buf *out)
{
	struct str rest = str_sub(url, 6, url.n);

	buf_add(out, url);
	if (str_find(url, STR("?")) >= 0)
		buf_add_char(out, '&');
	else
		buf_add(out, str_find(rest, STR("/")) >= 0 ? STR("?") : STR("/?"));
	buf_add(out, STR("v=10&encoding=json"));
}

static void connect_to(struct discord *d, struct str url)
{
	struct machine_step step = {.kind = MACHINE_CONNECT};
	struct buf full;

	buf_init(&full, URL_MAX + 100);
	discord_gateway_write(url, &full);
	if (d->compress)
		buf_add(&full, STR("&compress=zlib-stream"));
	step.call.url = buf_str(&full);
	d->phase = PHASE_CONNECTING;
	d->counts.connects++;
	link_begin(d);
	steps_add(&d->steps, &step);
	buf_done(&full);
}

static void advance(struct discord *d, struct machine_time at)
{
	int64_t open_ms;

	if (d->phase != PHASE_WAITING || at.mono_ms < d->next_ms)
		return;
	if (must_ask_application(d)) {
		ask(d, DISCORD_ASK_APPLICATION);
		return;
	}
	if (session_has(d) && d->session.intents != intents_wanted(d))
		session_drop(d);
	if (must_ask_gateway(d)) {
		ask(d, DISCORD_ASK_GATEWAY);
		return;
	}
	if (session_has(d)) {
		connect_to(d, buf_str(on_resume_url(d) ? &d->session.resume_url : &d->base_url));
		return;
	}
	open_ms = identify_open_ms(d, at);
	if (open_ms <= at.mono_ms) {
		connect_to(d, buf_str(&d->base_url));
		return;
	}
	d->next_ms = open_ms;
	d->gateway_fresh = identifies_spare(&d->budget) > 0;
	say_identify_wait(d, open_ms - at.mono_ms);
}

static void wait_for(struct discord *d, int64_t wait_ms, struct machine_time at)
{
	d->phase = PHASE_WAITING;
	d->next_ms = at.mono_ms + wait_ms;
	advance(d, at);
}

void discord_start(struct discord *d, struct str position, struct machine_time at)
{
	if (d->phase != PHASE_NEW)
		return;
	position_read(d, position, at);
	d->content_granted = session_has(d) && (d->session.intents & INTENT_CONTENT);
	state_set(d, PLATFORM_CONNECTING, "%s", "");
	wait_for(d, 0, at);
}

/* --- answers to what was asked --- */

void discord_gateway_is(struct discord *d, const struct discord_gateway *gateway,
			struct machine_time at)
{
	struct budget *b = &d->budget;

	if (d->phase != PHASE_ASKING)
		return;
	if (!url_is_usable(d, gateway->url) && d->base_url.n == 0) {
		discord_gateway_unknown(d, STR("it named no address"), at);
		return;
	}
	if (url_is_usable(d, gateway->url)) {
		buf_clear(&d->base_url);
		buf_add(&d->base_url, gateway->url);
	}
	if (gateway->total > 0 && gateway->remaining >= 0) {
		b->total = gateway->total;
		b->left = gateway->remaining;
		b->reset_wall_ms = at.wall_ms + (gateway->reset_after_ms >= 0 &&
								 gateway->reset_after_ms <= DAY_MS
							 ? gateway->reset_after_ms
							 : DAY_MS);
	}
	d->gateway_fresh = true;
	d->asks_failed = 0;
	wait_for(d, 0, at);
}

void discord_gateway_unknown(struct discord *d, struct str why, struct machine_time at)
{
	if (d->phase != PHASE_ASKING)
		return;
	state_set(d, PLATFORM_CONNECTING, "Discord cannot be asked for its gateway: " STR_FMT,
		  STR_ARG(why));
	if (++d->asks_failed >= ASK_TRIES && d->base_url.n) {
		d->gateway_fresh = true;
		d->asks_failed = 0;
	}
	wait_for(d, backoff_next_ms(&d->backoff), at);
}

void discord_application_is(struct discord *d, int64_t flags, struct machine_time at)
{
	if (d->phase != PHASE_ASKING)
		return;
	d->content_known = true;
	d->content_granted = flags & DISCORD_FLAGS_CONTENT;
	d->asks_failed = 0;
	wait_for(d, 0, at);
}

void discord_application_unknown(struct discord *d, struct str why, struct machine_time at)
{
	if (d->phase != PHASE_ASKING)
		return;
	state_set(d, PLATFORM_CONNECTING,
		  "Discord cannot be asked whether message content is granted: " STR_FMT,
		  STR_ARG(why));
	if (++d->asks_failed >= ASK_TRIES) {
		/* A session goes on as it was; a new one tries, and 4014 tells. */
		d->content_known = true;
		d->content_granted = !session_has(d);
		d->asks_failed = 0;
	}
	wait_for(d, backoff_next_ms(&d->backoff), at);
}

/* --- the connection's life --- */

void session_up(struct discord *d)
{
	const char *missed =
		d->gaps.n || d->gaps.holes_n ? "; what was written meanwhile is read now" : "";

	d->phase = PHASE_UP;
	d->joins_failed = d->resumes_failed = 0;
	d->link.was_up = true;
	d->link.resume_failing = false;
	d->link.deadline_ms = INT64_MAX;
	if (d->rooms.watched_n && !(d->session.intents & INTENT_CONTENT))
		state_set(d, PLATFORM_DEGRADED,
			  "only direct messages, mentions and replies are answered: switch on "
			  "Message Content Intent on the Bot page of the Developer Portal, then "
			  "start the bot again");
	else if (d->link.resuming)
		state_set(d, PLATFORM_READY, "resumed");
	else
		state_set(d, PLATFORM_READY, "connected with a new session%s", missed);
}

void discord_opened(struct discord *d, struct machine_time at)
{
	if (d->phase != PHASE_CONNECTING)
		return;
	d->phase = PHASE_HELLO;
	link_opened(d, at);
}

/* What the end of the connection means for the session; false when all is over. */
static bool judge_close(struct discord *d, const struct close_rule *rule)
{
	bool content = d->session.intents & INTENT_CONTENT;

	if (rule->action == CLOSE_FATAL || (rule->action == CLOSE_CONTENT && !content)) {
		machine_fail(d, str_of(rule->what));
		return false;
	}
	if (rule->action == CLOSE_CONTENT) {
		d->content_refused = true;
		session_drop(d);
		d->session.intents = INTENTS_PLAIN;
	}
	if (rule->action == CLOSE_IDENTIFY)
		session_drop(d);
	return true;
}

/* A session that Discord neither resumes nor calls invalid would be asked for for ever. */
static void resume_failed(struct discord *d)
{
	d->link.resume_failing = false;
	if (++d->resumes_failed < RESUMES_MAX)
		return;
	session_drop(d);
	log_note(d, PLATFORM_DEGRADED,
		 "Discord did not resume the session in %d tries: a new one is begun, and what was "
		 "written meanwhile is read back",
		 RESUMES_MAX);
}

void discord_closed(struct discord *d, int code, struct str why, struct machine_time at)
{
	const struct close_rule *rule = close_rule_for(code);
	bool ours = d->phase == PHASE_CLOSING;
	int64_t wait;

	if (!is_linked(d) && !ours)
		return;
	link_end(d);
	backoff_down(&d->backoff, at.mono_ms);
	d->gateway_fresh = false;
	if (!d->link.was_up && session_has(d))
		d->joins_failed++;
	if (!ours || rule->action == CLOSE_FATAL || rule->action == CLOSE_CONTENT) {
		if (!judge_close(d, rule))
			return;
	}
	if (d->link.resume_failing && session_has(d))
		resume_failed(d);
	if (!ours)
		state_set(d, PLATFORM_CONNECTING, "connecting again: %s (%d%s" STR_FMT ")",
			  rule->what, code, why.n ? ", " : "", STR_ARG(why));
	wait = backoff_next_ms(&d->backoff);
	if (rule->slow && wait < SLOW_MS)
		wait = SLOW_MS;
	wait_for(d, wait, at);
}

void discord_tick(struct discord *d, struct machine_time at)
{
	advance(d, at);
	if (is_linked(d))
		link_tick(d, at);
	if (d->phase != PHASE_OVER && d->position_dirty && at.mono_ms >= d->position_ms)
		position_give(d, false);
}

int64_t discord_wake_ms(const struct discord *d)
{
	int64_t at = INT64_MAX;

	if (d->phase == PHASE_OVER)
		return at;
	if (d->phase == PHASE_WAITING)
		at = d->next_ms;
	if (is_linked(d))
		at = link_wake_ms(d);
	if (d->position_dirty && d->position_ms < at)
		at = d->position_ms;
	return at;
}

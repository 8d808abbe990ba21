#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/http_head.h"
#include "wire/online_inside.h"

#define URL_MAX ((size_t)2000)
#define BODY_MAX ((size_t)4000)
#define WHAT_MAX ((size_t)4000) /* an address of 2000 bytes and a user id among it */
#define TRIES_MAX 3
#define WAIT_MS 5000 /* when a 429 does not say */

void online_init(struct online *o, const struct online_ops *ops, const char *name, const char *them)
{
	o->ops = ops;
	o->name = name;
	o->them = them;
	o->last = &o->first;
	arena_init(&o->arena);
	buf_init(&o->url, URL_MAX);
	buf_init(&o->body, BODY_MAX);
}

void online_free(struct online *o)
{
	if (!o)
		return;
	buf_done(&o->url);
	buf_done(&o->body);
	arena_done(&o->arena);
	o->ops->free(o);
}

/* --- findings --- */

/* Bytes at the start of `s` that no terminal should be given: control characters, of Unicode too, and what
 * turns the direction of writing around. */
static size_t control_at(struct str s)
{
	const unsigned char *c = (const unsigned char *)s.p;

	if (c[0] < 0x20 || c[0] == 0x7f)
		return 1;
	if (s.n >= 2 && c[0] == 0xc2 && c[1] < 0xa0)
		return 2;
	if (s.n >= 3 && c[0] == 0xe2 &&
	    ((c[1] == 0x80 && c[2] >= 0xa8 && c[2] <= 0xae) ||
	     (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9)))
		return 3;
	return 0;
}

static void text_clean(const struct online *o, struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.n;) {
		struct str rest = str_sub(text, i, text.n);
		size_t control = control_at(rest);

		if (o->secret.n && str_starts(rest, o->secret)) {
			buf_add(out, STR("[struck]"));
			i += o->secret.n;
		} else if (control) {
			buf_add_char(out, ' ');
			i += control;
		} else {
			buf_add_char(out, text.p[i++]);
		}
	}
}

static void finding_add(struct online *o, enum finding_kind kind, const char *what, va_list args)
	__attribute__((format(printf, 3, 0)));
static void finding_add(struct online *o, enum finding_kind kind, const char *what, va_list args)
{
	struct online_finding_node *node = arena_new(&o->arena, struct online_finding_node);
	char text[WHAT_MAX];
	struct buf line;

	vsnprintf(text, sizeof text, what, args);
	buf_init(&line, 2 * WHAT_MAX);
	buf_addf(&line, "%s: ", o->name);
	text_clean(o, str_of(text), &line);
	node->finding = (struct finding){kind, arena_str(&o->arena, buf_str(&line))};
	buf_done(&line);
	*o->last = node;
	o->last = &node->next;
}

void online_good(struct online *o, const char *what, ...)
{
	va_list args;

	va_start(args, what);
	finding_add(o, FINDING_GOOD, what, args);
	va_end(args);
}

void online_note(struct online *o, const char *what, ...)
{
	va_list args;

	va_start(args, what);
	finding_add(o, FINDING_NOTE, what, args);
	va_end(args);
}

void online_mend(struct online *o, const char *what, ...)
{
	va_list args;

	va_start(args, what);
	finding_add(o, FINDING_MEND, what, args);
	va_end(args);
}

bool online_finding(struct online *o, struct finding *out)
{
	if (!o->first)
		return false;
	*out = o->first->finding;
	o->first = o->first->next;
	if (!o->first)
		o->last = &o->first;
	return true;
}

struct str online_shown(struct str name)
{
	size_t n = ONLINE_SHOWN_MAX;

	if (name.n <= n)
		return name;
	while (n && ((unsigned char)name.p[n] & 0xc0) == 0x80)
		n--;
	return str_sub(name, 0, n);
}

/* --- questions --- */

void online_url(struct online *o, struct str base, const char *format, ...)
{
	char path[URL_MAX];
	va_list args;

	while (str_ends(base, STR("/")))
		base = str_sub(base, 0, base.n - 1);
	va_start(args, format);
	vsnprintf(path, sizeof path, format, args);
	va_end(args);
	buf_clear(&o->url);
	buf_clear(&o->body);
	buf_add(&o->url, base);
	buf_add(&o->url, str_of(path));
}

void online_ask(struct online *o, const char *method, bool authorized)
{
	o->step = (struct online_step){
		.kind = ONLINE_CALL,
		.call = {.method = str_of(method),
			 .url = buf_str(&o->url),
			 .body = buf_str(&o->body),
			 .authorization = authorized ? o->authorization : STR("")}};
}

/* How this machine's clock stands to that of whoever dated the answers. */
static void clock_find(struct online *o)
{
	long long ahead_s = (long long)(o->clock.ahead_ms / 1000);

	if (!o->answered)
		return;
	if (!o->clock.is_known)
		online_note(o,
			    "no answer said what time it is there: whether this machine's clock is "
			    "right was not looked at");
	else if (ahead_s)
		online_mend(
			o,
			"this machine's clock is %lld seconds %s %s's: set it, and keep it set "
			"(timedatectl set-ntp true); certificates are judged by it, and the log "
			"is dated by it",
			ahead_s < 0 ? -ahead_s : ahead_s, ahead_s < 0 ? "ahead of" : "behind",
			o->them);
	else
		online_good(o, "this machine's clock agrees with %s's", o->them);
}

void online_end(struct online *o)
{
	if (o->over)
		return;
	o->over = true;
	if (o->ops->finish)
		o->ops->finish(o);
	clock_find(o);
}

void online_give_up(struct online *o, struct str what)
{
	if (o->over)
		return;
	online_mend(o, STR_FMT, STR_ARG(what));
	o->under_way = false;
	online_end(o);
}

bool online_next(struct online *o, struct online_step *step)
{
	if (o->over)
		return false;
	if (o->wait_ms) {
		*step = (struct online_step){.kind = ONLINE_WAIT, .wait_ms = o->wait_ms};
		o->wait_ms = 0;
		return true;
	}
	if (!o->tries && !o->ops->ask(o)) {
		online_end(o);
		return false;
	}
	o->under_way = true;
	*step = o->step;
	return true;
}

/* --- answers --- */

/* Retry-After; Discord's retry_after in seconds, Matrix's retry_after_ms. */
static int64_t wait_of(const struct machine_response *answer, const struct json *body,
		       int64_t wall_ms)
{
	int64_t wait_ms;
	double asked = 0;

	if (retry_after_read(answer->headers, wall_ms, &wait_ms))
		return wait_ms;
	if (json_number(body, "retry_after", &asked))
		asked *= 1000;
	else if (!json_number(body, "retry_after_ms", &asked))
		asked = WAIT_MS;
	if (!(asked >= 0) || asked > INT32_MAX)
		return asked > 0 ? INT32_MAX : 0;
	return (int64_t)asked;
}

/* True when the question is to be asked once more. */
static bool limit_waits(struct online *o, const struct machine_response *answer,
			const struct json *body)
{
	int64_t wait = wait_of(answer, body, o->now_ms);

	if (answer->status != 429 || wait > ONLINE_WAIT_MAX_MS || o->tries + 1 >= TRIES_MAX)
		return false;
	o->tries++;
	o->wait_ms = wait < 100 ? 100 : wait;
	return true;
}

void online_answer(struct online *o, const struct machine_response *answer, int64_t wall_ms)
{
	struct json *body;

	if (o->over || !o->under_way)
		return;
	o->under_way = false;
	o->answered = o->answered || answer->status;
	o->now_ms = wall_ms;
	server_clock_heard(&o->clock, answer->headers, wall_ms);
	body = json_parse(answer->body, ONLINE_BODY_MAX, NULL);
	if (!limit_waits(o, answer, body)) {
		o->tries = 0;
		o->ops->take(o, answer, body);
	}
	json_free(body);
}

void online_unanswered(struct online *o, const struct machine_response *answer,
		       const struct json *body, const char *subject)
{
	if (answer->status == 0) {
		online_mend(o,
			    "%s: no answer (" STR_FMT
			    "): look at the network, the firewall and the "
			    "address in the configuration; nothing more was asked",
			    subject, STR_ARG(online_shown(answer->why)));
		online_end(o);
	} else if (answer->status == 429) {
		online_mend(
			o,
			"%s: %s asks this machine to wait %lld seconds: wait, and find out what "
			"else asks so much of it",
			subject, o->them,
			(long long)(wait_of(answer, body, o->now_ms) + 999) / 1000);
	} else {
		online_mend(o, "%s: HTTP %d instead of what was asked for: %s", subject,
			    answer->status,
			    answer->status >= 500 ? "their server has trouble: check again later"
						  : "is the address in the configuration right?");
	}
}

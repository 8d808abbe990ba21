#include "core/alerts.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

void alerts_init(struct alerts *alerts, int64_t again_ms)
{
	*alerts = (struct alerts){.again_ms = again_ms};
}

struct alert *alerts_add(struct alerts *alerts, const struct alert *like, struct str sent_as)
{
	size_t n =
		like->platform.n + like->message.n + like->kind.n + like->room.n + like->notice.n;
	struct alert *alert = malloc(sizeof *alert + n);
	char *at;

	if (!alert)
		out_of_memory();
	*alert = *like;
	alert->next = NULL;
	at = alert->texts;
	alert->platform = str_keep(&at, like->platform);
	alert->message = str_keep(&at, like->message);
	alert->kind = str_keep(&at, like->kind);
	alert->room = str_keep(&at, like->room);
	alert->notice = str_keep(&at, like->notice);
	buf_init(&alert->sent_as, ALERT_SENT_AS_MAX);
	buf_add(&alert->sent_as, sent_as);
	if (alerts->last)
		alerts->last->next = alert;
	else
		alerts->first = alert;
	alerts->last = alert;
	return alert;
}

struct alert *alerts_find(const struct alerts *alerts, struct str platform, struct str message,
			  struct str kind)
{
	struct alert *a = alerts->first;

	while (a && !(str_eq(a->message, message) && str_eq(a->kind, kind) &&
		      str_eq(a->platform, platform)))
		a = a->next;
	return a;
}

void alerts_drop(struct alerts *alerts, struct alert *alert)
{
	struct alert **at = &alerts->first;
	struct alert *before = NULL;

	while (*at && *at != alert) {
		before = *at;
		at = &before->next;
	}
	if (!*at)
		return;
	*at = alert->next;
	if (alerts->last == alert)
		alerts->last = before;
	buf_done(&alert->sent_as);
	free(alert);
}

void alerts_done(struct alerts *alerts)
{
	while (alerts->first)
		alerts_drop(alerts, alerts->first);
}

static void settle(struct alert *alert, int64_t now_ms)
{
	alert->on_its_way = false;
	alert->shown++;
	alert->settled_ms = now_ms;
}

static bool early_is(const char *early, struct str platform, struct str showing)
{
	struct str kept = str_of(early);

	return kept.n == platform.n + 1 + showing.n && str_starts(kept, platform) &&
	       kept.p[platform.n] == ' ' && str_ends(kept, showing);
}

static void early_keep(struct alerts *alerts, struct str platform, struct str showing)
{
	char *early = alerts->early[alerts->early_next];

	if (platform.n + 1 + showing.n >= ALERT_EARLY_BYTES)
		return;
	memcpy(early, platform.p, platform.n);
	early[platform.n] = ' ';
	memcpy(early + platform.n + 1, showing.p, showing.n);
	early[platform.n + 1 + showing.n] = '\0';
	alerts->early_next = (alerts->early_next + 1) % ALERT_EARLY_MAX;
}

void alerts_sent(struct alerts *alerts, struct alert *alert, struct str id, int64_t now_ms,
		 bool *first, bool *claimed)
{
	*first = alert->sent_as.n == 0;
	*claimed = false;
	settle(alert, now_ms);
	if (!*first)
		buf_add_char(&alert->sent_as, ' ');
	/* Something must stand there, or the patient would be told again. */
	buf_add(&alert->sent_as, id.n ? id : STR("-"));
	for (size_t i = 0; id.n && i < ALERT_EARLY_MAX; i++)
		*claimed = *claimed || early_is(alerts->early[i], alert->platform, id);
}

void alerts_refused(struct alert *alert, int64_t now_ms)
{
	settle(alert, now_ms);
}

static bool was_shown_as(const struct alert *alert, struct str showing)
{
	struct str rest = buf_str(&alert->sent_as), id;

	while (str_cut(&rest, ' ', &id))
		if (str_eq(id, showing))
			return true;
	return false;
}

struct alert *alerts_claimed(struct alerts *alerts, struct str platform, struct str showing)
{
	bool waits = false;

	if (!showing.n)
		return NULL;
	for (struct alert *a = alerts->first; a; a = a->next) {
		if (!str_eq(a->platform, platform))
			continue;
		if (was_shown_as(a, showing))
			return a;
		waits = waits || a->on_its_way;
	}
	if (waits)
		early_keep(alerts, platform, showing);
	return NULL;
}

struct alert *alerts_due(struct alerts *alerts, int64_t now_ms, bool *given_up)
{
	for (struct alert *a = alerts->first; a; a = a->next) {
		if (a->on_its_way)
			continue;
		/* The clock was set back: nothing waits for longer than it should. */
		if (a->settled_ms > now_ms)
			a->settled_ms = now_ms;
		if (now_ms - a->settled_ms < alerts->again_ms)
			continue;
		*given_up = a->shown >= ALERT_SHOWINGS_MAX;
		a->on_its_way = !*given_up;
		return a;
	}
	return NULL;
}

int64_t alerts_wake_ms(const struct alerts *alerts)
{
	int64_t wake = INT64_MAX;

	for (const struct alert *a = alerts->first; a; a = a->next)
		if (!a->on_its_way && a->settled_ms + alerts->again_ms < wake)
			wake = a->settled_ms + alerts->again_ms;
	return wake;
}

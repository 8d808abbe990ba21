/* The client's side of the gateway's protocol as the network sees it, for fuzz_session.c: what the
 * machine does is written down, and held against the rules. */
#ifndef TESTS_FUZZ_SESSION_WORLD_H
#define TESTS_FUZZ_SESSION_WORLD_H

#include <inttypes.h>

#include "fuzz/fuzz.h"
#include "wire/discord.h"
#include "wire/json.h"

#define EVENTS_MAX 600
#define BEATS_SPARE_MS 1000 /* put off where the limit of sends is reached */

struct world {
	struct discord *d;
	struct machine_time at;
	char position[2048];
	struct str program;

	/* The client, as the network sees it. */
	bool asks_gateway, asks_application, connecting, open, over;
	bool joined; /* on this connection an identify or a resume came */
	bool resumes;
	int64_t joined_seq;
	int64_t beat_ms, interval_ms; /* the last beat, or the hello; interval 0: no hello yet */
	unsigned beats_open;	      /* not answered */
	unsigned sends;		      /* on this connection */

	/* Discord. */
	bool has_session, up;
	unsigned session_id, connections;
	int64_t seq;
	struct {
		int64_t seq;
		uint64_t id;
		bool for_bot;
	} events[EVENTS_MAX]; /* messages of this session */
	size_t events_n;
	uint64_t last_id;

	/* What the bot was handed. */
	uint64_t got[EVENTS_MAX * 2];
	size_t got_n;
	int64_t identified_ms; /* 0: never */
	int64_t kept_seq;
	char kept_session[32];
};

static inline struct str context(const struct world *w)
{
	return w->program;
}

static inline void on_send(struct world *w, struct str frame)
{
	struct json *v = json_parse(frame, 4096, NULL);
	const struct json *d = json_get(v, "d");
	int64_t op = -1;

	HOLDS(w->open && w->interval_ms, frame);
	HOLDS(json_int(v, "op", 0, 100, &op), frame);
	HOLDS(op == 1 || op == 2 || op == 6, frame);
	HOLDS(w->joined == (op == 1), frame); /* first of all, and once */
	HOLDS(++w->sends < 100000, frame);
	if (op == 1) {
		HOLDS(w->at.mono_ms - w->beat_ms <= w->interval_ms + BEATS_SPARE_MS, frame);
		w->beat_ms = w->at.mono_ms;
		w->beats_open++;
		json_free(v);
		return;
	}
	w->joined = true;
	w->resumes = op == 6;
	HOLDS(str_eq(json_text(d, "token"), STR("t0ken")), frame);
	if (op == 2) {
		HOLDS(!w->identified_ms || w->at.wall_ms - w->identified_ms >= 5000, frame);
		w->identified_ms = w->at.wall_ms;
	} else {
		char id[32];

		snprintf(id, sizeof id, "s%u", w->session_id);
		HOLDS(json_int(d, "seq", 0, JSON_INT_MAX, &w->joined_seq), frame);
		HOLDS(!str_eq(json_text(d, "session_id"), str_of(id)) || w->joined_seq <= w->seq,
		      frame);
	}
	json_free(v);
}

/* Within a session the position never goes back. */
static inline void on_position(struct world *w, struct str text)
{
	struct json *v = json_parse(text, DISCORD_POSITION_MAX, NULL);
	struct str session = json_text(v, "session");
	int64_t seq = -1;

	HOLDS(json_int(v, "seq", 0, JSON_INT_MAX, &seq), text);
	HOLDS(session.n == 0 || !str_eq(session, str_of(w->kept_session)) || seq >= w->kept_seq,
	      text);
	HOLDS(text.n < sizeof w->position && session.n < sizeof w->kept_session, text);
	snprintf(w->kept_session, sizeof w->kept_session, STR_FMT, STR_ARG(session));
	w->kept_seq = seq;
	snprintf(w->position, sizeof w->position, STR_FMT, STR_ARG(text));
	json_free(v);
}

static inline void on_message(struct world *w, const struct message *m)
{
	uint64_t id;

	HOLDS(str_to_u64(m->id, &id), m->id);
	for (size_t i = 0; i < w->got_n; i++)
		HOLDS(w->got[i] != id, m->id);
	HOLDS(w->got_n < EVENTS_MAX * 2, m->id);
	w->got[w->got_n++] = id;
}

static inline void take_steps(struct world *w)
{
	struct machine_step step;

	while (discord_next(w->d, &step)) {
		HOLDS(!w->over, context(w));
		switch (step.kind) {
		case MACHINE_CONNECT:
			HOLDS(!w->connecting && !w->open, context(w));
			HOLDS(!w->asks_gateway && !w->asks_application, context(w));
			HOLDS(str_starts(step.call.url, STR("wss://")), step.call.url);
			w->connecting = true;
			w->joined = w->up = w->resumes = false;
			w->interval_ms = 0;
			w->sends = w->beats_open = 0;
			break;
		case MACHINE_FRAME:
			on_send(w, step.text);
			break;
		case MACHINE_CLOSE:
			HOLDS(w->connecting || w->open, context(w));
			HOLDS(step.code == DISCORD_CLOSE_RESUMABLE, context(w));
			/* The end comes later; nothing is sent any more. */
			w->joined = true;
			w->up = false;
			w->interval_ms = 0;
			break;
		case DISCORD_ASK_GATEWAY:
			HOLDS(!w->asks_gateway, context(w));
			w->asks_gateway = true;
			break;
		case DISCORD_ASK_APPLICATION:
			HOLDS(!w->asks_application, context(w));
			w->asks_application = true;
			break;
		case DISCORD_ASK_HISTORY:
			/* Not here: a message that is read back may come twice. */
			HOLDS(false, step.text);
			break;
		case MACHINE_MESSAGE:
			on_message(w, &step.message);
			break;
		case MACHINE_DELETED:
			HOLDS(step.text.n > 0 && step.text.n <= 20, step.text); /* an id */
			break;
		case MACHINE_POSITION:
			on_position(w, step.text);
			break;
		case MACHINE_STATE:
		case MACHINE_NOTE:
			HOLDS(text_is_utf8(step.why), step.why);
			break;
		case MACHINE_FATAL:
			HOLDS(step.why.n, context(w));
			w->over = true;
			break;
		default:
			HOLDS(false, context(w));
		}
	}
}

#endif

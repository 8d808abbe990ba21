/* wire/discord as a whole: the input is a program of what a Discord that keeps its rules, and the
 * network, may do; the machine's side of the protocol must hold all along. A letter is an event:
 *
 *   g u   the gateway's address is given, or not          a n   the application's flags, or not
 *   o     the websocket opens                             h 0   hello, with one of the intervals
 *   j     the identify or resume is answered              i 0   ... by invalid session
 *   m 0   a message is written: of one of the kinds       r     an odd frame
 *   k     a beat is answered                              q     reconnect is asked for
 *   b     a beat is asked for                             t 0   time passes
 *   c 0   the websocket ends, with one of the codes       z     the program is killed, and started
 *
 * What Discord would not do now is passed over.
 * Options: -max_len=512 */
#include <inttypes.h>

#include "fuzz/fuzz.h"
#include "wire/discord.h"
#include "wire/json.h"

#define EVENTS_MAX 600
#define FIRST_ID UINT64_C(1383825041514299392)
#define BEATS_SPARE_MS 1000 /* put off where the limit of sends is reached */
#define WAKES_MAX 100000    /* in one jump of the clock */

struct world {
	struct discord *d;
	struct discord_time at;
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
	size_t got_n, expected_n;
	int64_t identified_ms; /* 0: never */
	int64_t kept_seq;
	char kept_session[32];
};

static struct str context(const struct world *w)
{
	return w->program;
}

/* --- what the machine does ------------------------------------------------------------------- */

static void on_send(struct world *w, struct str frame)
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
		HOLDS(!str_eq(json_text(d, "session_id"), str_of(id)) || w->joined_seq == w->seq ||
			      w->joined_seq <= w->seq,
		      frame);
	}
	json_free(v);
}

/* Within a session the position never goes back. */
static void on_position(struct world *w, struct str text)
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

static void on_message(struct world *w, const struct message *m)
{
	uint64_t id;

	HOLDS(str_to_u64(m->id, &id), m->id);
	for (size_t i = 0; i < w->got_n; i++)
		HOLDS(w->got[i] != id, m->id);
	HOLDS(w->got_n < EVENTS_MAX * 2, m->id);
	w->got[w->got_n++] = id;
}

static void take_steps(struct world *w)
{
	struct discord_step step;

	while (discord_next(w->d, &step)) {
		HOLDS(!w->over, context(w));
		switch (step.kind) {
		case DISCORD_CONNECT:
			HOLDS(!w->connecting && !w->open, context(w));
			HOLDS(!w->asks_gateway && !w->asks_application, context(w));
			HOLDS(str_starts(step.text, STR("wss://")), step.text);
			w->connecting = true;
			w->joined = w->up = w->resumes = false;
			w->interval_ms = 0;
			w->sends = w->beats_open = 0;
			break;
		case DISCORD_SEND:
			on_send(w, step.text);
			break;
		case DISCORD_CLOSE:
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
		case DISCORD_MESSAGE:
			on_message(w, &step.message);
			break;
		case DISCORD_DELETED:
			HOLDS(step.text.n > 0 && step.text.n <= 20, step.text); /* an id */
			break;
		case DISCORD_POSITION:
			on_position(w, step.text);
			break;
		case DISCORD_STATE:
		case DISCORD_NOTE:
			HOLDS(text_is_utf8(step.text), step.text);
			break;
		case DISCORD_FATAL:
			HOLDS(step.text.n, context(w));
			w->over = true;
			break;
		}
	}
}

/* --- what Discord does ----------------------------------------------------------------------- */

static void frame(struct world *w, const char *text)
{
	discord_frame(w->d, str_of(text), w->at);
	take_steps(w);
}

static void message_tell(struct world *w, size_t i)
{
	char text[400];

	snprintf(text, sizeof text,
		 "{\"op\":0,\"t\":\"MESSAGE_CREATE\",\"s\":%" PRId64 ",\"d\":{\"id\":\"%" PRIu64
		 "\",\"channel_id\":\"40\",\"author\":{\"id\":\"7\"%s},\"type\":0,\"content\":"
		 "\"x\"}}",
		 w->events[i].seq, w->events[i].id, w->events[i].for_bot ? "" : ",\"bot\":true");
	frame(w, text);
}

static void message_write(struct world *w, bool for_bot)
{
	if (!w->has_session || w->events_n == EVENTS_MAX || w->expected_n == EVENTS_MAX)
		return;
	w->events[w->events_n].seq = ++w->seq;
	w->events[w->events_n].id = ++w->last_id;
	w->events[w->events_n].for_bot = for_bot;
	w->events_n++;
	if (w->up)
		message_tell(w, w->events_n - 1);
}

static void session_new(struct world *w)
{
	char text[300];

	w->has_session = w->up = true;
	w->session_id++;
	w->events_n = 0;
	w->seq = 1;
	snprintf(
		text, sizeof text,
		"{\"op\":0,\"t\":\"READY\",\"s\":1,\"d\":{\"user\":{\"id\":\"100\"},\"session_id\":"
		"\"s%u\",\"resume_gateway_url\":\"wss://resume.example\"}}",
		w->session_id);
	frame(w, text);
}

/* All that the client has not seen, then RESUMED. */
static void session_resume(struct world *w)
{
	char text[100];

	if (!w->has_session) {
		frame(w, "{\"op\":9,\"d\":false}");
		return;
	}
	w->up = true;
	for (size_t i = 0; i < w->events_n; i++)
		if (w->events[i].seq > w->joined_seq)
			message_tell(w, i);
	snprintf(text, sizeof text, "{\"op\":0,\"t\":\"RESUMED\",\"s\":%" PRId64 ",\"d\":{}}",
		 ++w->seq);
	frame(w, text);
}

/* While a session is up, each message of it for the bot was handed over, in order. */
static void messages_hold(const struct world *w)
{
	size_t at = 0;

	if (!w->up || !w->open)
		return;
	for (size_t i = 0; i < w->events_n; i++) {
		if (!w->events[i].for_bot)
			continue;
		while (at < w->got_n && w->got[at] != w->events[i].id)
			at++;
		HOLDS(at < w->got_n, context(w));
	}
}

static void hello(struct world *w, unsigned choice)
{
	static const int64_t intervals[] = {40000, 1000, 120000, 500, 600000, 0};
	int64_t ms = intervals[choice % 6];
	char text[100];

	if (w->interval_ms || !w->open || w->joined)
		return;
	snprintf(text, sizeof text, "{\"op\":10,\"d\":{\"heartbeat_interval\":%" PRId64 "}}", ms);
	/* What is no sane interval is read as one that is. */
	w->interval_ms = ms == 0 ? 41250 : ms < 1000 ? 1000 : ms > 120000 ? 120000 : ms;
	w->beat_ms = w->at.mono_ms;
	frame(w, text);
}

static void closed(struct world *w, unsigned choice)
{
	static const int codes[] = {1006, 4000, 1000, 4007, 4009, 4008, 1001, 4003, 0, 4014, 4004};

	if (!w->connecting && !w->open)
		return;
	w->connecting = w->open = w->up = false;
	discord_closed(w->d, codes[choice % 11], STR(""), w->at);
	take_steps(w);
}

/* --- time and the program -------------------------------------------------------------------- */

/* The clock goes on, and the machine is woken when it wants to be. */
static void pass(struct world *w, int64_t ms)
{
	int64_t until = w->at.mono_ms + ms, wake;
	unsigned wakes = 0;

	while ((wake = discord_wake_ms(w->d)) <= until) {
		if (wake > w->at.mono_ms) {
			w->at.wall_ms += wake - w->at.mono_ms;
			w->at.mono_ms = wake;
		}
		discord_tick(w->d, w->at);
		take_steps(w);
		HOLDS(++wakes < WAKES_MAX, context(w));
		HOLDS(discord_wake_ms(w->d) > w->at.mono_ms, context(w));
	}
	w->at.wall_ms += until - w->at.mono_ms;
	w->at.mono_ms = until;
	discord_tick(w->d, w->at);
	take_steps(w);
	/* A connection without a beat in time is a lost one. */
	HOLDS(!w->open || !w->interval_ms ||
		      w->at.mono_ms - w->beat_ms <= w->interval_ms + BEATS_SPARE_MS,
	      context(w));
}

static void machine_start(struct world *w)
{
	const struct discord_settings settings = {.token = STR("t0ken"), .seed = 7};
	char position[sizeof w->position];

	memcpy(position, w->position, sizeof position);
	discord_free(w->d);
	w->asks_gateway = w->asks_application = w->connecting = w->open = w->over = w->up = false;
	w->d = discord_new(&settings, NULL);
	discord_start(w->d, str_of(position), w->at);
	take_steps(w);
}

static void answer(struct world *w, char event)
{
	const struct discord_gateway gateway = {STR("wss://gateway.example"), 1000, 900, 80000000};

	if (w->asks_gateway && (event == 'g' || event == 'u')) {
		w->asks_gateway = false;
		if (event == 'g')
			discord_gateway_is(w->d, &gateway, w->at);
		else
			discord_gateway_unknown(w->d, STR("HTTP 503"), w->at);
	} else if (w->asks_application && (event == 'a' || event == 'n')) {
		w->asks_application = false;
		if (event == 'a')
			discord_application_is(w->d, 1 << 18, w->at);
		else
			discord_application_unknown(w->d, STR("HTTP 503"), w->at);
	}
	take_steps(w);
}

/* What comes on an open connection after the hello. */
static void connected(struct world *w, char event)
{
	static const char *const odd[] = {
		"{\"op\":0,\"t\":\"TYPING_START\",\"s\":1,\"d\":{}}",
		"{\"op\":0,\"t\":\"RESUMED\",\"d\":{}}",
		"{\"op\":77}",
		"{\"op\":10,\"d\":{\"heartbeat_interval\":1000}}",
		"nonsense",
		"[]",
	};
	bool waits = w->joined && w->interval_ms && !w->up;

	if (event == 'j' && waits && w->resumes)
		session_resume(w);
	else if (event == 'j' && waits)
		session_new(w);
	else if (event == 'i' && waits) {
		w->has_session = false;
		frame(w, "{\"op\":9,\"d\":false}");
	} else if (event == 'q')
		frame(w, "{\"op\":7}");
	else if (event == 'b')
		frame(w, "{\"op\":1}");
	else if (event == 'k' && w->beats_open) {
		w->beats_open = 0;
		frame(w, "{\"op\":11}");
	} else if (event == 'r' && w->up)
		frame(w, odd[program_choice(&w->program, 6)]);
}

static void event_run(struct world *w, char event)
{
	static const int64_t times[] = {10,    100,   1000,   2500,    6000,
					20000, 41000, 200000, 4000000, 90000000};

	switch (event) {
	case 'o':
		if (w->connecting) {
			w->connecting = false;
			w->open = true;
			discord_opened(w->d, w->at);
			take_steps(w);
		}
		break;
	case 'h':
		hello(w, program_choice(&w->program, 6));
		break;
	case 'm':
		message_write(w, program_choice(&w->program, 4) != 1);
		break;
	case 'c':
		closed(w, program_choice(&w->program, 11));
		break;
	case 't':
		pass(w, times[program_choice(&w->program, 10)]);
		break;
	case 'z':
		machine_start(w);
		break;
	default:
		answer(w, event);
		if (w->open)
			connected(w, event);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct world *w = calloc(1, sizeof *w);

	HOLDS(w, STR("memory"));
	w->at = (struct discord_time){5000, 1750000000000};
	w->last_id = FIRST_ID;
	w->program = fuzz_text(bytes, n);
	machine_start(w);
	while (w->program.n) {
		event_run(w, program_char(&w->program));
		messages_hold(w);
	}
	discord_stop(w->d);
	take_steps(w);
	discord_free(w->d);
	free(w);
	return 0;
}

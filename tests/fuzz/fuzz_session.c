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
#include "fuzz/session_world.h"

#define FIRST_ID UINT64_C(1383825041514299392)
#define WAKES_MAX 100000 /* in one jump of the clock */

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
	if (!w->has_session || w->events_n == EVENTS_MAX)
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
	w->at = (struct machine_time){.mono_ms = 5000, .wall_ms = 1750000000000};
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

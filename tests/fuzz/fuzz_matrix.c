/* wire/matrix: any answer of a homeserver, with a program around it. The first line is the position of an
 * earlier run. Then a letter is an event:
 *
 *   o     the oldest call gets a good answer, the poll an empty one
 *   a 0   ... a status, then a line of body                 n     ... none
 *   p     the poll, or what stands for it, gets a line of body with status 200
 *   s 0   a reply is put in, for one of four rooms          w     its question is deleted
 *   c     a reply is changed, x: removed                    f     a message is asked for again
 *   t 0   time passes
 *
 * With an A in front of the position it is an appservice:
 *
 *   u     the websocket opens                               k 0   ... ends, with one of some codes
 *   r     ... brings a frame: the rest of the line
 *
 * Options: -max_len=4096 -dict=tests/fuzz/seeds/matrix.dict */
#include "fuzz/fuzz.h"
#include "wire/json.h"
#include "wire/matrix.h"

#define CALLS_MAX 2000
#define DELIVERIES_MAX 200

struct world {
	struct matrix *m;
	struct machine_time now;
	struct str program;
	struct {
		uint64_t id;
		bool polls;
		struct str answer; /* a good one */
	} open[MATRIX_CALLS_MAX];
	size_t open_n, made;
	uint64_t deliveries;
	bool settled[DELIVERIES_MAX + 1];
	enum { WS_NONE, WS_OPENING, WS_OPEN, WS_CLOSING } ws;
	bool over;
};

static struct str good_answer(struct str url)
{
	static const struct {
		const char *part, *body;
	} answers[] = {
		{"/versions", "{\"versions\":[\"v1.1\"]}"},
		{"/login", "{\"access_token\":\"T\",\"device_id\":\"D\"}"},
		{"/refresh", "{\"access_token\":\"U\",\"refresh_token\":\"R\"}"},
		{"/whoami", "{\"user_id\":\"@bot:hs\",\"device_id\":\"D\"}"},
		{"/filter", "{\"filter_id\":\"1\"}"},
		{"/sync?", "{\"next_batch\":\"s1\"}"},
		{"/joined_rooms", "{\"joined_rooms\":[\"!dm:hs\"]}"},
		{"/state", "[{\"type\":\"m.room.member\",\"content\":{\"membership\":\"join\"}}]"},
		{"/messages", "{\"chunk\":[{\"event_id\":\"$old\"}]}"},
		{"/send/", "{\"event_id\":\"$sent\"}"},
	};

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (str_find(url, str_of(answers[i].part)) > 0)
			return str_of(answers[i].body);
	return STR("{}");
}

static void call_holds(struct world *w, const struct machine_call *call)
{
	bool polls = str_find(call->url, STR("/sync?")) > 0;
	struct json *body;

	HOLDS(!w->over && w->open_n < MATRIX_CALLS_MAX, call->url);
	HOLDS(str_starts(call->url, STR("https://")) &&
		      (str_find(call->url, STR("/_matrix/client/")) > 0 ||
		       str_ends(call->url, STR("/.well-known/matrix/client"))),
	      call->url);
	for (size_t i = 0; i < call->url.n; i++)
		HOLDS(call->url.p[i] > ' ' && call->url.p[i] <= '~', call->url);
	HOLDS(str_find(call->url, STR("hunter2")) < 0, call->url);
	HOLDS(str_find(call->url, STR("/logout")) < 0, call->url);
	for (size_t i = 0; i < w->open_n; i++)
		HOLDS(!polls || !w->open[i].polls, call->url);
	if (call->body.n) {
		body = json_parse(call->body, 1 << 20, NULL);
		HOLDS(json_is_object(body) && text_is_utf8(call->body), call->body);
		json_free(body);
	}
	w->made++;
	w->open[w->open_n].id = call->id;
	w->open[w->open_n].polls = polls;
	w->open[w->open_n++].answer = good_answer(call->url);
}

static void open_drop(struct world *w, size_t at)
{
	w->open_n--;
	memmove(&w->open[at], &w->open[at + 1], (w->open_n - at) * sizeof *w->open);
}

static void message_holds(const struct message *m)
{
	HOLDS(m->id.n && m->id.n <= MATRIX_ID_MAX && str_find(m->id, STR(" ")) < 0, m->id);
	HOLDS(str_starts(m->room, STR("!")) || m->room.n, m->room);
	HOLDS(text_is_utf8(m->text) && text_is_utf8(m->room) && text_is_utf8(m->person), m->text);
	HOLDS(!str_eq(m->person, STR("@bot:hs")), m->person);
	HOLDS(!str_eq(m->id, m->edits), m->id);
}

static void frame_holds(struct str frame)
{
	struct json *json = json_parse(frame, 1 << 16, NULL);
	int64_t id;

	HOLDS(json_int(json, "id", 1, JSON_INT_MAX, &id) && json_text(json, "command").n &&
		      json_object(json, "data"),
	      frame);
	json_free(json);
}

static void step_holds(struct world *w, const struct machine_step *step)
{
	switch (step->kind) {
	case MACHINE_CALL:
		call_holds(w, &step->call);
		break;
	case MACHINE_DROP:
		for (size_t i = 0; i < w->open_n; i++)
			if (w->open[i].id == step->call.id)
				open_drop(w, i);
		break;
	case MATRIX_KEEP:
		matrix_kept(w->m, w->made % 3 != 0, STR("the disk is full"), w->now);
		break;
	case MACHINE_MESSAGE:
		message_holds(&step->message);
		break;
	case MACHINE_FETCHED:
		if (step->found)
			message_holds(&step->message);
		break;
	case MACHINE_POSITION:
		HOLDS(text_is_utf8(step->text), step->text);
		matrix_recorded(w->m, w->now);
		break;
	case MACHINE_DELIVERED:
		/* Each once. */
		HOLDS(step->delivery && step->delivery <= w->deliveries, step->why);
		HOLDS(!w->settled[step->delivery], step->why);
		w->settled[step->delivery] = true;
		HOLDS(step->outcome == DELIVERY_SENT || step->why.n, step->why);
		break;
	case MACHINE_FATAL:
		w->over = true;
		break;
	case MACHINE_CONNECT:
		HOLDS(w->ws == WS_NONE && !w->over, step->call.url);
		HOLDS(str_starts(step->call.url, STR("wss://proxy/")), step->call.url);
		HOLDS(str_eq(step->call.authorization, STR("Bearer hunter2")), step->call.url);
		w->ws = WS_OPENING;
		break;
	case MACHINE_FRAME:
		HOLDS(w->ws == WS_OPEN, step->text);
		frame_holds(step->text);
		break;
	case MACHINE_CLOSE:
		HOLDS(w->ws == WS_OPEN || w->ws == WS_OPENING, w->program);
		w->ws = WS_CLOSING;
		break;
	case MACHINE_TROUBLE:
		HOLDS(str_starts(step->trouble.id, STR("$")) && step->trouble.room.n,
		      step->trouble.id);
		HOLDS(str_starts(step->trouble.link, STR("https://matrix.to/#/")) &&
			      text_is_utf8(step->trouble.link),
		      step->trouble.link);
		break;
	case MACHINE_DELETED:
	case MACHINE_STATE:
	case MACHINE_NOTE:
		break;
	}
}

static void steps_take(struct world *w)
{
	struct machine_step step;

	while (matrix_next(w->m, &step))
		step_holds(w, &step);
	/* Whoever sleeps until then does not wake for nothing. */
	HOLDS(matrix_wake_ms(w->m) > w->now.mono_ms, w->program);
}

static void respond(struct world *w, size_t at, const struct machine_response *response)
{
	uint64_t id;

	if (at >= w->open_n)
		return;
	id = w->open[at].id;
	open_drop(w, at);
	matrix_answer(w->m, id, response, w->now);
}

static size_t poll_of(const struct world *w)
{
	size_t i = 0;

	while (i < w->open_n && !w->open[i].polls)
		i++;
	return i < w->open_n ? i : 0;
}

static void put(struct world *w, char event)
{
	static const struct str rooms[] = {
		{"!dm:hs", 6}, {"!dm:hs $root", 12}, {"!group:hs", 9}, {"x", 1}};
	struct delivery d = {.id = w->deliveries + 1,
			     .message = STR("$q"),
			     .room = rooms[event == 's' ? program_choice(&w->program, 4) : 0],
			     .person = w->deliveries % 2 ? STR("@ann:hs") : STR(""),
			     .elsewhere = w->deliveries % 5 == 4,
			     .urgent = w->deliveries % 5 == 4,
			     .kind = STR("answer"),
			     .piece = (unsigned)w->deliveries,
			     .text = STR("**Sun**: wait \"two\" days"),
			     .changes = event == 'c' ? STR("$sent") : STR(""),
			     .removes = event == 'x' ? STR("$sent") : STR("")};

	if (w->deliveries == DELIVERIES_MAX)
		return;
	w->deliveries++;
	matrix_send(w->m, &d, w->now);
}

/* True when it was one of the websocket's. */
static bool websocket_do(struct world *w, char event)
{
	static const int codes[] = {0, 1000, 1001, 1006, 4001, 4002};

	if (event == 'u' && w->ws == WS_OPENING) {
		w->ws = WS_OPEN;
		matrix_opened(w->m, w->now);
	} else if (event == 'r' && w->ws == WS_OPEN) {
		matrix_frame(w->m, program_line(&w->program), w->now);
	} else if (event == 'k' && w->ws != WS_NONE) {
		int code = w->ws == WS_OPENING ? 0 : codes[program_choice(&w->program, 6)];

		w->ws = WS_NONE;
		matrix_closed(w->m, code, STR("it ended"), w->now);
	} else {
		return false;
	}
	return true;
}

static void event_do(struct world *w, char event)
{
	static const int statuses[] = {200, 401, 403, 404, 429, 500, 502, 400, 413, 204};
	static const int64_t times[] = {1, 100, 1000, 5000, 30000, 70000, 700000};
	struct machine_response response = {.why = STR("connection refused")};

	if (websocket_do(w, event)) {
		return;
	} else if (event == 'o' && w->open_n) {
		response = (struct machine_response){.status = 200, .body = w->open[0].answer};
		respond(w, 0, &response);
	} else if (event == 'a') {
		response.status = statuses[program_choice(&w->program, 10)];
		response.body = program_line(&w->program);
		respond(w, 0, &response);
	} else if (event == 'p') {
		response.status = 200;
		response.body = program_line(&w->program);
		respond(w, poll_of(w), &response);
	} else if (event == 'n') {
		respond(w, 0, &response);
	} else if (event == 's' || event == 'c' || event == 'x') {
		put(w, event);
	} else if (event == 'w') {
		matrix_withdraw(w->m, STR("$q"), w->now);
	} else if (event == 'f') {
		matrix_fetch(w->m, STR("!dm:hs"), STR("$q"), w->now);
	} else if (event == 't') {
		w->now.mono_ms += times[program_choice(&w->program, 7)];
		matrix_tick(w->m, w->now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct str invite_from[] = {{"*:hs", 4}};
	struct matrix_settings settings = {.homeserver = STR("https://hs"),
					   .signs = true,
					   .user = STR("@bot:hs"),
					   .invite_from = invite_from,
					   .invite_from_n = 1,
					   .staff = {STR("!group:hs")},
					   .unreadable = STR("I cannot read here."),
					   .missed_age_ms = INT64_MAX / 4,
					   .missed_messages = 200,
					   .seed = 7};
	struct world *w = calloc(1, sizeof *w);
	struct str position;

	HOLDS(w, STR("memory"));
	w->program = fuzz_text(bytes, n);
	w->now = (struct machine_time){.mono_ms = 1000000, .wall_ms = 1800000000000};
	position = program_line(&w->program);
	/* All ways of signing in. */
	if (str_starts(position, STR("A"))) {
		position = str_sub(position, 1, position.n);
		settings.wsproxy = STR("wss://proxy");
		settings.token = STR("hunter2");
	} else if (position.n % 2)
		settings.password = STR("hunter2");
	else
		settings.token = STR("hunter2");
	w->m = matrix_new(&settings, NULL);
	HOLDS(w->m, STR("settings"));
	matrix_start(w->m, position, w->now);
	steps_take(w);
	while (w->program.n && w->made < CALLS_MAX) {
		event_do(w, program_char(&w->program));
		steps_take(w);
	}
	matrix_stop(w->m, w->now);
	steps_take(w);
	matrix_free(w->m);
	free(w);
	return 0;
}

/* wire/discord_rest and wire/ratelimit: any response, with a program around it. A letter is an event:
 *
 *   s 0   a reply is put in, for one of four channels       f     a message is asked for again
 *   g a   the gateway's address, the application's flags    t 0   time passes
 *   h     a page of a channel's history                     w     the question is deleted
 *   r 0   the oldest call gets a response: a status, then the lines of its headers up to an empty one, then a
 *         line of body
 *   n     it gets none                                  m     the gateway says who the bot is
 *
 * Options: -max_len=2048 -dict=tests/fuzz/seeds/rest.dict */
#include "fuzz/fuzz.h"
#include "wire/discord_rest.h"
#include "wire/json.h"
#include "wire/ratelimit.h"

#define STARTED_MS 1000000
#define CALLS_MAX 4000
#define DELIVERIES_MAX 400
#define QUESTION "1385000000000000000"
#define ASKED_MS 1750629883340

struct world {
	struct discord_rest *r;
	int64_t now_ms;
	struct str program;
	uint64_t open[DISCORD_REST_CALLS_MAX]; /* calls without a response, oldest first */
	size_t open_n;
	uint64_t deliveries;
	bool settled[DELIVERIES_MAX + 1];
	bool unauthorized;
	int64_t sent_ms[CALLS_MAX];
	size_t sent_n;
};

static struct machine_time now(const struct world *w)
{
	return (struct machine_time){.mono_ms = w->now_ms,
				     .wall_ms = ASKED_MS + 1000 + w->now_ms - STARTED_MS,
				     .wall_is_servers = true};
}

static void call_holds(struct world *w, const struct machine_call *call)
{
	struct json *body;

	HOLDS(!w->unauthorized, call->url);
	HOLDS(w->open_n < DISCORD_REST_CALLS_MAX && w->sent_n < CALLS_MAX, call->url);
	HOLDS(str_starts(call->url, STR("https://discord.example/api/v10/")), call->url);
	for (size_t i = 0; i < call->url.n; i++)
		HOLDS(call->url.p[i] > ' ' && call->url.p[i] <= '~', call->url);
	/* Never more in a second than Discord allows. */
	HOLDS(w->sent_n < RATELIMIT_GLOBAL_MAX ||
		      w->now_ms - w->sent_ms[w->sent_n - RATELIMIT_GLOBAL_MAX] >= 1000,
	      call->url);
	w->sent_ms[w->sent_n++] = w->now_ms;
	w->open[w->open_n++] = call->id;
	if (!str_eq(call->method, STR("POST")))
		return;
	body = json_parse(call->body, 1 << 20, NULL);
	HOLDS(json_is_object(body), call->body);
	HOLDS(json_true(body, "enforce_nonce") && json_text(body, "nonce").n, call->body);
	HOLDS(json_object(body, "allowed_mentions"), call->body);
	json_free(body);
}

static void results_take(struct world *w)
{
	struct discord_result result;

	while (discord_rest_result(w->r, &result)) {
		HOLDS(!w->unauthorized, result.why);
		HOLDS(text_is_utf8(result.why), result.why);
		if (result.kind == DISCORD_UNAUTHORIZED)
			w->unauthorized = true;
		if (result.kind != DISCORD_DELIVERED)
			continue;
		/* Each once. */
		HOLDS(result.delivery && result.delivery <= w->deliveries, result.why);
		HOLDS(!w->settled[result.delivery], result.why);
		w->settled[result.delivery] = true;
		HOLDS(result.outcome == DELIVERY_SENT || result.why.n, result.why);
	}
	if (w->unauthorized)
		w->open_n = 0;
}

static void calls_take(struct world *w)
{
	struct machine_call call;

	while (w->sent_n < CALLS_MAX && discord_rest_next(w->r, &call, now(w)))
		call_holds(w, &call);
	HOLDS(discord_rest_under_way(w->r) == w->open_n, w->program);
	/* Whoever sleeps until then does not wake for nothing. */
	HOLDS(w->sent_n == CALLS_MAX || discord_rest_wake_ms(w->r, now(w)) > w->now_ms, w->program);
}

static void respond(struct world *w, bool answered)
{
	static const int statuses[] = {200, 429, 403, 400, 404, 500, 204, 503, 502, 401};
	struct machine_response response = {.why = STR("connection refused")};
	const char *headers = w->program.p;
	uint64_t id = w->open[0];

	if (answered) {
		response.status = statuses[program_choice(&w->program, 10)];
		headers = w->program.p;
		while (program_line(&w->program).n)
			;
		response.headers = (struct str){headers, (size_t)(w->program.p - headers)};
		response.body = program_line(&w->program);
	}
	if (w->open_n == 0)
		return;
	w->open_n--;
	memmove(w->open, w->open + 1, w->open_n * sizeof *w->open);
	discord_rest_answer(w->r, id, &response, now(w));
	results_take(w);
}

static void send(struct world *w)
{
	static const struct str rooms[] = {{"500", 3}, {"600", 3}, {"700", 3}, {"x", 1}};
	unsigned room = program_choice(&w->program, 4);
	static const struct str people[] = {{"", 0}, {"ann", 3}, {"bob", 3}};
	struct delivery d = {.id = w->deliveries + 1,
			     .person = people[w->deliveries % 3],
			     .urgent = w->deliveries % 5 == 4 || w->deliveries % 3 == 2,
			     .changes = w->deliveries % 7 == 6 ? STR("777") : STR(""),
			     .removes = w->deliveries % 11 == 10 ? STR("778") : STR(""),
			     .message = STR(QUESTION),
			     .room = rooms[room],
			     .elsewhere = w->deliveries % 3 == 2,
			     .kind = STR("answer"),
			     .piece = (unsigned)w->deliveries,
			     .text = STR("**Sun**: wait \"two\" days")};

	if (w->deliveries == DELIVERIES_MAX)
		return;
	w->deliveries++;
	/* Every other one may have been sent by the process before. */
	discord_rest_send(
		w->r, &d,
		(struct machine_time){.mono_ms = STARTED_MS,
				      .wall_ms = ASKED_MS + (w->deliveries % 2 ? 1000 : 600000),
				      .wall_is_servers = true});
	results_take(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const int64_t times[] = {1, 100, 1000, 5000, 60000, 600000, 3700000};
	struct world *w = calloc(1, sizeof *w);

	HOLDS(w, STR("memory"));
	*w = (struct world){
		.r = discord_rest_new(STR("https://discord.example/api"), 7, STARTED_MS),
		.now_ms = STARTED_MS,
		.program = fuzz_text(bytes, n)};
	while (w->program.n && w->sent_n < CALLS_MAX) {
		char event = program_char(&w->program);

		if (event == 's')
			send(w);
		else if (event == 'f')
			discord_rest_fetch(w->r, STR("500"), STR(QUESTION), STR("https://l"));
		else if (event == 'h')
			discord_rest_history(w->r, STR("600"), 1385000000000000000, 100);
		else if (event == 'w')
			discord_rest_withdraw(w->r, STR(QUESTION));
		else if (event == 'm')
			discord_rest_me(w->r, 100);
		else if (event == 'g')
			discord_rest_ask_gateway(w->r);
		else if (event == 'a')
			discord_rest_ask_application(w->r);
		else if (event == 't')
			w->now_ms += times[program_choice(&w->program, 7)];
		else if (event == 'r' || event == 'n')
			respond(w, event == 'r');
		results_take(w);
		calls_take(w);
	}
	discord_rest_free(w->r);
	free(w);
	return 0;
}

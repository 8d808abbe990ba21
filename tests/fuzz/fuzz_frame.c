/* wire/json and wire/discord: what may come from Discord as a frame. The first line of the input is a
 * position that is started from; then each line is a frame, fed to a session that is up, to one that
 * resumes, and to a message that REST gave.
 * Options: -max_len=4096 -dict=tests/fuzz/seeds/frame.dict */
#include "fuzz/fuzz.h"
#include "wire/discord.h"
#include "wire/json.h"

static const struct machine_time start = {.mono_ms = 1000, .wall_ms = 1750000000000};

/* What was read can be written, and reads as the same. `parent` is what it stands in. */
static void value_write(const struct json *v, const struct json *parent, const char *key,
			struct json_writer *w, struct arena *arena)
{
	double number;
	int64_t whole;

	if (json_is_null(v)) {
		json_put_null(w, key);
	} else if (json_is_object(v) || json_is_array(v)) {
		if (json_is_object(v))
			json_open_object(w, key);
		else
			json_open_array(w, key);
		for (const struct json *e = json_first(v); e; e = json_next(e))
			value_write(e, v, json_is_object(v) ? arena_cstr(arena, json_key(e)) : NULL,
				    w, arena);
		json_close(w);
	} else if (json_is_text(v)) {
		json_put_text(w, key, json_text_of(v));
	} else if (json_int_of(v, -JSON_INT_MAX, JSON_INT_MAX, &whole)) {
		json_put_int(w, key, whole);
	} else if (key && json_number(parent, key, &number)) {
		json_put_double(w, key, number);
	} else if (key) {
		json_put_bool(w, key, json_true(parent, key));
	} else {
		json_put_null(w, key);
	}
}

static struct str document_write(const struct json *document, struct buf *out)
{
	struct json_writer w;
	struct arena arena;

	arena_init(&arena);
	buf_init(out, (size_t)1 << 20);
	json_begin(&w, out);
	value_write(document, NULL, NULL, &w, &arena);
	HOLDS(!out->full, buf_str(out));
	arena_done(&arena);
	return buf_str(out);
}

static void json_round_trip(struct str text)
{
	struct err err = {0};
	struct json *document = json_parse(text, DISCORD_FRAME_MAX, &err), *again;
	struct buf first, second;

	HOLDS((document == NULL) == (err.kind == ERR_INPUT), text);
	if (!document)
		return;
	again = json_parse(document_write(document, &first), DISCORD_FRAME_MAX, NULL);
	HOLDS(again, buf_str(&first));
	HOLDS(str_eq(document_write(again, &second), buf_str(&first)), buf_str(&first));
	json_free(document);
	json_free(again);
	buf_done(&first);
	buf_done(&second);
}

/* The room whose history was asked for last goes into `history`. */
static void steps_hold(struct discord *d, char history[32])
{
	struct machine_step step;

	while (discord_next(d, &step)) {
		HOLDS(step.kind != MACHINE_FRAME || step.text.n <= 4096, step.text);
		if (step.kind == DISCORD_ASK_HISTORY) {
			HOLDS(step.limit >= 1 && step.limit <= 100, step.text);
			snprintf(history, 32, STR_FMT, STR_ARG(step.text));
		}
		if (step.kind == MACHINE_MESSAGE) {
			uint64_t id;
			struct str edited = discord_edited(step.message.id);

			HOLDS(str_to_u64(edited, &id) && id, step.message.id);
			HOLDS(str_to_u64(step.message.room, &id) && id, step.message.room);
			HOLDS(str_to_u64(step.message.person, &id) && id, step.message.person);
			HOLDS(!(step.message.addressed && step.message.to_other), step.text);
			HOLDS(text_is_utf8(step.message.text), step.message.text);
		}
		if (step.kind == MACHINE_POSITION) {
			struct json *v = json_parse(step.text, DISCORD_POSITION_MAX, NULL);

			HOLDS(json_is_object(v), step.text);
			json_free(v);
		}
	}
}

static struct discord *session_new(struct str position, bool compress)
{
	static const struct str channels[] = {{"500", 3}, {"600", 3}};
	const struct discord_settings settings = {.token = STR("t0ken"),
						  .gateway_url = STR("wss://gateway.example"),
						  .channels = channels,
						  .channels_n = 2,
						  .compress = compress,
						  .missed_messages = 200,
						  .missed_age_ms = 86400000,
						  .staff = {STR("700")},
						  .seed = 1};
	struct discord *d = discord_new(&settings, NULL);
	char history[32];

	HOLDS(d, position);
	discord_start(d, position, start);
	discord_application_is(d, 1 << 18, start);
	discord_opened(d, start);
	steps_hold(d, history);
	return d;
}

static void up(struct discord *d, struct machine_time at)
{
	discord_frame(d, STR("{\"op\":10,\"d\":{\"heartbeat_interval\":40000}}"), at);
	discord_frame(d,
		      STR("{\"op\":0,\"t\":\"READY\",\"s\":1,\"d\":{\"user\":{\"id\":\"100\"},"
			  "\"session_id\":\"sess1\",\"resume_gateway_url\":\"wss://r.example\"}}"),
		      at);
}

/* A new session in the place of one that was lost: what was missed is read from the history. */
static void session_lose(struct discord *d)
{
	struct machine_time at = {.mono_ms = start.mono_ms + 3600000,
				  .wall_ms = start.wall_ms + 3600000};
	char history[32];

	discord_closed(d, 4009, STR(""), start);
	discord_tick(d, at);
	discord_opened(d, at);
	up(d, at);
	discord_frame(d,
		      STR("{\"op\":0,\"t\":\"GUILD_CREATE\",\"s\":2,\"d\":{\"id\":\"1\","
			  "\"channels\":[{\"id\":\"500\"},{\"id\":\"600\"}]}}"),
		      at);
	steps_hold(d, history);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str input = fuzz_text(bytes, n), position = program_line(&input), frame;
	struct discord *sessions[] = {session_new(STR(""), false), session_new(position, false),
				      session_new(position, true), session_new(position, false)};
	char history[4][32] = {"500", "500", "500", "500"};
	struct message message;

	up(sessions[0], start);
	session_lose(sessions[3]);
	discord_frame(sessions[2], input, start);
	while (str_cut(&input, '\n', &frame)) {
		json_round_trip(frame);
		for (size_t i = 0; i < 4; i++) {
			steps_hold(sessions[i], history[i]);
			if (i != 2)
				discord_frame(sessions[i], frame, start);
			discord_history_is(sessions[i], str_of(history[i]), frame, STR("gone"),
					   start);
			steps_hold(sessions[i], history[i]);
		}
		if (discord_read_fetched(sessions[0], STR("9001"),
					 STR("https://discord.com/channels/1/2/3"), frame,
					 &message))
			HOLDS(message.id.n && message.room.n, frame);
	}
	for (size_t i = 0; i < 4; i++) {
		steps_hold(sessions[i], history[i]);
		discord_free(sessions[i]);
	}
	return 0;
}

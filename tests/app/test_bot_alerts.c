/* What a message that may be urgent gets from the bot, against a platform that writes everything down:
 * the urgent lane is limited by nothing, and staff and patient are told in this order. */
#include "core/book_fixture.h"

#include "app/bot.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/stores.h"

#define SENT_MAX 64
#define STAFF "staff-room"
#define SECOND "second-room"

struct sent {
	uint64_t id;
	bool settled, elsewhere;
	unsigned piece;
	char message[32], room[32], kind[32], text[1024];
};

struct stage {
	struct platform base;
	struct sent sent[SENT_MAX];
	size_t sent_n;
	char fetched_link[32];
};

struct world {
	struct fixture fixture;
	struct loop *loop;
	struct stage *stage;
	struct store *store;
	struct bot *bot;
	bool second; /* staff have a second room */
};

static bool stage_start(struct platform *self, struct str position, struct err *err)
{
	(void)self, (void)position, (void)err;
	return true;
}

static void keep(char *to, size_t size, struct str text)
{
	snprintf(to, size, STR_FMT, STR_ARG(text));
}

static void stage_send(struct platform *self, const struct delivery *d)
{
	struct stage *s = (struct stage *)self;
	struct sent *sent = &s->sent[s->sent_n++];

	assert_true(s->sent_n < SENT_MAX);
	*sent = (struct sent){.id = d->id, .elsewhere = d->elsewhere, .piece = d->piece};
	keep(sent->message, sizeof sent->message, d->message);
	keep(sent->room, sizeof sent->room, d->room);
	keep(sent->kind, sizeof sent->kind, d->kind);
	keep(sent->text, sizeof sent->text, d->text);
}

static void stage_time(int64_t unix_ms, struct buf *out)
{
	buf_add(out, unix_ms > 0 ? STR("noon") : STR("never"));
}

static void stage_fetch(struct platform *self, struct str room, struct str message, struct str link)
{
	struct stage *s = (struct stage *)self;

	(void)room, (void)message;
	keep(s->fetched_link, sizeof s->fetched_link, link);
}

static void stage_stop(struct platform *self, unsigned grace_ms, void (*stopped)(void *), void *arg)
{
	(void)self, (void)grace_ms;
	stopped(arg);
}

static void stage_free(struct platform *self)
{
	free(self);
}

static const struct platform_ops stage_ops = {
	.name = "stage",
	.text_max = 2000,
	.start = stage_start,
	.send = stage_send,
	.time_write = stage_time,
	.fetch = stage_fetch,
	.stop = stage_stop,
	.free = stage_free,
};

static void bot_begin(struct world *w, bool staff)
{
	const struct bot_staff room = {.room = STR(STAFF),
				       .second = w->second ? STR(SECOND) : STR("")};
	struct fixture *f = &w->fixture;
	struct err err = {0};

	fixture_init(f);
	w->stage = calloc(1, sizeof *w->stage);
	assert_non_null(w->stage);
	w->stage->base.ops = &stage_ops;
	w->bot = bot_new(&(struct bot_settings){.loop = w->loop,
						.store = w->store,
						.book = fixture_book(f),
						.late_after_ms = 600000,
						.alert_again_ms = 200});
	bot_platform_add(w->bot, &w->stage->base, staff ? &room : NULL);
	assert_true(bot_start(w->bot, &err));
}

static void bot_end(struct world *w)
{
	bot_free(w->bot);
	w->fixture.book = NULL; /* was the bot's */
	fixture_done(&w->fixture);
}

static int begin_with(void **state, bool staff, bool second)
{
	struct world *w = calloc(1, sizeof *w);
	struct err err = {0};

	assert_non_null(w);
	log_level_set(LOG_LEVEL_ERROR);
	w->loop = loop_new(&err);
	assert_non_null(w->loop);
	w->store = store_memory_new();
	w->second = second;
	bot_begin(w, staff);
	*state = w;
	return 0;
}

static int world_begin(void **state)
{
	return begin_with(state, true, false);
}

static int world_begin_alone(void **state)
{
	return begin_with(state, false, false);
}

static int world_begin_second(void **state)
{
	return begin_with(state, true, true);
}

static int world_end(void **state)
{
	struct world *w = *state;

	bot_end(w);
	loop_free(w->loop);
	w->store->ops->free(w->store);
	free(w);
	return 0;
}

static void on_time(void *arg)
{
	loop_stop(((struct world *)arg)->loop);
}

static void run_for(struct world *w, int ms)
{
	struct timer *timer = timer_new(w->loop, on_time, w);

	timer_set(timer, loop_now_ms(w->loop) + ms);
	loop_run(w->loop);
	timer_free(timer);
}

static struct message written(const char *id, const char *text)
{
	return (struct message){.id = str_of(id),
				.room = STR("room"),
				.person = STR("pat"),
				.text = str_of(text),
				.link = STR("https://there"),
				.addressed = true,
				.sent_ms = loop_wall_ms()};
}

static void hand_in(struct world *w, const struct message *message)
{
	struct platform *p = &w->stage->base;

	p->sink->message(p->sink, p, message);
}

static void say(struct world *w, const char *id, const char *text)
{
	struct message message = written(id, text);

	hand_in(w, &message);
	run_for(w, 5);
}

/* The n-th of what was sent so far is accepted as `id`, or refused. */
static void settle(struct world *w, size_t n, const char *id)
{
	struct platform *p = &w->stage->base;
	struct sent *sent = &w->stage->sent[n];

	assert_true(n < w->stage->sent_n && !sent->settled);
	sent->settled = true;
	p->sink->delivered(p->sink, p, sent->id, id ? DELIVERY_SENT : DELIVERY_REFUSED,
			   str_of(id ? id : ""), id ? STR("") : STR("no permission"));
	run_for(w, 5);
}

/* All that was sent: "message kind piece room|". */
static void assert_sent(struct world *w, const char *want)
{
	struct buf got;

	buf_init(&got, 10000);
	buf_add(&got, STR(""));
	for (size_t i = 0; i < w->stage->sent_n; i++) {
		const struct sent *s = &w->stage->sent[i];

		buf_addf(&got, "%s %s %u %s|", s->message, s->kind, s->piece, s->room);
		assert_int_equal(s->elsewhere,
				 strcmp(s->room, "room") != 0 && strstr(s->kind, "-alert") != NULL);
	}
	assert_string_equal(got.p, want);
	buf_done(&got);
}

/* --- nothing limits the urgent lane --- */

static void a_late_urgent_message_gets_its_safety_text(void **state)
{
	struct world *w = *state;
	struct message message = written("1", "my throat is closing");

	message.replayed = true;
	message.sent_ms -= 3600000;
	hand_in(w, &message);
	run_for(w, 5);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|");
	assert_true(strstr(w->stage->sent[0].text, "Call 112 now") != NULL);
}

static void an_urgent_message_to_nobody_gets_its_safety_text(void **state)
{
	struct world *w = *state;
	struct message message = written("1", "my throat is closing");

	message.addressed = false;
	hand_in(w, &message);
	run_for(w, 5);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|");
}

static void an_urgent_message_to_another_person_gets_its_safety_text(void **state)
{
	struct world *w = *state;
	struct message message = written("1", "my throat is closing");

	message.addressed = false;
	message.to_other = true;
	hand_in(w, &message);
	run_for(w, 5);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|");
}

static void an_urgent_message_with_a_picture_gets_its_safety_text(void **state)
{
	struct world *w = *state;
	struct message message = written("1", "there is pus");

	message.attachment = true;
	hand_in(w, &message);
	run_for(w, 5);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|");
}

static void each_of_many_urgent_messages_gets_its_safety_text(void **state)
{
	struct world *w = *state;
	struct message messages[10];
	char ids[10][12];

	for (int i = 0; i < 10; i++) {
		snprintf(ids[i], sizeof ids[i], "%d", i);
		messages[i] = written(ids[i], i % 2 ? "there is pus" : "i will end my life");
		hand_in(w, &messages[i]);
	}
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 20);
	for (size_t i = 0; i < 10; i++) {
		assert_string_equal(w->stage->sent[2 * i].message, ids[i]);
		assert_true(strstr(w->stage->sent[2 * i].text,
				   i % 2 ? "Contact The Clinic" : "Please call 116 123") != NULL);
	}
}

static void a_message_of_the_last_run_gets_its_safety_text_and_link(void **state)
{
	struct world *w = *state;
	struct platform *p;
	struct store_inbox row = {.platform = STR("stage"),
				  .message = STR("7"),
				  .room = STR("room"),
				  .link = STR("https://kept"),
				  .received_ms = loop_wall_ms()};
	struct message message = written("7", "my throat is closing");
	struct err err;

	assert_true(w->store->ops->commit(
		w->store, &(struct store_batch){.inbox = &row, .inbox_n = 1}, &err));
	bot_end(w);
	bot_begin(w, true);
	p = &w->stage->base;
	assert_string_equal(w->stage->fetched_link, "https://kept");
	message.link = str_of(w->stage->fetched_link);
	message.sent_ms -= 3600000;
	p->sink->fetched(p->sink, p, message.id, &message);
	run_for(w, 5);
	assert_sent(w, "7 answer 0 room|7 answer-alert 0 " STAFF "|");
	assert_true(strstr(w->stage->sent[1].text, "https://kept") != NULL);
}

/* --- staff --- */

static void the_patient_is_told_when_the_alert_was_accepted(void **state)
{
	struct world *w = *state;

	say(w, "1", "my throat is closing");
	assert_string_equal(w->stage->sent[1].text, "(staff-alert emergency noon https://there)");
	settle(w, 0, "31");
	assert_int_equal(w->stage->sent_n, 2);
	settle(w, 1, "32");
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|1 answer-told 0 room|");
	assert_true(strstr(w->stage->sent[2].text, "(staff-told)") != NULL);
	assert_true(strstr(w->stage->sent[2].text, "(note-short, 112)") != NULL);
}

static void the_patient_is_not_told_when_it_was_refused(void **state)
{
	struct world *w = *state;

	log_level_set(LOG_LEVEL_ERROR);
	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	settle(w, 1, NULL);
	run_for(w, 100);
	assert_int_equal(w->stage->sent_n, 2);
	run_for(w, 150);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|1 answer-alert 1 " STAFF "|");
}

static void nobody_is_told_of_what_is_not_urgent(void **state)
{
	struct world *w = *state;

	say(w, "1", "can I have a beer");
	say(w, "2", "hi");
	settle(w, 0, "31");
	settle(w, 1, "32");
	run_for(w, 250);
	assert_sent(w, "1 answer 0 room|2 answer 0 room|");
}

static void without_a_room_for_staff_nothing_is_said_of_them(void **state)
{
	struct world *w = *state;

	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	run_for(w, 250);
	assert_sent(w, "1 answer 0 room|");
}

static void staff_say_in(struct world *w, const char *room, const char *id, const char *replies_to,
			 bool addressed)
{
	struct message message = written(id, "my throat is closing, she says");

	message.room = str_of(room);
	message.replies_to = str_of(replies_to);
	message.addressed = addressed;
	hand_in(w, &message);
	run_for(w, 5);
}

static void staff_say(struct world *w, const char *id, const char *replies_to, bool addressed)
{
	staff_say_in(w, STAFF, id, replies_to, addressed);
}

static void a_reply_to_an_alert_takes_it(void **state)
{
	struct world *w = *state;

	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	settle(w, 1, "32");
	settle(w, 2, "33");
	staff_say(w, "40", "31", true);
	staff_say(w, "41", "", false);
	assert_int_equal(w->stage->sent_n, 3);
	staff_say(w, "42", "32", true);
	assert_string_equal(w->stage->sent[3].text, "(staff-taken)");
	assert_string_equal(w->stage->sent[3].message, "42");
	settle(w, 3, "34");
	staff_say(w, "43", "32", true);
	run_for(w, 500);
	assert_int_equal(w->stage->sent_n, 4);
	/* nor in the next run */
	bot_end(w);
	bot_begin(w, true);
	run_for(w, 500);
	assert_sent(w, "");
}

/* The reply overtakes the word that the alert was sent. */
static void a_reply_may_come_first(void **state)
{
	struct world *w = *state;

	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	staff_say(w, "40", "32", true);
	settle(w, 1, "32");
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|1 answer-told 0 room|");
	settle(w, 2, "33");
	run_for(w, 300);
	assert_int_equal(w->stage->sent_n, 3);
}

static void what_is_owed_goes_out_in_the_next_run(void **state)
{
	struct world *w = *state;

	say(w, "1", "my throat is closing");
	bot_end(w);
	bot_begin(w, true);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|");
	settle(w, 1, "32");
	bot_end(w);
	bot_begin(w, true);
	assert_sent(w, "1 answer 0 room|1 answer-told 0 room|");
	settle(w, 0, "31");
	settle(w, 1, "33");
	run_for(w, 300);
	assert_sent(w, "1 answer 0 room|1 answer-told 0 room|1 answer-alert 1 " STAFF "|");
	bot_end(w);
	bot_begin(w, true);
	assert_sent(w, "1 answer-alert 1 " STAFF "|");
	/* The room for staff is gone from the configuration: nobody is told any more. */
	bot_end(w);
	bot_begin(w, false);
	run_for(w, 20);
	assert_sent(w, "");
	bot_end(w);
	bot_begin(w, true);
	assert_sent(w, "");
}

/* --- a second room --- */

#define SHOWN_TWICE                                                                               \
	"1 answer 0 room|1 answer-alert 0 " STAFF "|1 answer-told 0 room|1 answer-alert 1 " STAFF \
	"|1 answer-alert-second 0 " SECOND "|"

/* The patient was told of the first showing; the second room's tells nobody anew. */
static void shown_twice(struct world *w)
{
	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	settle(w, 1, "32");
	settle(w, 2, "33");
	run_for(w, 230);
	assert_sent(w, SHOWN_TWICE);
}

static void what_nobody_took_is_shown_in_the_second_room_too(void **state)
{
	struct world *w = *state;

	shown_twice(w);
	assert_string_equal(w->stage->sent[4].text, "(staff-alert emergency noon https://there)");
	settle(w, 3, "34");
	settle(w, 4, "35");
	run_for(w, 230);
	assert_sent(w,
		    SHOWN_TWICE "1 answer-alert 2 " STAFF "|1 answer-alert-second 1 " SECOND "|");
}

static void a_reply_in_either_room_takes_both(void **state)
{
	static const char *const rooms[] = {STAFF, SECOND};

	for (size_t i = 0; i < 2; i++) {
		struct world *w = *state;

		shown_twice(w);
		settle(w, 3, "34");
		settle(w, 4, "35");
		staff_say_in(w, rooms[i], "41", "", false);
		staff_say_in(w, rooms[i], "40", i ? "35" : "34", true);
		assert_sent(w, i ? SHOWN_TWICE "40 answer 0 " SECOND "|"
				 : SHOWN_TWICE "40 answer 0 " STAFF "|");
		settle(w, 5, "36");
		run_for(w, 450);
		assert_int_equal(w->stage->sent_n, 6);
		bot_end(w);
		bot_begin(w, true);
		run_for(w, 450);
		assert_sent(w, "");
		assert_int_equal(world_end(state), 0);
		assert_int_equal(world_begin_second(state), 0);
	}
}

/* Taken while the second showing is on its way: that one is never shown again, nor the other. */
static void a_reply_may_come_before_the_second_room_has_it(void **state)
{
	struct world *w = *state;

	shown_twice(w);
	staff_say(w, "40", "32", true);
	settle(w, 3, "34");
	settle(w, 4, "35");
	settle(w, 5, "36");
	run_for(w, 450);
	assert_int_equal(w->stage->sent_n, 6);
}

/* In the turn in which it falls due. */
static void a_reply_in_the_turn_of_the_second_showing_stops_it(void **state)
{
	struct world *w = *state;
	struct message message = written("40", "on it");
	int64_t end;

	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	settle(w, 1, "32");
	settle(w, 2, "33");
	run_for(w, 150);
	/* The loop stands still until both the timer and the reply are due. */
	end = loop_wall_ms() + 120;
	while (loop_wall_ms() < end)
		;
	message.room = STR(STAFF);
	message.replies_to = STR("32");
	hand_in(w, &message);
	run_for(w, 450);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF
		       "|1 answer-told 0 room|40 answer 0 " STAFF "|");
}

/* Staff's first room refuses: the patient is told once the second one has it, and once only. */
static void the_second_room_counts_for_the_patient(void **state)
{
	struct world *w = *state;

	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	settle(w, 1, NULL);
	run_for(w, 230);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|1 answer-alert 1 " STAFF
		       "|1 answer-alert-second 0 " SECOND "|");
	settle(w, 3, "35");
	assert_string_equal(w->stage->sent[4].kind, "answer-told");
	settle(w, 2, "34");
	assert_int_equal(w->stage->sent_n, 5);
}

static void the_second_room_survives_the_run(void **state)
{
	struct world *w = *state;

	shown_twice(w);
	bot_end(w);
	bot_begin(w, true);
	assert_sent(w, "1 answer-alert 1 " STAFF "|1 answer-alert-second 0 " SECOND "|");
	settle(w, 0, "34");
	settle(w, 1, "35");
	/* The second room is gone from the configuration. */
	bot_end(w);
	w->second = false;
	bot_begin(w, true);
	run_for(w, 250);
	assert_sent(w, "1 answer-alert 2 " STAFF "|");
}

/* --- edits --- */

static void edit(struct world *w, const char *id, const char *of, const char *text)
{
	struct message message = written(id, text);

	message.edits = str_of(of);
	hand_in(w, &message);
	run_for(w, 5);
}

static void an_edit_is_answered_when_it_is_more_urgent(void **state)
{
	struct world *w = *state;

	say(w, "1", "can I have a beer");
	edit(w, "1:a", "1", "can I have two beers");
	edit(w, "1:b", "1", "there is pus");
	edit(w, "1:b", "1", "there is pus"); /* handed in twice */
	edit(w, "1:c", "1", "there is pus now");
	edit(w, "1:d", "1", "i will end my life");
	edit(w, "1:e", "1", "can I have a beer");
	edit(w, "1:f", "1", "there is pus");
	assert_sent(w, "1 answer 0 room|1 edit-urgent 0 room|1 edit-urgent-alert 0 " STAFF
		       "|1 edit-crisis 0 room|1 edit-crisis-alert 0 " STAFF "|");
	settle(w, 4, "35");
	assert_string_equal(w->stage->sent[5].kind, "edit-crisis-told");
}

static void an_edit_in_the_same_turn_is_held_against_the_message(void **state)
{
	struct world *w = *state;
	struct message first = written("1", "there is pus");
	struct message second = written("1:a", "there is pus and more of it");
	struct message third = written("1:b", "my throat is closing");

	second.edits = third.edits = STR("1");
	hand_in(w, &first);
	hand_in(w, &second);
	hand_in(w, &third);
	run_for(w, 5);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF
		       "|1 edit-emergency 0 room|1 edit-emergency-alert 0 " STAFF "|");
}

static void an_edit_of_a_safety_text_s_message_survives_the_run(void **state)
{
	struct world *w = *state;

	say(w, "1", "there is pus");
	settle(w, 0, "31");
	settle(w, 1, "32");
	settle(w, 2, "33");
	bot_end(w);
	bot_begin(w, true);
	edit(w, "1:a", "1", "there is pus still");
	assert_sent(w, "");
	edit(w, "1:b", "1", "my throat is closing");
	assert_sent(w, "1 edit-emergency 0 room|1 edit-emergency-alert 0 " STAFF "|");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
#define SECOND_CASE(f) cmocka_unit_test_setup_teardown(f, world_begin_second, world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_late_urgent_message_gets_its_safety_text),
		CASE(an_urgent_message_to_nobody_gets_its_safety_text),
		CASE(an_urgent_message_to_another_person_gets_its_safety_text),
		CASE(an_urgent_message_with_a_picture_gets_its_safety_text),
		CASE(each_of_many_urgent_messages_gets_its_safety_text),
		CASE(a_message_of_the_last_run_gets_its_safety_text_and_link),
		CASE(the_patient_is_told_when_the_alert_was_accepted),
		CASE(the_patient_is_not_told_when_it_was_refused),
		CASE(nobody_is_told_of_what_is_not_urgent),
		cmocka_unit_test_setup_teardown(without_a_room_for_staff_nothing_is_said_of_them,
						world_begin_alone, world_end),
		CASE(a_reply_to_an_alert_takes_it),
		CASE(a_reply_may_come_first),
		CASE(what_is_owed_goes_out_in_the_next_run),
		SECOND_CASE(what_nobody_took_is_shown_in_the_second_room_too),
		SECOND_CASE(a_reply_in_either_room_takes_both),
		SECOND_CASE(a_reply_may_come_before_the_second_room_has_it),
		SECOND_CASE(a_reply_in_the_turn_of_the_second_showing_stops_it),
		SECOND_CASE(the_second_room_counts_for_the_patient),
		SECOND_CASE(the_second_room_survives_the_run),
		CASE(an_edit_is_answered_when_it_is_more_urgent),
		CASE(an_edit_in_the_same_turn_is_held_against_the_message),
		CASE(an_edit_of_a_safety_text_s_message_survives_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

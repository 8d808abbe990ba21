/* The queue of steps: their order, whose texts they hold, and how long. */
#include "texts.h"

#include "wire/steps.h"

struct made {
	int kind;
	struct str text;
	struct message message;
	struct {
		struct str url;
		char mark;
	} call;
};

static const size_t texts[] = {offsetof(struct made, text), offsetof(struct made, call.url),
			       STEPS_MESSAGE(struct made)};
static const struct steps_shape shape = {sizeof(struct made), texts, sizeof texts / sizeof *texts};

static void steps_come_in_their_order(void **state)
{
	struct steps steps = {.shape = &shape};
	struct made got = {.kind = 7};

	(void)state;
	assert_false(steps_take(&steps, &got));
	assert_int_equal(got.kind, 7);
	for (int round = 0; round < 2; round++) {
		for (int i = 1; i <= 3; i++)
			steps_add(&steps, &(struct made){.kind = i});
		for (int i = 1; i <= 3; i++) {
			assert_true(steps_take(&steps, &got));
			assert_int_equal(got.kind, i);
		}
		assert_false(steps_take(&steps, &got));
	}
	steps_done(&steps);
}

/* What the texts were copied from is gone; and while one step is read the next comes in. */
static void a_step_owns_its_texts(void **state)
{
	struct steps steps = {.shape = &shape};
	char text[] = "text", url[] = "url", id[] = "id", replies_to[] = "old";
	struct made got;

	(void)state;
	steps_add(&steps, &(struct made){.text = str_of(text),
					 .message = {.id = str_of(id),
						     .attachment = true,
						     .replies_to = str_of(replies_to),
						     .sent_ms = 42},
					 .call = {str_of(url), 'm'}});
	text[0] = url[0] = id[0] = replies_to[0] = 'X';
	assert_true(steps_take(&steps, &got));
	steps_add(&steps, &(struct made){.text = STR("next")});
	assert_text(got.text, "text");
	assert_text(got.call.url, "url");
	assert_int_equal(got.call.mark, 'm');
	assert_text(got.message.id, "id");
	assert_text(got.message.room, "");
	assert_text(got.message.replies_to, "old");
	assert_true(got.message.attachment);
	assert_int_equal(got.message.sent_ms, 42);
	assert_true(steps_take(&steps, &got));
	assert_text(got.text, "next");
	steps_done(&steps);
}

/* One is taken, one is not; the sanitizer sees what is left behind. */
static void a_queue_can_be_let_go(void **state)
{
	struct steps steps = {.shape = &shape};
	struct made got;

	(void)state;
	steps_done(&steps);
	for (int i = 1; i <= 2; i++)
		steps_add(&steps, &(struct made){.kind = i, .text = STR("text")});
	assert_true(steps_take(&steps, &got));
	steps_done(&steps);
	assert_false(steps_take(&steps, &got));
	steps_done(&steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_come_in_their_order),
		cmocka_unit_test(a_step_owns_its_texts),
		cmocka_unit_test(a_queue_can_be_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

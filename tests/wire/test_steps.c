/* The queue of steps: their order, whose texts they hold, and how long. */
#include "texts.h"

#include <string.h>

#include "wire/machine.h"
#include "wire/steps.h"

struct made {
	int kind;
	struct str text;
	struct {
		struct str url;
		char mark;
	} call;
};

static const size_t texts[] = {offsetof(struct made, text), offsetof(struct made, call.url)};
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
	char text[] = "text", url[] = "url";
	struct made got;

	(void)state;
	steps_add(&steps,
		  &(struct made){.kind = 3, .text = str_of(text), .call = {str_of(url), 'm'}});
	text[0] = url[0] = 'X';
	assert_true(steps_take(&steps, &got));
	steps_add(&steps, &(struct made){.text = STR("next")});
	assert_text(got.text, "text");
	assert_text(got.call.url, "url");
	assert_int_equal(got.call.mark, 'm');
	assert_int_equal(got.kind, 3);
	assert_true(steps_take(&steps, &got));
	assert_text(got.text, "next");
	steps_done(&steps);
}

/* Every text of a machine's step, each with its own words in it. */
static void a_machine_s_step_owns_all_its_texts(void **state)
{
	struct steps steps = {.shape = &machine_steps};
	struct machine_step step = {.kind = MACHINE_CALL}, got;
	struct str *of_step[] = {&step.text,
				 &step.why,
				 &step.call.method,
				 &step.call.url,
				 &step.call.body,
				 &step.call.authorization,
				 &step.message.id,
				 &step.message.edits,
				 &step.message.room,
				 &step.message.person,
				 &step.message.text,
				 &step.message.link,
				 &step.message.replies_to,
				 &step.trouble.id,
				 &step.trouble.room,
				 &step.trouble.link};
	char words[sizeof of_step / sizeof *of_step][2];

	(void)state;
	/* A text that is added to the struct is looked after here and in machine.c. */
	assert_int_equal(machine_steps.texts_n, sizeof of_step / sizeof *of_step);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		words[i][0] = (char)('a' + i);
		words[i][1] = '\0';
		*of_step[i] = str_of(words[i]);
	}
	steps_add(&steps, &step);
	assert_true(steps_take(&steps, &got));
	memset(words, 'X', sizeof words);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		char want[] = {(char)('a' + i), '\0'};
		const char *at = (const char *)&got + ((char *)of_step[i] - (char *)&step);
		struct str text;

		memcpy(&text, at, sizeof text);
		assert_text(text, want);
	}
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
		cmocka_unit_test(a_machine_s_step_owns_all_its_texts),
		cmocka_unit_test(a_queue_can_be_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

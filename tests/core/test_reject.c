/* Refusing what was not taught: intents with made-up words, without word vectors. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/reject.h"

#define CLASSES 12
#define EXAMPLES 10
#define OWN_WORDS 6

static uint32_t no_slots[2] = {VECTOR_NONE, VECTOR_NONE};
static const struct vectors no_vectors = {.slots = no_slots, .slots_n = 2};

struct made {
	struct arena arena;
	struct words texts[CLASSES * EXAMPLES];
	uint32_t classes[CLASSES * EXAMPLES];
	struct taught taught;
};

/* Letters that no other word has in this order. */
static struct str word_of(uint32_t class, uint32_t word, struct arena *arena)
{
	return arena_fmt(arena, "%c%c%c%c%c", 'b' + (int)class, 'a' + (int)word, 'q' - (int)class,
			 'z' - (int)word, 'k' + (int)class);
}

/* "how do i" and two words of the class; `turn` chooses which. */
static struct words text_of(uint32_t class, uint32_t turn, struct arena *arena)
{
	struct str a = word_of(class, turn % OWN_WORDS, arena);
	struct str b = word_of(class, (turn / OWN_WORDS + turn + 1) % OWN_WORDS, arena);
	static const char *const openings[] = {"how do i", "can you please", "i want to"};

	return text_words(arena_fmt(arena, "%s " STR_FMT " the " STR_FMT, openings[turn % 3],
				    STR_ARG(a), STR_ARG(b)),
			  STR("en"), arena);
}

static void made_init(struct made *m, size_t examples)
{
	*m = (struct made){.taught = {.classes_n = CLASSES, .vectors = &no_vectors}};
	arena_init(&m->arena);
	for (uint32_t c = 0; c < CLASSES; c++)
		for (uint32_t i = 0; i < examples; i++) {
			m->texts[m->taught.n] = text_of(c, i, &m->arena);
			m->classes[m->taught.n++] = c;
		}
	m->taught.texts = m->texts;
	m->taught.classes = m->classes;
}

static void what_was_taught_is_told_from_what_was_not(void **state)
{
	struct made m;
	struct rejector r;
	struct err err;

	(void)state;
	made_init(&m, EXAMPLES);
	assert_true(reject_learn(&m.taught, 0.95, &m.arena, &r, &err));
	for (uint32_t i = 0; i < 20; i++) {
		/* From turn EXAMPLES on, the words stand together as in no example. */
		struct words in = text_of(i % CLASSES, EXAMPLES + i, &m.arena);
		struct words out = text_of(CLASSES + i % 3, i, &m.arena);
		struct verdict inside = reject_judge(&r, &in, 0, in.n, &m.arena);
		struct verdict outside = reject_judge(&r, &out, 0, out.n, &m.arena);

		assert_int_equal(inside.class, i % CLASSES);
		assert_true(inside.margin > 0);
		assert_true(inside.in_scope > 0.5);
		assert_true(outside.in_scope < 0.5 && outside.in_scope < r.threshold);
	}
	arena_done(&m.arena);
}

/* Words [from, to) are judged, not what stands around them. */
static void a_part_of_a_message_is_judged(void **state)
{
	struct made m;
	struct rejector r;
	struct words in, out, both;
	struct err err;

	(void)state;
	made_init(&m, EXAMPLES);
	assert_true(reject_learn(&m.taught, 0.95, &m.arena, &r, &err));
	in = text_of(3, 17, &m.arena);
	out = text_of(CLASSES + 1, 5, &m.arena);
	both = (struct words){.v = arena_array(&m.arena, in.n + out.n, sizeof *in.v),
			      .n = in.n + out.n};
	memcpy(both.v, out.v, out.n * sizeof *out.v);
	memcpy(both.v + out.n, in.v, in.n * sizeof *in.v);
	assert_true(reject_judge(&r, &both, 0, out.n, &m.arena).in_scope ==
		    reject_judge(&r, &out, 0, out.n, &m.arena).in_scope);
	assert_true(reject_judge(&r, &both, out.n, both.n, &m.arena).in_scope ==
		    reject_judge(&r, &in, 0, in.n, &m.arena).in_scope);
	assert_true(reject_judge(&r, &both, 0, 0, &m.arena).in_scope < r.threshold);
	arena_done(&m.arena);
}

/* The more is to be kept, the lower the threshold; the coefficients do not depend on it. */
static void the_threshold_keeps_a_share(void **state)
{
	static const double keeps[] = {0, 0.5, 0.9, 1};
	struct made m;
	struct rejector r[4];
	struct err err;

	(void)state;
	made_init(&m, EXAMPLES);
	for (size_t i = 0; i < 4; i++) {
		assert_true(reject_learn(&m.taught, keeps[i], &m.arena, &r[i], &err));
		assert_memory_equal(r[i].coefficients, r[0].coefficients, sizeof r[0].coefficients);
		assert_true(i == 0 || r[i].threshold <= r[i - 1].threshold);
	}
	assert_true(r[3].threshold < r[0].threshold);
	arena_done(&m.arena);
}

static void refused(struct taught taught, double keep, const char *why)
{
	struct rejector r = {.threshold = 42};
	struct arena arena;
	struct err err = {0};

	arena_init(&arena);
	if (reject_learn(&taught, keep, &arena, &r, &err))
		fail_msg("learnt; should say \"%s\"", why);
	assert_int_equal(err.kind, ERR_INPUT);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
	assert_true(r.threshold == 42);
	arena_done(&arena);
}

static void too_little_is_refused(void **state)
{
	struct made m;
	struct taught taught;

	(void)state;
	made_init(&m, EXAMPLES);
	refused(m.taught, 1.5, "a share of 1.5");
	refused(m.taught, NAN, "a share of nan");
	taught = m.taught;
	taught.n = 4 * EXAMPLES;
	refused(taught, 0.95, "4 intents with examples are too few");
	taught.n = 0;
	refused(taught, 0.95, "0 intents with examples are too few");
	arena_done(&m.arena);
	made_init(&m, 3);
	refused(m.taught, 0.95, "no intent has 4 examples");
	arena_done(&m.arena);
}

/* An intent without examples is never the verdict, and disturbs nothing. */
static void an_intent_without_examples(void **state)
{
	struct made m;
	struct rejector r;
	struct words in;
	struct err err;

	(void)state;
	made_init(&m, EXAMPLES);
	m.taught.classes_n = CLASSES + 3;
	assert_true(reject_learn(&m.taught, 0.95, &m.arena, &r, &err));
	in = text_of(CLASSES - 1, 13, &m.arena);
	assert_int_equal(reject_judge(&r, &in, 0, in.n, &m.arena).class, CLASSES - 1);
	arena_done(&m.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_taught_is_told_from_what_was_not),
		cmocka_unit_test(a_part_of_a_message_is_judged),
		cmocka_unit_test(the_threshold_keeps_a_share),
		cmocka_unit_test(too_little_is_refused),
		cmocka_unit_test(an_intent_without_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* How something is said, whatever it is about. */
#include "book_fixture.h"
#include "core/frames.h"

static struct bag frames_in(struct fixture *f, const char *text)
{
	struct words w = lexicon_written(f->book->lexicon, str_of(text), &f->arena);

	return frames_of(f->book->lexicon, &w, 0, w.n, &f->arena);
}

/* 1 for the same frames, 0 for none in common. */
static void likeness(void **state)
{
	static const struct {
		const char *a, *b;
		float least, most;
	} table[] = {
		{"what if it bleeds", "what if it bleeds", 1, 1},
		/* what it is about does not matter, nor how many words say it */
		{"what if it bleeds", "what if it swells", 1, 1},
		{"what if it bleeds", "what if it swells badly overnight", 1, 1},
		{"it bleeds", "it oozes. it swells", 1, 1},
		/* how it is said does */
		{"what if it bleeds", "it bleeds", 0.1F, 0.6F},
		{"is it red", "it is red", 0.1F, 0.8F},
		{"what if it", "no swelling", 0, 0.25F},
		{"bleeding", "what", 0, 0.35F},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bag a = frames_in(&f, table[i].a), b = frames_in(&f, table[i].b);
		float like = bag_dot(&a, &b);

		if (like < table[i].least - 1e-4F || like > table[i].most + 1e-4F)
			fail_msg("\"%s\" and \"%s\": %g", table[i].a, table[i].b, (double)like);
	}
	fixture_done(&f);
}

static void numbers_are_in_bounds(void **state)
{
	struct fixture f;
	struct bag bag;
	float length = 0;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	bag = frames_in(&f, "What should I do? My head is red. No, it may not.");
	assert_true(bag.n > 10);
	for (size_t i = 0; i < bag.n; i++) {
		assert_true(bag.v[i].term < FRAMES_N);
		assert_true(i == 0 || bag.v[i].term > bag.v[i - 1].term);
		length += bag.v[i].w * bag.v[i].w;
	}
	assert_float_equal(length, 1, 1e-4F);
	assert_int_equal(frames_in(&f, "").n, 0);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(likeness),
		cmocka_unit_test(numbers_are_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

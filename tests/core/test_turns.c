/* Whose turn it is, of people and rooms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/turns.h"

/* Things are letters of this; a person is a digit of whoever it is, a room another. */
static char letters[] = "abcdefghijklmnopqrstuvwxyz";

static void put(struct turns *t, uint64_t person, uint64_t room, char letter)
{
	turns_put(t, person, room, &letters[letter - 'a']);
}

/* Takes all, and says in what order. */
static void assert_order(struct turns *t, const char *want)
{
	char got[64] = "";
	char *thing;

	for (size_t n = 0; (thing = turns_take(t)); n++)
		got[n] = *thing;
	assert_string_equal(got, want);
	assert_int_equal(t->waiting_n, 0);
}

static void alone_in_their_order(void **state)
{
	struct turns t = {0};

	(void)state;
	assert_null(turns_take(&t));
	for (char c = 'a'; c <= 'e'; c++)
		put(&t, 1, 1, c);
	assert_order(&t, "abcde");
	turns_done(&t);
}

static void people_take_turns(void **state)
{
	struct turns t = {0};

	(void)state;
	for (char c = 'a'; c <= 'd'; c++)
		put(&t, 1, 1, c);
	put(&t, 2, 1, 'x');
	put(&t, 2, 1, 'y');
	put(&t, 3, 2, 'z');
	/* 'a' and 'x' stand in one room, 'z' in another. */
	assert_order(&t, "azxbycd");
	turns_done(&t);
}

/* In however many rooms somebody writes, they have one turn; and a crowd in one room waits for itself. */
static void rooms_take_turns_within_a_turn(void **state)
{
	struct turns t = {0};

	(void)state;
	for (char c = 'a'; c <= 'd'; c++)
		put(&t, 1, (uint64_t)c, c); /* in four rooms */
	for (char c = 'p'; c <= 't'; c++)
		put(&t, (uint64_t)c, 1, c); /* five people in one */
	put(&t, 2, 2, 'z');
	assert_order(&t, "apzqrstbcd");
	turns_done(&t);
}

static void who_comes_later_waits_for_one_turn_alone(void **state)
{
	struct turns t = {0};

	(void)state;
	for (char c = 'a'; c <= 'f'; c++)
		put(&t, 1, 1, c);
	assert_int_equal(*(char *)turns_take(&t), 'a');
	assert_int_equal(*(char *)turns_take(&t), 'b');
	put(&t, 2, 2, 'x');
	assert_order(&t, "xcdef");
	turns_done(&t);
}

/* Whoever is served and writes again at once does not come twice before the others. */
static void nobody_comes_twice_in_a_turn(void **state)
{
	struct turns t = {0};
	char order[16] = "";

	(void)state;
	put(&t, 1, 1, 'a');
	put(&t, 1, 1, 'b');
	put(&t, 1, 1, 'c');
	put(&t, 2, 1, 'x');
	for (size_t n = 0; n < 8; n++) {
		order[n] = *(char *)turns_take(&t);
		if (order[n] == 'x')
			put(&t, 2, 1, 'x');
	}
	assert_int_equal(strchr(order, 'c') - order < 6, 1);
	assert_non_null(strstr(order, "axbxc"));
	turns_done(&t);
}

/* A stream of people who were never met holds nobody up who waits in the same turn. */
static void strangers_hold_nobody_up(void **state)
{
	struct turns t = {0};
	uint64_t stranger = 100;
	size_t before = 0;

	(void)state;
	put(&t, 1, 1, 'a');
	put(&t, 2, 2, 'b');
	put(&t, 3, 3, 'c');
	while (*(char *)turns_take(&t) != 'c') {
		put(&t, stranger, stranger, 'x');
		stranger++;
		before++;
	}
	assert_int_equal(before, 2);
	turns_done(&t);
}

static bool is_a_vowel(void *arg, void *thing)
{
	size_t *asked = arg;

	(*asked)++;
	return strchr("aeiou", *(char *)thing) != NULL;
}

static void what_goes_is_gone(void **state)
{
	struct turns t = {0};
	size_t asked = 0;

	(void)state;
	for (char c = 'a'; c <= 'f'; c++)
		put(&t, 1, 1, c);
	assert_int_equal(*(char *)turns_take(&t), 'a');
	turns_remove(&t, is_a_vowel, &asked);
	assert_int_equal(asked, 5);
	assert_int_equal(t.waiting_n, 4);
	assert_order(&t, "bcdf");
	turns_remove(&t, is_a_vowel, &asked);
	assert_int_equal(asked, 5);
	turns_done(&t);
}

/* Nothing is kept of who was served once nothing waits, nor of more than some thousands before. */
static void it_does_not_grow(void **state)
{
	struct turns t = {0};

	(void)state;
	put(&t, 1, 1, 'a');
	put(&t, 1, 1, 'b');
	put(&t, 2, 1, 'b');
	for (uint64_t i = 10; i < 20000; i++) {
		put(&t, i, i, 'c');
		assert_non_null(turns_take(&t));
		assert_true(t.places_n < 5000);
	}
	while (turns_take(&t))
		;
	assert_int_equal(t.places_n, 0);
	assert_int_equal(t.turn, 0);
	turns_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alone_in_their_order),
		cmocka_unit_test(people_take_turns),
		cmocka_unit_test(rooms_take_turns_within_a_turn),
		cmocka_unit_test(who_comes_later_waits_for_one_turn_alone),
		cmocka_unit_test(nobody_comes_twice_in_a_turn),
		cmocka_unit_test(strangers_hold_nobody_up),
		cmocka_unit_test(what_goes_is_gone),
		cmocka_unit_test(it_does_not_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

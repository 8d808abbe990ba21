/* The loop: when the hook runs, timers, signals, and that everything is given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "io/loop.h"

struct trace {
	struct loop *loop;
	struct timer *timer;
	struct timer *other;
	char events[64]; /* what happened, a letter each */
	size_t n;
	int64_t at_ms;
};

static int start(void **state)
{
	struct trace *t = calloc(1, sizeof *t);
	struct err err = {0};

	t->loop = loop_new(&err);
	*state = t;
	return t->loop ? 0 : -1;
}

static int stop(void **state)
{
	struct trace *t = *state;

	timer_free(t->timer);
	timer_free(t->other);
	loop_free(t->loop);
	free(t);
	return 0;
}

static void note(struct trace *t, char c)
{
	if (t->n < sizeof t->events - 1)
		t->events[t->n++] = c;
}

static void note_time(void *arg)
{
	struct trace *t = arg;

	note(t, 't');
	t->at_ms = loop_now_ms(t->loop);
	loop_stop(t->loop);
}

static void note_hook(void *arg)
{
	note(arg, 'h');
}

static void test_timer_is_never_early(void **state)
{
	struct trace *t = *state;

	t->timer = timer_new(t->loop, note_time, t);
	for (int i = 0; i < 20; i++) {
		int64_t at = loop_now_ms(t->loop) + i % 4;

		timer_set(t->timer, at);
		loop_run(t->loop);
		assert_true(t->at_ms >= at);
		assert_true(t->at_ms < at + 1000);
	}
}

static void test_timer_in_the_past_runs_at_once(void **state)
{
	struct trace *t = *state;
	int64_t begin = loop_now_ms(t->loop);

	t->timer = timer_new(t->loop, note_time, t);
	timer_set(t->timer, begin - 100000);
	loop_run(t->loop);
	assert_true(loop_now_ms(t->loop) - begin < 1000);
	timer_set(t->timer, INT64_MIN + 1);
	loop_run(t->loop);
	assert_string_equal(t->events, "tt");
}

static void note_other(void *arg)
{
	note(arg, 'o');
}

static void test_timer_set_again_and_stopped(void **state)
{
	struct trace *t = *state;

	t->timer = timer_new(t->loop, note_time, t);
	t->other = timer_new(t->loop, note_other, t);
	timer_set(t->other, loop_now_ms(t->loop) + 1);
	timer_stop(t->other);
	timer_set(t->timer, loop_now_ms(t->loop) + 100000);
	timer_set(t->timer, loop_now_ms(t->loop) + 5);
	loop_run(t->loop);
	assert_string_equal(t->events, "t");
}

static void free_and_stop(void *arg)
{
	struct trace *t = arg;

	timer_free(t->timer);
	t->timer = NULL;
	loop_stop(t->loop);
}

static void test_timer_freed_in_its_callback(void **state)
{
	struct trace *t = *state;

	t->timer = timer_new(t->loop, free_and_stop, t);
	timer_set(t->timer, 0);
	loop_run(t->loop);
	assert_null(t->timer);
	timer_free(NULL);
}

static void test_hook_runs_between_events_and_sleep(void **state)
{
	struct trace *t = *state;

	loop_before_sleep(t->loop, note_hook, t);
	t->other = timer_new(t->loop, note_other, t);
	t->timer = timer_new(t->loop, note_time, t);
	timer_set(t->other, 0);
	timer_set(t->timer, loop_now_ms(t->loop) + 20);
	loop_run(t->loop);
	/* A hook behind each timer, also behind the one that stopped the loop. libwebsockets may
	 * cause turns of its own between. */
	assert_memory_equal(t->events, "oh", 2);
	assert_non_null(strstr(t->events, "th"));
	assert_int_equal(strspn(t->events, "oht"), t->n);
}

static void hook_makes_an_event(void *arg)
{
	struct trace *t = arg;

	note(t, 'h');
	if (t->n == 1)
		timer_set(t->timer, 0);
}

static void test_loop_does_not_sleep_through_the_hooks_work(void **state)
{
	struct trace *t = *state;
	int64_t begin = loop_now_ms(t->loop);

	t->timer = timer_new(t->loop, note_time, t);
	t->other = timer_new(t->loop, note_other, t);
	timer_set(t->other, begin + 5000);
	loop_before_sleep(t->loop, hook_makes_an_event, t);
	loop_run(t->loop);
	assert_true(loop_now_ms(t->loop) - begin < 2500);
	assert_null(memchr(t->events, 'o', t->n));
}

static void test_stopped_before_it_runs(void **state)
{
	struct trace *t = *state;

	loop_before_sleep(t->loop, note_hook, t);
	loop_stop(t->loop);
	loop_run(t->loop);
	assert_string_equal(t->events, "h");
}

static void note_signal(void *arg, int signum)
{
	struct trace *t = arg;

	note(t, signum == SIGUSR1 ? '1' : '2');
	if (t->n == 2)
		loop_stop(t->loop);
}

static void raise_both(void *arg)
{
	(void)arg;
	raise(SIGUSR1);
	raise(SIGUSR2);
}

static void test_signals_arrive_on_the_loop(void **state)
{
	struct trace *t = *state;

	loop_on_signal(t->loop, SIGUSR1, note_signal, t);
	loop_on_signal(t->loop, SIGUSR2, note_signal, t);
	t->timer = timer_new(t->loop, raise_both, t);
	timer_set(t->timer, 0);
	loop_run(t->loop);
	assert_string_equal(t->events, "12");
}

static void dawdle(void *arg)
{
	struct trace *t = arg;
	struct timespec wait = {.tv_nsec = (LOOP_STALL_MS + 20) * 1000000L};

	nanosleep(&wait, NULL);
	note_time(t);
}

static void test_a_turn_that_takes_long_is_counted(void **state)
{
	struct trace *t = *state;

	/* Sleeping is no work. */
	t->timer = timer_new(t->loop, note_time, t);
	timer_set(t->timer, loop_now_ms(t->loop) + 2000);
	loop_run(t->loop);
	assert_true(loop_stalls(t->loop).longest_ms < 2000);
	t->other = timer_new(t->loop, dawdle, t);
	for (int i = 0; i < 2; i++) {
		uint64_t before = loop_stalls(t->loop).n;

		timer_set(t->other, loop_now_ms(t->loop));
		timer_set(t->timer, loop_now_ms(t->loop) + 200);
		loop_run(t->loop); /* to the end of the dawdling */
		loop_run(t->loop);
		assert_true(loop_stalls(t->loop).n > before);
		assert_true(loop_stalls(t->loop).longest_ms >= LOOP_STALL_MS + 20);
	}
}

/* What is written to the log while two turns dawdle. */
static void dawdle_twice(struct trace *t, char *said, size_t size)
{
	FILE *taken = tmpfile();
	int kept = dup(STDERR_FILENO);
	size_t n;

	assert_non_null(taken);
	dup2(fileno(taken), STDERR_FILENO);
	t->timer = timer_new(t->loop, note_time, t);
	t->other = timer_new(t->loop, dawdle, t);
	for (int i = 0; i < 2; i++) {
		timer_set(t->other, loop_now_ms(t->loop));
		timer_set(t->timer, loop_now_ms(t->loop) + 200);
		loop_run(t->loop); /* to the end of the dawdling */
		loop_run(t->loop);
	}
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(taken);
	n = fread(said, 1, size - 1, taken);
	said[n] = '\0';
	fclose(taken);
}

/* The number behind these words, which must stand there once. */
static long number_behind(const char *said, const char *words)
{
	const char *at = strstr(said, words);

	assert_non_null(at);
	at += strlen(words);
	assert_null(strstr(at, words));
	return strtol(at, NULL, 10);
}

static void test_a_turn_that_takes_long_is_said_once_a_minute(void **state)
{
	struct trace *t = *state;
	char said[1024];
	long busy;

	dawdle_twice(t, said, sizeof said);
	busy = number_behind(said, " warn loop: nothing was served for ");
	assert_in_range(busy, LOOP_STALL_MS + 20, loop_stalls(t->loop).longest_ms);
	assert_int_equal(number_behind(said, " ms; "), 1);
	assert_int_equal(number_behind(said, " such times so far, the longest "), busy);
	assert_true(loop_stalls(t->loop).n >= 2);
}

/* The system breaks the sleep off for it. */
static void test_a_signal_wakes_and_is_no_stall(void **state)
{
	struct trace *t = *state;
	pid_t self = getpid();
	pid_t child;

	loop_on_signal(t->loop, SIGUSR1, note_signal, t);
	child = fork();
	if (child == 0) {
		sleep(1);
		kill(self, SIGUSR1);
		_exit(0);
	}
	assert_true(child > 0);
	t->timer = timer_new(t->loop, note_time, t);
	timer_set(t->timer, loop_now_ms(t->loop) + 1500);
	loop_run(t->loop);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(t->events[0], '1');
	assert_true(loop_stalls(t->loop).longest_ms < 900);
}

static void test_too_few_files(void **state)
{
	struct rlimit before, few;
	struct err err = {0};
	struct loop *loop;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = LOOP_FILES_MIN - 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_null(loop_new(&err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "only 63 open files"));
	few.rlim_cur = LOOP_FILES_MIN;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	loop = loop_new(&err);
	assert_non_null(loop);
	loop_free(loop);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void test_clocks(void **state)
{
	struct trace *t = *state;
	int64_t first = loop_now_ms(t->loop);

	nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
	assert_true(loop_now_ms(t->loop) >= first + 2);
	assert_true(loop_wall_ms() > 1700000000000);
}

static void test_loops_follow_each_other(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		struct err err = {0};
		struct loop *loop = loop_new(&err);

		assert_non_null(loop);
		assert_non_null(loop_uv(loop));
		assert_non_null(loop_lws(loop));
		loop_free(loop);
	}
	loop_free(NULL);
}

struct errand {
	struct loop *loop;
	pthread_t worker;
	int done;
};

static void errand_run(void *arg)
{
	struct errand *e = arg;

	e->worker = pthread_self();
}

static void errand_done(void *arg)
{
	struct errand *e = arg;

	e->done++;
	loop_stop(e->loop);
}

static void work_runs_elsewhere_and_is_done_here(void **state)
{
	struct errand e = {.loop = loop_new(NULL)};

	(void)state;
	assert_non_null(e.loop);
	loop_work(e.loop, errand_run, errand_done, &e);
	assert_int_equal(e.done, 0);
	loop_run(e.loop);
	assert_int_equal(e.done, 1);
	assert_false(pthread_equal(e.worker, pthread_self()));
	/* What is under way when the loop goes is still done. */
	loop_work(e.loop, errand_run, errand_done, &e);
	loop_free(e.loop);
	assert_int_equal(e.done, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_timer_is_never_early, start, stop),
		cmocka_unit_test_setup_teardown(test_timer_in_the_past_runs_at_once, start, stop),
		cmocka_unit_test_setup_teardown(test_timer_set_again_and_stopped, start, stop),
		cmocka_unit_test_setup_teardown(test_timer_freed_in_its_callback, start, stop),
		cmocka_unit_test_setup_teardown(test_hook_runs_between_events_and_sleep, start,
						stop),
		cmocka_unit_test_setup_teardown(test_loop_does_not_sleep_through_the_hooks_work,
						start, stop),
		cmocka_unit_test_setup_teardown(test_stopped_before_it_runs, start, stop),
		cmocka_unit_test_setup_teardown(test_signals_arrive_on_the_loop, start, stop),
		cmocka_unit_test_setup_teardown(test_a_turn_that_takes_long_is_said_once_a_minute,
						start, stop),
		cmocka_unit_test_setup_teardown(test_a_turn_that_takes_long_is_counted, start,
						stop),
		cmocka_unit_test_setup_teardown(test_a_signal_wakes_and_is_no_stall, start, stop),
		cmocka_unit_test(test_too_few_files),
		cmocka_unit_test_setup_teardown(test_clocks, start, stop),
		cmocka_unit_test(work_runs_elsewhere_and_is_done_here),
		cmocka_unit_test(test_loops_follow_each_other),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}

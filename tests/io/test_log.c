/* The log: its lines, levels, and what never appears in it. Standard error is a file meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/log.h"

static FILE *taken;
static int kept;
static char text[65536];

static void take_begin(void)
{
	fflush(stderr);
	taken = tmpfile();
	assert_non_null(taken);
	kept = dup(STDERR_FILENO);
	dup2(fileno(taken), STDERR_FILENO);
}

static const char *take_end(void)
{
	size_t n;

	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(taken);
	n = fread(text, 1, sizeof text - 1, taken);
	text[n] = '\0';
	fclose(taken);
	return text;
}

static void assert_matches(const char *s, const char *pattern)
{
	regex_t re;

	assert_int_equal(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&re, s, 0, NULL, 0) != 0)
		fail_msg("'%s' does not match '%s'", s, pattern);
	regfree(&re);
}

static void test_one_line_an_event(void **state)
{
	(void)state;
	take_begin();
	log_info("discord", "resumed after %d s", 3);
	log_error("store", "full");
	log_warn("ws", "slow");
	assert_matches(
		take_end(),
		"^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\\.[0-9]{3}Z "
		"info discord: resumed after 3 s\n"
		"[^ ]*Z error store: full\n[^ ]*Z warn ws: slow\n$");
}

static void test_levels(void **state)
{
	(void)state;
	take_begin();
	log_debug("a", "hidden");
	log_level_set(LOG_LEVEL_DEBUG);
	log_debug("a", "shown");
	log_level_set(LOG_LEVEL_ERROR);
	log_warn("a", "hidden");
	log_error("a", "always");
	log_level_set(LOG_LEVEL_INFO);
	assert_matches(take_end(), "^[^ ]* debug a: shown\n[^ ]* error a: always\n$");
}

static void test_control_bytes_become_spaces(void **state)
{
	(void)state;
	take_begin();
	log_info("a", "one\ntwo\r\x1b[31m\x7f three");
	assert_matches(take_end(), "^[^\n]*: one two  \\[31m  three\n$");
}

static void test_a_long_line_is_cut_at_a_character(void **state)
{
	char long_text[9001] = "x";

	(void)state;
	for (size_t i = 1; i + 2 < sizeof long_text; i += 2)
		memcpy(long_text + i, "\xc3\xa4", 3);
	take_begin();
	log_info("a", "%s", long_text);
	take_end();
	assert_true(strlen(text) <= 4096 + 4);
	assert_true(strlen(text) > 4000);
	assert_string_equal(text + strlen(text) - 6, "\xc3\xa4...\n");
}

static void test_secrets_are_struck_out(void **state)
{
	char long_text[5001];

	(void)state;
	log_secret(STR("short"));
	log_secret(STR("hunter2hunter2"));
	log_secret(STR("hunter2hunter2"));
	log_secret(STR("hunter2hunter2-and-more"));
	take_begin();
	log_info("a", "short Bot hunter2hunter2, hunter2hunter2-and-more.");
	log_info("a", "hunter2hunter2hunter2 hunter2hunter");
	assert_matches(take_end(), "^[^\n]*: short Bot \\[struck\\], \\[struck\\]\\.\n"
				   "[^\n]*: \\[struck\\] hunter2hunter\n$");
	/* Not even the part of one that would stand before the cut. */
	memset(long_text, 'x', sizeof long_text);
	long_text[sizeof long_text - 1] = '\0';
	for (size_t at = 4020; at < 4100; at++) {
		memset(long_text, 'x', sizeof long_text - 1);
		memcpy(long_text + at, "hunter2hunter2", 14);
		take_begin();
		log_info("a", "%s", long_text);
		assert_null(strstr(take_end(), "hunt"));
	}
}

static void test_under_the_journal(void **state)
{
	char stream[64];
	struct stat st;

	(void)state;
	take_begin();
	fstat(STDERR_FILENO, &st);
	snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_error("a", "e");
	log_warn("a", "w");
	log_info("a", "i");
	setenv("JOURNAL_STREAM", "1:2", 1);
	log_info("a", "elsewhere");
	unsetenv("JOURNAL_STREAM");
	assert_matches(take_end(), "^<3>a: e\n<4>a: w\n<6>a: i\n20[^ ]* info a: elsewhere\n$");
}

static void test_errno_and_a_closed_stream(void **state)
{
	int copy = dup(STDERR_FILENO);

	(void)state;
	close(STDERR_FILENO);
	errno = ERANGE;
	log_error("a", "nobody reads this");
	assert_int_equal(errno, ERANGE);
	dup2(copy, STDERR_FILENO);
	close(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_line_an_event),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_control_bytes_become_spaces),
		cmocka_unit_test(test_a_long_line_is_cut_at_a_character),
		cmocka_unit_test(test_secrets_are_struck_out),
		cmocka_unit_test(test_under_the_journal),
		cmocka_unit_test(test_errno_and_a_closed_stream),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}

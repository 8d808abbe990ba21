/* Files that people write, and secrets, in a directory of their own. */
#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/files.h"

static struct arena arena;
static struct err err;
static char dir[64];

static int start(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/clinicbot-files-XXXXXX");
	arena_init(&arena);
	err = (struct err){0};
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static int stop(void **state)
{
	(void)state;
	arena_done(&arena);
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct str in_dir(const char *name)
{
	return arena_fmt(&arena, "%s/%s", dir, name);
}

static struct str make(const char *name, struct str content, mode_t mode)
{
	struct str path = in_dir(name);
	int fd = open(path.p, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content.p, content.n), content.n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	return path;
}

static void assert_refused(struct str path, size_t max, const char *why)
{
	struct str out = STR("as it was");

	err = (struct err){0};
	assert_false(file_read(path, max, &arena, &out, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, why));
	if (path.n && !memchr(path.p, '\0', path.n))
		assert_non_null(strstr(err.text, path.p));
	assert_string_equal(out.p, "as it was");
}

static void test_read(void **state)
{
	struct str out = {0};

	(void)state;
	assert_true(file_read(make("a", STR("one\ntwo\0three"), 0600), 100, &arena, &out, &err));
	assert_true(str_eq(out, STR("one\ntwo\0three")));
	assert_int_equal(out.p[out.n], '\0');
	assert_true(file_read(make("empty", STR(""), 0600), 100, &arena, &out, &err));
	assert_int_equal(out.n, 0);
	assert_non_null(out.p);
	/* A path that has no NUL behind it. */
	assert_true(
		file_read((struct str){in_dir("ab").p, in_dir("a").n}, 100, &arena, &out, &err));
	/* A regular file that says it has 0 bytes and holds some. */
	assert_true(file_read(STR("/proc/self/status"), 100000, &arena, &out, &err));
	assert_true(out.n > 100);
}

static void test_limit(void **state)
{
	struct str path = make("a", STR("0123456789"), 0600);
	struct str out = {0};
	char *big = calloc(1, 100000);

	(void)state;
	assert_true(file_read(path, 10, &arena, &out, &err));
	assert_refused(path, 9, "larger than 9 bytes");
	assert_refused(path, 0, "larger than 0 bytes");
	make("big", (struct str){big, 100000}, 0600);
	assert_true(file_read(in_dir("big"), 100000, &arena, &out, &err));
	assert_int_equal(out.n, 100000);
	assert_refused(in_dir("big"), 99999, "larger than");
	free(big);
}

static void test_what_is_not_a_file(void **state)
{
	(void)state;
	assert_refused(in_dir("none"), 10, "not there");
	assert_refused(make("f", STR("x"), 0600), 0, "larger");
	assert_refused(in_dir("f/under"), 10, "not there");
	assert_refused(str_of(dir), 10, "directory");
	assert_int_equal(mkfifo(in_dir("fifo").p, 0600), 0);
	assert_refused(in_dir("fifo"), 10, "not a regular file");
	assert_refused(STR("/dev/zero"), 10, "not a regular file");
	assert_refused(STR(""), 10, "empty");
	assert_refused(STR("a\0b"), 10, "zero byte");
	if (geteuid() != 0)
		assert_refused(make("shut", STR("x"), 0), 10, "permission");
}

static void test_links(void **state)
{
	struct str out = {0};

	(void)state;
	make("real", STR("x"), 0600);
	assert_int_equal(symlink("real", in_dir("link").p), 0);
	assert_int_equal(symlink("round", in_dir("round").p), 0);
	assert_int_equal(symlink("gone", in_dir("dangling").p), 0);
	assert_true(file_read(in_dir("link"), 10, &arena, &out, &err));
	assert_true(str_eq(out, STR("x")));
	assert_refused(in_dir("round"), 10, "circle");
	assert_refused(in_dir("dangling"), 10, "not there");
}

/* What this process holds of the mapping in memory, from /proc/self/smaps. */
static unsigned long resident_kb(struct str mapped)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long kb = ULONG_MAX;
	bool inside = false;
	char line[512];

	assert_non_null(f);
	while (kb == ULONG_MAX && fgets(line, sizeof line, f)) {
		char *end;
		unsigned long start = strtoul(line, &end, 16);

		if (*end == '-')
			inside = start == (unsigned long)(uintptr_t)mapped.p;
		else if (inside && strncmp(line, "Rss:", 4) == 0)
			kb = strtoul(line + 4, NULL, 10);
	}
	fclose(f);
	assert_true(kb != ULONG_MAX);
	return kb;
}

static void test_map(void **state)
{
	struct str path = make("a", STR("one\ntwo\0three"), 0600);
	struct str out = {0};

	(void)state;
	assert_true(file_map(path, 13, &arena, &out, &err));
	assert_true(str_eq(out, STR("one\ntwo\0three")));
	/* It outlives the name, and a new file of that name. */
	make("b", STR("other"), 0600);
	assert_int_equal(rename(in_dir("b").p, path.p), 0);
	assert_true(str_eq(out, STR("one\ntwo\0three")));
	file_unmap(out);
	assert_true(file_map(path, 13, &arena, &out, &err));
	assert_true(str_eq(out, STR("other")));
	file_unmap(out);
	assert_true(file_map(make("empty", STR(""), 0600), 0, &arena, &out, &err));
	assert_int_equal(out.n, 0);
	file_map_rest(out);
	file_unmap(out);
}

static void test_map_at_rest(void **state)
{
	size_t n = 1000000;
	char *bytes = malloc(n);
	struct str out = {0};

	(void)state;
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)(i % 251);
	assert_true(file_map(make("big", (struct str){bytes, n}, 0600), n, &arena, &out, &err));
	assert_memory_equal(out.p, bytes, n);
	assert_true(resident_kb(out) >= n / 1024);
	file_map_rest(out);
	assert_int_equal(resident_kb(out), 0);
	assert_memory_equal(out.p, bytes, n);
	file_unmap(out);
	free(bytes);
}

static void assert_not_mapped(struct str path, size_t max, const char *why)
{
	struct str out = STR("as it was");

	err = (struct err){0};
	assert_false(file_map(path, max, &arena, &out, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, why));
	assert_string_equal(out.p, "as it was");
}

static void test_map_refused(void **state)
{
	(void)state;
	assert_not_mapped(make("a", STR("0123456789"), 0600), 9, "larger than 9 bytes");
	assert_not_mapped(in_dir("none"), 10, "not there");
	assert_not_mapped(str_of(dir), 10, "directory");
	assert_int_equal(mkfifo(in_dir("fifo").p, 0600), 0);
	assert_not_mapped(in_dir("fifo"), 10, "not a regular file");
	assert_not_mapped(STR("/dev/zero"), 10, "not a regular file");
	assert_not_mapped(STR(""), 10, "empty");
	assert_not_mapped(STR("a\0b"), 10, "zero byte");
}

static void test_list(void **state)
{
	struct str *names = NULL;
	size_t n = 0;

	(void)state;
	assert_true(files_list(str_of(dir), STR(".md"), &arena, &names, &n, &err));
	assert_int_equal(n, 0);
	make("b.md", STR(""), 0600);
	make("a.md", STR(""), 0600);
	make("B.md", STR(""), 0600);
	make("a.txt", STR(""), 0600);
	make(".hidden.md", STR(""), 0600);
	mkdir(in_dir("dir.md").p, 0700);
	assert_int_equal(symlink("a.txt", in_dir("link.md").p), 0);
	assert_int_equal(symlink("gone", in_dir("dangling.md").p), 0);
	assert_true(files_list(str_of(dir), STR(".md"), &arena, &names, &n, &err));
	assert_int_equal(n, 5);
	assert_string_equal(names[0].p, "B.md");
	assert_string_equal(names[1].p, "a.md");
	assert_string_equal(names[2].p, "b.md");
	assert_string_equal(names[3].p, "dangling.md");
	assert_string_equal(names[4].p, "link.md");
	assert_false(files_list(in_dir("none"), STR(".md"), &arena, &names, &n, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_false(files_list(in_dir("a.md"), STR(".md"), &arena, &names, &n, &err));
	assert_non_null(strstr(err.text, "not a directory"));
}

static void assert_secret(struct str path, const char *want)
{
	struct str out = {0};

	if (!secret_read(path, &arena, &out, &err))
		fail_msg("%s", err.text);
	assert_string_equal(out.p, want);
}

static void assert_no_secret(struct str path, const char *why)
{
	struct str out = {0};

	err = (struct err){0};
	assert_false(secret_read(path, &arena, &out, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, why));
	assert_null(out.p);
	assert_null(strstr(err.text, "token"));
}

static void test_secret(void **state)
{
	(void)state;
	assert_secret(make("s", STR("token.one\nsecond line\n"), 0600), "token.one");
	assert_secret(make("s", STR("token.two"), 0400), "token.two");
	assert_secret(make("s", STR(" token.three \r\n"), 0600), "token.three");
	assert_no_secret(make("s", STR(""), 0600), "empty");
	assert_no_secret(make("s", STR("\ntoken"), 0600), "empty");
	assert_no_secret(make("s", STR(" \r\ntoken"), 0600), "empty");
	assert_no_secret(make("s", STR("to\tken"), 0600), "control byte at 3");
	assert_no_secret(make("s", STR("a\0token"), 0600), "control byte at 2");
	assert_no_secret(in_dir("none"), "not there");
}

static void test_secret_that_others_may_read(void **state)
{
	static const mode_t open_to_others[] = {0640, 0620, 0610, 0604, 0602, 0601, 0644, 0666};

	(void)state;
	for (size_t i = 0; i < sizeof open_to_others / sizeof *open_to_others; i++)
		assert_no_secret(make("s", STR("token"), open_to_others[i]), "chmod 600");
	if (geteuid() == 0) {
		make("s", STR("token"), 0600);
		assert_int_equal(chown(in_dir("s").p, 12345, (gid_t)-1), 0);
		assert_no_secret(in_dir("s"), "another user");
	}
}

static void test_secret_size(void **state)
{
	char bytes[SECRET_BYTES_MAX + 1];

	(void)state;
	memset(bytes, 'x', sizeof bytes);
	make("s", (struct str){bytes, SECRET_BYTES_MAX}, 0600);
	bytes[SECRET_BYTES_MAX] = '\0';
	assert_secret(in_dir("s"), bytes);
	bytes[SECRET_BYTES_MAX] = 'x';
	assert_no_secret(make("s", (struct str){bytes, sizeof bytes}, 0600), "larger");
}

static void test_systemd_credentials(void **state)
{
	(void)state;
	/* systemd lets the user in by an access list, which shows as a group bit. */
	make("discord", STR("cred"), 0440);
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	assert_secret(STR("discord"), "cred");
	assert_no_secret(STR("other"), "not there");
	assert_no_secret(in_dir("discord"), "chmod");
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_no_secret(STR("discord"), "not there");
}

/* As many are open as may be: that passes. */
static void test_no_file_can_be_opened_now(void **state)
{
	struct str path = make("a.md", STR("text"), 0644), out = {0}, *names;
	struct rlimit files, none;
	size_t n;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	none = (struct rlimit){0, files.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_false(file_read(path, 100, &arena, &out, &err));
	assert_int_equal(err.kind, ERR_LATER);
	err = (struct err){0};
	assert_false(files_list(str_of(dir), STR(".md"), &arena, &names, &n, &err));
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
	assert_true(file_read(path, 100, &arena, &out, &err));
}

#define IN_DIR(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(test_read),
		IN_DIR(test_limit),
		IN_DIR(test_what_is_not_a_file),
		IN_DIR(test_links),
		IN_DIR(test_map),
		IN_DIR(test_map_at_rest),
		IN_DIR(test_map_refused),
		IN_DIR(test_list),
		IN_DIR(test_no_file_can_be_opened_now),
		IN_DIR(test_secret),
		IN_DIR(test_secret_that_others_may_read),
		IN_DIR(test_secret_size),
		IN_DIR(test_systemd_credentials),
	};

	return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}

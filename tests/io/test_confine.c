/* What a confined process can still do, each seen in a child of its own: it cannot be taken back. */
#define _GNU_SOURCE /* syscall, nftw */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/landlock.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/confine.h"

static char dir[64];

static void make(const char *name)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs("words\n", f);
	fclose(f);
}

static int start(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/clinicbot-confine-XXXXXX");
	if (!mkdtemp(dir) || chdir(dir) != 0 || mkdir("content", 0700) != 0 ||
	    mkdir("content/en", 0700) != 0 || mkdir("state", 0700) != 0 ||
	    mkdir("elsewhere", 0700) != 0 || mkdir("ca", 0700) != 0)
		return -1;
	make("content/a.md");
	make("content/en/b.md");
	make("elsewhere/c.md");
	make("elsewhere/other.md");
	make("state/state.db");
	make("ca/ca.pem");
	return symlink("../../elsewhere/c.md", "content/en/c.md");
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static int stop(void **state)
{
	(void)state;
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0 || chdir("/") != 0;
}

static void confine(void)
{
	const struct confine_place places[] = {
		{.path = STR("content")},
		{.path = STR("")},
		{.path = STR("nowhere")},
		{.path = STR("ca/ca.pem"), .is_file = true},
		{.path = STR("state/state.db"), .is_file = true, .writable = true}};

	confine_files(places, sizeof places / sizeof *places);
}

/* 0, or why it cannot be opened. */
static int try(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Each gives the line that it stopped at, or 0. */
#define HOLDS(what)                      \
	do {                             \
		if (!(what))             \
			return __LINE__; \
	} while (0)

static int reads(void)
{
	confine();
	HOLDS(try("content/a.md", O_RDONLY) == 0);
	HOLDS(try("content/en/b.md", O_RDONLY) == 0);
	HOLDS(try("content/en/c.md", O_RDONLY) == 0); /* through its link */
	HOLDS(try("content", O_RDONLY | O_DIRECTORY) == 0);
	HOLDS(try("ca/ca.pem", O_RDONLY) == 0);
	HOLDS(try("elsewhere/c.md", O_RDONLY) == 0); /* what the link leads to */
	HOLDS(try("elsewhere/other.md", O_RDONLY) == EACCES);
	HOLDS(try("elsewhere", O_RDONLY | O_DIRECTORY) == EACCES);
	HOLDS(try("/bin/sh", O_RDONLY) == EACCES);
	return 0;
}

static int writes(void)
{
	confine();
	HOLDS(try("state/state.db", O_RDWR) == 0);
	HOLDS(try("state/state.db-wal", O_RDWR | O_CREAT) == 0);
	HOLDS(try("state/state.db-wal", O_RDWR | O_TRUNC) == 0);
	HOLDS(rename("state/state.db-wal", "state/other") == 0);
	HOLDS(unlink("state/other") == 0);
	HOLDS(mkdir("state/folder", 0700) != 0 && errno == EACCES);
	HOLDS(symlink("a", "state/link") != 0 && errno == EACCES);
	HOLDS(try("content/a.md", O_WRONLY) == EACCES);
	HOLDS(try("content/new.md", O_WRONLY | O_CREAT) == EACCES);
	HOLDS(unlink("content/a.md") != 0 && errno == EACCES);
	HOLDS(try("ca/ca.pem", O_WRONLY) == EACCES);
	HOLDS(try("/etc/clinicbot-test", O_WRONLY | O_CREAT) == EACCES);
	return 0;
}

static int starts_nothing(void)
{
	confine();
	execl("/bin/true", "true", (char *)NULL);
	HOLDS(errno == EACCES);
	HOLDS(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	return 0;
}

/* Names are looked up on threads of libuv and curl. */
static void *look_up(void *arg)
{
	struct addrinfo *found = NULL;
	int *line = arg;

	if (getaddrinfo("localhost", NULL, NULL, &found) != 0)
		*line = __LINE__;
	else
		freeaddrinfo(found);
	for (size_t i = 0; i < 3 && !*line; i++) {
		static const char *const names[] = {"/etc/resolv.conf", "/etc/hosts",
						    "/etc/nsswitch.conf"};
		int why = try(names[i], O_RDONLY);

		if (why && why != ENOENT)
			*line = __LINE__;
	}
	if (try("elsewhere/other.md", O_RDONLY) != EACCES)
		*line = __LINE__;
	return NULL;
}

static int threads_too(void)
{
	pthread_t thread;
	int line = 0;

	confine();
	HOLDS(pthread_create(&thread, NULL, look_up, &line) == 0);
	HOLDS(pthread_join(thread, NULL) == 0);
	return line;
}

static int open_stays_open(void)
{
	FILE *f = fopen("elsewhere/other.md", "r+");
	char line[16];

	confine();
	HOLDS(f && fgets(line, sizeof line, f) && strcmp(line, "words\n") == 0);
	return 0;
}

/* What is put over a file in its folder can be read; another folder in a folder's place cannot. */
static int renewals(void)
{
	struct confine_folder before = confine_folder(STR("content"));
	struct confine_folder after;
	int pipes[2];
	char c;
	pid_t outside;

	HOLDS(pipe(pipes) == 0);
	outside = fork();
	if (outside == 0) {
		HOLDS(read(pipes[0], &c, 1) == 1);
		make("ca/new");
		rename("ca/new", "ca/ca.pem");
		make("content/new");
		rename("content/new", "content/a.md");
		rename("content/en", "content/old");
		rename("elsewhere", "content/en");
		rename("content", "gone");
		mkdir("content", 0700);
		make("content/a.md");
		_exit(0);
	}
	confine();
	HOLDS(write(pipes[1], "x", 1) == 1);
	HOLDS(waitpid(outside, NULL, 0) == outside);
	HOLDS(try("ca/ca.pem", O_RDONLY) == 0);
	HOLDS(try("gone/a.md", O_RDONLY) == 0);
	HOLDS(try("gone/en/other.md", O_RDONLY) == 0);
	HOLDS(try("content/a.md", O_RDONLY) == EACCES);
	after = confine_folder(STR("content"));
	HOLDS(before.inode && after.inode && before.inode != after.inode);
	HOLDS(confine_folder(STR("nowhere")).inode == 0);
	return 0;
}

static int no_core(void)
{
	struct rlimit limit = {1, 1};

	HOLDS(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1);
	confine_memory();
	HOLDS(getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0);
	HOLDS(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	return 0;
}

/* The line in a child that `what` stopped at, 0 when all holds. The child's words go nowhere. */
static int in_child(int (*what)(void))
{
	int pipes[2];
	int line = -1;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		freopen("/dev/null", "w", stderr);
		line = what();
		_exit(write(pipes[1], &line, sizeof line) == sizeof line ? 0 : 1);
	}
	close(pipes[1]);
	if (read(pipes[0], &line, sizeof line) != sizeof line)
		line = -1;
	close(pipes[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	return line;
}

static void test_files(void **state)
{
	(void)state;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1) {
		print_message("# this kernel has no Landlock\n");
		skip();
	}
	assert_int_equal(in_child(reads), 0);
	assert_int_equal(in_child(writes), 0);
	assert_int_equal(in_child(starts_nothing), 0);
	assert_int_equal(in_child(threads_too), 0);
	assert_int_equal(in_child(open_stays_open), 0);
	assert_int_equal(in_child(renewals), 0);
}

static void test_memory(void **state)
{
	(void)state;
	assert_int_equal(in_child(no_core), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_files, start, stop),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests_name("confine", tests, NULL, NULL);
}

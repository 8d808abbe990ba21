/* A start while the disk fails to read or to open: it may be tried again, or goes on; the store is never called damaged. */
#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include "io/store_world.h"

#define ROWS 60
#define READS_MAX 1000

static const char *const calls[] = {"read", "pread", "pread64", "open"};
static sqlite3_syscall_ptr real[COUNT(calls)];
static long reads, fail_from, fail_times;
static bool opens; /* it is these that are counted and fail */

/* Whether this read fails. */
static bool fails(void)
{
	bool it_does = ++reads >= fail_from && reads < fail_from + fail_times;

	if (it_does)
		errno = EIO;
	return it_does;
}

static ssize_t failing_read(int fd, void *to, size_t n)
{
	return !opens && fails() ? -1 : read(fd, to, n);
}

static ssize_t failing_pread(int fd, void *to, size_t n, off_t at)
{
	return !opens && fails() ? -1 : pread(fd, to, n, at);
}

static int failing_open(const char *path, int flags, int mode)
{
	return opens && fails() ? -1 : open(path, flags, mode);
}

static void reads_fail(long from, long times)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	const sqlite3_syscall_ptr with[COUNT(calls)] = {
		(sqlite3_syscall_ptr)failing_read, (sqlite3_syscall_ptr)failing_pread,
		(sqlite3_syscall_ptr)failing_pread, (sqlite3_syscall_ptr)failing_open};

	reads = 0;
	fail_from = from;
	fail_times = times;
	for (size_t i = 0; i < COUNT(calls); i++) {
		real[i] = vfs->xGetSystemCall(vfs, calls[i]);
		if (real[i])
			vfs->xSetSystemCall(vfs, calls[i], with[i]);
	}
}

static void reads_work(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	for (size_t i = 0; i < COUNT(calls); i++)
		if (real[i])
			vfs->xSetSystemCall(vfs, calls[i], real[i]);
}

/* A child is killed with rows in its log that are not in the file yet. */
static void fill(void)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		store = store_sqlite_open(file, &err);
		for (int i = 0; store && i < ROWS; i++)
			receive((char[]){(char)('0' + i), '\0'}, i);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* How the start went whose reads fail from this one on; true when there were so many. */
static bool start_fails_later(long from, long times)
{
	bool met;

	err = (struct err){0};
	reads_fail(from, times);
	store = store_sqlite_open(file, &err);
	met = reads >= from;
	reads_work();
	if (!store && err.kind != ERR_LATER)
		fail_msg("read %ld, %ld times: %s", from, times, err.text);
	if (store)
		store->ops->free(store);
	store = NULL;
	return met;
}

static void count_one(void *arg, const struct store_inbox *row)
{
	(void)row;
	++*(int *)arg;
}

static void all_is_there(void)
{
	int n = 0;

	store = store_sqlite_open(file, &err);
	if (!store) {
		fail_msg("%s", err.text);
		return;
	}
	assert_true(store->ops->undecided(store, count_one, &n, &err));
	assert_int_equal(n, ROWS);
	store->ops->free(store);
	store = NULL;
}

static struct str bytes_of(struct str path)
{
	static char bytes[1000000];
	FILE *in = fopen(path.p, "rb");
	size_t n = in ? fread(bytes, 1, sizeof bytes, in) : 0;

	assert_non_null(in);
	fclose(in);
	return arena_str(&arena, (struct str){bytes, n});
}

static void put_back(struct str path, struct str bytes)
{
	FILE *out = fopen(path.p, "wb");

	assert_non_null(out);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, out), bytes.n);
	assert_int_equal(fclose(out), 0);
}

static void each_read_fails(long times)
{
	struct str log = arena_fmt(&arena, "%s-wal", file.p), in_file, in_log;
	long n = 1;

	fill();
	in_file = bytes_of(file);
	in_log = bytes_of(log);
	assert_true(in_log.n > 0);
	while (n < READS_MAX && start_fails_later(n++, times)) {
		all_is_there();
		put_back(file, in_file);
		put_back(log, in_log);
	}
	assert_in_range(n, opens ? 2 : 10, READS_MAX - 1);
}

static void test_a_read_fails_once(void **state)
{
	(void)state;
	each_read_fails(1);
}

static void test_reads_fail_from_then_on(void **state)
{
	(void)state;
	each_read_fails(READS_MAX);
}

static void test_a_file_cannot_be_opened_once(void **state)
{
	(void)state;
	opens = true;
	each_read_fails(1);
	opens = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_read_fails_once, start_dir, stop_dir),
		cmocka_unit_test_setup_teardown(test_reads_fail_from_then_on, start_dir, stop_dir),
		cmocka_unit_test_setup_teardown(test_a_file_cannot_be_opened_once, start_dir,
						stop_dir),
	};

	return cmocka_run_group_tests_name("state_check", tests, NULL, NULL);
}

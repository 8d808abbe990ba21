/* The contract of port/store.h, kept by both twins; then what only a file can get wrong. */
#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/arena.h"
#include "io/stores.h"

#define D STR("discord")
#define COUNT(list) (sizeof(list) / sizeof *(list))

static char dir[64];
static struct arena arena;
static struct err err;
static struct str file;
static struct store *store;
static bool on_disk;

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static int start_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/clinicbot-store-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	arena_init(&arena);
	file = arena_fmt(&arena, "%s/state.db", dir);
	err = (struct err){0};
	store = NULL;
	return 0;
}

static int stop_dir(void **state)
{
	(void)state;
	if (store)
		store->ops->free(store);
	arena_done(&arena);
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int start_memory(void **state)
{
	on_disk = false;
	if (start_dir(state) != 0)
		return -1;
	store = store_memory_new();
	return 0;
}

static int start_sqlite(void **state)
{
	on_disk = true;
	if (start_dir(state) != 0)
		return -1;
	store = store_sqlite_open(file, &err);
	return store ? 0 : -1;
}

/* What survives a restart; the memory twin simply goes on. */
static void open_again(void)
{
	if (!on_disk)
		return;
	store->ops->free(store);
	store = store_sqlite_open(file, &err);
	if (!store)
		fail_msg("%s", err.text);
}

static void commit(const struct store_batch *batch)
{
	if (!store->ops->commit(store, batch, &err))
		fail_msg("%s", err.text);
}

static void receive(const char *message, int64_t at)
{
	const struct store_inbox row = {
		.platform = D, .message = str_of(message), .room = STR("room"), .received_ms = at};

	commit(&(struct store_batch){.inbox = &row, .inbox_n = 1});
}

static void reply(const char *message, const char *kind, int64_t at)
{
	const struct store_outbox row = {.platform = D,
					 .message = str_of(message),
					 .kind = str_of(kind),
					 .room = STR("room"),
					 .answer = STR("answer after.alcohol"),
					 .version = STR("v1"),
					 .decided_ms = at};

	commit(&(struct store_batch){.outbox = &row, .outbox_n = 1});
}

static void mark(const char *message, const char *kind, unsigned pieces, enum outbox_state to)
{
	const struct store_mark row = {.platform = D,
				       .message = str_of(message),
				       .kind = str_of(kind),
				       .pieces_sent = pieces,
				       .state = to};

	commit(&(struct store_batch){.marks = &row, .marks_n = 1});
}

static void decide(const char *message)
{
	const struct store_mark row = {.platform = D, .message = str_of(message)};

	commit(&(struct store_batch){.decided = &row, .decided_n = 1});
}

static bool seen(const char *platform, const char *message)
{
	err = (struct err){0};
	if (store->ops->seen(store, str_of(platform), str_of(message), &err))
		return true;
	assert_int_equal(err.kind, ERR_NONE);
	return false;
}

static void list_inbox(void *arg, const struct store_inbox *row)
{
	buf_addf(arg, STR_FMT " " STR_FMT " " STR_FMT " %lld %u|", STR_ARG(row->platform),
		 STR_ARG(row->message), STR_ARG(row->room), (long long)row->received_ms,
		 row->tries);
}

static void list_outbox(void *arg, const struct store_outbox *row)
{
	buf_addf(arg, STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT " %u %d %lld|",
		 STR_ARG(row->message), STR_ARG(row->kind), STR_ARG(row->answer),
		 STR_ARG(row->version), row->pieces_sent, (int)row->state,
		 (long long)row->decided_ms);
}

static void assert_undecided(const char *want)
{
	struct buf got;

	buf_init(&got, 1000000);
	buf_add(&got, STR(""));
	assert_true(store->ops->undecided(store, list_inbox, &got, &err));
	assert_string_equal(got.p, want);
	buf_done(&got);
}

static void assert_owed(const char *want)
{
	struct buf got;

	buf_init(&got, 1000000);
	buf_add(&got, STR(""));
	assert_true(store->ops->owed(store, list_outbox, &got, &err));
	assert_string_equal(got.p, want);
	buf_done(&got);
}

static void assert_position(struct str platform, struct str want)
{
	struct buf got;

	buf_init(&got, 1000);
	buf_add(&got, STR("old"));
	assert_true(store->ops->position(store, platform, &got, &err));
	assert_true(str_eq(buf_str(&got), want));
	buf_done(&got);
}

/* --- both twins --- */

static void test_positions(void **state)
{
	const struct store_position first[] = {{D, STR("session 1")}, {STR("matrix"), STR("s72")}};
	const struct store_position second[] = {{D, STR("session 2")}, {D, STR("session 3")}};
	struct buf small;

	(void)state;
	assert_position(D, STR(""));
	commit(&(struct store_batch){.positions = first, .positions_n = 2});
	commit(&(struct store_batch){.positions = second, .positions_n = 2});
	open_again();
	assert_position(D, STR("session 3"));
	assert_position(STR("matrix"), STR("s72"));
	assert_position(STR("other"), STR(""));
	buf_init(&small, 4);
	assert_false(store->ops->position(store, D, &small, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	buf_done(&small);
}

static void test_seen(void **state)
{
	(void)state;
	assert_false(seen("discord", "1"));
	receive("1", 10);
	open_again();
	assert_true(seen("discord", "1"));
	assert_false(seen("matrix", "1"));
	assert_false(seen("discord", "11"));
	decide("1");
	assert_true(seen("discord", "1"));
}

static void test_undecided_oldest_first(void **state)
{
	(void)state;
	assert_undecided("");
	receive("b", 20);
	receive("a", 10);
	receive("c", 20);
	receive("d", -5);
	open_again();
	assert_undecided("discord d room -5 0|discord a room 10 0|discord b room 20 0|"
			 "discord c room 20 0|");
	decide("a");
	reply("b", "answer", 30);
	decide("unknown");
	open_again();
	assert_undecided("discord d room -5 0|discord c room 20 0|");
}

static void test_a_row_that_is_there_stays(void **state)
{
	const struct store_inbox again[] = {
		{.platform = D,
		 .message = STR("a"),
		 .room = STR("other"),
		 .received_ms = 99,
		 .tries = 9},
		{.platform = D,
		 .message = STR("b"),
		 .room = STR("r"),
		 .received_ms = 11,
		 .tries = 3},
		{.platform = D, .message = STR("b"), .room = STR("r2"), .received_ms = 12}};

	(void)state;
	receive("a", 10);
	commit(&(struct store_batch){.inbox = again, .inbox_n = COUNT(again)});
	assert_undecided("discord a room 10 0|discord b r 11 3|");
	decide("a");
	commit(&(struct store_batch){.inbox = again, .inbox_n = COUNT(again)});
	assert_undecided("discord b r 11 3|");
}

static void test_tries(void **state)
{
	const struct store_mark marks[] = {{.platform = D, .message = STR("a")},
					   {.platform = D, .message = STR("a")},
					   {.platform = D, .message = STR("unknown")},
					   {.platform = STR("matrix"), .message = STR("b")}};

	(void)state;
	receive("a", 1);
	receive("b", 2);
	commit(&(struct store_batch){.retried = marks, .retried_n = COUNT(marks)});
	open_again();
	assert_undecided("discord a room 1 2|discord b room 2 0|");
	assert_false(seen("discord", "unknown"));
}

static void test_owed_and_marks(void **state)
{
	(void)state;
	reply("b", "answer", 20);
	reply("a", "answer", 10);
	reply("a", "sorry", 10);
	open_again();
	assert_owed(
		"a answer answer after.alcohol v1 0 0 10|a sorry answer after.alcohol v1 0 0 10|"
		"b answer answer after.alcohol v1 0 0 20|");
	mark("a", "answer", 1, OUTBOX_OWED);
	mark("a", "sorry", 2, OUTBOX_SENT);
	mark("b", "sorry", 7, OUTBOX_SENT);
	mark("unknown", "answer", 7, OUTBOX_REFUSED);
	open_again();
	assert_owed(
		"a answer answer after.alcohol v1 1 0 10|b answer answer after.alcohol v1 0 0 20|");
	mark("a", "answer", 2, OUTBOX_SENT);
	mark("b", "answer", 0, OUTBOX_REFUSED);
	assert_owed("");
}

static void test_a_reply_is_never_decided_twice(void **state)
{
	(void)state;
	receive("a", 1);
	reply("a", "answer", 10);
	mark("a", "answer", 1, OUTBOX_SENT);
	reply("a", "answer", 11);
	assert_owed("");
	reply("b", "answer", 10);
	reply("b", "answer", 11);
	assert_owed("b answer answer after.alcohol v1 0 0 10|");
}

/* In one batch, each step sees what the ones before it did. */
static void test_order_in_a_batch(void **state)
{
	const struct store_position position = {D, STR("seq 5")};
	const struct store_inbox inbox[] = {
		{.platform = D, .message = STR("a"), .room = STR("r"), .received_ms = 1},
		{.platform = D, .message = STR("b"), .room = STR("r"), .received_ms = 2},
		{.platform = D, .message = STR("c"), .room = STR("r"), .received_ms = 3}};
	const struct store_mark retried = {.platform = D, .message = STR("a")};
	const struct store_mark decided = {.platform = D, .message = STR("b")};
	const struct store_outbox outbox = {.platform = D,
					    .message = STR("c"),
					    .kind = STR("answer"),
					    .room = STR("r"),
					    .decided_ms = 4};
	const struct store_mark sent = {.platform = D,
					.message = STR("c"),
					.kind = STR("answer"),
					.pieces_sent = 1,
					.state = OUTBOX_OWED};

	(void)state;
	commit(&(struct store_batch){.positions = &position,
				     .positions_n = 1,
				     .inbox = inbox,
				     .inbox_n = 3,
				     .retried = &retried,
				     .retried_n = 1,
				     .decided = &decided,
				     .decided_n = 1,
				     .outbox = &outbox,
				     .outbox_n = 1,
				     .marks = &sent,
				     .marks_n = 1});
	open_again();
	assert_position(D, STR("seq 5"));
	assert_undecided("discord a r 1 1|");
	assert_owed("c answer   1 0 4|");
}

static void test_purge(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		char name[2] = {(char)('a' + i), '\0'};

		receive(name, i);
		reply(name, "answer", i);
		if (i != 1)
			mark(name, "answer", 1, i == 2 ? OUTBOX_REFUSED : OUTBOX_SENT);
	}
	receive("open", 0);
	assert_true(store->ops->purge(store, 8, 3, &err));
	open_again();
	/* The three oldest of each: a b c of the messages, a c d of the replies, as b is owed. */
	assert_false(seen("discord", "a"));
	assert_false(seen("discord", "c"));
	assert_true(seen("discord", "d"));
	assert_owed("b answer answer after.alcohol v1 0 0 1|");
	assert_true(store->ops->purge(store, 8, 1000, &err));
	assert_false(seen("discord", "h"));
	assert_true(seen("discord", "i"));
	assert_undecided("discord open room 0 0|");
	assert_owed("b answer answer after.alcohol v1 0 0 1|");
	/* A reply that was forgotten can be decided again. */
	reply("a", "answer", 50);
	reply("i", "answer", 50);
	assert_owed(
		"b answer answer after.alcohol v1 0 0 1|a answer answer after.alcohol v1 0 0 50|");
	assert_true(store->ops->purge(store, INT64_MAX, 0, &err));
	assert_true(seen("discord", "i"));
}

static void count_one(void *arg, const struct store_inbox *row)
{
	(void)row;
	++*(size_t *)arg;
}

static void test_a_big_batch(void **state)
{
	static struct store_inbox rows[20000];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		rows[i] = (struct store_inbox){.platform = D,
					       .message = arena_fmt(&arena, "%zu", i),
					       .room = STR("r"),
					       .received_ms = (int64_t)i};
	commit(&(struct store_batch){.inbox = rows, .inbox_n = COUNT(rows)});
	open_again();
	assert_true(store->ops->undecided(store, count_one, &n, &err));
	assert_int_equal(n, COUNT(rows));
	assert_true(seen("discord", "19999"));
	commit(&(struct store_batch){0});
}

static void test_odd_text(void **state)
{
	const struct store_inbox row = {.platform = D,
					.message = STR("$a:b'\"\0z"),
					.room = STR(""),
					.received_ms = INT64_MAX};
	const struct store_position position = {STR(""), STR("a\0b")};

	(void)state;
	commit(&(struct store_batch){
		.inbox = &row, .inbox_n = 1, .positions = &position, .positions_n = 1});
	open_again();
	assert_true(store->ops->seen(store, D, row.message, &err));
	assert_false(store->ops->seen(store, D, STR("$a:b'\""), &err));
	assert_position(STR(""), STR("a\0b"));
}

/* --- the file --- */

static struct str in_dir(const char *name)
{
	return arena_fmt(&arena, "%s/%s", dir, name);
}

static struct str content(struct str path)
{
	int fd = open(path.p, O_RDONLY | O_NONBLOCK);
	static char bytes[1000000];
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);

	if (fd >= 0)
		close(fd);
	return n < 0 ? (struct str){0} : arena_str(&arena, (struct str){bytes, (size_t)n});
}

static void write_file(struct str path, struct str text)
{
	int fd = open(path.p, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.p, text.n), text.n);
	close(fd);
}

static bool exists(const char *name)
{
	return access(in_dir(name).p, F_OK) == 0;
}

/* Refused with the file's name, and nothing is touched or made beside it. */
static void assert_refused(struct str path, const char *why)
{
	struct str before = content(path);

	err = (struct err){0};
	assert_null(store_sqlite_open(path, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	if (!strstr(err.text, why))
		fail_msg("'%s' does not say '%s'", err.text, why);
	assert_non_null(strstr(err.text, path.p));
	assert_true(str_eq(content(path), before));
	assert_false(exists("state.db-wal"));
	assert_false(exists("state.db-journal"));
	assert_false(exists("state.db-shm"));
}

static void sql(const char *text)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(file.p, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void test_foreign_files(void **state)
{
	(void)state;
	write_file(file, STR("just a text\n"));
	assert_refused(file, "not a clinicbot state file");
	write_file(file, STR("SQLite format 3"));
	assert_refused(file, "not a clinicbot state file");
	unlink(file.p);
	sql("CREATE TABLE t (x); PRAGMA user_version = 1;");
	assert_refused(file, "not a clinicbot state file");
	sql("PRAGMA journal_mode = WAL; INSERT INTO t VALUES (1);");
	assert_refused(file, "not a clinicbot state file");
	assert_refused(str_of(dir), "not a clinicbot state file");
	assert_int_equal(mkfifo(in_dir("fifo").p, 0600), 0);
	assert_refused(in_dir("fifo"), "not a clinicbot state file");
	assert_refused(in_dir("none/state.db"), "cannot be made");
	assert_null(store_sqlite_open(STR(""), &err));
}

static void test_newer_and_damaged_files(void **state)
{
	struct str whole;
	char *bytes;

	(void)state;
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	for (int i = 0; i < 50; i++)
		receive((char[]){(char)('0' + i), '\0'}, i);
	store->ops->free(store);
	store = NULL;
	assert_false(exists("state.db-wal"));
	whole = content(file);
	assert_true(whole.n > 8192);

	write_file(file, str_sub(whole, 0, whole.n - 4096));
	assert_refused(file, "damaged");
	write_file(file, str_sub(whole, 0, 150));
	assert_refused(file, "damaged");
	write_file(file, str_sub(whole, 0, 60));
	assert_refused(file, "not a clinicbot state file");

	bytes = arena_cstr(&arena, whole);
	memset(bytes + 4096, 0xa5, whole.n - 4096);
	write_file(file, (struct str){bytes, whole.n});
	err = (struct err){0};
	assert_null(store_sqlite_open(file, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "damaged"));
	assert_true(str_eq(content(file), (struct str){bytes, whole.n}));

	write_file(file, whole);
	sql("PRAGMA journal_mode = DELETE; PRAGMA user_version = 2;");
	assert_refused(file, "newer clinicbot");
}

static void test_empty_file_is_filled(void **state)
{
	struct stat st;

	(void)state;
	write_file(file, STR(""));
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	receive("a", 1);
	assert_int_equal(stat(file.p, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void test_modes_and_neighbours(void **state)
{
	struct stat st;
	mode_t mask = umask(0);

	(void)state;
	store = store_sqlite_open(file, &err);
	umask(mask);
	assert_non_null(store);
	receive("a", 1);
	assert_int_equal(stat(file.p, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(in_dir("state.db-wal").p, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_false(exists("state.db-shm"));
}

/* In this process, and in another one. */
static void test_only_one_holds_it(void **state)
{
	int status = 0;
	pid_t child;

	(void)state;
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	assert_null(store_sqlite_open(file, &err));
	assert_int_equal(err.kind, ERR_LATER);
	assert_non_null(strstr(err.text, "another clinicbot is using"));
	assert_non_null(strstr(err.text, file.p));
	child = fork();
	if (child == 0) {
		struct err other = {0};

		_exit(store_sqlite_open(file, &other) ? 1 : other.kind == ERR_LATER ? 42 : 2);
	}
	waitpid(child, &status, 0);
	assert_int_equal(WEXITSTATUS(status), 42);
	receive("a", 1);
	store->ops->free(store);
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	assert_true(seen("discord", "a"));
}

/* A batch that fails late leaves nothing of itself, and the next one works. */
static void test_all_or_nothing(void **state)
{
	const struct store_position position = {D, STR("new")};
	static char big[300000];
	const struct store_outbox outbox = {.platform = D,
					    .message = STR("b"),
					    .kind = STR("answer"),
					    .room = STR("r"),
					    .answer = {big, sizeof big}};
	const struct store_inbox inbox = {
		.platform = D, .message = STR("b"), .room = STR("r"), .received_ms = 2};
	const struct store_batch batch = {.positions = &position,
					  .positions_n = 1,
					  .inbox = &inbox,
					  .inbox_n = 1,
					  .outbox = &outbox,
					  .outbox_n = 1};
	struct rlimit old;
	struct rlimit tight;

	(void)state;
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	memset(big, 'x', sizeof big);
	receive("a", 1);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	tight = (struct rlimit){100000, old.rlim_max};
	setrlimit(RLIMIT_FSIZE, &tight);
	err = (struct err){0};
	assert_false(store->ops->commit(store, &batch, &err));
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(err.kind, ERR_LATER);
	assert_true(strlen(err.text) > 10);
	assert_position(D, STR(""));
	assert_false(seen("discord", "b"));
	assert_undecided("discord a room 1 0|");
	commit(&batch);
	assert_position(D, STR("new"));
	on_disk = true;
	open_again();
	assert_position(D, STR("new"));
	assert_true(seen("discord", "b"));
}

/* Commits one message after the other and reports each once it is committed. */
static void commit_for_ever(int report)
{
	store = store_sqlite_open(file, &err);
	if (!store)
		_exit(2);
	for (uint32_t i = 0;; i++) {
		char name[16];
		struct str id = {name, (size_t)snprintf(name, sizeof name, "%u", i)};
		const struct store_position position = {D, id};
		const struct store_inbox row = {
			.platform = D, .message = id, .room = STR("r"), .received_ms = i};
		const struct store_batch batch = {
			.positions = &position, .positions_n = 1, .inbox = &row, .inbox_n = 1};

		if (!store->ops->commit(store, &batch, &err))
			_exit(3);
		if (write(report, &i, sizeof i) != sizeof i)
			_exit(4);
	}
}

static void test_kill_9(void **state)
{
	(void)state;
	for (int round = 0; round < 5; round++) {
		uint32_t last = 0;
		uint32_t i;
		int ends[2];
		struct buf position;
		uint64_t stands_at = 0;
		pid_t child;

		unlink(file.p);
		unlink(in_dir("state.db-wal").p);
		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0)
			commit_for_ever(ends[1]);
		close(ends[1]);
		do
			assert_int_equal(read(ends[0], &last, sizeof last), sizeof last);
		while (last < 200 + (uint32_t)round * 700);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		while (read(ends[0], &i, sizeof i) == sizeof i)
			last = i;
		close(ends[0]);
		store = store_sqlite_open(file, &err);
		if (!store)
			fail_msg("%s", err.text);
		for (i = 0; i <= last; i++) {
			char name[16];

			snprintf(name, sizeof name, "%u", i);
			assert_true(seen("discord", name));
		}
		/* Together or not at all: the position is the last message that is there. */
		buf_init(&position, 100);
		assert_true(store->ops->position(store, D, &position, &err));
		assert_true(str_to_u64(buf_str(&position), &stands_at));
		assert_true(stands_at == last || stands_at == last + 1);
		assert_true(seen("discord", position.p));
		buf_done(&position);
		store->ops->free(store);
		store = NULL;
	}
}

/* The names of columns are the whole of what can be kept. */
static void test_no_column_for_words_or_people(void **state)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	struct buf got;

	(void)state;
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	store->ops->free(store);
	store = NULL;
	buf_init(&got, 10000);
	assert_int_equal(sqlite3_open(file.p, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db,
				   "SELECT t.name || '.' || c.name FROM sqlite_schema t,"
				   " pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1",
				   -1, &statement, NULL),
		SQLITE_OK);
	while (sqlite3_step(statement) == SQLITE_ROW)
		buf_addf(&got, "%s ", (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	assert_string_equal(got.p,
			    "inbox.decided inbox.id inbox.message inbox.platform inbox.received_ms "
			    "inbox.room inbox.tries outbox.answer outbox.decided_ms outbox.id "
			    "outbox.kind outbox.message outbox.pieces_sent outbox.platform "
			    "outbox.room outbox.state outbox.version position.platform "
			    "position.position ");
	buf_done(&got);
}

#define TWICE(f)                                                \
	{#f " (memory)", f, start_memory, stop_dir, NULL},      \
	{                                                       \
#f " (sqlite)", f, start_sqlite, stop_dir, NULL \
	}
#define ON_FILE(f) cmocka_unit_test_setup_teardown(f, start_dir, stop_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TWICE(test_positions),
		TWICE(test_seen),
		TWICE(test_undecided_oldest_first),
		TWICE(test_a_row_that_is_there_stays),
		TWICE(test_tries),
		TWICE(test_owed_and_marks),
		TWICE(test_a_reply_is_never_decided_twice),
		TWICE(test_order_in_a_batch),
		TWICE(test_purge),
		TWICE(test_a_big_batch),
		TWICE(test_odd_text),
		ON_FILE(test_foreign_files),
		ON_FILE(test_newer_and_damaged_files),
		ON_FILE(test_empty_file_is_filled),
		ON_FILE(test_modes_and_neighbours),
		ON_FILE(test_only_one_holds_it),
		ON_FILE(test_all_or_nothing),
		ON_FILE(test_kill_9),
		ON_FILE(test_no_column_for_words_or_people),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}

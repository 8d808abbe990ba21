/* The SQLite store's file: whose it is, who holds it, and what survives. */
#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include "io/store_world.h"

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
	sql("PRAGMA journal_mode = DELETE; PRAGMA user_version = 4;");
	assert_refused(file, "newer clinicbot");
}

/* As the version before alerts made it: what is in it stays. */
static void test_a_file_of_version_1(void **state)
{
	(void)state;
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	receive("1", 5);
	reply("2", "answer", 6);
	store->ops->free(store);
	store = NULL;
	sql("DROP TABLE greeted; DROP TABLE secret;"
	    "ALTER TABLE inbox DROP COLUMN link; ALTER TABLE outbox DROP COLUMN sent_as;"
	    "ALTER TABLE outbox DROP COLUMN settled_ms; PRAGMA user_version = 1;");
	for (int i = 0; i < 2; i++) {
		store = store_sqlite_open(file, &err);
		if (!store)
			fail_msg("%s", err.text);
		assert_undecided("discord 1 room 5 0|");
		assert_owed("2 answer answer after.alcohol v1 0 0 6|");
		store->ops->free(store);
		store = NULL;
	}
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	receive("3", 7);
	reply("4", "staff", 8);
	assert_undecided("discord 1 room 5 0|discord 3 room 7 0|");
}

/* As the version before greetings made it. */
static void test_a_file_of_version_2(void **state)
{
	const struct store_greeting greeting = {D, STR("ada"), 7};

	(void)state;
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	reply("2", "answer", 6);
	store->ops->free(store);
	store = NULL;
	sql("DROP TABLE greeted; DROP TABLE secret; PRAGMA user_version = 2;");
	store = store_sqlite_open(file, &err);
	if (!store)
		fail_msg("%s", err.text);
	assert_owed("2 answer answer after.alcohol v1 0 0 6|");
	commit(&(struct store_batch){.greetings = &greeting, .greetings_n = 1});
	store->ops->free(store);
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	assert_true(store->ops->greeted(store, D, STR("ada"), 7, &err));
}

/* No name is in the file, and each file has a key of its own. */
static void test_names_are_not_kept(void **state)
{
	const struct store_greeting greeting = {D, STR("ada lovelace"), 7};
	struct str first, second;

	(void)state;
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	commit(&(struct store_batch){.greetings = &greeting, .greetings_n = 1});
	store->ops->free(store);
	first = content(file);
	assert_true(str_find(first, STR("ada")) < 0);
	assert_true(str_find(first, STR("lovelace")) < 0);
	unlink(file.p);
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	commit(&(struct store_batch){.greetings = &greeting, .greetings_n = 1});
	store->ops->free(store);
	store = NULL;
	second = content(file);
	assert_false(str_eq(first, second));
}

static void test_a_lost_key(void **state)
{
	(void)state;
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	store->ops->free(store);
	store = NULL;
	sql("DELETE FROM secret;");
	assert_null(store_sqlite_open(file, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "damaged"));
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

static off_t size_of(const char *name)
{
	struct stat st = {0};

	assert_int_equal(stat(in_dir(name).p, &st), 0);
	return st.st_size;
}

/* Into the file, behind 16 MB of it. Then it begins anew, in its place on the disk. */
static void test_the_log_is_moved(void **state)
{
	off_t before, log, grown;
	int64_t n = 0;

	(void)state;
	store = store_sqlite_open(file, &err);
	before = size_of("state.db");
	while (size_of("state.db") == before && n < 20000) {
		char name[24];

		snprintf(name, sizeof name, "%lld", (long long)n);
		receive(name, n++);
	}
	log = size_of("state.db-wal");
	grown = size_of("state.db");
	assert_true(grown > before);
	assert_in_range(log, 16000000, 17000000);
	for (int i = 0; i < 500; i++) {
		char name[24];

		snprintf(name, sizeof name, "%lld", (long long)n);
		receive(name, n++);
	}
	assert_int_equal(size_of("state.db-wal"), log);
	assert_int_equal(size_of("state.db"), grown);
	assert_true(seen("discord", "0"));
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

/* SQLite ends a transaction by itself when the disk is full, but not when one row is refused. */
static void test_all_or_nothing_when_a_row_is_refused(void **state)
{
	const struct store_position position = {D, STR("new")};
	const struct store_inbox inbox[] = {
		{.platform = D, .message = STR("a"), .room = STR("r"), .received_ms = 1},
		{.platform = D, .message = STR("refused"), .room = STR("r"), .received_ms = 2}};
	struct store_batch batch = {
		.positions = &position, .positions_n = 1, .inbox = inbox, .inbox_n = 2};

	(void)state;
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	store->ops->free(store);
	sql("CREATE TRIGGER refuse BEFORE INSERT ON inbox WHEN NEW.message = 'refused' "
	    "BEGIN SELECT RAISE (ABORT, 'refused'); END");
	store = store_sqlite_open(file, &err);
	assert_non_null(store);
	assert_false(store->ops->commit(store, &batch, &err));
	assert_position(D, STR(""));
	assert_undecided("");
	batch.inbox_n = 1;
	commit(&batch);
	assert_position(D, STR("new"));
	assert_undecided("discord a r 1 0|");
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
			    "greeted.day greeted.person_key "
			    "inbox.decided inbox.id inbox.link inbox.message inbox.platform "
			    "inbox.received_ms inbox.room inbox.tries outbox.answer "
			    "outbox.decided_ms outbox.id outbox.kind outbox.message "
			    "outbox.pieces_sent outbox.platform outbox.room outbox.sent_as "
			    "outbox.settled_ms outbox.state outbox.version position.platform "
			    "position.position secret.key ");
	buf_done(&got);
}

#define ON_FILE(f) cmocka_unit_test_setup_teardown(f, start_dir, stop_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_FILE(test_foreign_files),
		ON_FILE(test_newer_and_damaged_files),
		ON_FILE(test_a_file_of_version_1),
		ON_FILE(test_a_file_of_version_2),
		ON_FILE(test_names_are_not_kept),
		ON_FILE(test_a_lost_key),
		ON_FILE(test_empty_file_is_filled),
		ON_FILE(test_modes_and_neighbours),
		ON_FILE(test_the_log_is_moved),
		ON_FILE(test_only_one_holds_it),
		ON_FILE(test_all_or_nothing),
		ON_FILE(test_all_or_nothing_when_a_row_is_refused),
		ON_FILE(test_kill_9),
		ON_FILE(test_no_column_for_words_or_people),
	};

	return cmocka_run_group_tests_name("store_file", tests, NULL, NULL);
}

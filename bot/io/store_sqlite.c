#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "io/person_key.h"
#include "io/state_check.h"
#include "io/state_file.h"
#include "io/state_log.h"
#include "io/stores.h"

/* The loop stands still meanwhile; the file is held by this process alone, so nobody should. */
#define BUSY_MS 100

enum statement {
	BEGIN,
	COMMIT,
	ROLLBACK,
	POSITION_SET,
	POSITION_GET,
	INBOX_ADD,
	INBOX_RETRY,
	INBOX_DECIDE,
	INBOX_SEEN,
	INBOX_OPEN,
	INBOX_PURGE,
	INBOX_REDATE,
	OUTBOX_ADD,
	OUTBOX_MARK,
	OUTBOX_CHANGE,
	OUTBOX_OWED_LIST,
	OUTBOX_UNCLAIMED_LIST,
	OUTBOX_REPLIES,
	OUTBOX_DECISION,
	OUTBOX_PURGE,
	OUTBOX_REDATE,
	GREETED_SET,
	GREETED_GET,
	GREETED_PURGE,
	GREETED_REDATE,
	STATEMENTS,
};

#define OUTBOX_SELECT                                                                            \
	"SELECT platform, message, kind, room, answer, version, pieces_sent, state, decided_ms," \
	" sent_as, settled_ms FROM outbox"

static const char *const texts[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[POSITION_SET] = "INSERT INTO position VALUES (?1, ?2)"
			 " ON CONFLICT DO UPDATE SET position = ?2",
	[POSITION_GET] = "SELECT position FROM position WHERE platform = ?1",
	[INBOX_ADD] = "INSERT INTO inbox (platform, message, room, received_ms, tries, link,"
		      " decided) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0) ON CONFLICT DO NOTHING",
	[INBOX_RETRY] = "UPDATE inbox SET tries = tries + 1 WHERE platform = ?1 AND message = ?2",
	[INBOX_DECIDE] = "UPDATE inbox SET decided = 1 WHERE platform = ?1 AND message = ?2",
	[INBOX_SEEN] = "SELECT 1 FROM inbox WHERE platform = ?1 AND message = ?2",
	[INBOX_OPEN] = "SELECT platform, message, room, received_ms, tries, link FROM inbox"
		       " WHERE decided = 0 ORDER BY received_ms, id",
	[INBOX_PURGE] =
		"DELETE FROM inbox WHERE id IN (SELECT id FROM inbox"
		" WHERE decided = 1 AND received_ms < ?1 ORDER BY received_ms, id LIMIT ?2)",
	[INBOX_REDATE] = "UPDATE inbox SET received_ms = ?1 WHERE id IN (SELECT id FROM inbox"
			 " WHERE decided = 1 AND received_ms > ?3 LIMIT ?2)",
	[OUTBOX_ADD] = "INSERT INTO outbox (platform, message, kind, room, answer, version,"
		       " pieces_sent, state, decided_ms, sent_as, settled_ms)"
		       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
		       " ON CONFLICT DO NOTHING",
	[OUTBOX_MARK] = "UPDATE outbox SET pieces_sent = ?4, state = ?5, sent_as = ?6,"
			" settled_ms = ?7 WHERE platform = ?1 AND message = ?2 AND kind = ?3",
	[OUTBOX_CHANGE] = "UPDATE outbox SET answer = ?4, version = ?5, state = ?6"
			  " WHERE platform = ?1 AND message = ?2 AND kind = ?3",
	[OUTBOX_OWED_LIST] = OUTBOX_SELECT " WHERE state IN (0, 4, 6) ORDER BY decided_ms, id",
	[OUTBOX_REPLIES] = OUTBOX_SELECT " WHERE platform = ?1 AND message = ?2",
	[OUTBOX_UNCLAIMED_LIST] =
		OUTBOX_SELECT " WHERE kind = ?1 AND state <> 3 ORDER BY decided_ms, id",
	[OUTBOX_DECISION] = "SELECT answer FROM outbox"
			    " WHERE platform = ?1 AND message = ?2 AND kind = ?3",
	[OUTBOX_PURGE] = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox"
			 " WHERE state NOT IN (0, 4, 6) AND decided_ms < ?1"
			 " ORDER BY decided_ms, id LIMIT ?2)",
	[OUTBOX_REDATE] = "UPDATE outbox SET decided_ms = ?1 WHERE id IN (SELECT id FROM outbox"
			  " WHERE state <> 0 AND decided_ms > ?3 LIMIT ?2)",
	[GREETED_SET] = "INSERT INTO greeted VALUES (?1, ?2) ON CONFLICT DO UPDATE SET day = ?2",
	[GREETED_GET] = "SELECT 1 FROM greeted WHERE person_key = ?1 AND day >= ?2",
	[GREETED_PURGE] = "DELETE FROM greeted WHERE person_key IN (SELECT person_key FROM greeted"
			  " WHERE day < ?1 ORDER BY day LIMIT ?2)",
	[GREETED_REDATE] = "UPDATE greeted SET day = ?1 WHERE person_key IN"
			   " (SELECT person_key FROM greeted WHERE day > ?3 LIMIT ?2)",
};

struct store_sqlite {
	struct store base;
	sqlite3 *db;
	struct state_log log;
	sqlite3_stmt *statements[STATEMENTS];
	char *path;
	bool on_disk;  /* what is committed outlives a power cut */
	bool ever_was; /* since it was opened */
	struct person_keys *keys;
};

static struct store_sqlite *of(struct store *self)
{
	return (struct store_sqlite *)self;
}

static bool failed(const struct store_sqlite *s, struct err *err)
{
	return state_failed(s->db, s->path, err);
}

/* --- statements --- */

static void bind_text(sqlite3_stmt *statement, int at, struct str text)
{
	sqlite3_bind_text64(statement, at, text.p ? text.p : "", text.n, SQLITE_STATIC,
			    SQLITE_UTF8);
}

static struct str column(sqlite3_stmt *statement, int at)
{
	const char *p = (const char *)sqlite3_column_text(statement, at);

	return (struct str){p, (size_t)sqlite3_column_bytes(statement, at)};
}

/* Runs a statement that gives no rows. */
static bool run(struct store_sqlite *s, enum statement which)
{
	int code = sqlite3_step(s->statements[which]);

	sqlite3_reset(s->statements[which]);
	sqlite3_clear_bindings(s->statements[which]);
	return code == SQLITE_DONE;
}

static bool put_position(struct store_sqlite *s, const struct store_position *row)
{
	sqlite3_stmt *statement = s->statements[POSITION_SET];

	bind_text(statement, 1, row->platform);
	bind_text(statement, 2, row->position);
	return run(s, POSITION_SET);
}

static bool put_inbox(struct store_sqlite *s, const struct store_inbox *row)
{
	sqlite3_stmt *statement = s->statements[INBOX_ADD];

	bind_text(statement, 1, row->platform);
	bind_text(statement, 2, row->message);
	bind_text(statement, 3, row->room);
	sqlite3_bind_int64(statement, 4, row->received_ms);
	sqlite3_bind_int64(statement, 5, row->tries);
	bind_text(statement, 6, row->link);
	return run(s, INBOX_ADD);
}

static bool mark_inbox(struct store_sqlite *s, enum statement which, struct str platform,
		       struct str message)
{
	bind_text(s->statements[which], 1, platform);
	bind_text(s->statements[which], 2, message);
	return run(s, which);
}

static bool put_outbox(struct store_sqlite *s, const struct store_outbox *row)
{
	sqlite3_stmt *statement = s->statements[OUTBOX_ADD];

	bind_text(statement, 1, row->platform);
	bind_text(statement, 2, row->message);
	bind_text(statement, 3, row->kind);
	bind_text(statement, 4, row->room);
	bind_text(statement, 5, row->answer);
	bind_text(statement, 6, row->version);
	sqlite3_bind_int64(statement, 7, row->pieces_sent);
	sqlite3_bind_int(statement, 8, (int)row->state);
	sqlite3_bind_int64(statement, 9, row->decided_ms);
	bind_text(statement, 10, row->sent_as);
	sqlite3_bind_int64(statement, 11, row->settled_ms);
	return run(s, OUTBOX_ADD) && mark_inbox(s, INBOX_DECIDE, row->platform, row->message);
}

static bool mark_outbox(struct store_sqlite *s, const struct store_mark *mark)
{
	sqlite3_stmt *statement = s->statements[OUTBOX_MARK];

	bind_text(statement, 1, mark->platform);
	bind_text(statement, 2, mark->message);
	bind_text(statement, 3, mark->kind);
	sqlite3_bind_int64(statement, 4, mark->pieces_sent);
	sqlite3_bind_int(statement, 5, (int)mark->state);
	bind_text(statement, 6, mark->sent_as);
	sqlite3_bind_int64(statement, 7, mark->settled_ms);
	return run(s, OUTBOX_MARK);
}

static bool change_outbox(struct store_sqlite *s, const struct store_outbox *row)
{
	sqlite3_stmt *statement = s->statements[OUTBOX_CHANGE];

	bind_text(statement, 1, row->platform);
	bind_text(statement, 2, row->message);
	bind_text(statement, 3, row->kind);
	bind_text(statement, 4, row->answer);
	bind_text(statement, 5, row->version);
	sqlite3_bind_int(statement, 6, (int)row->state);
	return run(s, OUTBOX_CHANGE);
}

static bool put_greeting(struct store_sqlite *s, const struct store_greeting *g)
{
	sqlite3_stmt *statement = s->statements[GREETED_SET];

	sqlite3_bind_int64(statement, 1, (int64_t)person_key(s->keys, g->platform, g->person));
	sqlite3_bind_int64(statement, 2, g->day);
	return run(s, GREETED_SET);
}

/* --- the contract --- */

static bool put_all(struct store_sqlite *s, const struct store_batch *b)
{
	bool good = true;

	for (size_t i = 0; good && i < b->positions_n; i++)
		good = put_position(s, &b->positions[i]);
	for (size_t i = 0; good && i < b->inbox_n; i++)
		good = put_inbox(s, &b->inbox[i]);
	for (size_t i = 0; good && i < b->retried_n; i++)
		good = mark_inbox(s, INBOX_RETRY, b->retried[i].platform, b->retried[i].message);
	for (size_t i = 0; good && i < b->decided_n; i++)
		good = mark_inbox(s, INBOX_DECIDE, b->decided[i].platform, b->decided[i].message);
	for (size_t i = 0; good && i < b->outbox_n; i++)
		good = put_outbox(s, &b->outbox[i]);
	for (size_t i = 0; good && i < b->marks_n; i++)
		good = mark_outbox(s, &b->marks[i]);
	for (size_t i = 0; good && i < b->changes_n; i++)
		good = change_outbox(s, &b->changes[i]);
	for (size_t i = 0; good && i < b->greetings_n; i++)
		good = put_greeting(s, &b->greetings[i]);
	return good;
}

/* Ends the transaction that failed, which SQLite may have ended by itself. Gives false. */
static bool give_up(struct store_sqlite *s, struct err *err)
{
	failed(s, err);
	if (!sqlite3_get_autocommit(s->db))
		run(s, ROLLBACK);
	return false;
}

/* Waits for the disk to have the log, which commits do not (synchronous = NORMAL). */
static bool log_sync(struct store_sqlite *s)
{
	sqlite3_file *log = NULL;

	if (s->on_disk)
		return true;
	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
	s->on_disk =
		log && log->pMethods && log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) == SQLITE_OK;
	s->ever_was = s->ever_was || s->on_disk;
	return s->on_disk;
}

/* The first position tells which session there is. Without it a power cut would leave none to resume, and
 * nothing to tell what was missed. */
static bool sqlite_commit(struct store *self, const struct store_batch *batch, struct err *err)
{
	struct store_sqlite *s = of(self);

	if (!run(s, BEGIN) || !put_all(s, batch) || !run(s, COMMIT))
		return give_up(s, err);
	s->on_disk = false;
	if (batch->positions_n && !s->ever_was)
		log_sync(s); /* what fails is tried again with the next */
	return true;
}

/* Whether a bound statement gives a row. */
static bool is_there(struct store_sqlite *s, enum statement which, struct err *err)
{
	int code = sqlite3_step(s->statements[which]);

	if (code != SQLITE_ROW && code != SQLITE_DONE)
		failed(s, err);
	sqlite3_reset(s->statements[which]);
	return code == SQLITE_ROW;
}

static bool sqlite_seen(struct store *self, struct str platform, struct str message,
			struct err *err)
{
	struct store_sqlite *s = of(self);

	bind_text(s->statements[INBOX_SEEN], 1, platform);
	bind_text(s->statements[INBOX_SEEN], 2, message);
	return is_there(s, INBOX_SEEN, err);
}

static bool sqlite_greeted(struct store *self, struct str platform, struct str person,
			   int64_t since_day, struct err *err)
{
	struct store_sqlite *s = of(self);
	sqlite3_stmt *statement = s->statements[GREETED_GET];

	sqlite3_bind_int64(statement, 1, (int64_t)person_key(s->keys, platform, person));
	sqlite3_bind_int64(statement, 2, since_day);
	return is_there(s, GREETED_GET, err);
}

/* The one text that a bound statement gives, or none; `what` it is. */
static bool text_get(struct store_sqlite *s, enum statement which, const char *what,
		     struct buf *out, struct err *err)
{
	sqlite3_stmt *statement = s->statements[which];
	int code = sqlite3_step(statement);
	bool good = true;

	buf_clear(out);
	if (code == SQLITE_ROW && !buf_add(out, column(statement, 0)))
		good = err_set(err, ERR_INPUT, "%s: %s is longer than %zu bytes", s->path, what,
			       out->max);
	else if (code != SQLITE_ROW && code != SQLITE_DONE)
		good = failed(s, err);
	sqlite3_reset(statement);
	return good;
}

static bool sqlite_position(struct store *self, struct str platform, struct buf *out,
			    struct err *err)
{
	struct store_sqlite *s = of(self);

	bind_text(s->statements[POSITION_GET], 1, platform);
	return text_get(s, POSITION_GET, "a position", out, err);
}

static bool sqlite_decision(struct store *self, struct str platform, struct str message,
			    struct str kind, struct buf *answer, struct err *err)
{
	struct store_sqlite *s = of(self);
	sqlite3_stmt *statement = s->statements[OUTBOX_DECISION];

	bind_text(statement, 1, platform);
	bind_text(statement, 2, message);
	bind_text(statement, 3, kind);
	return text_get(s, OUTBOX_DECISION, "an answer", answer, err);
}

static bool sqlite_undecided(struct store *self,
			     void (*each)(void *arg, const struct store_inbox *row), void *arg,
			     struct err *err)
{
	struct store_sqlite *s = of(self);
	sqlite3_stmt *statement = s->statements[INBOX_OPEN];
	bool good = true;
	int code;

	while ((code = sqlite3_step(statement)) == SQLITE_ROW)
		each(arg, &(struct store_inbox){
				  .platform = column(statement, 0),
				  .message = column(statement, 1),
				  .room = column(statement, 2),
				  .received_ms = sqlite3_column_int64(statement, 3),
				  .tries = (unsigned)sqlite3_column_int64(statement, 4),
				  .link = column(statement, 5),
			  });
	if (code != SQLITE_DONE)
		good = failed(s, err);
	sqlite3_reset(statement);
	return good;
}

/* Every row of a bound statement of OUTBOX_SELECT. */
static bool outbox_give(struct store_sqlite *s, enum statement which,
			void (*each)(void *arg, const struct store_outbox *row), void *arg,
			struct err *err)
{
	sqlite3_stmt *statement = s->statements[which];
	bool good = true;
	int code;

	while ((code = sqlite3_step(statement)) == SQLITE_ROW)
		each(arg, &(struct store_outbox){
				  .platform = column(statement, 0),
				  .message = column(statement, 1),
				  .kind = column(statement, 2),
				  .room = column(statement, 3),
				  .answer = column(statement, 4),
				  .version = column(statement, 5),
				  .pieces_sent = (unsigned)sqlite3_column_int64(statement, 6),
				  .state = (enum outbox_state)sqlite3_column_int(statement, 7),
				  .decided_ms = sqlite3_column_int64(statement, 8),
				  .sent_as = column(statement, 9),
				  .settled_ms = sqlite3_column_int64(statement, 10),
			  });
	if (code != SQLITE_DONE)
		good = failed(s, err);
	sqlite3_reset(statement);
	return good;
}

static bool sqlite_owed(struct store *self, void (*each)(void *arg, const struct store_outbox *row),
			void *arg, struct err *err)
{
	return outbox_give(of(self), OUTBOX_OWED_LIST, each, arg, err);
}

static bool sqlite_replies(struct store *self, struct str platform, struct str message,
			   void (*each)(void *arg, const struct store_outbox *row), void *arg,
			   struct err *err)
{
	struct store_sqlite *s = of(self);

	bind_text(s->statements[OUTBOX_REPLIES], 1, platform);
	bind_text(s->statements[OUTBOX_REPLIES], 2, message);
	return outbox_give(s, OUTBOX_REPLIES, each, arg, err);
}

static bool sqlite_unclaimed(struct store *self, struct str kind,
			     void (*each)(void *arg, const struct store_outbox *row), void *arg,
			     struct err *err)
{
	struct store_sqlite *s = of(self);

	bind_text(s->statements[OUTBOX_UNCLAIMED_LIST], 1, kind);
	return outbox_give(s, OUTBOX_UNCLAIMED_LIST, each, arg, err);
}

static bool purge_one(struct store_sqlite *s, enum statement which, int64_t before, unsigned limit)
{
	sqlite3_bind_int64(s->statements[which], 1, before);
	sqlite3_bind_int64(s->statements[which], 2, limit);
	return run(s, which);
}

static bool sqlite_purge(struct store *self, int64_t before_ms, int64_t before_day, unsigned limit,
			 struct err *err)
{
	struct store_sqlite *s = of(self);

	if (!run(s, BEGIN) || !purge_one(s, INBOX_PURGE, before_ms, limit) ||
	    !purge_one(s, OUTBOX_PURGE, before_ms, limit) ||
	    !purge_one(s, GREETED_PURGE, before_day, limit) || !run(s, COMMIT))
		return give_up(s, err);
	return log_sync(s) || err_set(err, ERR_LATER, "%s: the disk does not take it", s->path);
}

static bool redate_one(struct store_sqlite *s, enum statement which, int64_t now, int64_t ahead,
		       unsigned limit)
{
	sqlite3_bind_int64(s->statements[which], 3, now + ahead);
	return purge_one(s, which, now, limit);
}

static bool sqlite_redate(struct store *self, int64_t now_ms, int64_t today, unsigned limit,
			  struct err *err)
{
	struct store_sqlite *s = of(self);

	return (run(s, BEGIN) && redate_one(s, INBOX_REDATE, now_ms, STORE_AHEAD_MS, limit) &&
		redate_one(s, OUTBOX_REDATE, now_ms, STORE_AHEAD_MS, limit) &&
		redate_one(s, GREETED_REDATE, today, 1, limit) && run(s, COMMIT)) ||
	       give_up(s, err);
}

static void sqlite_free(struct store *self)
{
	struct store_sqlite *s = of(self);

	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close(s->db);
	state_log_done(&s->log);
	person_keys_free(s->keys);
	free(s->path);
	free(s);
}

static const struct store_ops ops = {
	.commit = sqlite_commit,
	.seen = sqlite_seen,
	.position = sqlite_position,
	.undecided = sqlite_undecided,
	.owed = sqlite_owed,
	.replies = sqlite_replies,
	.unclaimed = sqlite_unclaimed,
	.decision = sqlite_decision,
	.greeted = sqlite_greeted,
	.purge = sqlite_purge,
	.redate = sqlite_redate,
	.free = sqlite_free,
};

/* --- opening --- */

static bool exec(struct store_sqlite *s, const char *sql)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* The first value that `sql` gives is `want`. */
static bool gives(struct store_sqlite *s, const char *sql, const char *want)
{
	sqlite3_stmt *statement = NULL;
	bool same = false;

	if (sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		same = str_eq(column(statement, 0), str_of(want));
	sqlite3_finalize(statement);
	return same;
}

/* Until it is known to be whole, closing must not move the log's pages into it. */
static void leave_log_on_close(struct store_sqlite *s, bool leave)
{
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, (int)leave, NULL);
}

/* The log stays as long as it becomes, or else each round would wait for the disk to find room anew.
 *
 * Exclusive before the log is looked at: the lock is then kept until the process ends, and no
 * shared memory file is needed (https://www.sqlite.org/wal.html, section 8). */
static bool lock_and_check(struct store_sqlite *s, struct err *err)
{
	leave_log_on_close(s, true);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	if (!exec(s, "PRAGMA locking_mode = EXCLUSIVE;"
		     "PRAGMA synchronous = NORMAL;"
		     "PRAGMA secure_delete = ON;"
		     "PRAGMA trusted_schema = OFF;"
		     "PRAGMA journal_size_limit = 33554432;"
		     "PRAGMA journal_mode = WAL;"
		     "BEGIN EXCLUSIVE;"
		     "COMMIT;"))
		return failed(s, err);
	if (!gives(s, "PRAGMA journal_mode", "wal"))
		return sqlite3_errcode(s->db) == SQLITE_OK
			       ? err_set(err, ERR_INPUT, "%s: its file system cannot hold it",
					 s->path)
			       : failed(s, err);
	if (!state_check(s->db, s->path, err))
		return false;
	leave_log_on_close(s, false);
	if (gives(s, "PRAGMA user_version", "1") && !exec(s, STATE_FROM_1))
		return failed(s, err);
	if (gives(s, "PRAGMA user_version", "2") && !exec(s, STATE_FROM_2))
		return failed(s, err);
	return true;
}

static bool secret_get(struct store_sqlite *s, struct err *err)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(s->db, "SELECT key FROM secret", -1, &statement, NULL) != SQLITE_OK)
		return failed(s, err);
	if (sqlite3_step(statement) == SQLITE_ROW &&
	    sqlite3_column_bytes(statement, 0) == PERSON_SECRET_BYTES)
		s->keys = person_keys_new(sqlite3_column_blob(statement, 0));
	if (sqlite3_finalize(statement) != SQLITE_OK)
		return failed(s, err);
	return s->keys ||
	       err_set(err, ERR_INPUT, "%s: it is damaged; restore it or move it away", s->path);
}

static bool statements_prepare(struct store_sqlite *s, struct err *err)
{
	for (size_t i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(s->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
				       &s->statements[i], NULL) != SQLITE_OK)
			return failed(s, err);
	return true;
}

static bool sqlite_open(struct store_sqlite *s, struct err *err)
{
	int code;

	if (!state_file_prepare(s->path, err))
		return false;
	code = sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (!s->db)
		out_of_memory();
	if (code != SQLITE_OK)
		return failed(s, err);
	if (!lock_and_check(s, err) || !secret_get(s, err) || !statements_prepare(s, err))
		return false;
	state_log_start(&s->log, s->db);
	return true;
}

struct store *store_sqlite_open(struct str path, struct err *err)
{
	struct store_sqlite *s;
	/* SQLite gives some names a meaning, such as ":memory:". */
	const char *before = path.n && path.p[0] == '/' ? "" : "./";
	size_t n = path.n + 3;

	if (path.n == 0 || memchr(path.p, '\0', path.n)) {
		err_set(err, ERR_INPUT, "the name of the state file is empty or broken");
		return NULL;
	}
	s = calloc(1, sizeof *s);
	if (!s || !(s->path = malloc(n)))
		out_of_memory();
	s->base.ops = &ops;
	snprintf(s->path, n, "%s" STR_FMT, before, STR_ARG(path));
	if (sqlite_open(s, err))
		return &s->base;
	sqlite_free(&s->base);
	return NULL;
}

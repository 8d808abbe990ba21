/* The log beside the state file (SQLite's write-ahead log). It is moved into the file when it has grown to
 * 16 MB, which waits for the disk: seldom enough that 99 of 100 commits take well under a millisecond.
 * The kernel is told early to write it down, so that little is left to wait for then. */
#ifndef IO_STATE_LOG_H
#define IO_STATE_LOG_H

struct sqlite3;

struct state_log {
	int fd;	   /* of the log, -1: not open */
	int begun; /* frames of it that are being written down */
};

/* For an open file in WAL mode, of which the log is there; `log` must outlive the connection. */
void state_log_start(struct state_log *log, struct sqlite3 *db);
/* Accepts one that was only zeroed. */
void state_log_done(struct state_log *log);

#endif

/* The commands: one file each (cmd_NAME.c), listed in one table in main.c. */
#ifndef APP_CMD_H
#define APP_CMD_H

#include "app/config.h"
#include "core/dialog.h"

/* Exit statuses. 78 is sysexits.h's EX_CONFIG: a restart will not help. */
enum {
	EXIT_GOOD = 0,
	EXIT_INPUT = 1,
	EXIT_USAGE = 2,
	EXIT_CONFIG = 78,
};

struct cmd {
	const char *name;
	const char *arguments; /* for the usage line */
	const char *what;      /* one line */
	int (*run)(int argc, char **argv);
};

extern const struct cmd cmds[]; /* ended by a NULL name */

int cmd_run(int argc, char **argv);
int cmd_ask(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_eval(int argc, char **argv);
int cmd_import(int argc, char **argv);

/* Options that every command with a book has. */
struct cmd_source {
	const char *config;  /* -c FILE, or NULL */
	const char *intents; /* --intents DIR, or NULL */
};

/* Reads the configuration, if one is named, and lays --intents over it; prints every mistake on
 * standard error. False when it cannot be used. config_done() must follow in either case.
 * `*passing` (may be NULL): all that stands in its way may be over at the next try. */
bool cmd_config(const struct cmd_source *source, struct config *out, bool *passing);
/* The book of that configuration; prints every mistake. NULL when it cannot be used; `*passing` as above. */
const struct book *cmd_book(const struct config *config, bool *passing);

/* One question, addressed to the bot, and what it changes in the dialog. */
struct answer cmd_talk(const struct book *book, struct dialog *dialog, struct str text,
		       struct arena *turn);

#endif

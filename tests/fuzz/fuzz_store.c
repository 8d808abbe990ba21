/* io/store_sqlite: a damaged state file. The input is a program of damage to a good one: c 0 cuts it off, b
 * changes a byte (two characters for where, one for what), w writes the rest of the line somewhere. It either
 * opens and every call of the contract ends, or is refused with a sentence. Without a program the input is
 * the file: a first line that is no command's.
 * Options: -max_len=512 */
#define _XOPEN_SOURCE 700
#include <ftw.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "io/stores.h"

static char dir[] = "/tmp/clinicbot-fuzz-store-XXXXXX";
static char path[sizeof dir + 16];
static struct arena arena; /* as long as the program */
static struct str whole;

int LLVMFuzzerInitialize(int *argc, char ***argv);

static int entry_remove(const char *entry, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(entry);
}

static void dir_remove(void)
{
	nftw(dir, entry_remove, 4, FTW_DEPTH | FTW_PHYS);
}

static void rows_put(struct store *store)
{
	const struct store_position position = {STR("discord"), STR("{\"v\":1,\"seq\":5}")};
	char id[24];

	for (int i = 0; i < 40; i++) {
		struct store_inbox in = {.platform = STR("discord"),
					 .room = STR("500"),
					 .link = STR("https://discord.com/channels/1/2/3"),
					 .received_ms = i};
		struct store_outbox out = {.platform = STR("discord"),
					   .kind = i % 3 ? STR("answer") : STR("answer-alert"),
					   .room = STR("500"),
					   .answer = STR("answer mesotherapy/after.alcohol"),
					   .version = STR("0123456789abcdef"),
					   .decided_ms = i,
					   .sent_as = STR("17 18")};
		struct store_batch batch = {.positions = &position,
					    .positions_n = 1,
					    .inbox = &in,
					    .inbox_n = 1,
					    .outbox = &out,
					    .outbox_n = (size_t)(i % 2)};

		snprintf(id, sizeof id, "%d", 1000 + i);
		in.message = out.message = str_of(id);
		HOLDS(store->ops->commit(store, &batch, NULL), str_of(id));
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = {0};
	struct store *store;

	(void)argc, (void)argv;
	arena_init(&arena);
	HOLDS(mkdtemp(dir), str_of(dir));
	atexit(dir_remove);
	snprintf(path, sizeof path, "%s/state.db", dir);
	store = store_sqlite_open(str_of(path), &err);
	HOLDS(store, str_of(err.text));
	rows_put(store);
	store->ops->free(store);
	whole = fuzz_file(path, &arena);
	return 0;
}

static size_t place(struct str *program, size_t n)
{
	size_t high = (unsigned char)program_char(program);

	return (high << 8 | (unsigned char)program_char(program)) % n;
}

static struct str damaged(struct str program, struct arena *turn)
{
	char *p = arena_cstr(turn, whole);
	size_t n = whole.n;

	while (program.n) {
		char c = program_char(&program);
		struct str text;
		size_t at = place(&program, whole.n);

		if (c == 'c') {
			n = at < n ? at : n;
		} else if (c == 'b') {
			p[at] = program_char(&program);
		} else if (c == 'w') {
			text = str_sub(program_line(&program), 0, whole.n - at);
			if (text.n)
				memcpy(p + at, text.p, text.n);
		} else {
			return program;
		}
	}
	return (struct str){p, n};
}

static void inbox_row(void *arg, const struct store_inbox *row)
{
	HOLDS(++*(size_t *)arg < 100000, row->message);
	HOLDS(row->message.n == 0 || row->message.p, row->platform);
}

static void outbox_row(void *arg, const struct store_outbox *row)
{
	HOLDS(++*(size_t *)arg < 100000, row->message);
	HOLDS(row->answer.n == 0 || row->answer.p, row->platform);
}

/* A call may fail, with a sentence. */
#define ENDS(call)                                                       \
	do {                                                             \
		struct err err = {0};                                    \
		HOLDS((call) || (err.kind && *err.text), str_of(#call)); \
	} while (0)

static void store_use(struct store *s)
{
	const struct store_inbox in = {.platform = STR("discord"), .message = STR("7")};
	const struct store_outbox change = {.platform = STR("discord"),
					    .message = STR("1001"),
					    .kind = STR("answer"),
					    .answer = STR("answer mesotherapy/after.sun"),
					    .version = STR("0"),
					    .state = OUTBOX_CHANGED};
	const struct store_batch batch = {
		.inbox = &in, .inbox_n = 1, .changes = &change, .changes_n = 1};
	struct buf text;
	size_t rows = 0;

	buf_init(&text, 1 << 20);
	ENDS(s->ops->position(s, STR("discord"), &text, &err));
	ENDS(s->ops->decision(s, STR("discord"), STR("1001"), STR("answer"), &text, &err));
	ENDS(s->ops->undecided(s, inbox_row, &rows, &err));
	ENDS(s->ops->owed(s, outbox_row, &rows, &err));
	ENDS(s->ops->replies(s, STR("discord"), STR("1001"), outbox_row, &rows, &err));
	ENDS(s->ops->unclaimed(s, STR("answer-alert"), outbox_row, &rows, &err));
	ENDS(s->ops->seen(s, STR("discord"), STR("1001"), &err) || !err.kind);
	ENDS(s->ops->commit(s, &batch, &err));
	ENDS(s->ops->purge(s, 20, 5, 10, &err));
	buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct err err = {0};
	struct arena turn;
	struct store *store;
	struct str content;
	FILE *file;

	arena_init(&turn);
	content = damaged(fuzz_text(bytes, n), &turn);
	dir_remove();
	HOLDS(mkdir(dir, 0700) == 0, str_of(dir));
	file = fopen(path, "wb");
	HOLDS(file && fwrite(content.p ? content.p : "", 1, content.n, file) == content.n &&
		      fclose(file) == 0,
	      str_of(path));
	store = store_sqlite_open(str_of(path), &err);
	HOLDS(store || (err.kind && str_find(str_of(err.text), str_of(path)) >= 0),
	      str_of(err.text));
	if (store) {
		store_use(store);
		store->ops->free(store);
	}
	arena_done(&turn);
	return 0;
}

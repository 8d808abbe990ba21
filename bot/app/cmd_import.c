#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/cmd.h"
#include "app/load.h"
#include "core/buf.h"
#include "core/charset.h"
#include "core/import.h"
#include "io/files.h"
#include "wire/html.h"

#define IMPORT_BYTES_MAX HTML_BYTES_MAX /* of any format */
#define SHOWN_CHARS 60			/* of a block that was left out */

struct importing {
	struct cmd_source source;
	const char *file;
};

static const struct argp_option options[] = {
	{"config", 'c', "FILE", 0, "take the folder with the language pack from this file", 0},
	{"intents", 'i', "DIR", 0, "the folder with the language pack (default: intents)", 0},
	{0},
};

static error_t option_read(int key, char *value, struct argp_state *state)
{
	struct importing *importing = state->input;

	switch (key) {
	case 'c':
		importing->source.config = value;
		return 0;
	case 'i':
		importing->source.intents = value;
		return 0;
	case ARGP_KEY_ARG:
		if (importing->file)
			argp_error(state, "more than one file");
		importing->file = value;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "name a file, or - for standard input");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* --- in ----------------------------------------------------------------------------------- */

static bool input_read(struct arena *arena, struct str *out, struct err *err)
{
	char part[16384];
	struct buf text;
	size_t n;
	bool fits = true;

	buf_init(&text, IMPORT_BYTES_MAX);
	while (fits && (n = fread(part, 1, sizeof part, stdin)) > 0)
		fits = buf_add(&text, (struct str){part, n});
	if (fits && !ferror(stdin))
		*out = arena_str(arena, buf_str(&text));
	buf_done(&text);
	if (!fits)
		return err_set(err, ERR_INPUT, "standard input: it is larger than %zu bytes",
			       IMPORT_BYTES_MAX);
	if (ferror(stdin))
		return err_set(err, ERR_INPUT, "standard input: it cannot be read");
	return true;
}

static struct str base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return str_of(slash ? slash + 1 : path);
}

static bool ends_in(struct str name, const char *ending)
{
	struct str end = str_of(ending);

	return name.n > end.n && str_eq_nocase(str_sub(name, name.n - end.n, end.n), end);
}

enum format { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_HTML };

/* Markdown is told by a front matter or a heading. */
static bool is_markdown(struct str text)
{
	struct str line;

	if (str_starts(text, STR("---\n")) || str_starts(text, STR("---\r\n")))
		return true;
	while (str_cut(&text, '\n', &line))
		if (str_starts(line, STR("# ")) || str_starts(line, STR("## ")) ||
		    str_starts(line, STR("### ")))
			return true;
	return false;
}

static enum format format_of(struct str name, struct str bytes)
{
	if (ends_in(name, ".html") || ends_in(name, ".htm") || ends_in(name, ".xhtml"))
		return FORMAT_HTML;
	if (ends_in(name, ".md") || ends_in(name, ".markdown"))
		return FORMAT_MARKDOWN;
	if (ends_in(name, ".txt"))
		return FORMAT_TEXT;
	if (html_is_likely(bytes))
		return FORMAT_HTML;
	return is_markdown(bytes) ? FORMAT_MARKDOWN : FORMAT_TEXT;
}

static bool page_read(struct str name, struct str bytes, struct page *page, struct err *err)
{
	enum format format = format_of(name, bytes);
	struct charset_text decoded;

	if (format == FORMAT_HTML)
		return html_read(bytes, page, err);
	if (!charset_decode(bytes, STR(""), page->arena, &decoded, err))
		return false;
	if (decoded.why.n)
		page_warn(page, 0, decoded.why);
	if (format == FORMAT_MARKDOWN)
		page_read_markdown(page, decoded.text);
	else
		page_read_text(page, decoded.text);
	return true;
}

static const struct noise *noise_load(struct str dir, struct arena *arena)
{
	struct str path = arena_fmt(arena, STR_FMT "/en/noise.md", STR_ARG(dir));
	const struct noise *noise = NULL;
	struct source source = {.name = path};
	struct mistakes mistakes;
	struct err err;

	mistakes_init(&mistakes, arena);
	if (file_read(path, FILE_BYTES_MAX, arena, &source.text, &err))
		noise = noise_parse(&source, arena, &mistakes);
	else
		fprintf(stderr, "%s; --intents DIR names the folder with the language pack\n",
			err.text);
	mistakes_print(&mistakes);
	return noise;
}

/* --- out ---------------------------------------------------------------------------------- */

/* The beginning of a text, cut between characters, at a blank where one is near. */
static struct str shown(struct str text)
{
	size_t chars = 0;
	size_t end = 0;
	size_t blank = 0;

	for (; end < text.n && chars < SHOWN_CHARS; end++) {
		chars += ((unsigned char)text.p[end] & 0xc0) != 0x80;
		if (text.p[end] == ' ')
			blank = end;
	}
	while (end < text.n && ((unsigned char)text.p[end] & 0xc0) == 0x80)
		end++;
	if (end < text.n && blank > SHOWN_CHARS / 2)
		end = blank;
	return str_sub(text, 0, end);
}

static int by_line(const struct page_note *a, const struct page_note *b)
{
	return (a->line > b->line) - (a->line < b->line);
}

/* In the order of the file; notes of one line as they came. */
static void notes_sort(struct page_note *notes, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct page_note note = notes[i];
		size_t k = i;

		for (; k > 0 && by_line(&notes[k - 1], &note) > 0; k--)
			notes[k] = notes[k - 1];
		notes[k] = note;
	}
}

/* " line 7" with `behind` behind it; nothing for line 0. */
static void place_write(unsigned line, const char *behind, char *out, size_t out_n)
{
	if (line)
		snprintf(out, out_n, " line %u%s", line, behind);
	else
		*out = '\0';
}

static void notes_print(struct page *page)
{
	char where[32];

	notes_sort(page->dropped, page->dropped_n);
	for (size_t i = 0; i < page->dropped_n; i++) {
		const struct page_note *note = &page->dropped[i];
		struct str text = shown(note->text);

		place_write(note->line, "", where, sizeof where);
		fprintf(stderr, "dropped%s: \"" STR_FMT "%s\" (" STR_FMT ")\n", where,
			STR_ARG(text), text.n < note->text.n ? "…" : "", STR_ARG(note->why));
	}
	for (size_t i = 0; i < page->warnings_n; i++) {
		const struct page_note *note = &page->warnings[i];

		place_write(note->line, ":", where, sizeof where);
		fprintf(stderr, "warning:%s " STR_FMT "\n", where, STR_ARG(note->why));
	}
}

static bool article_print(const struct imported *imported)
{
	if (fwrite(imported->text.p, 1, imported->text.n, stdout) != imported->text.n ||
	    fflush(stdout) != 0) {
		fprintf(stderr, "standard output: %s\n", strerror(errno));
		return false;
	}
	fprintf(stderr,
		"kept %zu section%s with %zu passage%s: read them before you put the file into "
		"the intents folder\n",
		imported->sections, imported->sections == 1 ? "" : "s", imported->passages,
		imported->passages == 1 ? "" : "s");
	return true;
}

/* --- the command -------------------------------------------------------------------------- */

static bool import_file(const char *file, struct str dir, struct arena *arena)
{
	bool is_input = strcmp(file, "-") == 0;
	const struct noise *noise = noise_load(dir, arena);
	struct str name = is_input ? STR("standard input") : base_name(file);
	struct imported imported = {0};
	struct str bytes = {0};
	struct page page;
	struct err err;
	bool good;

	if (!noise)
		return false;
	good = is_input ? input_read(arena, &bytes, &err)
			: file_read(str_of(file), IMPORT_BYTES_MAX, arena, &bytes, &err);
	if (!good) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	page_init(&page, arena);
	good = page_read(name, bytes, &page, &err) &&
	       import_article(&page, noise, name, &imported, &err);
	notes_print(&page);
	if (!good)
		fprintf(stderr, "%s: %s\n", is_input ? "standard input" : file, err.text);
	return good && article_print(&imported);
}

int cmd_import(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		option_read,
		"FILE",
		"Reads a page from the web or a text (.html, .md, .txt; - for standard input) and "
		"writes it as a clean article on standard output. On standard error it says each "
		"part that was left out and why, and what deserves a look. Exit status 0 when an "
		"article was written, 1 when there was none to write.",
		NULL,
		NULL,
		NULL};
	struct importing importing = {0};
	struct config config = {0};
	struct arena arena;
	bool good;

	argp_program_version = "clinicbot " CLINICBOT_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &importing);
	arena_init(&arena);
	good = cmd_config(&importing.source, &config, NULL) &&
	       import_file(importing.file, config.intents, &arena);
	arena_done(&arena);
	config_done(&config);
	return good ? EXIT_GOOD : EXIT_INPUT;
}

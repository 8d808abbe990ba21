#include "core/mistakes.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/text.h"

#define WHAT_MAX 2000 /* a line of a list may stand in it */

void mistakes_init(struct mistakes *m, struct arena *arena)
{
	*m = (struct mistakes){.arena = arena};
}

/* A file may be read by two rooms; its mistakes are said once. */
static bool is_said(const struct mistakes *m, const struct mistake *mistake, struct str what)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].line == mistake->line && str_eq(m->v[i].file, mistake->file) &&
		    str_eq(m->v[i].what, what))
			return true;
	return false;
}

/* What files hold stands in mistakes: line ends, what a terminal would obey, and a character that was
 * cut in two. */
static struct str line_of(struct mistakes *m, char *what)
{
	for (char *c = what; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	return text_repair(str_of(what), m->arena);
}

static void add(struct mistakes *m, struct mistake mistake, char *what)
{
	struct str line = line_of(m, what);

	m->errors += m->n == MISTAKES_MAX && !mistake.warning;
	if (m->n == MISTAKES_MAX || is_said(m, &mistake, line))
		return;
	if (m->n == MISTAKES_MAX - 1) {
		mistake.line = 0;
		line = STR("there are more mistakes; mend those above first");
	}
	mistake.file = arena_str(m->arena, mistake.file);
	mistake.what = arena_str(m->arena, line);
	m->v = arena_grow(m->arena, m->v, &m->n, &m->cap, sizeof *m->v);
	m->v[m->n - 1] = mistake;
	m->errors += !mistake.warning;
}

void mistake_add(struct mistakes *m, struct str file, unsigned line, const char *format, ...)
{
	char what[WHAT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	add(m, (struct mistake){.file = file, .line = line}, what);
}

void mistake_warn(struct mistakes *m, struct str file, unsigned line, const char *format, ...)
{
	char what[WHAT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	add(m, (struct mistake){.file = file, .line = line, .warning = true}, what);
}

struct str mistake_line(const struct mistakes *m, size_t i)
{
	const struct mistake *x = &m->v[i];
	const char *severity = x->warning ? "warning: " : "";

	if (x->line)
		return arena_fmt(m->arena, STR_FMT ":%u: %s" STR_FMT, STR_ARG(x->file), x->line,
				 severity, STR_ARG(x->what));
	return arena_fmt(m->arena, STR_FMT ": %s" STR_FMT, STR_ARG(x->file), severity,
			 STR_ARG(x->what));
}

#include "core/guard.h"

#include "core/lists.h"

#define SAID_MAX 20 /* lines of one list; the rest is counted */

enum bound {
	BOUND_NONE,
	BOUND_KEPT, /* no shipped line may be missing */
	BOUND_SHUT, /* no other line may stand in it */
};

struct override {
	struct str file, list, removed, added, who, when, why;
	unsigned line;
	bool used;
};

struct guarding {
	struct arena *arena;
	struct mistakes *mistakes;
	struct override *overrides;
	size_t overrides_n, cap;
};

static enum bound bound_of(struct str file, struct str title)
{
	static const struct str shut[] = {
		{"not flags", 9}, {"hypothetical", 12}, {"negations", 9}, {"negations behind", 16}};

	for (size_t i = 0; i < sizeof shut / sizeof *shut; i++)
		if (str_eq(title, shut[i]))
			return BOUND_SHUT;
	return str_ends(title, STR(" flags")) && !str_eq(file, STR("en/words.md")) ? BOUND_KEPT
										   : BOUND_NONE;
}

static const struct source *source_named(const struct source *sources, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(sources[i].name, name))
			return &sources[i];
	return NULL;
}

static bool list_has(const struct list *list, struct str text)
{
	for (size_t i = 0; list && i < list->items_n; i++)
		if (str_eq(list->items[i].text, text))
			return true;
	return false;
}

/* --- the overrides ------------------------------------------------------------------------ */

static bool is_date(struct str s)
{
	static const char form[] = "0000-00-00";

	for (size_t i = 0; i < s.n && i < sizeof form - 1; i++)
		if (form[i] == '0' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != form[i])
			return false;
	return s.n == sizeof form - 1;
}

static struct str *field_of(struct override *o, struct str name)
{
	const struct {
		struct str name;
		struct str *value;
	} fields[] = {{STR("file"), &o->file},	     {STR("list"), &o->list},
		      {STR("removed"), &o->removed}, {STR("added"), &o->added},
		      {STR("who"), &o->who},	     {STR("when"), &o->when},
		      {STR("why"), &o->why}};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (str_eq(fields[i].name, name))
			return fields[i].value;
	return NULL;
}

static void field_read(struct guarding *g, const struct list_item *item, struct override *o)
{
	struct str value = item->text;
	struct str name, *field;

	str_cut(&value, ':', &name);
	field = field_of(o, str_trim(name));
	value = str_trim(value);
	if (!field || field->n)
		mistake_add(g->mistakes, STR(OVERRIDES_FILE), item->line,
			    "not one of file, list, removed or added, who, when, why, each once: "
			    "\"" STR_FMT "\"",
			    STR_ARG(item->text));
	else if (str_eq(name, STR("when")) && !is_date(value))
		mistake_add(g->mistakes, STR(OVERRIDES_FILE), item->line,
			    "\"when\" is a day like 2026-11-20");
	else
		*field = value;
}

static bool override_is_whole(struct guarding *g, const struct list *list, struct override *o)
{
	static const struct str needed[] = {
		{"file", 4}, {"list", 4}, {"who", 3}, {"when", 4}, {"why", 3}};
	size_t errors = g->mistakes->errors;

	for (size_t i = 0; i < list->items_n; i++)
		field_read(g, &list->items[i], o);
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (field_of(o, needed[i])->n == 0)
			mistake_add(g->mistakes, STR(OVERRIDES_FILE), list->line,
				    "the override does not say \"" STR_FMT "\"",
				    STR_ARG(needed[i]));
	if ((o->removed.n > 0) == (o->added.n > 0))
		mistake_add(g->mistakes, STR(OVERRIDES_FILE), list->line,
			    "the override says one line as \"removed\" or as \"added\"");
	return g->mistakes->errors == errors;
}

static void overrides_read(struct guarding *g, const struct source *file)
{
	struct lists lists = lists_parse(file, g->arena, g->mistakes);

	for (size_t i = 0; i < lists.n; i++) {
		struct override o = {.line = lists.v[i].line};

		if (!override_is_whole(g, &lists.v[i], &o))
			continue;
		g->overrides = arena_grow(g->arena, g->overrides, &g->overrides_n, &g->cap,
					  sizeof *g->overrides);
		g->overrides[g->overrides_n - 1] = o;
	}
}

static bool is_overridden(struct guarding *g, struct str file, struct str list, struct str text,
			  bool removed)
{
	for (size_t i = 0; i < g->overrides_n; i++) {
		struct override *o = &g->overrides[i];

		if (!str_eq(o->file, file) || !str_eq(o->list, list) ||
		    !str_eq(removed ? o->removed : o->added, text))
			continue;
		o->used = true;
		return true;
	}
	return false;
}

/* --- the lists ---------------------------------------------------------------------------- */

struct comparing {
	struct guarding *g;
	struct str file;
	struct str title;
	const struct list *shipped, *now; /* either may be NULL */
	size_t said;
};

static void line_say(struct comparing *c, unsigned line, const char *what, struct str text)
{
	if (++c->said <= SAID_MAX)
		mistake_add(c->g->mistakes, c->file, line,
			    "%s \"## " STR_FMT "\", or say in " OVERRIDES_FILE
			    " who decided that, when and why: " STR_FMT,
			    what, STR_ARG(c->title), STR_ARG(text));
}

static void kept_check(struct comparing *c)
{
	for (size_t i = 0; i < c->shipped->items_n; i++) {
		struct str text = c->shipped->items[i].text;

		if (!list_has(c->now, text) && !is_overridden(c->g, c->file, c->title, text, true))
			line_say(c, c->now ? c->now->line : 0,
				 "a built-in red flag is missing; put it back under", text);
	}
}

static void shut_check(struct comparing *c)
{
	for (size_t i = 0; c->now && i < c->now->items_n; i++) {
		struct str text = c->now->items[i].text;

		if (!list_has(c->shipped, text) &&
		    !is_overridden(c->g, c->file, c->title, text, false))
			line_say(c, c->now->items[i].line,
				 "this line would silence built-in red flags; take it out of",
				 text);
	}
}

static void list_compare(struct guarding *g, struct str file, struct str title,
			 const struct list *shipped, const struct list *now)
{
	struct comparing c = {.g = g, .file = file, .title = title, .shipped = shipped, .now = now};
	enum bound bound = bound_of(file, title);

	if (bound == BOUND_KEPT && shipped)
		kept_check(&c);
	else if (bound == BOUND_SHUT)
		shut_check(&c);
	if (c.said > SAID_MAX)
		mistake_add(g->mistakes, file, now ? now->line : 0,
			    "and %zu more such lines of \"## " STR_FMT "\"", c.said - SAID_MAX,
			    STR_ARG(title));
}

static void file_compare(struct guarding *g, const struct shipped *shipped,
			 const struct source *now)
{
	struct source was = {.name = str_of(shipped->name),
			     .text = {(const char *)shipped->bytes, shipped->n}};
	struct mistakes said_elsewhere;
	struct lists before, after;

	mistakes_init(&said_elsewhere, g->arena);
	before = lists_parse(&was, g->arena, &said_elsewhere);
	after = lists_parse(now, g->arena, &said_elsewhere);
	for (size_t i = 0; i < before.n; i++)
		list_compare(g, now->name, before.v[i].title, &before.v[i],
			     lists_find(&after, before.v[i].title));
	for (size_t i = 0; i < after.n; i++)
		if (!lists_find(&before, after.v[i].title))
			list_compare(g, now->name, after.v[i].title, NULL, &after.v[i]);
}

void guard_check(const struct shipped *shipped, const struct source *sources, size_t sources_n,
		 struct arena *arena, struct mistakes *mistakes)
{
	struct guarding g = {.arena = arena, .mistakes = mistakes};
	const struct source *overrides = source_named(sources, sources_n, STR(OVERRIDES_FILE));

	if (overrides)
		overrides_read(&g, overrides);
	for (; shipped->name; shipped++) {
		const struct source *now = source_named(sources, sources_n, str_of(shipped->name));

		if (now)
			file_compare(&g, shipped, now);
		else
			mistake_add(mistakes, str_of(shipped->name), 0,
				    "the file is missing: it holds what is built in");
	}
	for (size_t i = 0; i < g.overrides_n; i++)
		if (!g.overrides[i].used)
			mistake_add(mistakes, STR(OVERRIDES_FILE), g.overrides[i].line,
				    "the override is about no line that %s: look at its file, its "
				    "list and the line",
				    g.overrides[i].removed.n ? "is missing" : "was added");
}

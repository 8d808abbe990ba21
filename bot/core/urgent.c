#include "core/urgent.h"

bool urgent_parse(const struct source *urgent_md, struct arena *arena, struct urgent *out,
		  struct mistakes *mistakes)
{
	const struct {
		struct str title;
		struct flags *flags;
	} levels[] = {
		{STR("emergency flags"), &out->emergency},
		{STR("crisis flags"), &out->crisis},
		{STR("urgent flags"), &out->same_day},
		{STR("not flags"), &out->idioms},
	};
	size_t errors = mistakes->errors;
	struct lists lists = lists_parse(urgent_md, arena, mistakes);

	if (mistakes->errors > errors)
		return false;
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		const struct list *list = lists_find(&lists, levels[i].title);

		*levels[i].flags = flags_parse(list, urgent_md->name, arena, mistakes);
		if (levels[i].flags->n == 0)
			mistake_add(mistakes, urgent_md->name, list ? list->line : 0,
				    "no flags under \"## " STR_FMT "\"", STR_ARG(levels[i].title));
	}
	/* The other headings are those of the fixed texts: replies.c looks at them. */
	for (size_t i = 0; i < lists.n; i++) {
		bool known = !str_ends(lists.v[i].title, STR(" flags"));

		for (size_t k = 0; k < sizeof levels / sizeof *levels; k++)
			known = known || str_eq(levels[k].title, lists.v[i].title);
		if (!known)
			mistake_add(mistakes, urgent_md->name, lists.v[i].line,
				    "\"" STR_FMT "\" is not the name of a list",
				    STR_ARG(lists.v[i].title));
	}
	return mistakes->errors == errors;
}

static enum urgent_level clause_level(const struct urgent *u, const struct lexicon *lexicon,
				      const struct words *words, size_t from, size_t to,
				      const bool *hidden)
{
	if (flags_match(&u->emergency, lexicon, words, from, to, hidden))
		return URGENT_EMERGENCY;
	if (flags_match(&u->crisis, lexicon, words, from, to, hidden))
		return URGENT_CRISIS;
	if (flags_match(&u->same_day, lexicon, words, from, to, hidden))
		return URGENT_SAME_DAY;
	return URGENT_NONE;
}

enum urgent_level urgent_level_of(const struct urgent *urgent, const struct lexicon *lexicon,
				  const struct words *words, struct arena *turn)
{
	bool *hidden = arena_array(turn, words->n + 1, sizeof *hidden);
	enum urgent_level highest = URGENT_NONE;

	for (size_t from = 0, to; from < words->n; from = to) {
		enum urgent_level level;
		struct words clause;

		for (to = from + 1; to < words->n; to++)
			if (words->v[to].clause != words->v[from].clause)
				break;
		/* Clause by clause: words of the next one must not make up an idiom with this one's. */
		clause = (struct words){.v = words->v + from, .n = to - from};
		flags_cover(&urgent->idioms, &clause, hidden + from);
		level = clause_level(urgent, lexicon, words, from, to, hidden);
		if (level > highest)
			highest = level;
	}
	return highest;
}

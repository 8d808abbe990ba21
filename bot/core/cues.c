#include "core/cues.h"

enum class { WHOLE, CONTAINED, POLICY };

static const struct {
	struct str heading;
	enum class class;
} kinds[CUES_N] = {
#define CUE_KIND(name, text, of) [CUE_##name] = {{text, sizeof(text) - 1}, of},
	CUES(CUE_KIND)
#undef CUE_KIND
};

static bool is_kind(struct str heading)
{
	for (int i = 0; i < CUES_N; i++)
		if (str_eq(kinds[i].heading, heading))
			return true;
	return false;
}

bool cues_parse(const struct source *cues_md, struct arena *arena, struct cues *out,
		struct mistakes *mistakes)
{
	size_t errors = mistakes->errors;
	struct lists lists = lists_parse(cues_md, arena, mistakes);

	if (mistakes->errors > errors)
		return false;
	for (int i = 0; i < CUES_N; i++) {
		const struct list *list = lists_find(&lists, kinds[i].heading);

		out->flags[i] = flags_parse(list, cues_md->name, arena, mistakes);
		if (out->flags[i].n == 0)
			mistake_add(mistakes, cues_md->name, list ? list->line : 0,
				    "nothing listed under \"## " STR_FMT "\"",
				    STR_ARG(kinds[i].heading));
	}
	for (size_t i = 0; i < lists.n; i++)
		if (!is_kind(lists.v[i].title))
			mistake_add(mistakes, cues_md->name, lists.v[i].line,
				    "\"" STR_FMT "\" is not the name of a list",
				    STR_ARG(lists.v[i].title));
	return mistakes->errors == errors;
}

static bool is_pick(enum cue cue)
{
	return cue == CUE_PICK_1 || cue == CUE_PICK_2 || cue == CUE_PICK_3;
}

enum cue cues_whole(const struct cues *cues, const struct words *words)
{
	/* What asks for something comes before what is only polite. */
	static const enum cue order[] = {CUE_PICK_NONE,	   CUE_PICK_1,	CUE_PICK_2,   CUE_PICK_3,
					 CUE_SHOW_ARTICLE, CUE_VAGUE,	CUE_YES,      CUE_NO,
					 CUE_THANKS,	   CUE_GOODBYE, CUE_GREETING, CUE_FILLER};
	const size_t orders_n = sizeof order / sizeof *order;
	size_t found = orders_n;

	/* The longest phrase decides: "one" is a pick, "the second one" another. */
	for (size_t at = 0, longest; at < words->n; at += longest) {
		size_t best = orders_n;

		longest = 0;
		for (size_t i = 0; i < orders_n; i++) {
			size_t n = flags_longest(&cues->flags[order[i]], words, at);

			if (n > longest) {
				longest = n;
				best = i;
			}
		}
		if (longest == 0)
			return CUE_NONE;
		if (found < orders_n && found != best && is_pick(order[found]) &&
		    is_pick(order[best]))
			return CUE_NONE; /* "both 1 and 3" */
		found = best < found ? best : found;
	}
	return found < orders_n ? order[found] : CUE_NONE;
}

static enum cue clauses_find(const struct cues *cues, const struct lexicon *lexicon,
			     const struct words *words, size_t from, size_t to, enum class class)
{
	for (int kind = 0; kind < CUES_N; kind++) {
		if (kinds[kind].class != class)
			continue;
		for (size_t at = from, end; at < to; at = end) {
			for (end = at + 1; end < to; end++)
				if (words->v[end].clause != words->v[at].clause)
					break;
			if (flags_match(&cues->flags[kind], lexicon, words, at, end, NULL))
				return (enum cue)kind;
		}
	}
	return CUE_NONE;
}

enum cue cues_contained(const struct cues *cues, const struct lexicon *lexicon,
			const struct words *words)
{
	return clauses_find(cues, lexicon, words, 0, words->n, CONTAINED);
}

enum cue cues_policy(const struct cues *cues, const struct lexicon *lexicon,
		     const struct words *words, size_t from, size_t to)
{
	return clauses_find(cues, lexicon, words, from, to, POLICY);
}

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

/* Words that this kind's flags cover and no kind before it did. */
static bool covers_more(const struct flags *flags, const struct words *words, bool *covered,
			struct arena *turn)
{
	bool *own = arena_array(turn, words->n + 1, sizeof *own);
	bool more = false;

	flags_cover(flags, words, own);
	for (size_t i = 0; i < words->n; i++) {
		more = more || (own[i] && !covered[i]);
		covered[i] = covered[i] || own[i];
	}
	return more;
}

static bool all_covered(const struct words *words, const bool *covered)
{
	for (size_t i = 0; i < words->n; i++)
		if (!covered[i])
			return false;
	return true;
}

enum cue cues_whole(const struct cues *cues, const struct words *words, struct arena *turn)
{
	/* What asks for something comes before what is only polite. */
	static const enum cue order[] = {CUE_PICK_NONE,	   CUE_PICK_1,	CUE_PICK_2,   CUE_PICK_3,
					 CUE_SHOW_ARTICLE, CUE_VAGUE,	CUE_YES,      CUE_NO,
					 CUE_THANKS,	   CUE_GOODBYE, CUE_GREETING, CUE_FILLER};
	bool *covered = arena_array(turn, words->n + 1, sizeof *covered);
	enum cue found = CUE_NONE;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (covers_more(&cues->flags[order[i]], words, covered, turn) && found == CUE_NONE)
			found = order[i];
	return words->n && all_covered(words, covered) ? found : CUE_NONE;
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

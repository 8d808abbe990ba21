#include "core/cues.h"

enum class { WHOLE, CONTAINED, POLICY };

static const struct {
	struct str heading;
	enum class class;
} table[CUES_N] = {
#define CUE_KIND(name, text, of) [CUE_##name] = {{text, sizeof(text) - 1}, of},
	CUES(CUE_KIND)
#undef CUE_KIND
};

static bool is_kind(struct str heading)
{
	for (int i = 0; i < CUES_N; i++)
		if (str_eq(table[i].heading, heading))
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
		const struct list *list = lists_find(&lists, table[i].heading);

		out->flags[i] = flags_parse(list, cues_md->name, arena, mistakes);
		if (out->flags[i].n == 0)
			mistake_add(mistakes, cues_md->name, list ? list->line : 0,
				    "nothing listed under \"## " STR_FMT "\"",
				    STR_ARG(table[i].heading));
	}
	for (size_t i = 0; i < lists.n; i++)
		if (!is_kind(lists.v[i].title))
			mistake_add(mistakes, cues_md->name, lists.v[i].line,
				    "\"" STR_FMT "\" is not the name of a list",
				    STR_ARG(lists.v[i].title));
	return mistakes->errors == errors;
}

/* What asks for something comes before what is only polite. */
static const enum cue by_weight[] = {CUE_PICK_NONE, CUE_PICK_ALL,  CUE_PICK_1,	     CUE_PICK_2,
				     CUE_PICK_3,    CUE_PICK_LAST, CUE_SHOW_ARTICLE, CUE_PRICE,
				     CUE_VAGUE,	    CUE_MAYBE,	   CUE_YES,	     CUE_NO,
				     CUE_THANKS,    CUE_GOODBYE,   CUE_GREETING,     CUE_FILLER};
#define WEIGHTS_N (sizeof by_weight / sizeof *by_weight)

/* The kind of the longest phrase from `at` on, and its words; 0 words when there is none. "one" is a
 * pick, "the second one" another. */
static size_t longest_at(const struct cues *cues, const struct words *words, size_t at,
			 enum cue *kind)
{
	size_t longest = 0;

	for (size_t i = 0; i < WEIGHTS_N; i++) {
		size_t n = flags_longest(&cues->flags[by_weight[i]], words, at);

		if (n > longest) {
			longest = n;
			*kind = by_weight[i];
		}
	}
	return longest;
}

unsigned cues_kinds(const struct cues *cues, const struct words *words)
{
	unsigned kinds = 0;

	for (size_t at = 0, longest; at < words->n; at += longest) {
		enum cue kind;

		longest = longest_at(cues, words, at, &kind);
		if (longest == 0)
			return 0;
		kinds |= CUE_BIT(kind);
	}
	return kinds;
}

enum cue cues_heaviest(unsigned kinds)
{
	for (size_t i = 0; i < WEIGHTS_N; i++)
		if (kinds & CUE_BIT(by_weight[i]))
			return by_weight[i];
	return CUE_NONE;
}

static enum cue clauses_find(const struct cues *cues, const struct lexicon *lexicon,
			     const struct words *words, size_t from, size_t to, enum class class)
{
	for (int kind = 0; kind < CUES_N; kind++) {
		if (table[kind].class != class)
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

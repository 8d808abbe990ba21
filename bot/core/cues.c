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

/* The lists of all kinds of a class as one, so that one look at a clause is enough. */
static struct flags class_parse(const struct lists *lists, enum class class, struct arena *arena,
				struct mistakes *mistakes)
{
	struct list all = {0};
	size_t cap = 0;

	for (int i = 0; i < CUES_N; i++) {
		const struct list *list = lists_find(lists, table[i].heading);

		for (size_t k = 0; table[i].class == class && list && k < list->items_n; k++) {
			all.items =
				arena_grow(arena, all.items, &all.items_n, &cap, sizeof *all.items);
			all.items[all.items_n - 1] = list->items[k];
		}
	}
	return flags_parse(&all, lists->file, arena, mistakes);
}

bool cues_parse(const struct source *cues_md, struct arena *arena, struct cues *out,
		struct mistakes *mistakes)
{
	size_t errors = mistakes->errors;
	struct lists lists = lists_parse(cues_md, arena, mistakes);
	struct mistakes again;

	if (mistakes->errors > errors)
		return false;
	for (int i = 0; i < CUES_N; i++) {
		const struct list *list = lists_find(&lists, table[i].heading);

		out->lines[i] = list ? list->line : 0;
		if (table[i].class == WHOLE)
			out->whole[i] = flags_parse(list, cues_md->name, arena, mistakes);
		if (!list || list->items_n == 0)
			mistake_add(mistakes, cues_md->name, out->lines[i],
				    "nothing listed under \"## " STR_FMT "\"",
				    STR_ARG(table[i].heading));
	}
	/* Its mistakes were told kind by kind. */
	mistakes_init(&again, arena);
	out->whole_any = class_parse(&lists, WHOLE, arena, &again);
	out->contained = class_parse(&lists, CONTAINED, arena, mistakes);
	out->policy = class_parse(&lists, POLICY, arena, mistakes);
	for (size_t i = 0; i < lists.n; i++)
		if (!is_kind(lists.v[i].title))
			mistake_add(mistakes, cues_md->name, lists.v[i].line,
				    "\"" STR_FMT "\" is not the name of a list",
				    STR_ARG(lists.v[i].title));
	return mistakes->errors == errors;
}

/* What asks for something comes before what is only polite. */
static const enum cue by_weight[] = {
	CUE_PICK_NONE, CUE_PICK_ALL,	 CUE_PICK_OTHERS, CUE_PICK_1, CUE_PICK_2,      CUE_PICK_3,
	CUE_PICK_LAST, CUE_SHOW_ARTICLE, CUE_PRICE,	  CUE_AGAIN,  CUE_OTHER_WORDS, CUE_CURSE,
	CUE_CALL,      CUE_VAGUE,	 CUE_MAYBE,	  CUE_YES,    CUE_NO,	       CUE_THANKS,
	CUE_GOODBYE,   CUE_GREETING,	 CUE_FILLER,	  CUE_AROUND};
#define WEIGHTS_N (sizeof by_weight / sizeof *by_weight)

/* The kind of the longest phrase from `at` on, and its words; 0 words when there is none. "one" is a
 * pick, "the second one" another. */
static size_t longest_at(const struct cues *cues, const struct words *words, size_t at,
			 enum cue *kind)
{
	size_t most = flags_longest(&cues->whole_any, words, at);
	size_t longest = 0;

	for (size_t i = 0; i < WEIGHTS_N && longest < most; i++) {
		size_t n = flags_longest(&cues->whole[by_weight[i]], words, at);

		if (n > longest) {
			longest = n;
			*kind = by_weight[i];
		}
	}
	return longest;
}

unsigned cues_kinds(const struct cues *cues, const struct words *words)
{
	const unsigned around = CUE_BIT(CUE_AGAIN) | CUE_BIT(CUE_OTHER_WORDS) | CUE_BIT(CUE_CURSE);
	unsigned kinds = 0;

	for (size_t at = 0, longest; at < words->n; at += longest) {
		enum cue kind;

		longest = longest_at(cues, words, at, &kind);
		if (longest == 0)
			return 0;
		kinds |= CUE_BIT(kind);
	}
	return kinds & around || !(kinds & CUE_BIT(CUE_AROUND)) ? kinds : 0;
}

enum cue cues_heaviest(unsigned kinds)
{
	for (size_t i = 0; i < WEIGHTS_N; i++)
		if (kinds & CUE_BIT(by_weight[i]))
			return by_weight[i];
	return CUE_NONE;
}

/* Whose list a line stands in: the last that begins above it. */
static enum cue kind_at(const struct cues *cues, unsigned line)
{
	enum cue at = CUE_NONE;

	for (int i = 0; i < CUES_N; i++)
		if (cues->lines[i] < line && (at == CUE_NONE || cues->lines[i] > cues->lines[at]))
			at = (enum cue)i;
	return at;
}

/* The first kind that is met in any clause. */
static enum cue clauses_find(const struct cues *cues, const struct flags *flags,
			     const struct lexicon *lexicon, const struct words *words, size_t from,
			     size_t to)
{
	enum cue first = CUE_NONE;

	for (size_t at = from, end; at < to; at = end) {
		unsigned line;

		for (end = at + 1; end < to; end++)
			if (words->v[end].clause != words->v[at].clause)
				break;
		line = flags_match(flags, lexicon, words, at, end, NULL);
		if (line && kind_at(cues, line) < first)
			first = kind_at(cues, line);
	}
	return first;
}

enum cue cues_contained(const struct cues *cues, const struct lexicon *lexicon,
			const struct words *words)
{
	return clauses_find(cues, &cues->contained, lexicon, words, 0, words->n);
}

enum cue cues_policy(const struct cues *cues, const struct lexicon *lexicon,
		     const struct words *words, size_t from, size_t to)
{
	return clauses_find(cues, &cues->policy, lexicon, words, from, to);
}

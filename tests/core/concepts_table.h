/* A table of concepts made of text, for the tests. */
#ifndef TESTS_CONCEPTS_TABLE_H
#define TESTS_CONCEPTS_TABLE_H

#include "book_fixture.h"
#include "core/concepts.h"

struct table {
	struct arena arena;
	struct mistakes mistakes;
	struct concepts concepts;
};

static inline bool table_parse(struct table *t, struct str text)
{
	struct source source = {STR("en/concepts.txt"), text};

	arena_init(&t->arena);
	mistakes_init(&t->mistakes, &t->arena);
	return concepts_parse(&source, &t->arena, &t->concepts, &t->mistakes);
}

static inline void table_done(struct table *t)
{
	arena_done(&t->arena);
}

/* "alcohol@2+1 scalp@5+1": name, first word, words; all of them, but for those behind `max`. */
static const char *found(struct table *t, const char *text, size_t from, size_t to, size_t max)
{
	struct words words = text_words(str_of(text), STR("en"), &t->arena);
	struct concept_hit *hits = calloc(max ? max : 1, sizeof *hits);
	size_t n = concepts_find(&t->concepts, &words, from, to, hits, max);
	struct str out = STR("");

	assert_true(n <= max);
	for (size_t i = 0; i < n; i++)
		out = arena_fmt(&t->arena, STR_FMT "%s" STR_FMT "@%u+%u", STR_ARG(out),
				out.n ? " " : "", STR_ARG(t->concepts.v[hits[i].concept].name),
				hits[i].first, hits[i].count);
	free(hits);
	return arena_cstr(&t->arena, out);
}

static const char small[] = "# what patients drink\n"
			    "alcohol: beer beers wine* the_pub pint pint*\n"
			    "\n"
			    "hair_wash (washing your hair): wash shampoo*\n"
			    "\twet_hair hot_water\n"
			    "  # about cold things\n"
			    "  rinse\n"
			    "cold (cold food): ice_cream cold cold_drink*\n"
			    "cream: cream creams ointment*\n"
			    "~skin: skin sore_skin\n"
			    "~head: head sore_head\n"
			    "pain: sore pain* sore_head\n"
			    "headache: sore_head head_ache*\n"
			    "+before: before_beer before\n"
			    "!bill (what it costs): invoice\n"
			    "~+way_home: lift_home\n"
			    "q_where: where_is wherever\n"
			    "q_what: what_is where_is_the\n";

#endif

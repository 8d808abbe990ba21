#include "core/stems.h"

#include <libstemmer.h>

#define STEMMED_BYTES_MAX 60 /* longer words are their own stems */

void stems_init(struct stems *stems, struct str language, struct arena *arena)
{
	*stems = (struct stems){.arena = arena};
	/* libstemmer holds every name it knows against the language's: as dear as a message. */
	if (language.n)
		stems->stemmer = sb_stemmer_new(arena_cstr(arena, language), NULL);
}

void stems_done(struct stems *stems)
{
	sb_stemmer_delete(stems->stemmer);
	*stems = (struct stems){0};
}

static struct str stem_new(const struct stems *stems, struct str word)
{
	const sb_symbol *stem;

	if (!stems->stemmer || word.n > STEMMED_BYTES_MAX)
		return word;
	stem = sb_stemmer_stem(stems->stemmer, (const sb_symbol *)word.p, (int)word.n);
	if (!stem)
		out_of_memory();
	return arena_str(stems->arena, (struct str){(const char *)stem,
						    (size_t)sb_stemmer_length(stems->stemmer)});
}

struct stemmed stems_of(struct stems *stems, struct str word)
{
	size_t known = stems->words.n;
	size_t number = textset_add(&stems->words, word, stems->arena);

	if (number == known) {
		struct str text = arena_str(stems->arena, word);

		stems->words.v[number] = text;
		stems->of = arena_grow(stems->arena, stems->of, &stems->of_n, &stems->of_cap,
				       sizeof *stems->of);
		stems->of[number] = stem_new(stems, text);
	}
	return (struct stemmed){stems->words.v[number], stems->of[number]};
}

/* Shared by features.c, features_learn.c and snippets.c only: terms, and how features are found by them. */
#ifndef CORE_FEATURES_INSIDE_H
#define CORE_FEATURES_INSIDE_H

#include "core/features.h"

#define FEATURES_NEAR 6		/* words from the first of a pair to the second, at most */
#define FEATURES_LETTERS_MAX 64 /* of a word; what is behind them is not looked at */
#define FEATURES_PAIR_WEIGHT 0.7f
#define FEATURES_LETTERS_WEIGHT 0.7f
#define FEATURES_SLOTS_LEAST 1024

/* The lowest two bits of a term's key; the others are a hash. So no key is 0. */
enum term_kind { TERM_STEM = 1, TERM_PAIR, TERM_LETTERS };
#define TERM_KIND_MASK ((uint64_t)3)

struct feature_slot {
	uint64_t key; /* 0: free */
	uint32_t id;
	float idf;
};

static inline enum term_kind term_kind(uint64_t key)
{
	return (enum term_kind)(key & TERM_KIND_MASK);
}

uint64_t term_of_stem(struct str stem);
/* 0 for a stem and itself. */
uint64_t term_of_pair(uint64_t stem, uint64_t other);
/* Every three letters of a word in a row, its edges counted as letters. Writes at most one more than it
 * has bytes, and FEATURES_LETTERS_MAX. Gives how many. */
size_t terms_of_letters(struct str word, uint64_t *out);

/* The slot that holds the key, or the free one where it belongs. */
struct feature_slot *feature_slot(const struct features *f, uint64_t key);

/* How much the word of this row counts in a direction. */
float feature_row_weight(const struct vectors *vectors, uint32_t row);

/* `n` known terms as number and idf, repetitions too and in no order, as a bag of the blocks of words
 * and of letters with room for `room` more. `v` is written over, and as much again behind it. */
struct bag features_terms(const struct features *f, struct weight *v, size_t n, size_t room,
			  struct arena *arena);
/* A text's unit direction becomes what it says beside what all texts share. */
void features_turn(const struct features *f, struct vector_sum *direction);

#endif

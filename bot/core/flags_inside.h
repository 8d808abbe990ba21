/* Shared by flags.c and flags_parse.c only: how flags lie in memory, and how a word finds those that
 * begin with it. */
#ifndef CORE_FLAGS_INSIDE_H
#define CORE_FLAGS_INSIDE_H

#include "core/flags.h"

#define PHRASE_WORDS_MAX 10
#define FLAGS_MAX 2048 /* in one list */

struct part {
	struct str word; /* empty: a number from `low` to `high` */
	uint64_t low, high;
};

struct alternative {
	const struct part *parts;
	uint16_t start; /* the first two bytes of what it begins with; 0: any */
	uint8_t parts_n;
	bool any_ending; /* of the last part */
	bool at_end;	 /* nothing stands behind it in its clause */
};

struct condition {
	struct alternative *v;
	size_t n;
	bool absent; /* must not be met */
};

struct flag {
	struct condition *v;
	size_t n;
	unsigned line;
	uint8_t needed; /* a bit for each condition that must be met; those behind the eighth share its */
};

/* One alternative, among those of the list that begin alike. */
struct flag_entry {
	uint32_t key;
	uint16_t flag;	/* its place in the list */
	uint8_t bit;	/* of its condition; 0 when that must not be met */
	uint8_t needed; /* of its flag */
	bool last;	/* of those with this key */
	const struct alternative *alternative;
};

struct flag_slot {
	uint32_t key;
	uint32_t place; /* of the first with it, + 1; 0 where free */
};

/* A word's first two bytes. Most words are ruled out by looking whether anything in the list begins as
 * they do, and most alternatives by looking whether any word of the clause begins as they do. */
static inline uint16_t start_of(struct str word)
{
	return (uint16_t)((unsigned char)word.p[0] << 8 |
			  (word.n > 1 ? (unsigned char)word.p[1] : 0));
}

#define STARTS 1024

/* Knuth's multiplicative hash, 16 bits. */
static inline size_t start_slot(uint16_t start)
{
	return (size_t)(start * 40503u >> 6) % STARTS;
}

static inline void start_add(uint64_t starts[STARTS / 64], uint16_t start)
{
	starts[start_slot(start) / 64] |= (uint64_t)1 << start_slot(start) % 64;
}

static inline bool start_has(const uint64_t starts[STARTS / 64], uint16_t start)
{
	return starts[start_slot(start) / 64] >> start_slot(start) % 64 & 1;
}

/* The bit in struct flags' `prefixes`; all from 63 letters on share one. */
static inline uint64_t prefix_bit(size_t letters)
{
	return (uint64_t)1 << (letters < 63 ? letters : 63);
}

/* What an alternative begins with, as a number: a whole word, the beginning of one, or a number.
 * `hash` is flag_hash over the letters, from FLAG_HASH on (FNV-1a, as str_hash: here letter by letter,
 * so that every beginning of a word is looked up on the way to its end). */
#define FLAG_KEY_NUMBER 1u
#define FLAG_HASH UINT64_C(0xcbf29ce484222325)

static inline uint64_t flag_hash(uint64_t hash, char letter)
{
	return (hash ^ (unsigned char)letter) * UINT64_C(0x100000001b3);
}

static inline uint32_t flag_key(uint64_t hash, bool prefix)
{
	/* Fibonacci hashing: the high bits depend on all. */
	return (uint32_t)((prefix ? ~hash : hash) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

#endif

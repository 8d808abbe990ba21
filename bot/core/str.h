/* Borrowed text. A `struct str` points into memory that somebody else keeps alive (an arena, a
 * file's text, a literal) and is passed by value. It is not NUL-terminated; `p` may be NULL when
 * `n` is 0. Nothing here allocates. */
#ifndef CORE_STR_H
#define CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *p;
	size_t n; /* bytes */
};

/* A literal as text, at no cost: STR("hello"). */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
/* For printf: printf(STR_FMT, STR_ARG(s)). */
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

/* The text of a NUL-terminated string; NULL gives the empty text. */
struct str str_of(const char *c);

bool str_eq(struct str a, struct str b);
/* Equal but for the case of ASCII letters. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Byte order, shorter first on a common prefix; <0, 0, >0 as memcmp. */
int str_compare(struct str a, struct str b);

/* The position of the first `needle` in `s`, or -1. The empty needle is found at 0. */
ptrdiff_t str_find(struct str s, struct str needle);

/* `s` from byte `from` on, at most `n` bytes; both are clamped to what is there. */
struct str str_sub(struct str s, size_t from, size_t n);
/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);

/* Copies it to `*at`, which then points behind the copy, and gives the copy: for what keeps several
 * texts in one piece of memory. */
struct str str_keep(char **at, struct str s);

/* Takes the part before the first `sep` off `*rest` and gives it in `*part`. The last part has no
 * separator behind it. False when nothing is left:
 *     while (str_cut(&rest, '\n', &line)) ... */
bool str_cut(struct str *rest, char sep, struct str *part);

/* A decimal number without sign or blanks that fits; false otherwise, `*out` untouched. */
bool str_to_u64(struct str s, uint64_t *out);

/* FNV-1a, 64 bits, started from `seed` (0 for the standard offset basis), so that several texts
 * can be hashed as one: h = str_hash(b, str_hash(a, 0)).
 * Source: RFC draft eastlake-fnv, parameters for 64 bits. */
uint64_t str_hash(struct str s, uint64_t seed);

#endif

/* How far two spellings are apart: the "optimal string alignment" distance, in which two neighbours
 * may also swap places (Damerau, A technique for computer detection and correction of spelling errors,
 * CACM 1964; in this variant no place is edited twice). Of words in the letters a to z. */
#ifndef CORE_DISTANCE_H
#define CORE_DISTANCE_H

#include "core/str.h"

#define DISTANCE_LETTERS_MAX 32 /* in either word */
#define DISTANCE_MAX 2

/* Edits from `typed` to `word`, or more than DISTANCE_MAX when there are more than that. */
int distance_edits(struct str typed, struct str word);

/* The same alignment weighed by how easily a hand slips: a letter doubled, or not doubled, 0.6; two
 * swapped, the next key on a keyboard, or a vowel for another 0.8; a letter forgotten 0.9; everything else 1. */
float distance_slips(struct str typed, struct str word);

#endif

/* Letters by their code points: which of them people write for each other, and what scripts need when
 * text is folded and cut (text.h). Pure tables, by the Unicode blocks. */
#ifndef CORE_LETTERS_H
#define CORE_LETTERS_H

#include <stdbool.h>
#include <stdint.h>

/* In the place of a letter that has no decomposition, the plain one that another keyboard has:
 *   Latin letters with a stroke and the dotless i, for the letter without;
 *   the Persian and Urdu forms of kaf, yeh and heh, alef maksura and teh marbuta, for the Arabic
 *   letters that people type for them; a Devanagari, Bengali or Gurmukhi candrabindu, for the anusvara;
 *   digits of those scripts, for those of ASCII; every apostrophe, for U+0027.
 * 0 for what is left out: the Arabic tatweel, which only makes a word longer. Anything else is given
 * back. */
int32_t letter_plain(int32_t c);

/* Whether a combining mark says what the word is, as a vowel of an Indic script or the voicing of
 * kana does. All other marks are accents, which people leave out. */
bool letter_mark_counts(int32_t c);

/* Whether the script puts no blanks between words: Han and kana. */
bool letter_unspaced(int32_t c);

#endif

/* What the bot said lately, to know it again: another bot, a bridge, or somebody's own program may say it
 * back, and an answer to that would be said back again, for ever.
 *
 * Texts are compared by their runs of three words, in letters and digits alone, so that a bridge may
 * change the marks, the lines and the capitals. A message is a copy when four fifths of one text of ours
 * stand in it, and four fifths of it in that text: whoever quotes a line of ours to ask about it is heard. */
#ifndef CORE_ECHOES_H
#define CORE_ECHOES_H

#include "core/buf.h"

#define ECHOES_MAX 64 /* texts; the oldest gives way */

struct echoes;

enum echo {
	ECHO_NONE,
	ECHO_NEARLY, /* a copy with some words of somebody's own */
	ECHO_WHOLE,  /* nothing in it is anybody's own */
};

struct echoes *echoes_new(void);
/* Accepts NULL. */
void echoes_free(struct echoes *e);
/* The bot says this. Texts of a few words are not kept: people say them too. */
void echoes_said(struct echoes *e, struct str said);
/* The words of a copy that are somebody's own go to `*own`, which the caller initialised; so do words of
 * ours that stand in it more often than we said them. */
enum echo echo_of(const struct echoes *e, struct str message, struct buf *own);

#endif

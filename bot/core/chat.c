#include "core/chat.h"

#include "core/picks.h"

/* What was held back after a safety text. */
static struct answer show_article(const struct dialog *dialog)
{
	struct answer a = answer_of(ANSWER_SOCIAL, REPLY_HELP);

	if (dialog->said_n && dialog->said[0].reply == REPLY_AFTER_URGENT &&
	    dialog->said[0].passages_n) {
		a = answer_of(ANSWER_PASSAGES, REPLY_NONE);
		a.parts[0] = dialog->said[0];
		a.parts[0].kind = ANSWER_PASSAGES;
		a.parts[0].reply = REPLY_NONE;
	}
	a.unlocks = true;
	return a;
}

struct answer chat_again(const struct dialog *dialog)
{
	struct answer a = {.kind = ANSWER_SILENT};

	if (dialog->said_n == 0)
		return answer_of(ANSWER_SOCIAL, REPLY_VAGUE);
	for (; a.parts_n < dialog->said_n; a.parts_n++) {
		a.parts[a.parts_n] = dialog->said[a.parts_n];
		if (a.parts[a.parts_n].kind > a.kind)
			a.kind = a.parts[a.parts_n].kind;
	}
	return a;
}

enum reply_id chat_contained(enum cue cue)
{
	switch (cue) {
	case CUE_ABOUT_BOT:
		return REPLY_ABOUT_BOT;
	case CUE_HELP:
		return REPLY_HELP;
	case CUE_COMPLAINT:
		return REPLY_COMPLAINT;
	default:
		return REPLY_NONE;
	}
}

/* "what can I ask" is made of such words, and asks for help. */
static struct answer answer_vague(const struct book *book, const struct readings *readings)
{
	enum reply_id reply = chat_contained(readings_contained(readings, book));

	return answer_of(ANSWER_SOCIAL, reply == REPLY_NONE ? REPLY_VAGUE : reply);
}

/* "help" may be all that somebody can type: what to do if it is happening now comes before what the bot can
 * do. */
static struct answer answer_call(const struct book *book, const struct readings *readings)
{
	enum reply_id reply = chat_contained(readings_contained(readings, book));

	return reply == REPLY_NONE ? answer_of(ANSWER_UNCOVERED, REPLY_CAREFUL)
				   : answer_of(ANSWER_SOCIAL, reply);
}

struct answer chat_answer(const struct book *book, const struct dialog *dialog,
			  const struct readings *readings, unsigned kinds)
{
	struct answer picked;

	if (picks_answer(dialog, kinds, &picked))
		return picked;
	/* A pick from nothing, and what stands around it, says nothing. */
	if (kinds & CUE_PICKS)
		kinds &= ~(CUE_PICKS | CUE_BIT(CUE_FILLER));
	switch (cues_heaviest(kinds)) {
	case CUE_SHOW_ARTICLE:
		return show_article(dialog);
	case CUE_PRICE:
		return dialog->answered_n ? answer_of(ANSWER_SOCIAL, REPLY_VAGUE)
					  : answer_of(ANSWER_UNCOVERED, REPLY_BOOKING);
	case CUE_AGAIN:
		return chat_again(dialog);
	case CUE_OTHER_WORDS:
		return dialog->answered_n ? answer_of(ANSWER_SOCIAL, REPLY_OWN_WORDS)
					  : chat_again(dialog);
	case CUE_CURSE:
		return answer_of(ANSWER_SOCIAL, REPLY_COMPLAINT);
	case CUE_THANKS:
		return answer_of(ANSWER_SOCIAL, REPLY_THANKS);
	case CUE_GOODBYE:
		return answer_of(ANSWER_SOCIAL, REPLY_GOODBYE);
	case CUE_GREETING:
		return answer_of(ANSWER_SOCIAL, REPLY_GREETING);
	case CUE_FILLER:
		return answer_of(ANSWER_SOCIAL, dialog->met ? REPLY_THANKS : REPLY_GREETING);
	case CUE_CALL:
		return answer_call(book, readings);
	default:
		return answer_vague(book, readings);
	}
}

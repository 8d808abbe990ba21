#include "core/picks.h"

static void topic_give(struct answer *answer, const struct passage *offered)
{
	struct answer_part *part = &answer->parts[answer->parts_n++];
	const struct passage *first;

	*part = (struct answer_part){.kind = ANSWER_PASSAGES, .reply = REPLY_NONE};
	part->passages_n = passage_topic(offered, &first);
	for (size_t i = 0; i < part->passages_n; i++)
		part->passages[i] = first + i;
	answer->kind = ANSWER_PASSAGES;
}

/* Asks for the number. */
static struct answer offer_again(const struct dialog *dialog)
{
	struct answer answer = {.kind = ANSWER_OFFER, .parts_n = 1};
	struct answer_part *part = &answer.parts[0];

	*part = (struct answer_part){.kind = ANSWER_OFFER, .reply = REPLY_OFFER};
	while (part->passages_n < dialog->offered_n && part->passages_n < OFFER_TOPICS_MAX) {
		part->passages[part->passages_n] = dialog->offered[part->passages_n];
		part->passages_n++;
	}
	return answer;
}

static bool is_picked(const struct dialog *dialog, unsigned kinds, size_t at)
{
	const unsigned numbers = CUE_BIT(CUE_PICK_1) | CUE_BIT(CUE_PICK_2) | CUE_BIT(CUE_PICK_3);

	if (kinds & CUE_BIT(CUE_PICK_LAST) && at + 1 == dialog->offered_n)
		return true;
	if (kinds & CUE_BIT(CUE_PICK_OTHERS))
		return !(dialog->taken >> at & 1);
	/* "both, 1 and 3" */
	if (kinds & numbers)
		return at < OFFER_TOPICS_MAX && kinds & CUE_BIT(CUE_PICK_1 + at);
	return kinds & CUE_BIT(CUE_PICK_ALL);
}

static struct answer picked(const struct dialog *dialog, unsigned kinds)
{
	struct answer answer = {.kind = ANSWER_SILENT};

	for (size_t i = 0; i < dialog->offered_n && answer.parts_n < ANSWER_ASKED_MAX; i++)
		if (is_picked(dialog, kinds, i))
			topic_give(&answer, dialog->offered[i]);
	return answer.parts_n ? answer : offer_again(dialog);
}

/* "yes", "no", "none" and "not sure" speak of what was said last. */
static bool open_answer(const struct dialog *dialog, enum cue heaviest, struct answer *out)
{
	switch (heaviest) {
	case CUE_PICK_NONE:
	case CUE_NO:
		*out = answer_of(ANSWER_UNCOVERED, REPLY_OFFER_NONE);
		return true;
	case CUE_YES:
		*out = dialog->offered_n == 1 ? picked(dialog, CUE_BIT(CUE_PICK_ALL))
					      : offer_again(dialog);
		return true;
	case CUE_MAYBE:
		*out = offer_again(dialog);
		return true;
	default:
		return false;
	}
}

bool picks_answer(const struct dialog *dialog, unsigned kinds, struct answer *out)
{
	enum cue heaviest = cues_heaviest(kinds);

	if (dialog->offered_n == 0)
		return false;
	switch (heaviest) {
	case CUE_PICK_OTHERS:
		/* Of what was offered just now nothing is left to be the others. */
		*out = dialog->taken ? picked(dialog, kinds)
				     : answer_of(ANSWER_UNCOVERED, REPLY_OFFER_NONE);
		return true;
	case CUE_PICK_ALL:
	case CUE_PICK_1:
	case CUE_PICK_2:
	case CUE_PICK_3:
	case CUE_PICK_LAST:
		*out = picked(dialog, kinds);
		return true;
	default:
		return dialog->is_offer_open && open_answer(dialog, heaviest, out);
	}
}

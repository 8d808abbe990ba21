#include "core/dialog.h"

static void offered_take(struct dialog *d, const struct answer_part *part)
{
	for (size_t i = 0; i < part->passages_n; i++)
		if (d->offered_n < DIALOG_OFFERED_MAX)
			d->offered[d->offered_n++] = part->passages[i];
}

/* The passages of a book that was swapped out must not be touched; the rest holds on. */
struct dialog dialog_for(const struct dialog *before, const struct book *book)
{
	struct dialog d = {.book = book};

	if (!before)
		return d;
	if (before->book == book)
		return *before;
	d.met = before->met;
	d.urgent = before->urgent;
	return d;
}

/* What leads an item is no topic of its own. */
static void answered_take(struct dialog *d, const struct answer_part *part, size_t at)
{
	const struct passage *first;
	size_t count = part->passages_n ? passage_topic(part->passages[0], &first) : 0;

	if (count > 1 && count == part->passages_n && first == part->passages[0]) {
		if (d->answered_n < ANSWER_PARTS_MAX)
			d->answered[d->answered_n++] = (struct told){first, true, at};
		return;
	}
	for (size_t i = 0; i < part->passages_n; i++) {
		bool leads = i + 1 < part->passages_n &&
			     passage_intro(part->passages[i + 1]) == part->passages[i];

		if (!leads && d->answered_n < ANSWER_PARTS_MAX)
			d->answered[d->answered_n++] = (struct told){part->passages[i], false, at};
	}
}

static void part_take(struct dialog *d, const struct answer_part *part, size_t at)
{
	if (part->kind == ANSWER_OFFER)
		offered_take(d, part);
	if (part->kind == ANSWER_PASSAGES)
		answered_take(d, part, at);
	if (part->reply != REPLY_AFTER_URGENT)
		return;
	for (size_t i = 0; i < part->passages_n; i++)
		d->held[i] = part->passages[i];
	d->held_n = part->passages_n;
}

struct dialog dialog_after(const struct dialog *before, const struct book *book,
			   const struct answer *answer)
{
	struct dialog d = dialog_for(before, book);

	if (answer->kind == ANSWER_SILENT)
		return d;
	d.met = true;
	if (answer->kind == ANSWER_URGENT)
		d.urgent = answer->level;
	if (answer->unlocks)
		d.urgent = URGENT_NONE;
	/* Thanks and hello in between do not take an offer back. */
	if (answer->kind == ANSWER_SOCIAL)
		return d;
	d.offered_n = 0;
	d.held_n = 0;
	d.answered_n = 0;
	d.refused = answer->kind == ANSWER_UNCOVERED;
	for (size_t i = 0; i < answer->parts_n; i++)
		part_take(&d, &answer->parts[i], i);
	return d;
}

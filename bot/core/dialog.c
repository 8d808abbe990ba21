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
		if (d->answered_n < ANSWER_ASKED_MAX)
			d->answered[d->answered_n++] = (struct told){first, true, at};
		return;
	}
	for (size_t i = 0; i < part->passages_n; i++) {
		bool leads = i + 1 < part->passages_n &&
			     passage_intro(part->passages[i + 1]) == part->passages[i];

		if (!leads && d->answered_n < ANSWER_ASKED_MAX)
			d->answered[d->answered_n++] = (struct told){part->passages[i], false, at};
	}
}

static void part_take(struct dialog *d, const struct answer_part *part, size_t at)
{
	if (part->kind == ANSWER_OFFER)
		offered_take(d, part);
	if (part->kind == ANSWER_PASSAGES)
		answered_take(d, part, at);
}

static bool has_offer(const struct answer *answer)
{
	for (size_t i = 0; i < answer->parts_n; i++)
		if (answer->parts[i].kind == ANSWER_OFFER)
			return true;
	return false;
}

static bool gives(const struct answer *answer, const struct passage *passage)
{
	for (size_t i = 0; i < answer->parts_n; i++)
		for (size_t k = 0; k < answer->parts[i].passages_n; k++)
			if (answer->parts[i].kind == ANSWER_PASSAGES &&
			    answer->parts[i].passages[k] == passage)
				return true;
	return false;
}

static bool is_offered(const struct dialog *d, const struct answer_part *part)
{
	for (size_t i = 0; i < d->offered_n; i++)
		for (size_t k = 0; k < part->passages_n; k++)
			if (part->passages[k] == d->offered[i])
				return true;
	return false;
}

static void offer_keep(struct dialog *d, const struct answer *answer)
{
	d->is_offer_open = has_offer(answer);
	d->is_offer_near = d->is_offer_near || d->is_offer_open;
	if (answer->kind == ANSWER_URGENT)
		d->is_offer_near = false;
	if (d->is_offer_open || answer->kind == ANSWER_URGENT)
		d->offered_n = d->taken = 0;
	for (size_t i = 0; i < d->offered_n; i++)
		if (gives(answer, d->offered[i]))
			d->taken |= 1u << i;
	for (size_t i = 0; i < answer->parts_n && !d->is_offer_open; i++)
		if (answer->parts[i].kind == ANSWER_PASSAGES && !is_offered(d, &answer->parts[i]))
			d->is_offer_near = false;
}

struct dialog dialog_after(const struct dialog *before, const struct book *book,
			   const struct answer *answer)
{
	struct dialog d = dialog_for(before, book);

	if (answer->kind == ANSWER_SILENT)
		return d;
	d.met = true;
	d.trail = answer->trail;
	if (answer->kind == ANSWER_URGENT)
		d.urgent = answer->level;
	if (answer->unlocks)
		d.urgent = URGENT_NONE;
	/* Thanks and hello in between do not take an offer back. */
	if (answer->kind == ANSWER_SOCIAL)
		return d;
	offer_keep(&d, answer);
	d.answered_n = 0;
	d.refused = answer->kind == ANSWER_UNCOVERED;
	d.said_n = answer->kind == ANSWER_URGENT ? 0 : answer->parts_n;
	for (size_t i = 0; i < answer->parts_n; i++)
		part_take(&d, &answer->parts[i], i);
	for (size_t i = 0; i < d.said_n; i++)
		d.said[i] = answer->parts[i];
	return d;
}

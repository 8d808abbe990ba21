#include "app/changing.h"

/* The id at a place, or empty behind the last one; `*n`: how many places there are. */
static struct str id_at(struct str sent_as, size_t place, size_t *n)
{
	struct str rest = sent_as, id, found = {0};

	*n = 0;
	while (str_cut(&rest, ' ', &id)) {
		if (!id.n)
			continue;
		if ((*n)++ == place)
			found = id;
	}
	return found;
}

static bool is_gone(struct str id)
{
	return str_starts(id, STR("-"));
}

struct change_step changing_next(const struct changing *c, struct str sent_as)
{
	bool more = c->text < c->pieces_n;
	size_t place = c->place, n;
	struct str id = id_at(sent_as, place, &n);

	while (is_gone(id))
		id = id_at(sent_as, ++place, &n);
	if (id.n)
		return (struct change_step){more ? CHANGE_TEXT : CHANGE_REMOVE, id, c->text, place};
	if (more && !c->refused)
		return (struct change_step){CHANGE_SEND, .text = c->text, .place = n};
	return (struct change_step){.kind = CHANGE_NONE};
}

/* From here on nothing stands at this place. */
static void place_leave(struct buf *sent_as, size_t place)
{
	struct str rest = buf_str(sent_as), id;
	struct buf left;
	size_t at = 0;

	buf_init(&left, sent_as->max);
	while (str_cut(&rest, ' ', &id)) {
		if (!id.n)
			continue;
		buf_addf(&left, "%s%s" STR_FMT, at ? " " : "", at == place ? "-" : "", STR_ARG(id));
		at++;
	}
	buf_clear(sent_as);
	buf_add(sent_as, buf_str(&left));
	buf_done(&left);
}

void changing_went(struct changing *c, struct buf *sent_as, bool good, struct str sent)
{
	const struct change_step step = changing_next(c, buf_str(sent_as));

	c->refused = c->refused || (!good && step.kind != CHANGE_REMOVE);
	c->place = step.place + 1;
	if (step.kind != CHANGE_REMOVE)
		c->text++;
	/* What cannot be removed is gone already, or no longer ours. */
	if (step.kind == CHANGE_REMOVE || (step.kind == CHANGE_TEXT && !good))
		place_leave(sent_as, step.place);
	if (step.kind == CHANGE_SEND && good && sent.n)
		buf_addf(sent_as, "%s" STR_FMT, sent_as->n ? " " : "", STR_ARG(sent));
}

bool sent_any(struct str sent_as)
{
	struct str rest = sent_as, id;

	while (str_cut(&rest, ' ', &id))
		if (id.n && !is_gone(id))
			return true;
	return false;
}

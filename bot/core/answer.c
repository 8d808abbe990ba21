/* talk.h: answers to text for the store, and back.
 *
 *     1 <level> <kind>:<reply>:<article/id>,<article/id> <next part>
 *
 * with "-" where a part has nothing. */
#include "core/talk.h"

#define FORMAT "1"

static void part_encode(const struct answer_part *part, struct buf *out)
{
	struct str reply = reply_id_name(part->reply);

	buf_addf(out, " " STR_FMT ":" STR_FMT ":", STR_ARG(answer_kind_name(part->kind)),
		 STR_ARG(reply.n ? reply : STR("-")));
	for (size_t i = 0; i < part->passages_n; i++) {
		const struct passage *p = part->passages[i];

		buf_addf(out, "%s" STR_FMT "/" STR_FMT, i ? "," : "",
			 STR_ARG(p->section->article->name), STR_ARG(p->id));
	}
	if (part->passages_n == 0)
		buf_add_char(out, '-');
}

void answer_encode(const struct answer *answer, struct buf *out)
{
	struct str level = urgent_level_name(answer->level);

	buf_addf(out, FORMAT " " STR_FMT, STR_ARG(level.n ? level : STR("-")));
	for (size_t i = 0; i < answer->parts_n; i++)
		part_encode(&answer->parts[i], out);
}

static bool kind_decode(struct str text, enum answer_kind *out)
{
	for (int kind = ANSWER_SILENT; kind <= ANSWER_URGENT; kind++)
		if (str_eq(text, answer_kind_name((enum answer_kind)kind))) {
			*out = (enum answer_kind)kind;
			return true;
		}
	return false;
}

static bool level_decode(struct str text, enum urgent_level *out)
{
	*out = URGENT_NONE;
	if (str_eq(text, STR("-")))
		return true;
	for (int level = URGENT_SAME_DAY; level <= URGENT_EMERGENCY; level++)
		if (str_eq(text, urgent_level_name((enum urgent_level)level))) {
			*out = (enum urgent_level)level;
			return true;
		}
	return false;
}

/* `*gone` is set when a passage is not in the book any more. */
static bool part_decode(const struct book *book, struct str text, struct answer_part *out,
			bool *gone)
{
	struct str kind, reply, id;

	*out = (struct answer_part){.reply = REPLY_NONE};
	if (!str_cut(&text, ':', &kind) || !kind_decode(kind, &out->kind) ||
	    !str_cut(&text, ':', &reply))
		return false;
	if (!str_eq(reply, STR("-"))) {
		out->reply = reply_id_of(reply);
		if (out->reply == REPLY_NONE)
			return false;
	}
	if (str_eq(text, STR("-")))
		return out->reply != REPLY_NONE;
	while (str_cut(&text, ',', &id)) {
		const struct passage *passage = book_passage(book, id);

		if (out->passages_n == PART_PASSAGES_MAX)
			return false;
		*gone = *gone || !passage;
		out->passages[out->passages_n++] = passage;
	}
	return out->passages_n > 0;
}

static bool parts_decode(const struct book *book, struct str text, struct answer *out, bool *gone)
{
	struct str one;

	while (str_cut(&text, ' ', &one)) {
		struct answer_part *part = &out->parts[out->parts_n];

		if (out->parts_n == ANSWER_PARTS_MAX || !part_decode(book, one, part, gone))
			return false;
		out->parts_n++;
		if (part->kind > out->kind)
			out->kind = part->kind;
	}
	return out->parts_n > 0;
}

bool answer_decode(const struct book *book, struct str text, struct answer *out, struct err *err)
{
	struct answer answer = {.kind = ANSWER_SILENT};
	struct str rest = text;
	struct str format, level;
	bool gone = false;

	if (!str_cut(&rest, ' ', &format) || !str_eq(format, STR(FORMAT)) ||
	    !str_cut(&rest, ' ', &level) || !level_decode(level, &answer.level) ||
	    !parts_decode(book, rest, &answer, &gone))
		return err_set(err, ERR_INPUT, "a stored answer cannot be read");
	if (gone)
		answer = (struct answer){
			.kind = ANSWER_UNCOVERED,
			.parts = {{.kind = ANSWER_UNCOVERED, .reply = REPLY_CHANGED}},
			.parts_n = 1};
	*out = answer;
	return true;
}

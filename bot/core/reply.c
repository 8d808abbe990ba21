#include "core/reply.h"

#include "core/concepts.h"
#include "core/text.h"
#include "core/tongues.h"

#define BODY_BYTES_MAX ((size_t)256 * 1024)
#define COUNT_LENGTH 12 /* code points kept free for "\n\n12/20" */

static void paragraph(struct buf *out, struct str text)
{
	if (text.n == 0)
		return;
	if (out->n)
		buf_add(out, STR("\n\n"));
	buf_add(out, text);
}

/* Titles are plain text: what Markdown would read as markup is escaped. */
static struct str title_markdown(struct str title, struct arena *arena)
{
	struct buf b;
	struct str out;

	buf_init(&b, title.n * 2 + 8);
	buf_add(&b, STR("**"));
	for (size_t i = 0; i < title.n; i++) {
		if (str_find(STR("\\*_`[]<>#~|"), str_sub(title, i, 1)) >= 0)
			buf_add_char(&b, '\\');
		buf_add_char(&b, title.p[i]);
	}
	buf_add(&b, STR("**"));
	out = arena_str(arena, buf_str(&b));
	buf_done(&b);
	return out;
}

static void passages_write(struct buf *out, const struct answer_part *part,
			   const struct section **titled, struct arena *arena)
{
	for (size_t i = 0; i < part->passages_n; i++) {
		const struct passage *p = part->passages[i];

		if (p->section != *titled)
			paragraph(out, title_markdown(p->section->title, arena));
		*titled = p->section;
		paragraph(out, p->markdown);
	}
}

static void offer_write(struct buf *out, const struct answer_part *part, size_t *number,
			struct arena *arena)
{
	for (size_t i = 0; i < part->passages_n; i++) {
		buf_add(out, i ? STR("\n") : STR("\n\n"));
		buf_addf(out, "%zu. " STR_FMT, ++*number,
			 STR_ARG(title_markdown(part->passages[i]->topic, arena)));
	}
}

static size_t given_add(const struct passage **given, size_t n, const struct passage *p)
{
	for (size_t i = 0; i < n; i++)
		if (given[i] == p)
			return n;
	given[n] = p;
	return n + 1;
}

/* A reply that speaks of good effects also names the risks, in the same size (M4): those of each
 * article that it is from. */
static void balance_write(struct buf *out, const struct book *book, const struct answer *answer)
{
	const struct passage *given[2 * ANSWER_PARTS_MAX * PART_PASSAGES_MAX];
	size_t n = 0, passages_n;

	for (size_t i = 0; i < answer->parts_n; i++) {
		const struct answer_part *part = &answer->parts[i];

		for (size_t k = 0; part->kind == ANSWER_PASSAGES && k < part->passages_n; k++)
			n = given_add(given, n, part->passages[k]);
	}
	passages_n = n;
	for (size_t i = 0; i < passages_n; i++)
		if (given[i]->benefit && given[i]->section->article->risk)
			n = given_add(given, n, given[i]->section->article->risk);
	if (n > passages_n)
		paragraph(out, book->replies->text[REPLY_BALANCE]);
	for (size_t i = passages_n; i < n; i++)
		paragraph(out, given[i]->markdown);
}

static void body_write(struct buf *out, const struct book *book, const struct answer *answer,
		       struct arena *arena)
{
	const struct section *titled = NULL;
	size_t number = 0;

	if (answer->tongue)
		paragraph(out, answer->tongue->text[answer->level - URGENT_SAME_DAY]);
	for (size_t i = 0; i < answer->parts_n; i++) {
		const struct answer_part *part = &answer->parts[i];

		if (part->reply == REPLY_CRISIS_TOO && answer->tongue)
			paragraph(out, answer->tongue->text[URGENT_CRISIS - URGENT_SAME_DAY]);
		if (part->reply != REPLY_NONE) {
			enum reply_id id = part->kind == ANSWER_OFFER && part->passages_n == 1
						   ? REPLY_OFFER_ONE
						   : part->reply;

			paragraph(out, part->topic ? replies_topic(book->replies,
								   part->topic->title, arena)
						   : book->replies->text[id]);
			titled = NULL;
		}
		if (part->kind == ANSWER_PASSAGES)
			passages_write(out, part, &titled, arena);
		else if (part->kind == ANSWER_OFFER)
			offer_write(out, part, &number, arena);
	}
	balance_write(out, book, answer);
}

static struct str note_of(const struct book *book, const struct answer *answer)
{
	bool brief = answer->kind == ANSWER_SOCIAL || answer->kind == ANSWER_URGENT;

	return book->replies->text[brief ? REPLY_NOTE_SHORT : REPLY_NOTE];
}

static struct str piece_write(struct str text, size_t i, size_t n, struct str note,
			      struct arena *arena)
{
	if (n == 1)
		return arena_fmt(arena, STR_FMT "\n\n" STR_FMT, STR_ARG(text), STR_ARG(note));
	return arena_fmt(arena, STR_FMT "\n\n%zu/%zu\n\n" STR_FMT, STR_ARG(text), i + 1, n,
			 STR_ARG(note));
}

struct reply reply_build(const struct book *book, const struct answer *answer, unsigned with,
			 size_t text_max, struct arena *arena)
{
	struct str note = note_of(book, answer);
	size_t room = text_max - text_length(note) - 2;
	struct str *pieces;
	struct buf body;
	size_t n;

	if (answer->kind == ANSWER_SILENT)
		return (struct reply){0};
	buf_init(&body, BODY_BYTES_MAX);
	if ((with & REPLY_WITH_DELAY) && answer->kind != ANSWER_URGENT)
		paragraph(&body, book->replies->text[REPLY_DELAY]);
	body_write(&body, book, answer, arena);
	if ((with & REPLY_WITH_FIRST) && answer->kind != ANSWER_URGENT)
		paragraph(&body, book->replies->text[REPLY_FIRST]);
	text_split(arena_str(arena, buf_str(&body)), room, room, arena, &pieces, &n);
	if (n > 1)
		text_split(arena_str(arena, buf_str(&body)), room - COUNT_LENGTH,
			   room - COUNT_LENGTH, arena, &pieces, &n);
	buf_done(&body);
	for (size_t i = 0; i < n; i++)
		pieces[i] = piece_write(pieces[i], i, n, note, arena);
	return (struct reply){pieces, n};
}

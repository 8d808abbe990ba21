/* The whole decision, on the shipped content: each line of the input is a message, one after the other in
 * one dialog. A line may begin with ! (not addressed to the bot), > (to another person), + (with an
 * attachment) or ~ (late).
 * Runs in make test: 600
 * Options: -max_len=1024 -dict=tests/fuzz/seeds/words.dict */
#define _GNU_SOURCE /* memmem */
#include "core/dialog.h"
#include "core/reply.h"
#include "fuzz/approved.h"
#include "fuzz/fuzz_book.h"

static struct approved approved;

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_book_load();
	approved_init(&approved, fuzz_book);
	return 0;
}

static struct question question_of(struct str line)
{
	struct question q = {.addressed = true};

	for (; line.n && strchr("!>+~", *line.p); line = str_sub(line, 1, line.n)) {
		q.addressed = q.addressed && *line.p != '!';
		q.to_other = q.to_other || *line.p == '>';
		q.attachment = q.attachment || *line.p == '+';
		q.late = q.late || *line.p == '~';
	}
	q.text = line;
	return q;
}

static struct str encode(const struct answer *answer, struct arena *turn)
{
	struct str out;
	struct buf b;

	buf_init(&b, 100000);
	answer_encode(answer, &b);
	out = arena_str(turn, buf_str(&b));
	buf_done(&b);
	return out;
}

/* Every piece is within the limit, ends in the note, and says nothing that was not approved. */
static void reply_holds(const struct answer *answer, bool first, size_t text_max,
			struct arena *turn)
{
	struct reply reply = reply_build(fuzz_book, answer, first, text_max, turn);
	const struct str *texts = fuzz_book->replies->text;

	HOLDS((reply.pieces_n == 0) == (answer->kind == ANSWER_SILENT), encode(answer, turn));
	for (size_t i = 0; i < reply.pieces_n; i++) {
		struct str piece = reply.pieces[i];

		HOLDS(text_is_utf8(piece) && text_length(piece) <= text_max, piece);
		HOLDS(str_ends(piece, texts[REPLY_NOTE]) ||
			      str_ends(piece, texts[REPLY_NOTE_SHORT]),
		      piece);
		approved_hold(&approved, piece, turn);
	}
}

static void answer_holds(const struct question *q, const struct answer *answer, struct arena *turn)
{
	bool urgent = answer->level >= URGENT_SAME_DAY;
	struct str text = encode(answer, turn);
	struct answer again;

	HOLDS(urgent == (answer->kind == ANSWER_URGENT), text);
	HOLDS(answer->kind != ANSWER_SILENT || !q->addressed || q->to_other || q->late, text);
	HOLDS(answer->parts_n <= ANSWER_PARTS_MAX, text);
	for (size_t i = 0; i < answer->parts_n; i++) {
		const struct answer_part *part = &answer->parts[i];

		HOLDS(!urgent || part->kind == ANSWER_URGENT, text);
		HOLDS(part->kind != ANSWER_PASSAGES || part->passages_n, text);
		HOLDS(part->passages_n <= PART_PASSAGES_MAX, text);
		HOLDS(part->kind != ANSWER_OFFER || part->passages_n <= OFFER_TOPICS_MAX, text);
	}
	if (answer->kind == ANSWER_SILENT)
		return;
	HOLDS(answer_decode(fuzz_book, text, &again, NULL), text);
	HOLDS(str_eq(encode(&again, turn), text), text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str input = fuzz_text(bytes, n), line;
	struct dialog dialog = dialog_for(NULL, fuzz_book);
	struct arena turn;

	arena_init(&turn);
	while (str_cut(&input, '\n', &line)) {
		struct question q = question_of(line);
		struct answer answer = talk(fuzz_book, &dialog, &q, &turn), again;

		answer_holds(&q, &answer, &turn);
		again = talk(fuzz_book, &dialog, &q, &turn);
		HOLDS(str_eq(encode(&answer, &turn), encode(&again, &turn)), line);
		reply_holds(&answer, !dialog.met, 2000, &turn);
		reply_holds(&answer, true, REPLY_TEXT_MIN, &turn);
		dialog = dialog_after(&dialog, fuzz_book, &answer);
		arena_reset(&turn);
	}
	/* What the store kept may be damaged too. */
	{
		struct answer answer;

		if (answer_decode(fuzz_book, fuzz_text(bytes, n), &answer, NULL))
			reply_holds(&answer, false, 2000, &turn);
	}
	arena_done(&turn);
	return 0;
}

#include "core/beside.h"

#include "core/index.h"
#include "core/thoughts.h"

/* The words that the passages which are given speak of. */
static bool *met_of(const struct book *book, const struct words *words, const struct answer *answer,
		    struct arena *turn)
{
	bool *met = arena_array(turn, words->n + 1, sizeof *met);

	for (size_t i = 0; i < answer->parts_n; i++) {
		const struct answer_part *part = &answer->parts[i];

		for (size_t k = 0; part->kind == ANSWER_PASSAGES && k < part->passages_n; k++) {
			const struct passage *passage = part->passages[k];
			const struct article *article = passage->section->article;
			size_t place = index_article(book->index, article);

			align_meets(book->index->aligns[place], words,
				    (size_t)(passage - article->passages), turn, met);
		}
	}
	return met;
}

static bool piece_alarms(const struct book *book, const struct words *words, size_t from, size_t to,
			 struct arena *turn)
{
	struct words_making making = {.from = words, .arena = turn};
	struct urgent_signs signs;
	struct words piece;
	size_t content = 0;

	for (size_t i = from; i < to; i++) {
		content += !wordset_has(&book->lexicon->topicless, words->v[i].text);
		words_add(&making, words->v[i]);
	}
	if (content == 0)
		return false;
	piece = words_done(&making);
	signs = urgent_signs_of(book->urgent, book->lexicon, &piece, false, turn);
	return urgent_judge(&urgent_bounds, &signs) >= URGENT_LIKELY;
}

/* Each thought in words [from, to) by itself. */
static bool thoughts_alarm(const struct book *book, const struct words *words, size_t from,
			   size_t to, struct arena *turn)
{
	struct thought *thoughts = arena_array(turn, to - from, sizeof *thoughts);
	size_t n = thoughts_of(book->lexicon, words, from, to, thoughts);
	bool alarms = false;

	for (size_t i = 0; i < n && n > 1 && !alarms; i++)
		alarms = piece_alarms(book, words, thoughts[i].from, thoughts[i].to, turn);
	return alarms;
}

/* Each run in the sentence [from, to) that the answer does not speak of, and each thought in it. */
static bool runs_alarm(const struct book *book, const struct words *words, const bool *met,
		       size_t from, size_t to, struct arena *turn)
{
	bool alarms = false;

	for (size_t at = from, end; at < to && !alarms; at = end + 1) {
		end = at;
		while (end < to && !met[end])
			end++;
		alarms = end > at && (piece_alarms(book, words, at, end, turn) ||
				      thoughts_alarm(book, words, at, end, turn));
	}
	return alarms;
}

bool beside_alarms(const struct book *book, const struct words *words, const struct answer *answer,
		   struct arena *turn)
{
	struct arena_mark before = arena_mark(turn);
	bool alarms = false;
	const bool *met;

	if (answer->kind != ANSWER_PASSAGES)
		return false;
	met = met_of(book, words, answer, turn);
	for (size_t i = 0; i < words->sentences_n && !alarms; i++) {
		size_t from = words->sentences[i].first;
		size_t to = from + words->sentences[i].count;

		alarms = thoughts_alarm(book, words, from, to, turn) ||
			 runs_alarm(book, words, met, from, to, turn);
	}
	arena_back(turn, before);
	return alarms;
}

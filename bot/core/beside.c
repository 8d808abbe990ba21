#include "core/beside.h"

#include <math.h>

#include "core/cues.h"
#include "core/index.h"
#include "core/larger.h"
#include "core/thoughts.h"

/* What is less urgent by what it is about does not become so by how it is said. */
#define MANNER_FROM (-0.6F)

/* --- snippets ----------------------------------------------------------------------------- */

/* Where a thought begins and ends, and the sentence [from, to). */
static void edges_of_thoughts(const struct book *book, const struct words *words, size_t from,
			      size_t to, struct snippet_edges *edges, struct arena *turn)
{
	struct thought *thoughts = arena_array(turn, to - from, sizeof *thoughts);
	size_t n = thoughts_of(book->lexicon, words, from, to, thoughts);

	for (size_t i = 0; i < n; i++) {
		edges[thoughts[i].from].begins = EDGE_IS;
		edges[thoughts[i].to - 1].ends = EDGE_IS;
	}
	edges[from].begins = edges[to - 1].ends = EDGE_IS;
}

/* Between two words that carry a topic nothing is torn apart, but within "my hair" it is. A question may
 * begin with any of its words. */
static void edges_of_words(const struct book *book, const struct words *words, size_t from,
			   size_t to, struct snippet_edges *edges)
{
	const struct lexicon *lexicon = book->lexicon;

	for (size_t i = from; i < to; i++) {
		if (!wordset_has(&lexicon->topicless, words->v[i].text)) {
			edges[i].ends = EDGE_PARTS;
			if (i > from && edges[i - 1].ends == EDGE_PARTS)
				edges[i].begins = EDGE_PARTS;
		} else if (i > from && wordset_has(&lexicon->question_starters, words->v[i].text)) {
			edges[i - 1].ends = EDGE_PARTS;
		}
	}
}

/* In front of thanks and behind them. */
static void edges_of_thanks(const struct book *book, const struct words *words,
			    struct snippet_edges *edges, struct arena *turn)
{
	bool *thanks = arena_array(turn, words->n + 1, sizeof *thanks);

	if (!flags_cover(&book->cues->whole[CUE_THANKS], words, thanks))
		return;
	for (size_t i = 1; i < words->n; i++) {
		if (thanks[i] == thanks[i - 1])
			continue;
		edges[i - 1].ends = EDGE_IS;
		edges[i].begins = EDGE_IS;
	}
}

/* No idiom is a sign: "dying to know". Clause by clause, as words of two make up none. Nor is what follows a
 * plain "no", which denies it: "no fever and no pain". */
static void edges_bar(const struct book *book, const struct urgent *urgent,
		      const struct words *words, struct snippet_edges *edges, struct arena *turn)
{
	bool *covered = arena_array(turn, words->n + 1, sizeof *covered);

	for (size_t from = 0, to; from < words->n; from = to) {
		struct words clause;

		for (to = from + 1; to < words->n; to++)
			if (words->v[to].clause != words->v[from].clause)
				break;
		clause = (struct words){.v = words->v + from, .n = to - from};
		flags_cover(&urgent->idioms, &clause, covered + from);
	}
	for (size_t i = 0; i < words->n; i++) {
		bool denies = flags_longest(&book->cues->whole[CUE_NO], words, i) == 1 &&
			      wordset_has(&book->lexicon->negations, words->v[i].text);

		edges[i].barred = edges[i].barred || covered[i] || denies;
		if (denies && i + 1 < words->n)
			edges[i + 1].barred = true;
	}
}

struct listening {
	const struct book *book;
	const struct urgent *urgent;
	const struct words *words;
	const struct snippet_edges *edges;
	struct arena *turn;
	struct beside beside;
};

/* What stands by itself has a form too, which the lane knows. */
static float lane_hears(const struct listening *l, const struct snippet *snippet,
			enum snippet_kind kind)
{
	struct arena_mark before = arena_mark(l->turn);
	float margin = snippet->margins[EAR_LANE];

	if (kind == SNIPPET_TORN || margin < MANNER_FROM)
		return margin;
	margin += urgency_of_manner(&l->urgent->model, l->book->lexicon, l->words, snippet->from,
				    snippet->to, l->turn);
	arena_back(l->turn, before);
	return margin;
}

/* Raises the highest margins by a snippet's. */
static void snippet_heard(void *self, const struct snippet *snippet)
{
	struct listening *l = self;
	enum snippet_kind kind = snippet_kind_of(l->edges, snippet);
	float *taught = &l->beside.snippets[EAR_SNIPPETS][kind];
	float *lane = &l->beside.snippets[EAR_LANE][kind];

	*taught = larger(snippet->margins[EAR_SNIPPETS], *taught);
	*lane = larger(lane_hears(l, snippet, kind), *lane);
}

struct beside beside_of(const struct book *book, const struct urgent *urgent,
			const struct words *words, struct arena *turn)
{
	struct snippet_edges *edges = arena_array(turn, words->n + 1, sizeof *edges);
	struct listening listening = {
		.book = book, .urgent = urgent, .words = words, .edges = edges, .turn = turn};
	struct snippet_listener listener = {snippet_heard, &listening};

	for (size_t ear = 0; ear < SNIPPET_EARS; ear++)
		for (size_t kind = 0; kind < SNIPPET_KINDS; kind++)
			listening.beside.snippets[ear][kind] = -INFINITY;
	for (size_t i = 0; i < words->sentences_n; i++) {
		size_t from = words->sentences[i].first;
		size_t to = from + words->sentences[i].count;

		edges_of_words(book, words, from, to, edges);
		edges_of_thoughts(book, words, from, to, edges, turn);
	}
	edges_of_thanks(book, words, edges, turn);
	edges_bar(book, urgent, words, edges, turn);
	for (size_t i = 0; i < words->sentences_n; i++)
		snippets_each(&urgent->model.snippets, book->lexicon, words,
			      words->sentences[i].first,
			      words->sentences[i].first + words->sentences[i].count, edges,
			      &listener, turn);
	return listening.beside;
}

bool beside_doubts(const struct beside *beside, const struct urgent_bounds *bounds)
{
	for (size_t ear = 0; ear < SNIPPET_EARS; ear++)
		for (size_t kind = 0; kind < SNIPPET_KINDS; kind++)
			if (beside->snippets[ear][kind] > bounds->snippets[ear][kind])
				return true;
	return false;
}

static bool snippets_alarm(const struct book *book, const struct words *words, struct arena *turn)
{
	struct beside beside = beside_of(book, book->urgent, words, turn);

	return beside_doubts(&beside, &urgent_bounds);
}

/* --- flags -------------------------------------------------------------------------------- */

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
	if (content == 0 || !urgent_may_flag(book->urgent, words, from, to))
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

static bool flags_alarm(const struct book *book, const struct words *words,
			const struct answer *answer, struct arena *turn)
{
	const bool *met = NULL;
	bool alarms = false;

	for (size_t i = 0; i < words->sentences_n && !alarms; i++) {
		size_t from = words->sentences[i].first;
		size_t to = from + words->sentences[i].count;

		if (!met)
			met = met_of(book, words, answer, turn);
		alarms = thoughts_alarm(book, words, from, to, turn) ||
			 runs_alarm(book, words, met, from, to, turn);
	}
	return alarms;
}

bool beside_alarms(const struct book *book, const struct words *words, const struct answer *answer,
		   struct arena *turn)
{
	struct arena_mark before = arena_mark(turn);
	bool alarms = answer->kind == ANSWER_PASSAGES &&
		      (snippets_alarm(book, words, turn) || flags_alarm(book, words, answer, turn));

	arena_back(turn, before);
	return alarms;
}

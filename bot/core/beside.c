#include "core/beside.h"

#include <math.h>

#include "core/cues.h"
#include "core/index.h"
#include "core/larger.h"
#include "core/thoughts.h"

/* What is less urgent by what it is about does not become so by how it is said. */
#define MANNER_FROM (-0.6F)
/* One word of which the reply does not speak says too little: most questions have one. */
#define ASIDE_TOPICS 2

/* --- flags -------------------------------------------------------------------------------- */

static bool piece_alarms(const struct book *book, const struct urgent *urgent,
			 const struct words *words, size_t from, size_t to, struct arena *turn)
{
	struct words_making making = {.from = words, .arena = turn};
	struct urgent_signs signs;
	struct words piece;
	size_t content = 0;

	for (size_t i = from; i < to; i++) {
		content += !wordset_has(&book->lexicon->topicless, words->v[i].text);
		words_add(&making, words->v[i]);
	}
	if (content == 0 || !urgent_may_flag(urgent, words, from, to))
		return false;
	piece = words_done(&making);
	signs = urgent_signs_of(urgent, book->lexicon, &piece, false, turn);
	return urgent_judge(&urgent_bounds, &signs) >= URGENT_LIKELY;
}

/* Each thought in words [from, to) by itself. */
static bool thoughts_alarm(const struct book *book, const struct urgent *urgent,
			   const struct words *words, size_t from, size_t to, struct arena *turn)
{
	struct thought *thoughts = arena_array(turn, to - from, sizeof *thoughts);
	size_t n = thoughts_of(book->lexicon, words, from, to, thoughts);
	bool alarms = false;

	for (size_t i = 0; i < n && n > 1 && !alarms; i++)
		alarms = piece_alarms(book, urgent, words, thoughts[i].from, thoughts[i].to, turn);
	return alarms;
}

/* Each run in the sentence [from, to) that the answer does not speak of, and each thought in it. */
static bool runs_alarm(const struct book *book, const struct urgent *urgent,
		       const struct words *words, const bool *met, size_t from, size_t to,
		       struct arena *turn)
{
	bool alarms = false;

	for (size_t at = from, end; at < to && !alarms; at = end + 1) {
		end = at;
		while (end < to && !met[end])
			end++;
		alarms = end > at && (piece_alarms(book, urgent, words, at, end, turn) ||
				      thoughts_alarm(book, urgent, words, at, end, turn));
	}
	return alarms;
}

static bool flags_alarm(const struct book *book, const struct urgent *urgent,
			const struct words *words, const bool *met, struct arena *turn)
{
	bool alarms = false;

	for (size_t i = 0; i < words->sentences_n && !alarms; i++) {
		size_t from = words->sentences[i].first;
		size_t to = from + words->sentences[i].count;

		alarms = thoughts_alarm(book, urgent, words, from, to, turn) ||
			 runs_alarm(book, urgent, words, met, from, to, turn);
	}
	return alarms;
}

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
	const unsigned *topics,
		*met; /* how many words before this one carry a topic; ... are met */
	bool asks;    /* the sentence that is listened to */
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

static bool is_aside(const struct listening *l, const struct snippet *snippet)
{
	return l->topics[snippet->to] - l->topics[snippet->from] >= ASIDE_TOPICS &&
	       l->met[snippet->to] == l->met[snippet->from];
}

/* Raises the highest margins by a snippet's: what one ear alone hears says less. */
static void snippet_heard(void *self, const struct snippet *snippet)
{
	struct listening *l = self;
	enum snippet_kind kind = snippet_kind_of(l->edges, snippet);
	float heard =
		(lane_hears(l, snippet, kind) + snippet->margins[EAR_SNIPPETS]) / SNIPPET_EARS;
	float *told = &l->beside.snippets[SNIPPET_TOLD][kind];
	float *asked = &l->beside.snippets[SNIPPET_ASKED][kind];
	float *aside = &l->beside.snippets[SNIPPET_ASIDE][kind];

	if (!l->asks) {
		*told = larger(heard, *told);
		return;
	}
	*asked = larger(heard, *asked);
	if (is_aside(l, snippet))
		*aside = larger(heard, *aside);
}

/* Whether a question is asked in the sentence [from, to). In a message of one sentence what is told is
 * meant as one. */
static bool sentence_asks(const struct book *book, const struct words *words, size_t from,
			  size_t to, struct arena *turn)
{
	struct thought *thoughts = arena_array(turn, to - from, sizeof *thoughts);
	size_t n = thoughts_of(book->lexicon, words, from, to, thoughts);

	for (size_t i = 0; i < n; i++)
		if (urgency_asks(book->lexicon, words, thoughts[i].from, thoughts[i].to))
			return true;
	return words->sentences_n == 1;
}

/* For each word how many before it carry a topic, and how many of those are met. */
static void topics_count(struct listening *l, const bool *met)
{
	size_t n = l->words->n;
	unsigned *topics = arena_array(l->turn, n + 1, sizeof *topics);
	unsigned *known = arena_array(l->turn, n + 1, sizeof *known);

	for (size_t i = 0; i < n; i++) {
		bool topic = !wordset_has(&l->book->lexicon->topicless, l->words->v[i].text);

		topics[i + 1] = topics[i] + topic;
		known[i + 1] = known[i] + (topic && met[i]);
	}
	l->topics = topics;
	l->met = known;
}

static const struct snippet_edges *edges_of(const struct book *book, const struct urgent *urgent,
					    const struct words *words, struct arena *turn)
{
	struct snippet_edges *edges = arena_array(turn, words->n + 1, sizeof *edges);

	for (size_t i = 0; i < words->sentences_n; i++) {
		size_t from = words->sentences[i].first;
		size_t to = from + words->sentences[i].count;

		edges_of_words(book, words, from, to, edges);
		edges_of_thoughts(book, words, from, to, edges, turn);
	}
	edges_of_thanks(book, words, edges, turn);
	edges_bar(book, urgent, words, edges, turn);
	return edges;
}

struct beside beside_of(const struct book *book, const struct urgent *urgent,
			const struct words *words, const bool *met, struct arena *turn)
{
	struct listening l = {.book = book, .urgent = urgent, .words = words, .turn = turn};
	struct snippet_listener listener = {snippet_heard, &l};

	for (size_t place = 0; place < SNIPPET_PLACES; place++)
		for (size_t kind = 0; kind < SNIPPET_KINDS; kind++)
			l.beside.snippets[place][kind] = -INFINITY;
	l.edges = edges_of(book, urgent, words, turn);
	topics_count(&l, met);
	for (size_t i = 0; i < words->sentences_n; i++) {
		size_t from = words->sentences[i].first;
		size_t to = from + words->sentences[i].count;

		l.asks = sentence_asks(book, words, from, to, turn);
		snippets_each(&urgent->model.snippets, book->lexicon, words, from, to, l.edges,
			      &listener, turn);
	}
	l.beside.flagged = flags_alarm(book, urgent, words, met, turn);
	return l.beside;
}

bool beside_doubts(const struct beside *beside, const struct urgent_bounds *bounds)
{
	for (size_t place = 0; place < SNIPPET_PLACES; place++)
		for (size_t kind = 0; kind < SNIPPET_KINDS; kind++)
			if (beside->snippets[place][kind] > bounds->snippets[place][kind])
				return true;
	return beside->flagged;
}

bool *beside_met(const struct book *book, const struct words *words, const struct answer *answer,
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

bool beside_alarms(const struct book *book, const struct words *words, const struct answer *answer,
		   struct arena *turn)
{
	struct arena_mark before = arena_mark(turn);
	struct beside beside;
	const bool *met;
	bool alarms;

	if (answer->kind != ANSWER_PASSAGES)
		return false;
	met = beside_met(book, words, answer, turn);
	beside = beside_of(book, book->urgent, words, met, turn);
	alarms = beside_doubts(&beside, &urgent_bounds);
	arena_back(turn, before);
	return alarms;
}

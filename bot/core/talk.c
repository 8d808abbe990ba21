#include "core/talk.h"

#include <string.h>

#include "core/alarm.h"
#include "core/asks.h"
#include "core/beside.h"
#include "core/chat.h"
#include "core/concepts.h"
#include "core/dialog.h"
#include "core/followup.h"
#include "core/lean.h"
#include "core/links.h"
#include "core/part.h"
#include "core/picks.h"
#include "core/policy.h"
#include "core/ranking.h"
#include "core/readings.h"
#include "core/several.h"
#include "core/telling.h"

struct turn {
	const struct book *book;
	const struct dialog *dialog; /* never NULL */
	struct arena *arena;
	struct readings readings;
	const struct words *words; /* written out: what is compared with the book */
	bool doubtful;		   /* it may be urgent: no article text */
	bool is_grave;		   /* ... and what is told sounds like more than for the same day */
	bool is_despair;	   /* ... and sounds like a crisis */
	bool linked;		   /* there was a link in it, which is not read */
	bool too_long;		   /* to be answered: the readings are of what it begins with */
};

/* --- answers ------------------------------------------------------------------------------ */

/* A crisis always names its line, also where there is an emergency in it. */
static struct answer answer_urgent(enum urgent_level level, const struct tongue *tongue,
				   bool crisis_too)
{
	static const enum reply_id texts[] = {[URGENT_SAME_DAY] = REPLY_URGENT,
					      [URGENT_CRISIS] = REPLY_CRISIS,
					      [URGENT_EMERGENCY] = REPLY_EMERGENCY};
	struct answer a = answer_of(ANSWER_URGENT, texts[level]);

	a.level = level;
	a.tongue = tongue;
	if (level == URGENT_EMERGENCY && crisis_too)
		a.parts[a.parts_n++] =
			(struct answer_part){.kind = ANSWER_URGENT, .reply = REPLY_CRISIS_TOO};
	return a;
}

/* --- one question ------------------------------------------------------------------------- */

static void considered_add(struct answer *answer, const struct ranking *ranking)
{
	for (size_t i = 0; i < ranking->n && answer->considered_n < CONSIDERED_MAX; i++) {
		const struct match *m = &ranking->v[i];
		struct considered *one = &answer->considered[answer->considered_n];
		bool known = false;

		for (size_t k = 0; k < answer->considered_n; k++)
			known = known || answer->considered[k].passage == m->passage;
		if (known)
			continue;
		*one = (struct considered){
			.passage = m->passage, .score = m->p, .covered = m->covered};
		memcpy(one->signals, m->signals, sizeof one->signals);
		answer->considered_n++;
	}
}

/* Ranks the question alone and within what was said around it, and takes what is surer. */
static struct ranking ask_rank(const struct turn *t, const struct ask *ask)
{
	struct ranking alone = ranking_of(t->book->index, t->words, ask->from, ask->to, t->arena);
	struct ranking wider;

	if (ask->context == ask->from && ask->context_end == ask->to)
		return alone;
	wider = ranking_of(t->book->index, t->words, ask->context, ask->context_end, t->arena);
	if (wider.verdict != alone.verdict)
		return wider.verdict > alone.verdict ? wider : alone;
	if (wider.verdict == MATCH_OFFER) {
		ranking_join(&wider, &alone);
		return wider;
	}
	return wider.n && wider.v[0].p > alone.v[0].p ? wider : alone;
}

static struct answer_part ask_answer(const struct turn *t, const struct ask *ask,
				     struct answer *answer)
{
	enum cue policy =
		cues_policy(t->book->cues, t->book->lexicon, t->words, ask->from, ask->to);
	struct ranking ranking = ask_rank(t, ask);

	if (policy == CUE_NONE)
		ranking = followup_rank(t->book, t->dialog, t->words, ask, &ranking, t->arena);
	considered_add(answer, &ranking);
	if (policy != CUE_NONE) {
		enum match_verdict most = policy_yields(policy, t->book, t->words, ask->from,
							ask->to, &ranking, t->arena);

		if (most == MATCH_NONE)
			return (struct answer_part){.kind = ANSWER_UNCOVERED,
						    .reply = policy_reply(policy)};
		if (ranking.verdict > most)
			ranking.verdict = most;
	}
	switch (ranking.verdict) {
	case MATCH_ANSWER:
		return part_given(&ranking);
	case MATCH_SECTION:
		return part_of_section(ranking.v[0].passage->section);
	case MATCH_OFFER:
		return part_offered(&ranking);
	default:
		return part_refused(t->book, t->words, ask->from, ask->to, &ranking);
	}
}

/* --- several questions -------------------------------------------------------------------- */

static bool part_is_new(const struct answer *answer, const struct answer_part *part)
{
	for (size_t i = 0; i < answer->parts_n; i++) {
		const struct answer_part *other = &answer->parts[i];

		if (other->kind != part->kind || other->reply != part->reply)
			continue;
		if (part->kind != ANSWER_PASSAGES || other->passages[0] == part->passages[0])
			return false;
	}
	return true;
}

static struct answer_part *offer_find(struct answer *answer)
{
	for (size_t i = 0; i < answer->parts_n; i++)
		if (answer->parts[i].kind == ANSWER_OFFER)
			return &answer->parts[i];
	return NULL;
}

static bool names_something(const struct turn *t, const struct ask *ask)
{
	for (size_t i = ask->from; i < ask->to; i++)
		if (!wordset_has(&t->book->lexicon->topicless, t->words->v[i].text))
			return true;
	return false;
}

/* Whether any of these asks for what the answer does not say. */
static bool are_left(const struct turn *t, const struct ask *asks, size_t n,
		     const struct answer *answer)
{
	struct answer aside = {.kind = ANSWER_SILENT}; /* what is only looked at is not weighed */

	for (size_t i = 0; i < n; i++) {
		struct answer_part part = ask_answer(t, &asks[i], &aside);

		if (part.reply == REPLY_NOT_COVERED ? names_something(t, &asks[i])
						    : part_is_new(answer, &part))
			return true;
	}
	return false;
}

static struct answer answer_asks(const struct turn *t)
{
	struct ask all[ASKS_MAX], asks[ANSWER_ASKED_MAX];
	size_t all_n = asks_find(t->book->lexicon, t->words, all, ASKS_MAX);
	size_t first = all_n < ANSWER_ASKED_MAX ? all_n : ANSWER_ASKED_MAX;
	struct answer answer = {.kind = ANSWER_UNCOVERED};
	bool left;
	size_t n;

	memcpy(asks, all, first * sizeof *asks);
	n = several_cut(t->book, t->words, asks, first, ANSWER_ASKED_MAX, &left, t->arena);
	for (size_t i = 0; i < n; i++) {
		struct answer_part part = ask_answer(t, &asks[i], &answer);
		struct answer_part *offer = offer_find(&answer);

		if (offer && part.kind == ANSWER_OFFER)
			offer_merge(offer, &part);
		if (!part_is_new(&answer, &part))
			continue;
		answer.parts[answer.parts_n++] = part;
		if (part.kind > answer.kind)
			answer.kind = part.kind;
	}
	if (left || are_left(t, all + first, all_n - first, &answer))
		answer.parts[answer.parts_n++] =
			(struct answer_part){.kind = ANSWER_SOCIAL, .reply = REPLY_REST};
	return answer;
}

/* Who must not have this treatment, children, and what somebody suffers from are told in any sentence. */
static bool policy_of_whole(const struct turn *t, struct answer *out)
{
	struct ask whole = {.from = 0, .to = t->words->n};
	enum cue cue = policy_of(t->book, &t->readings, &whole);
	struct ranking ranking;

	if (cue != CUE_MINOR && cue != CUE_CONTRAINDICATION && cue != CUE_DISTRESS)
		return false;
	if (cue == CUE_CONTRAINDICATION && policy_is_in_part(t->book, &t->readings, t->arena))
		return false;
	ranking = ranking_of(t->book->index, t->words, whole.from, whole.to, t->arena);
	if (policy_yields(cue, t->book, t->words, whole.from, whole.to, &ranking, t->arena) !=
	    MATCH_NONE)
		return false;
	*out = answer_of(ANSWER_UNCOVERED, policy_reply(cue));
	return true;
}

/* Two parts of an answer may give the same one. */
static void passage_hold(struct answer_part *part, const struct passage *passage)
{
	for (size_t i = 0; i < part->passages_n; i++)
		if (part->passages[i] == passage)
			return;
	if (part->passages_n < PART_PASSAGES_MAX)
		part->passages[part->passages_n++] = passage;
}

/* Soon after a safety text no article text is given unless it is asked for by name. */
static struct answer hold_back(const struct answer *answer)
{
	struct answer held = answer_of(ANSWER_UNCOVERED, REPLY_AFTER_URGENT);
	struct answer_part *part = &held.parts[0];

	for (size_t i = 0; i < answer->parts_n; i++)
		for (size_t k = 0; k < answer->parts[i].passages_n; k++)
			if (answer->parts[i].kind == ANSWER_PASSAGES)
				passage_hold(part, answer->parts[i].passages[k]);
	return held;
}

#define CAREFUL_TOPICS_LEAST 2

/* The topics that an answer is about, two or more. False where there are none, or where it is no time for
 * topics. */
static bool careful_topics(const struct turn *t, const struct answer *asked,
			   struct answer_part *offer)
{
	*offer = (struct answer_part){.kind = ANSWER_OFFER, .reply = REPLY_OFFER};
	for (size_t i = 0; i < asked->parts_n && !t->dialog->urgent; i++)
		for (size_t k = 0; k < asked->parts[i].passages_n; k++)
			offer_add(offer, asked->parts[i].passages[k]);
	if (offer->passages_n == 0)
		return false;
	/* Of a single topic "yes" would ask for it, and here it may mean that it is happening. */
	for (size_t i = 0; i < asked->considered_n && offer->passages_n < CAREFUL_TOPICS_LEAST; i++)
		offer_add(offer, asked->considered[i].passage);
	return offer->passages_n >= CAREFUL_TOPICS_LEAST;
}

/* What may be urgent gets no article text at once: first what to do if it is, then the topics to pick
 * from; but none to somebody who tells what sounds like a crisis or an emergency. */
static struct answer answer_careful(const struct turn *t, const struct answer *asked)
{
	struct answer careful =
		answer_of(ANSWER_UNCOVERED, t->is_despair ? REPLY_CAREFUL_CRISIS : REPLY_CAREFUL);
	struct answer_part offer;

	memcpy(careful.considered, asked->considered, sizeof careful.considered);
	careful.considered_n = asked->considered_n;
	if (t->is_grave || !careful_topics(t, asked, &offer))
		return careful;
	careful.kind = ANSWER_OFFER;
	careful.parts[careful.parts_n++] = offer;
	return careful;
}

static bool is_ask_of_policy(const struct turn *t)
{
	struct ask whole = {.from = 0, .to = t->words->n};

	return policy_of(t->book, &t->readings, &whole) != CUE_NONE;
}

/* Of nothing that was said: "tomorrow?". A whole question may be one about the treatment. */
static bool names_only_time(const struct turn *t)
{
	return t->dialog->said_n == 0 && lean_moves(t->book, t->words) &&
	       lean_of(t->book, t->words).is_clipped;
}

/* Nothing that an answer could be found by, nor anything that was said before to find it with. */
static bool says_nothing(const struct turn *t)
{
	enum telling telling = telling_of(t->book, t->words);

	if (telling == TELLING_LITTLE ? t->dialog->said_n > 0
				      : telling > TELLING_LITTLE && !names_only_time(t))
		return false;
	return !t->doubtful && !t->readings.foreign &&
	       (t->words->n == 0 ||
		(!is_ask_of_policy(t) && readings_contained(&t->readings, t->book) == CUE_NONE));
}

#define REFUSED_WORDS_MAX 6 /* behind a refusal, what is longer may ask something else */

/* "and tomorrow": about what was said last, as no other topic is named. */
static bool moves_time(const struct turn *t)
{
	bool takes_up =
		t->dialog->answered_n || (t->dialog->refused && t->words->n <= REFUSED_WORDS_MAX);

	return takes_up && !t->dialog->urgent && !t->doubtful && lean_moves(t->book, t->words) &&
	       !is_ask_of_policy(t);
}

/* "why", "how long" behind a refusal: what was refused still is. */
static bool is_of_refused(const struct turn *t, const struct answer *answer)
{
	struct lean lean;

	if (!t->dialog->refused || answer->parts_n != 1 ||
	    answer->parts[0].reply != REPLY_NOT_COVERED)
		return false;
	lean = lean_of(t->book, t->words);
	return lean.topics <= 0 && (lean.doubts || !lean_is_whole(&lean));
}

/* Whatever was said before: "can I talk to someone" asks nothing about the sauna. */
static bool is_answered_alone(const struct turn *t, const struct answer *answer)
{
	struct dialog none = dialog_for(NULL, t->book);
	struct turn alone = *t;

	alone.dialog = &none;
	return answer->kind == ANSWER_PASSAGES &&
	       (t->dialog->answered_n == 0 || answer_asks(&alone).kind == ANSWER_PASSAGES);
}

static struct answer answer_text(const struct turn *t)
{
	enum cue contained = readings_contained(&t->readings, t->book);
	struct answer answer;

	if (t->readings.foreign)
		return answer_of(ANSWER_UNCOVERED, REPLY_FOREIGN);
	if (!t->dialog->urgent && policy_of_whole(t, &answer))
		return answer;
	if (contained == CUE_NONE && moves_time(t))
		return chat_again(t->dialog);
	answer = answer_asks(t);
	if (t->doubtful)
		return answer_careful(t, &answer);
	if (contained != CUE_NONE && !is_answered_alone(t, &answer))
		return answer_of(ANSWER_SOCIAL, chat_contained(contained));
	if (t->dialog->urgent)
		return hold_back(&answer);
	if (beside_alarms(t->book, t->words, &answer, t->arena))
		return answer_careful(t, &answer);
	if (is_of_refused(t, &answer))
		return chat_again(t->dialog);
	/* What is found for a question about something that nobody knows is found by chance. */
	if (answer.kind >= ANSWER_OFFER && t->dialog->answered_n == 0 &&
	    telling_of(t->book, t->words) == TELLING_UNKNOWN)
		return answer_of(ANSWER_UNCOVERED, REPLY_NOT_COVERED);
	return answer;
}

/* Does it take up what the bot said last, or ask something? Then it is meant for the bot even if it does
 * not say so. */
static bool goes_on(const struct turn *t, unsigned kinds)
{
	enum cue cue = cues_heaviest(kinds);
	struct answer picked;

	return picks_answer(t->dialog, kinds, &picked) || cue == CUE_PRICE ||
	       (t->dialog->said_n && (cue == CUE_AGAIN || cue == CUE_OTHER_WORDS)) ||
	       cue == CUE_CALL || (cue == CUE_SHOW_ARTICLE && t->dialog->urgent != URGENT_NONE);
}

/* "/help": who types that calls for nobody, and asks what the bot can do. */
/* "/help", "!help"; but "!!! help" is a call. */
static bool is_command(const struct question *question)
{
	struct str text = str_trim(question->text);

	return text.n > 1 && (text.p[0] == '/' || text.p[0] == '!') && text.p[1] != '!' &&
	       text.p[1] != ' ';
}

static bool has_digit(const struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (words->v[i].text.p[0] >= '0' && words->v[i].text.p[0] <= '9')
			return true;
	return false;
}

/* "just one", "the last" behind an answer, with no offer near: only a digit still picks from one long ago. */
static bool picks_nothing(const struct turn *t, unsigned kinds)
{
	return kinds & CUE_PICKS && !(kinds & ~(CUE_PICKS | CUE_BIT(CUE_FILLER))) &&
	       t->dialog->answered_n && !t->dialog->is_offer_near && !has_digit(t->words);
}

/* "really?", "are you sure" behind an answer is a question. */
static bool asks_back(const struct turn *t, unsigned kinds)
{
	const unsigned some = CUE_BIT(CUE_YES) | CUE_BIT(CUE_NO) | CUE_BIT(CUE_MAYBE) |
			      CUE_BIT(CUE_VAGUE) | CUE_BIT(CUE_FILLER);

	/* "3?" picks nothing where nothing was offered, or another answer was given since. */
	if (t->dialog->offered_n == 0 || !t->dialog->is_offer_near)
		kinds &= ~CUE_PICKS;
	return t->dialog->answered_n && !(kinds & ~some) && followup_asks_back(t->book, t->words);
}

/* A link stands for what it asks, and what was found for the words around it is found by chance. */
static bool is_of_link(const struct turn *t, const struct answer *answer)
{
	enum reply_id reply = answer->parts[0].reply;

	return t->linked && answer->parts_n == 1 &&
	       (reply == REPLY_OFFER || reply == REPLY_VAGUE || reply == REPLY_NOT_COVERED ||
		reply == REPLY_NOT_COVERED_TOPIC);
}

/* What is not urgent. */
static struct answer answer_ordinary(const struct turn *t, const struct question *question)
{
	struct answer answer;
	unsigned whole;

	if (question->to_other || question->late)
		return (struct answer){.kind = ANSWER_SILENT};
	if (t->too_long)
		return answer_of(ANSWER_UNCOVERED, REPLY_TOO_LONG);
	if (t->words->n == 0 && (question->attachment || t->linked))
		return answer_of(ANSWER_UNCOVERED, REPLY_ATTACHMENT);
	whole = t->readings.kinds;
	if (asks_back(t, whole) || picks_nothing(t, whole))
		whole = 0;
	else if (!whole && says_nothing(t))
		whole = CUE_BIT(CUE_VAGUE);
	if (whole && !question->addressed && !goes_on(t, whole))
		return (struct answer){.kind = ANSWER_SILENT};
	if (whole && t->dialog->urgent && cues_heaviest(whole) != CUE_SHOW_ARTICLE)
		return answer_of(ANSWER_UNCOVERED, REPLY_AFTER_URGENT);
	if (whole & CUE_BIT(CUE_CALL) && is_command(question))
		return answer_of(ANSWER_SOCIAL, REPLY_HELP);
	answer = whole ? chat_answer(t->book, t->dialog, &t->readings, whole) : answer_text(t);
	return is_of_link(t, &answer) ? answer_of(ANSWER_UNCOVERED, REPLY_ATTACHMENT) : answer;
}

#define LIKELY_WORDS_MAX 30 /* of more words topics would be a guess */

/* What the article has topics on, though it is like messages for the same day. False where there are
 * none, or where it is no time for topics. */
static bool answer_likely(const struct turn *t, const struct question *question, struct answer *out)
{
	struct answer_part offer;
	struct answer asked;

	if (question->to_other || question->late || t->readings.foreign || t->too_long ||
	    t->dialog->urgent || t->words->sentences_n > 1 || t->words->n > LIKELY_WORDS_MAX)
		return false;
	asked = answer_asks(t);
	if (!careful_topics(t, &asked, &offer))
		return false;
	*out = answer_careful(t, &asked);
	return true;
}

/* Of a doubtful message. To ask about an emergency is not to tell of one. */
static bool sounds_grave(const struct turn *t, const struct urgency *margins)
{
	const float *v = margins->v;
	float highest = v[URGENT_CRISIS - URGENT_SAME_DAY];

	if (v[URGENT_EMERGENCY - URGENT_SAME_DAY] > highest)
		highest = v[URGENT_EMERGENCY - URGENT_SAME_DAY];
	return highest > v[0] && !urgency_asks(t->book->lexicon, t->words, 0, t->words->n);
}

/* Despair has few words of its own: what is about as like a crisis as not, and more so than the other
 * levels, is in doubt though little in it is like what is urgent. Of crises that are missed when their
 * writer is left out of what is learnt, four in ten are above CRISIS_TOLD, and one in a hundred of ordinary
 * messages. */
#define CRISIS_ASKED 0.3F
#define CRISIS_TOLD (-0.2F)

static bool leans_to_crisis(const struct turn *t, const struct urgency *margins)
{
	const float *v = margins->v;
	float crisis = v[URGENT_CRISIS - URGENT_SAME_DAY];
	bool asks = urgency_asks(t->book->lexicon, t->words, 0, t->words->n);

	return crisis > (asks ? CRISIS_ASKED : CRISIS_TOLD) && crisis > v[0] &&
	       crisis > v[URGENT_EMERGENCY - URGENT_SAME_DAY];
}

/* Greetings and thanks tell nothing, and "no" behind "fever" denies it; "wont stop" does not. */
#define DENIAL_WORDS_MAX 2

static bool tells_on(const struct turn *t)
{
	const unsigned polite = CUE_BIT(CUE_THANKS) | CUE_BIT(CUE_GREETING) | CUE_BIT(CUE_GOODBYE);
	bool denies = t->readings.kinds & CUE_BIT(CUE_NO) && t->words->n <= DENIAL_WORDS_MAX;

	return !t->too_long && !denies && !(t->readings.kinds & polite) &&
	       trail_goes_on(t->book, &t->readings.v[READING_WRITTEN]);
}

/* What was told in a few words, one message behind the other, is at least as urgent as all of it at once. */
static struct alarm alarm_together(const struct turn *t, const struct question *question,
				   struct alarm alone)
{
	struct alarm together = trail_alarm(&t->dialog->trail, t->book, question->text, t->arena);

	/* A safety text is not said again for what it was said for. */
	return together.level > alone.level && together.level > t->dialog->urgent ? together
										  : alone;
}

struct answer talk(const struct book *book, const struct dialog *dialog,
		   const struct question *question, struct arena *turn)
{
	struct dialog before = dialog_for(dialog, book);
	struct turn t = {.book = book, .dialog = &before, .arena = turn};
	struct alarm alarm;
	bool tells;
	struct answer answer;

	t.readings = readings_of(
		book, links_out(str_sub(question->text, 0, QUESTION_BYTES_MAX), turn, &t.linked),
		turn);
	t.words = &t.readings.v[READING_OUT];
	t.too_long = question->text.n > QUESTION_BYTES_MAX || t.words->n >= WORDS_MAX;
	alarm = t.too_long ? alarm_of_long(book, question->text, turn)
			   : alarm_of(&t.readings, book, turn);
	tells = tells_on(&t);
	if (tells && before.trail.n)
		alarm = alarm_together(&t, question, alarm);
	t.is_despair = alarm.level <= URGENT_DOUBTFUL && leans_to_crisis(&t, &alarm.margins);
	t.doubtful = t.is_despair || alarm.level == URGENT_DOUBTFUL;
	t.is_grave = t.doubtful && sounds_grave(&t, &alarm.margins);
	if (alarm.level == URGENT_LIKELY && !answer_likely(&t, question, &answer))
		alarm.level = URGENT_SAME_DAY;
	/* What goes on soon after an emergency: "they are getting fat now" */
	if (alarm.level == URGENT_SAME_DAY && before.urgent == URGENT_EMERGENCY)
		alarm.level = URGENT_EMERGENCY;
	if (alarm.level > URGENT_LIKELY)
		answer = answer_urgent(alarm.level, alarm.tongue,
				       alarm.crisis_too || before.urgent == URGENT_CRISIS);
	else if (alarm.level < URGENT_LIKELY)
		answer = answer_ordinary(&t, question);
	answer.urgency = alarm.margins;
	answer.trail = tells ? trail_after(&before.trail, book, t.words) : before.trail;
	return answer;
}

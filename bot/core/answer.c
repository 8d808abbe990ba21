/* talk.h: what is read off an answer; and answers to text for the store, and back:
 *
 *     1 <level>/<language> <kind>:<reply>:<article/id>,<article/id> <next part>
 *
 * with "-" where a part has nothing, no "/<language>" where the safety text is in the pack's language only, and `+concept` in the place of passages where one is named that is
 * not covered. Bytes of an article's name or an id that would part the text are
 * written as %XX. */
#include "core/talk.h"

#include <string.h>

#include "core/concepts.h"
#include "core/tongues.h"

#define FORMAT "1"

#define ID_BYTES_MAX 1000

static void id_encode(struct str id, struct buf *out)
{
	for (size_t i = 0; i < id.n; i++)
		if ((unsigned char)id.p[i] <= ' ' || strchr("%,:", id.p[i]))
			buf_addf(out, "%%%02X", (unsigned char)id.p[i]);
		else
			buf_add_char(out, id.p[i]);
}

/* The value of one hexadecimal digit as id_encode writes it, or -1. */
static int hex_digit(char c)
{
	const char *digits = "0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static const struct passage *id_decode(const struct book *book, struct str text)
{
	char id[ID_BYTES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < text.n && n < sizeof id; i++) {
		int high, low;

		if (text.p[i] != '%') {
			id[n++] = text.p[i];
			continue;
		}
		high = i + 2 < text.n ? hex_digit(text.p[i + 1]) : -1;
		low = high >= 0 ? hex_digit(text.p[i + 2]) : -1;
		if (low < 0)
			return NULL;
		id[n++] = (char)(high * 16 + low);
		i += 2;
	}
	return book_passage(book, (struct str){id, n});
}

static void part_encode(const struct answer_part *part, struct buf *out)
{
	struct str reply = reply_id_name(part->reply);

	buf_addf(out, " " STR_FMT ":" STR_FMT ":", STR_ARG(answer_kind_name(part->kind)),
		 STR_ARG(reply.n ? reply : STR("-")));
	for (size_t i = 0; i < part->passages_n; i++) {
		const struct passage *p = part->passages[i];

		if (i)
			buf_add_char(out, ',');
		id_encode(p->section->article->name, out);
		buf_add_char(out, '/');
		id_encode(p->id, out);
	}
	if (part->topic)
		buf_addf(out, "+" STR_FMT, STR_ARG(part->topic->name));
	else if (part->passages_n == 0)
		buf_add_char(out, '-');
}

void answer_encode(const struct answer *answer, struct buf *out)
{
	struct str level = urgent_level_name(answer->level);

	buf_addf(out, FORMAT " " STR_FMT, STR_ARG(level.n ? level : STR("-")));
	if (answer->tongue)
		buf_addf(out, "/" STR_FMT, STR_ARG(answer->tongue->code));
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

/* "emergency/es". A language that is not there any more leaves the text in the pack's: a safety text
 * is not lost for it. */
static bool head_decode(const struct book *book, struct str text, struct answer *out, bool *spoken)
{
	struct str code = text;
	struct str level;

	*spoken = true;
	if (!str_cut(&code, '/', &level) || !level_decode(level, &out->level))
		return false;
	if (level.n == text.n)
		return true;
	out->tongue = tongue_of(book->tongues, code);
	*spoken = out->tongue != NULL;
	return code.n > 0 && out->level != URGENT_NONE;
}

static const struct concept *topic_decode(const struct book *book, struct str name)
{
	size_t at = book->concepts ? concepts_named(book->concepts, name) : CONCEPT_NONE;

	return at == CONCEPT_NONE ? NULL : &book->concepts->v[at];
}

/* `*gone` is set when a passage or a concept is not in the book any more. */
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
	if (str_starts(text, STR("+"))) {
		out->topic = topic_decode(book, str_sub(text, 1, text.n));
		*gone = *gone || !out->topic;
		return true;
	}
	while (str_cut(&text, ',', &id)) {
		const struct passage *passage = id_decode(book, id);

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
	return true;
}

static bool has_twice(const struct answer_part *part)
{
	for (size_t i = 0; i < part->passages_n; i++)
		for (size_t k = 0; k < i; k++)
			if (part->passages[i] == part->passages[k])
				return true;
	return false;
}

/* It stands behind all the parts that a message can get, and in no other place. */
static bool is_rest_in_place(const struct answer *answer)
{
	for (size_t i = 0; i < answer->parts_n; i++)
		if (answer->parts[i].reply == REPLY_REST && (i == 0 || i + 1 < answer->parts_n))
			return false;
	return answer->parts_n <= ANSWER_ASKED_MAX ||
	       answer->parts[ANSWER_ASKED_MAX].reply == REPLY_REST;
}

/* Whether it is an answer that talk() could have given. */
static bool is_whole(const struct answer *answer)
{
	if (!is_rest_in_place(answer))
		return false;
	if ((answer->level != URGENT_NONE) != (answer->kind == ANSWER_URGENT))
		return false;
	for (size_t i = 0; i < answer->parts_n; i++) {
		const struct answer_part *part = &answer->parts[i];
		bool fixed = part->reply != REPLY_NONE;

		if (has_twice(part) ||
		    (part->topic != NULL) != (part->reply == REPLY_NOT_COVERED_TOPIC))
			return false;

		switch (part->kind) {
		case ANSWER_SILENT:
			return false;
		case ANSWER_PASSAGES:
			if (fixed || part->passages_n == 0)
				return false;
			break;
		case ANSWER_OFFER:
			if (part->reply != REPLY_OFFER || part->passages_n == 0 ||
			    part->passages_n > OFFER_TOPICS_MAX)
				return false;
			break;
		case ANSWER_UNCOVERED:
			if (!fixed || (part->passages_n && part->reply != REPLY_AFTER_URGENT))
				return false;
			break;
		case ANSWER_SOCIAL:
		case ANSWER_URGENT:
			if (!fixed || part->passages_n)
				return false;
			break;
		}
	}
	return true;
}

/* Nothing was passed over: written again, it is the same text. */
static bool is_same(const struct answer *answer, struct str text)
{
	struct buf again;
	bool same;

	buf_init(&again, text.n);
	answer_encode(answer, &again);
	same = !again.full && str_eq(buf_str(&again), text);
	buf_done(&again);
	return same;
}

bool answer_decode(const struct book *book, struct str text, struct answer *out, struct err *err)
{
	struct answer answer = {.kind = ANSWER_SILENT};
	struct str rest = text;
	struct str format, level;
	bool gone = false, spoken = true;

	if (!str_cut(&rest, ' ', &format) || !str_eq(format, STR(FORMAT)) ||
	    !str_cut(&rest, ' ', &level) || !head_decode(book, level, &answer, &spoken) ||
	    !parts_decode(book, rest, &answer, &gone) ||
	    (!gone && (!is_whole(&answer) || (spoken && !is_same(&answer, text)))))
		return err_set(err, ERR_INPUT, "a stored answer cannot be read");
	if (gone)
		answer = (struct answer){
			.kind = ANSWER_UNCOVERED,
			.parts = {{.kind = ANSWER_UNCOVERED, .reply = REPLY_CHANGED}},
			.parts_n = 1};
	*out = answer;
	return true;
}

struct answer answer_of(enum answer_kind kind, enum reply_id reply)
{
	return (struct answer){
		.kind = kind, .parts = {{.kind = kind, .reply = reply}}, .parts_n = 1};
}

size_t part_passages(const struct answer_part *part, const struct passage **out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < part->passages_n; i++) {
		const struct passage *first = part->passages[i];
		size_t count = part->kind == ANSWER_OFFER ? passage_topic(first, &first) : 1;

		for (size_t k = 0; k < count && n < max; k++)
			out[n++] = first + k;
	}
	return n;
}

struct str answer_kind_name(enum answer_kind kind)
{
	static const struct str names[] = {
		[ANSWER_SILENT] = {"silent", 6},       [ANSWER_SOCIAL] = {"social", 6},
		[ANSWER_UNCOVERED] = {"uncovered", 9}, [ANSWER_OFFER] = {"offer", 5},
		[ANSWER_PASSAGES] = {"answer", 6},     [ANSWER_URGENT] = {"urgent", 6},
	};

	return names[kind];
}

struct str urgent_level_name(enum urgent_level level)
{
	static const struct str names[] = {
		[URGENT_NONE] = {"", 0},	 [URGENT_DOUBTFUL] = {"", 0},
		[URGENT_LIKELY] = {"", 0},	 [URGENT_SAME_DAY] = {"urgent", 6},
		[URGENT_CRISIS] = {"crisis", 6}, [URGENT_EMERGENCY] = {"emergency", 9},
	};

	return names[level];
}

#include "core/replies.h"

#include "core/buf.h"
#include "core/lists.h"

#define TEXT_BYTES_MAX ((size_t)1500)	    /* one fixed text, details filled in */
#define FILLED_BYTES_MAX ((size_t)8 * 1024) /* ... and filled in when it is used */
#define NOTE_BYTES_MAX 500		    /* stands in every piece beside other text */

static const struct str names[REPLY_IDS_N] = {
#define REPLY_NAME(name, id) [REPLY_##name] = {id, sizeof(id) - 1},
	REPLY_IDS(REPLY_NAME)
#undef REPLY_NAME
};

struct str reply_id_name(enum reply_id id)
{
	return id < REPLY_IDS_N ? names[id] : STR("");
}

enum reply_id reply_id_of(struct str name)
{
	for (int i = 0; i < REPLY_IDS_N; i++)
		if (str_eq(names[i], name))
			return (enum reply_id)i;
	return REPLY_NONE;
}

/* What is filled in when a text is used. Until then a byte stands for it: 1 for the first of these. */
static const struct str lates[] = {{"topic", 5}, {"level", 5},	{"time", 4},
				   {"link", 4},	 {"number", 6}, {"of", 2}};
#define LATES_N (sizeof lates / sizeof *lates)
#define BIT(late) (1U << (late))

/* The texts that must name some of them: a showing of an alert without its number would be taken for
 * the one before it. */
static const struct {
	enum reply_id id;
	unsigned names; /* bits, in the order of `lates` */
} late_texts[] = {
	{REPLY_NOT_COVERED_TOPIC, BIT(0)},
	{REPLY_STAFF_ALERT, BIT(1) | BIT(2) | BIT(3)},
	{REPLY_STAFF_AGAIN, BIT(1) | BIT(2) | BIT(3) | BIT(4) | BIT(5)},
	{REPLY_STAFF_ROOM_GONE, BIT(3)},
	{REPLY_STAFF_ROOM_REPLACED, BIT(3)},
	{REPLY_STAFF_ROOM_MUTE, BIT(3)},
};
#define LATE_TEXTS_N (sizeof late_texts / sizeof *late_texts)

static unsigned late_names(enum reply_id id)
{
	for (size_t i = 0; i < LATE_TEXTS_N; i++)
		if (late_texts[i].id == id)
			return late_texts[i].names;
	return 0;
}

/* The place of the name in `lates` when this text may have it, else LATES_N. */
static size_t late_of(enum reply_id id, struct str name)
{
	for (size_t i = 0; i < LATES_N; i++)
		if ((late_names(id) & BIT(i)) && str_eq(lates[i], name))
			return i;
	return LATES_N;
}

struct filling {
	const struct clinic *clinic;
	struct arena *arena;
	struct mistakes *mistakes;
	struct str file;
	unsigned line;
	enum reply_id id;
};

static bool detail_of(const struct clinic *clinic, struct str name, struct str *out)
{
	const struct {
		struct str name, value;
	} details[] = {
		{STR("clinic"), clinic->name},	       {STR("phone"), clinic->phone},
		{STR("emergency"), clinic->emergency}, {STR("crisis_line"), clinic->crisis_line},
		{STR("staff"), clinic->staff},	       {STR("article"), clinic->article},
	};

	for (size_t i = 0; i < sizeof details / sizeof *details; i++)
		if (str_eq(details[i].name, name)) {
			*out = details[i].value;
			return true;
		}
	return false;
}

static void brace_fill(struct filling *f, struct str name, struct buf *out)
{
	struct str value;

	if (detail_of(f->clinic, name, &value))
		buf_add(out, value);
	else if (late_of(f->id, name) < LATES_N)
		buf_add_char(out, (char)(1 + late_of(f->id, name)));
	else
		mistake_add(f->mistakes, f->file, f->line,
			    "{" STR_FMT "} is not known: use {clinic}, {phone}, {emergency}, "
			    "{crisis_line}, {staff} or {article}",
			    STR_ARG(name));
}

static struct str fill(struct filling *f, struct str text)
{
	struct str before, name, out;
	struct buf b;

	buf_init(&b, TEXT_BYTES_MAX);
	for (bool open = str_find(text, STR("{")) >= 0; str_cut(&text, '{', &before);
	     open = str_find(text, STR("{")) >= 0) {
		buf_add(&b, before);
		if (!open)
			break;
		if (str_find(text, STR("}")) < 0) {
			mistake_add(f->mistakes, f->file, f->line, "a { without its }");
			break;
		}
		str_cut(&text, '}', &name);
		brace_fill(f, name, &b);
	}
	if (b.full)
		mistake_add(f->mistakes, f->file, f->line, "the text is longer than %zu bytes",
			    TEXT_BYTES_MAX);
	out = arena_str(f->arena, buf_str(&b));
	buf_done(&b);
	return out;
}

struct str replies_fill(const struct list *list, struct str file, const struct clinic *clinic,
			struct arena *arena, struct mistakes *mistakes)
{
	struct filling f = {.clinic = clinic,
			    .arena = arena,
			    .mistakes = mistakes,
			    .file = file,
			    .line = list->line,
			    .id = REPLY_NONE};

	return fill(&f, list->text);
}

/* urgent.md also holds lists of flags, each under a heading of its own. */
static bool is_flags(struct str title)
{
	return str_ends(title, STR(" flags"));
}

static void file_read(struct filling *f, const struct source *source, struct replies *out)
{
	struct lists lists = lists_parse(source, f->arena, f->mistakes);

	f->file = source->name;
	for (size_t i = 0; i < lists.n; i++) {
		const struct list *list = &lists.v[i];
		enum reply_id id = reply_id_of(list->title);

		f->line = list->line;
		f->id = id;
		if (is_flags(list->title))
			continue;
		if (id == REPLY_NONE)
			mistake_add(f->mistakes, f->file, f->line,
				    "\"" STR_FMT "\" is not the name of a reply",
				    STR_ARG(list->title));
		else if (lists_find(&lists, list->title) != list)
			continue; /* said by lists_parse */
		else if (out->text[id].n)
			mistake_add(f->mistakes, f->file, f->line, "\"" STR_FMT "\" stands twice",
				    STR_ARG(list->title));
		else if (list->text.n == 0)
			mistake_add(f->mistakes, f->file, f->line, "no text under this heading");
		else
			out->text[id] = fill(f, list->text);
	}
}

static void lates_check(struct filling *f, const struct replies *replies)
{
	for (size_t i = 0; i < LATE_TEXTS_N; i++) {
		struct str text = replies->text[late_texts[i].id];

		for (size_t k = 0; text.n && k < LATES_N; k++) {
			const char mark = (char)(1 + k);

			if ((late_texts[i].names & BIT(k)) &&
			    str_find(text, (struct str){&mark, 1}) < 0)
				mistake_add(f->mistakes, f->file, 0,
					    "\"" STR_FMT "\" does not name the {" STR_FMT "}",
					    STR_ARG(names[late_texts[i].id]), STR_ARG(lates[k]));
		}
	}
}

static struct str late_value(const struct reply_late *late, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(late[i].name, name))
			return late[i].value;
	return STR("");
}

struct str replies_text(const struct replies *replies, enum reply_id id,
			const struct reply_late *late, size_t n, struct arena *arena)
{
	struct str text = replies->text[id], filled;
	struct buf b;

	buf_init(&b, FILLED_BYTES_MAX);
	for (size_t i = 0; i < text.n; i++) {
		size_t mark = (unsigned char)text.p[i];

		if (mark >= 1 && mark <= LATES_N)
			buf_add(&b, late_value(late, n, lates[mark - 1]));
		else
			buf_add_char(&b, text.p[i]);
	}
	filled = arena_str(arena, buf_str(&b));
	buf_done(&b);
	return filled;
}

struct str replies_topic(const struct replies *replies, struct str topic, struct arena *arena)
{
	const struct reply_late late = {STR("topic"), topic};

	return replies_text(replies, REPLY_NOT_COVERED_TOPIC, &late, 1, arena);
}

bool replies_parse(const struct source *replies_md, const struct source *urgent_md,
		   const struct clinic *clinic, struct arena *arena, struct replies *out,
		   struct mistakes *mistakes)
{
	struct filling f = {.clinic = clinic, .arena = arena, .mistakes = mistakes};
	struct replies replies = {0};
	size_t errors = mistakes->errors;
	bool whole;

	file_read(&f, replies_md, &replies);
	lates_check(&f, &replies);
	file_read(&f, urgent_md, &replies);
	whole = mistakes->errors == errors;
	for (int i = 0; i < REPLY_IDS_N; i++)
		if (replies.text[i].n == 0 && whole)
			mistake_add(mistakes,
				    i >= REPLY_EMERGENCY ? urgent_md->name : replies_md->name, 0,
				    "no text with the heading \"## " STR_FMT "\"",
				    STR_ARG(names[i]));
	if (replies.text[REPLY_NOTE].n > NOTE_BYTES_MAX ||
	    replies.text[REPLY_NOTE_SHORT].n > NOTE_BYTES_MAX)
		mistake_add(mistakes, replies_md->name, 0, "a note is longer than %d bytes",
			    NOTE_BYTES_MAX);
	if (mistakes->errors > errors)
		return false;
	*out = replies;
	return true;
}

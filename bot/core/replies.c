#include "core/replies.h"

#include "core/buf.h"
#include "core/lists.h"

#define TEXT_BYTES_MAX ((size_t)1500) /* one fixed text, details filled in */
#define NOTE_BYTES_MAX 500	      /* stands in every piece beside other text */

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

/* What stands in the place of {topic} until the reply is built. */
#define TOPIC_MARK STR("\x01")

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
	else if (f->id == REPLY_NOT_COVERED_TOPIC && str_eq(name, STR("topic")))
		buf_add(out, TOPIC_MARK);
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

static void topic_check(struct filling *f, const struct replies *replies)
{
	struct str text = replies->text[REPLY_NOT_COVERED_TOPIC];

	if (text.n && str_find(text, TOPIC_MARK) < 0)
		mistake_add(f->mistakes, STR("en/replies.md"), 0,
			    "\"not-covered-topic\" does not name the {topic}");
}

struct str replies_topic(const struct replies *replies, struct str topic, struct arena *arena)
{
	struct str rest = replies->text[REPLY_NOT_COVERED_TOPIC];
	struct str filled = STR(""), before;
	bool first = true;

	for (; str_cut(&rest, '\x01', &before); first = false)
		filled = arena_fmt(arena, STR_FMT STR_FMT STR_FMT, STR_ARG(filled),
				   STR_ARG(first ? STR("") : topic), STR_ARG(before));
	return filled;
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
	file_read(&f, urgent_md, &replies);
	topic_check(&f, &replies);
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

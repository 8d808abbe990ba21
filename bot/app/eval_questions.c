#include "app/eval_questions.h"

#include "app/load.h"
#include "core/talk.h"
#include "io/files.h"
#include "wire/json.h"

#define LINE_BYTES_MAX ((size_t)256 * 1024)

struct reading {
	struct str path;
	unsigned line;
	const struct book *const *books;
	size_t books_n;
	struct arena *arena;
	struct mistakes *mistakes;
};

/* --- kinds and levels --------------------------------------------------------------------- */

static const struct kind {
	struct str name;
	unsigned traits;
} kinds[] = {
	{{"in", 2}, EVAL_COVERED | EVAL_TOLD},
	{{"multi", 5}, EVAL_COVERED | EVAL_TOLD | EVAL_MULTI},
	{{"followup", 8}, EVAL_COVERED | EVAL_TOLD | EVAL_FOLLOWUP},
	{{"oos", 3}, EVAL_UNCOVERED | EVAL_TOLD},
	{{"urgent", 6}, EVAL_URGENT},
	{{"lookalike", 9}, EVAL_LOOKALIKE},
	{{"vague", 5}, EVAL_VAGUE},
	{{"social", 6}, EVAL_SOCIAL},
};

static const struct level {
	struct str name;
	enum urgent_level level;
	unsigned trait;
} levels[] = {
	{{"emergency", 9}, URGENT_EMERGENCY, EVAL_EMERGENCY},
	{{"crisis", 6}, URGENT_CRISIS, EVAL_CRISIS},
	{{"urgent", 6}, URGENT_SAME_DAY, EVAL_SAME_DAY},
	{{"none", 4}, URGENT_NONE, 0},
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const struct kind *kind_find(struct str name)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (str_eq(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

static const struct level *level_find(struct str name)
{
	for (size_t i = 0; i < COUNT(levels); i++)
		if (str_eq(levels[i].name, name))
			return &levels[i];
	return NULL;
}

/* --- passages ----------------------------------------------------------------------------- */

static struct str file_name(struct str path)
{
	struct str name = path;

	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/')
			name = str_sub(path, i + 1, path.n);
	return name;
}

const struct passage *eval_passage(const struct book *book, struct str file, struct str id,
				   size_t *n)
{
	const struct passage *found = NULL, *named_after = NULL;
	size_t longest = 0;

	*n = 0;
	for (size_t i = 0; i < book->articles_n; i++) {
		const struct article *article = book->articles[i];
		const struct passage *passage = article_passage(article, id);

		if (!passage)
			continue;
		found = passage;
		(*n)++;
		if (article->name.n > longest && str_starts(file_name(file), article->name)) {
			longest = article->name.n;
			named_after = passage;
		}
	}
	if (*n == 0)
		found = book_passage(book, id);
	if (*n == 0 && found)
		*n = 1;
	if (*n > 1 && named_after)
		*n = 1;
	return named_after ? named_after : found;
}

static bool right_check(struct reading *r, struct str id)
{
	size_t known = 0, n;

	for (size_t i = 0; i < r->books_n; i++) {
		known += eval_passage(r->books[i], r->path, id, &n) != NULL;
		if (n > 1) {
			mistake_add(r->mistakes, r->path, r->line,
				    "%zu articles have a passage \"" STR_FMT
				    "\": write \"article/" STR_FMT "\"",
				    n, STR_ARG(id), STR_ARG(id));
			return false;
		}
	}
	if (known == 0)
		mistake_add(r->mistakes, r->path, r->line,
			    "no article has a passage \"" STR_FMT "\"", STR_ARG(id));
	else if (known < r->books_n)
		mistake_warn(r->mistakes, r->path, r->line,
			     "only one of the two contents has a passage \"" STR_FMT "\"",
			     STR_ARG(id));
	return known > 0;
}

static bool right_add(struct reading *r, const struct json *value, struct eval_question *out)
{
	struct str id = json_text_of(value);

	if (id.n == 0 || out->right_n == EVAL_RIGHT_MAX) {
		mistake_add(r->mistakes, r->path, r->line, "expected at most %d ids of passages",
			    EVAL_RIGHT_MAX);
		return false;
	}
	if (!right_check(r, id))
		return false;
	out->right[out->right_n++] = arena_str(r->arena, id);
	return true;
}

static bool right_read(struct reading *r, const struct json *line, struct eval_question *out)
{
	const struct json *list = json_get(line, "passages");

	for (const struct json *v = json_first(list); v; v = json_next(v))
		if (!right_add(r, v, out))
			return false;
	if (json_text(line, "passage").n && !right_add(r, json_get(line, "passage"), out))
		return false;
	if (out->right_n)
		out->traits |= EVAL_LISTED | EVAL_TOLD;
	else if (list && !json_is_null(list))
		out->traits |= EVAL_TOLD;
	return true;
}

/* --- one line ----------------------------------------------------------------------------- */

static bool wrong(struct reading *r, const char *what)
{
	mistake_add(r->mistakes, r->path, r->line, "%s", what);
	return false;
}

/* What is missing, null or a text. */
static bool texts_check(struct reading *r, const struct json *line)
{
	static const char *const keys[] = {"id", "q", "kind", "passage", "level", "topic", "class"};

	for (size_t i = 0; i < COUNT(keys); i++) {
		const struct json *value = json_get(line, keys[i]);

		if (value && !json_is_null(value) && !json_is_text(value)) {
			mistake_add(r->mistakes, r->path, r->line, "\"%s\" is not a text", keys[i]);
			return false;
		}
		if (json_text_of(value).n > QUESTION_BYTES_MAX) {
			mistake_add(r->mistakes, r->path, r->line,
				    "\"%s\" is longer than %zu bytes", keys[i], QUESTION_BYTES_MAX);
			return false;
		}
	}
	return true;
}

static bool is_bool(const struct json *object, const char *key)
{
	const struct json *value = json_get(object, key);
	double number;

	return !json_is_null(value) && !json_is_text(value) && !json_is_array(value) &&
	       !json_is_object(value) && !json_number(object, key, &number);
}

static bool shape_check(struct reading *r, const struct json *line)
{
	const struct json *passages = json_get(line, "passages");

	if (!json_is_object(line))
		return wrong(r, "expected an object");
	if (!texts_check(r, line))
		return false;
	if (str_trim(json_text(line, "q")).n == 0)
		return wrong(r, "\"q\", the message, is missing");
	if (passages && !json_is_null(passages) && !json_is_array(passages))
		return wrong(r, "\"passages\" is not a list");
	if (json_get(line, "urgent") && !is_bool(line, "urgent"))
		return wrong(r, "\"urgent\" is neither true nor false");
	return true;
}

/* What the line says of its urgency: of `kind`, `level` and `urgent` one or several. */
static bool urgency_read(struct reading *r, const struct json *line, const struct kind *kind,
			 struct eval_question *out)
{
	const struct level *level = NULL;
	bool is, is_not;

	if (json_text(line, "level").n) {
		level = level_find(json_text(line, "level"));
		if (!level) {
			mistake_add(r->mistakes, r->path, r->line, "unknown level \"" STR_FMT "\"",
				    STR_ARG(json_text(line, "level")));
			return false;
		}
	}
	is = (level && level->trait) || json_true(line, "urgent") ||
	     (kind && kind->traits & EVAL_URGENT);
	is_not = (level && !level->trait) ||
		 (json_get(line, "urgent") && !json_true(line, "urgent")) ||
		 (kind && !(kind->traits & EVAL_URGENT));
	if (is && is_not)
		return wrong(r, "says both that it is urgent and that it is not");
	if (is)
		out->traits |= level ? level->trait : EVAL_URGENT;
	if (is && level)
		out->level = level->level;
	return true;
}

/* What an ordinary line without `kind` is, told by its other keys; 0 when nothing tells it. */
static unsigned traits_without_kind(const struct json *line, const struct eval_question *q)
{
	bool harmless = str_eq(json_text(line, "level"), STR("none"));

	if (json_get(line, "urgent") || (harmless && json_text(line, "class").n &&
					 !str_eq(json_text(line, "class"), STR("ordinary"))))
		return EVAL_LOOKALIKE;
	if (q->traits & EVAL_LISTED)
		return EVAL_COVERED;
	if (q->traits & EVAL_TOLD || json_text(line, "topic").n)
		return EVAL_UNCOVERED | EVAL_TOLD;
	return harmless ? EVAL_ORDINARY : 0;
}

/* What is listed fits the kind. */
static bool kind_apply(struct reading *r, const struct kind *kind, struct eval_question *q)
{
	unsigned traits = kind->traits;

	if (traits & EVAL_FOLLOWUP && q->prev_n == 0)
		return wrong(r, "a followup needs \"prev\"");
	if (traits & (EVAL_UNCOVERED | EVAL_VAGUE | EVAL_SOCIAL) && q->right_n) {
		mistake_add(r->mistakes, r->path, r->line, "no passage is right for kind " STR_FMT,
			    STR_ARG(kind->name));
		return false;
	}
	if (traits & EVAL_COVERED && !q->right_n) {
		if (!(traits & EVAL_FOLLOWUP)) {
			mistake_add(r->mistakes, r->path, r->line,
				    "kind " STR_FMT " needs \"passages\"", STR_ARG(kind->name));
			return false;
		}
		traits ^= EVAL_COVERED | EVAL_UNCOVERED;
	}
	q->traits |= traits;
	return true;
}

static struct str class_of(const struct json *line)
{
	struct str why = json_text(line, "why"), class_name = json_text(line, "class");

	if (class_name.n == 0)
		str_cut(&why, ';', &class_name);
	return str_trim(class_name);
}

static bool prev_add(struct reading *r, const struct json *value, struct eval_question *out)
{
	struct str text = json_text_of(value);

	if (!json_is_text(value) || text.n > QUESTION_BYTES_MAX || out->prev_n == EVAL_PREV_MAX) {
		mistake_add(r->mistakes, r->path, r->line,
			    "\"prev\" is neither a text nor a list of at most %d, of at most %zu "
			    "bytes each",
			    EVAL_PREV_MAX, QUESTION_BYTES_MAX);
		return false;
	}
	if (text.n)
		out->prev[out->prev_n++] = arena_str(r->arena, text);
	return true;
}

static bool prev_read(struct reading *r, const struct json *line, struct eval_question *out)
{
	const struct json *prev = json_get(line, "prev");

	if (!prev || json_is_null(prev))
		return true;
	out->prev = arena_array(r->arena, EVAL_PREV_MAX, sizeof *out->prev);
	if (!json_is_array(prev))
		return prev_add(r, prev, out);
	for (const struct json *v = json_first(prev); v; v = json_next(v))
		if (!prev_add(r, v, out))
			return false;
	return true;
}

static bool question_read(struct reading *r, const struct json *line, struct eval_question *out)
{
	struct str name = json_text(line, "kind");
	const struct kind *kind = kind_find(name);

	if (name.n && !kind) {
		mistake_add(r->mistakes, r->path, r->line, "unknown kind \"" STR_FMT "\"",
			    STR_ARG(name));
		return false;
	}
	out->file = r->path;
	out->line = r->line;
	out->id = arena_str(r->arena, json_text(line, "id"));
	out->q = arena_str(r->arena, json_text(line, "q"));
	out->class_name = arena_str(r->arena, class_of(line));
	if (!prev_read(r, line, out))
		return false;
	if (out->prev_n)
		out->traits |= EVAL_FOLLOWUP;
	if (!right_read(r, line, out) || !urgency_read(r, line, kind, out))
		return false;
	if (out->traits & EVAL_URGENT_ANY)
		return true;
	if (kind)
		return kind_apply(r, kind, out);
	out->traits |= traits_without_kind(line, out);
	if (!(out->traits & ~(unsigned)(EVAL_FOLLOWUP | EVAL_TOLD)))
		return wrong(r,
			     "does not say what is right: \"kind\", \"passages\", \"level\" ...");
	return true;
}

static bool line_read(struct reading *r, struct str text, struct eval_question *out)
{
	struct err err = {0};
	struct json *line = json_parse(text, LINE_BYTES_MAX, &err);
	bool good;

	if (!line)
		return wrong(r, err.text);
	good = shape_check(r, line) && question_read(r, line, out);
	json_free(line);
	return good;
}

/* --- a file ------------------------------------------------------------------------------- */

static void question_add(struct reading *r, const struct eval_question *q,
			 struct eval_questions *out)
{
	if (out->n == EVAL_QUESTIONS_MAX) {
		mistake_add(r->mistakes, r->path, r->line, "more than %d questions",
			    EVAL_QUESTIONS_MAX);
		return;
	}
	out->v = arena_grow(r->arena, out->v, &out->n, &out->cap, sizeof *out->v);
	out->v[out->n - 1] = *q;
}

void eval_questions_read(struct str path, const struct book *const *books, size_t books_n,
			 struct arena *arena, struct eval_questions *out, struct mistakes *mistakes)
{
	struct reading r = {.path = path,
			    .books = books,
			    .books_n = books_n,
			    .arena = arena,
			    .mistakes = mistakes};
	struct str text, line;
	struct err err;
	size_t before = out->n, errors = mistakes->errors;

	if (!file_read(path, FILE_BYTES_MAX, arena, &text, &err)) {
		mistake_file(mistakes, path, &err);
		return;
	}
	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_sub(text, 3, text.n);
	while (str_cut(&text, '\n', &line)) {
		struct eval_question q = {0};

		r.line++;
		if (str_trim(line).n && line_read(&r, line, &q))
			question_add(&r, &q, out);
	}
	if (out->n == before && mistakes->errors == errors)
		mistake_add(mistakes, path, 0, "no question is in it");
	out->files[out->files_n++] = (struct eval_file){path, out->n - before};
}

#include "io/preview_frames.h"

#include "core/markdown.h"
#include "io/preview_server.h"
#include "wire/json.h"

#define EXAMPLES_MAX 4

/* --- from the page --------------------------------------------------------------------------- */

bool preview_session_valid(struct str session)
{
	if (session.n != PREVIEW_SESSION_BYTES)
		return false;
	for (size_t i = 0; i < session.n; i++) {
		char c = session.p[i];
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
		if (hyphen ? c != '-' : !hex)
			return false;
	}
	return true;
}

static bool question_id_valid(struct str id)
{
	uint64_t number;
	return id.n <= PREVIEW_QUESTION_ID_MAX && str_to_u64(id, &number);
}

bool preview_message_split(struct str message, struct str *session, struct str *id)
{
	struct str rest = message;
	struct str first;
	if (!str_cut(&rest, '/', &first) || !preview_session_valid(first) ||
	    !question_id_valid(rest))
		return false;
	*session = first;
	*id = rest;
	return true;
}

static bool frame_read(const struct json *json, struct arena *arena, struct preview_frame *out)
{
	struct str type = json_text(json, "type");
	if (str_eq(type, STR("hello"))) {
		out->type = PREVIEW_HELLO;
		out->session = arena_str(arena, json_text(json, "session"));
		return preview_session_valid(out->session);
	}
	if (str_eq(type, STR("question"))) {
		out->type = PREVIEW_QUESTION;
		out->id = arena_str(arena, json_text(json, "id"));
		out->text = arena_str(arena, json_text(json, "text"));
		return question_id_valid(out->id);
	}
	out->type = PREVIEW_GOT;
	return str_eq(type, STR("got")) && str_to_u64(json_text(json, "ack"), &out->ack);
}

bool preview_frame_parse(struct str json, struct arena *arena, struct preview_frame *out,
			 struct err *err)
{
	struct json *document = json_parse(json, PREVIEW_FRAME_MAX, err);
	if (document == NULL)
		return false;
	struct preview_frame frame = {.type = PREVIEW_HELLO};
	bool read = frame_read(document, arena, &frame);
	json_free(document);
	if (!read)
		return err_set(err, ERR_INPUT, "not a frame of the preview page");
	*out = frame;
	return true;
}

/* --- to the page ----------------------------------------------------------------------------- */

static void articles_write(struct json_writer *w, const struct book *book)
{
	json_open_array(w, "articles");
	for (size_t i = 0; book != NULL && i < book->articles_n; i++) {
		json_open_object(w, NULL);
		json_put_text(w, "title", book->articles[i]->title);
		json_put_text(w, "version", book->articles[i]->version);
		json_close(w);
	}
	json_close(w);
}

static size_t article_examples(struct json_writer *w, const struct article *article, size_t left)
{
	size_t n = 0;
	for (size_t i = 0; i < article->sections_n && n < left; i++) {
		const struct section *section = &article->sections[i];
		if (section->count == 0 || !str_ends(section->title, STR("?")))
			continue;
		json_put_text(w, NULL, section->title);
		n++;
	}
	return n;
}

/* Headings that are questions; those of the first articles suffice. */
static void examples_write(struct json_writer *w, const struct book *book)
{
	size_t left = EXAMPLES_MAX;
	json_open_array(w, "examples");
	for (size_t i = 0; book != NULL && i < book->articles_n; i++)
		left -= article_examples(w, book->articles[i], left);
	json_close(w);
}

void preview_hello_write(const struct book *book, struct buf *out)
{
	struct json_writer w;
	json_begin(&w, out);
	json_open_object(&w, NULL);
	json_put_text(&w, "type", STR("hello"));
	json_put_text(&w, "clinic", book != NULL ? book->clinic.name : STR(""));
	articles_write(&w, book);
	examples_write(&w, book);
	json_close(&w);
}

static void passage_write(struct json_writer *w, const struct passage *passage,
			  const struct answer *answer)
{
	json_put_text(w, "id", passage->id);
	json_put_text(w, "section", passage->section != NULL ? passage->section->title : STR(""));
	for (size_t i = 0; i < answer->considered_n; i++)
		if (answer->considered[i].passage == passage) {
			json_put_double(w, "score", answer->considered[i].score);
			return;
		}
}

static void answer_write(struct json_writer *w, const struct answer *answer)
{
	json_open_array(w, "passages");
	for (size_t i = 0; i < answer->parts_n; i++) {
		const struct answer_part *part = &answer->parts[i];
		for (size_t k = 0; k < part->passages_n; k++) {
			json_open_object(w, NULL);
			passage_write(w, part->passages[k], answer);
			if (part->kind == ANSWER_OFFER)
				json_put_text(w, "topic", part->passages[k]->topic);
			json_close(w);
		}
	}
	json_close(w);
	json_open_array(w, "considered");
	for (size_t i = 0; i < answer->considered_n; i++) {
		json_open_object(w, NULL);
		passage_write(w, answer->considered[i].passage, answer);
		json_close(w);
	}
	json_close(w);
}

/* The article that the answer's first passage is of; NULL when it has none. */
static const struct article *answer_article(const struct answer *answer)
{
	for (size_t i = 0; i < answer->parts_n; i++)
		if (answer->parts[i].passages_n > 0 &&
		    answer->parts[i].passages[0]->section != NULL)
			return answer->parts[i].passages[0]->section->article;
	return NULL;
}

void preview_reply_write(const struct delivery *delivery, struct str to, struct arena *arena,
			 struct buf *out)
{
	static const struct answer nothing = {.kind = ANSWER_SILENT};
	const struct answer *answer = delivery->answer != NULL ? delivery->answer : &nothing;
	const struct article *article = answer_article(answer);
	struct str title = STR("");
	if (article != NULL)
		title = article->version.n == 0
				? article->title
				: arena_fmt(arena, STR_FMT ", version " STR_FMT,
					    STR_ARG(article->title), STR_ARG(article->version));
	struct json_writer w;
	json_begin(&w, out);
	json_open_object(&w, NULL);
	json_put_text(&w, "type", STR("reply"));
	json_put_text(&w, "ack", arena_fmt(arena, "%llu", (unsigned long long)delivery->id));
	json_put_text(&w, "to", to);
	json_put_text(&w, "name", delivery->kind);
	json_put_int(&w, "piece", delivery->piece);
	json_put_text(&w, "html", markdown_html(delivery->text, arena));
	json_put_text(&w, "text", delivery->text);
	json_put_text(&w, "kind", answer_kind_name(answer->kind));
	json_put_text(&w, "level", urgent_level_name(answer->level));
	json_put_text(&w, "lang", article != NULL ? article->language : STR(""));
	json_put_text(&w, "article", title);
	answer_write(&w, answer);
	json_put_text(&w, "version", delivery->book != NULL ? delivery->book->version : STR(""));
	json_close(&w);
}

void preview_error_write(const char *what, struct str to, struct buf *out)
{
	struct json_writer w;
	json_begin(&w, out);
	json_open_object(&w, NULL);
	json_put_text(&w, "type", STR("error"));
	json_put_text(&w, "what", str_of(what));
	if (to.n > 0)
		json_put_text(&w, "to", to);
	json_close(&w);
}

#include "wire/discord_copies.h"

#include <stdlib.h>

#include "wire/discord_rooms.h"
#include "wire/json.h"

#define COMPARED_MAX 1024 /* of a message, which has 2000 characters */
#define ALIKE_MIN 500	  /* of a thousand */

void copies_made(struct copies *copies, uint64_t id)
{
	if (id)
		copies->made[copies->made_n++ % COPIES_MADE_MAX] = id;
}

static bool is_made(const struct copies *copies, uint64_t id)
{
	for (size_t i = 0; i < COPIES_MADE_MAX; i++)
		if (copies->made[i] == id)
			return true;
	return false;
}

static bool is_own(const struct copies *copies, const struct json *message)
{
	const struct json *author = json_object(message, "author");

	if (copies->me)
		return json_snowflake(author, "id") == copies->me;
	return json_true(author, "bot");
}

static bool names_question(const struct request *request, const struct json *message)
{
	struct str named = json_text(json_object(message, "message_reference"), "message_id");

	if (named.n == 0)
		return request->without_reference;
	return !request->elsewhere && str_eq(named, request->message);
}

/* Discord trims what it is given. */
static bool has_same_words(const struct request *request, struct str content)
{
	if (request->known_n)
		return str_starts(content, str_sub(request->text, 0, request->known_n));
	return str_eq(content, str_trim(request->text));
}

static int hash_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The words' hashes, sorted; how many. */
static size_t words_read(struct str text, uint64_t words[COMPARED_MAX])
{
	size_t n = 0, at = 0;

	while (at < text.n && n < COMPARED_MAX) {
		size_t from = at;

		while (at < text.n && !is_blank(text.p[at]))
			at++;
		if (at > from)
			words[n++] = str_hash(str_sub(text, from, at - from), 0);
		at++;
	}
	qsort(words, n, sizeof *words, hash_compare);
	return n;
}

/* Of a thousand: twice the words that both have, by the words of both (Dice, 1945, each word as often
 * as it stands there). */
static unsigned alike(struct str a, struct str b)
{
	uint64_t x[COMPARED_MAX], y[COMPARED_MAX];
	size_t x_n = words_read(a, x), y_n = words_read(b, y), both = 0;

	for (size_t i = 0, j = 0; i < x_n && j < y_n;) {
		both += x[i] == y[j];
		if (x[i] < y[j])
			i++;
		else if (x[i] > y[j])
			j++;
		else
			i++, j++;
	}
	return x_n + y_n ? (unsigned)(2000 * both / (x_n + y_n)) : 0;
}

/* Words of an earlier run may be other ones. `before` replies to the question stand before this one. */
static void changed_judge(const struct copies *copies, struct request *request, uint64_t id,
			  struct str content, unsigned before)
{
	unsigned share;

	if (!copies->me || !request->earlier_run || request->waits.urgent || request->elsewhere ||
	    request->known_n || before < request->piece)
		return;
	share = alike(content, request->text);
	if (share < ALIKE_MIN || share <= request->changed_share)
		return;
	request->changed_share = share;
	request->changed = id;
}

/* True when it is the copy for sure. */
static bool message_judge(const struct copies *copies, struct request *request,
			  const struct json *message, unsigned before)
{
	uint64_t id = json_snowflake(message, "id");
	struct str content = str_trim(json_text(message, "content"));

	if (is_made(copies, id))
		return false;
	if (has_same_words(request, content)) {
		request->found = id;
		return true;
	}
	changed_judge(copies, request, id, content, before);
	return false;
}

static bool is_reply(const struct copies *copies, const struct request *request,
		     const struct json *message)
{
	return is_own(copies, message) && names_question(request, message);
}

/* Discord gives the messages right behind `after`, newest first; the newest of a full page is where
 * the next one begins, and a page that is not full is the last. */
enum look copies_look(const struct copies *copies, struct request *request, struct str body)
{
	struct json *page = json_parse(body, DISCORD_REST_BODY_MAX, NULL);
	uint64_t newest = request_look_from(request);
	unsigned n = 0;
	bool found = false;

	for (const struct json *v = json_last(page); v && !found; v = json_prev(v), n++) {
		uint64_t id = json_snowflake(v, "id");

		newest = id > newest ? id : newest;
		if (is_reply(copies, request, v))
			found = message_judge(copies, request, v, request->replies++);
	}
	json_free(page);
	request->pages++;
	request->seen_to = newest;
	if (found)
		return LOOK_FOUND;
	if (n == HISTORY_PAGE && request->pages < HISTORY_PAGES_MAX)
		return LOOK_FURTHER;
	request->found = request->changed;
	return request->found ? LOOK_FOUND : LOOK_NONE;
}

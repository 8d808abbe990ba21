#include "wire/matrix_machine.h"

#include <stdlib.h>

#define IGNORED_MAX 10000

/* --- whom it ignores --- */

bool is_ignored(const struct matrix *m, struct str user)
{
	uint64_t hash = str_hash(user, 0);

	for (size_t i = 0; i < m->ignored.n; i++)
		if (m->ignored.users[i] == hash)
			return true;
	return false;
}

static void ignored_take(struct matrix *m, const struct json *content)
{
	const struct json *users = json_object(content, "ignored_users");
	struct matrix_ignored *ignored = &m->ignored;
	size_t n = 0;

	for (const struct json *v = json_first(users); v; v = json_next(v))
		n++;
	if (n > IGNORED_MAX) {
		matrix_note(m, PLATFORM_DEGRADED,
			    "the account ignores too many people: the first %d are ignored",
			    IGNORED_MAX);
		n = IGNORED_MAX;
	}
	free(ignored->users);
	ignored->users = n ? calloc(n, sizeof *ignored->users) : NULL;
	if (n && !ignored->users)
		out_of_memory();
	ignored->n = 0;
	for (const struct json *v = json_first(users); v && ignored->n < n; v = json_next(v))
		ignored->users[ignored->n++] = str_hash(json_key(v), 0);
}

void ignored_ask(struct matrix *m)
{
	matrix_url(m, API "/user/");
	url_add(&m->url, m->settings.user);
	buf_add(&m->url, STR("/account_data/" ACCOUNT_IGNORED));
	matrix_ask(m, ASKED_IGNORED, "GET", STR(""), 0);
}

/* A server that shows none has none. */
void ignored_answer(struct matrix *m, const struct machine_response *response)
{
	struct json *body = json_parse(response->body, MATRIX_BODY_MAX, NULL);
	bool refused = response->status >= 400 && response->status < 500 &&
		       response->status != 429 && errcode_of(body).n;

	if (json_is_object(body) && (response->status == 200 || refused)) {
		ignored_take(m, response->status == 200 ? body : NULL);
		m->ignored.asked = true;
	} else {
		matrix_ask_again(m, response,
				 "the homeserver does not say whom the bot's account ignores");
	}
	json_free(body);
}

/* --- direct rooms --- */

static bool is_listed(const struct json *rooms, struct str room)
{
	const struct json *v = json_first(rooms);

	while (v && !str_eq(json_text_of(v), room))
		v = json_next(v);
	return v != NULL;
}

/* Whatever else is in it stays. */
static void list_write(const struct json *known, struct str room, struct str person,
		       struct buf *out)
{
	struct json_writer w;
	struct arena arena;
	bool there = false;

	arena_init(&arena);
	json_begin(&w, out);
	json_open_object(&w, NULL);
	for (const struct json *v = json_first(known); v; v = json_next(v)) {
		const char *user = arena_cstr(&arena, json_key(v));

		if (there || !str_eq(json_key(v), person)) {
			json_put_value(&w, user, v);
			continue;
		}
		there = true;
		json_open_array(&w, user);
		for (const struct json *r = json_first(v); r; r = json_next(r))
			json_put_value(&w, NULL, r);
		json_put_text(&w, NULL, room);
		json_close(&w);
	}
	if (!there) {
		json_open_array(&w, arena_cstr(&arena, person));
		json_put_text(&w, NULL, room);
		json_close(&w);
	}
	json_close(&w);
	arena_done(&arena);
}

void direct_add(struct matrix *m, const struct json *known, struct str room, struct str person)
{
	const struct json *rooms = NULL;
	struct buf list;

	for (const struct json *v = json_last(known); v; v = json_prev(v))
		if (str_eq(json_key(v), person))
			rooms = v; /* the first */
	if (is_listed(rooms, room))
		return;
	if ((known && !json_is_object(known)) || (rooms && !json_is_array(rooms))) {
		direct_failed(m, STR("its list is none"));
		return;
	}
	buf_init(&list, CONTENT_MAX);
	list_write(known, room, person, &list);
	if (list.full)
		direct_failed(m, STR("its list is too long"));
	else
		errand_direct_write(m, buf_str(&list));
	buf_done(&list);
}

void direct_failed(struct matrix *m, struct str why)
{
	if (!m->direct_noted)
		matrix_note(m, PLATFORM_DEGRADED,
			    "a direct room is not recorded in the bot's account, where only other "
			    "clients of it would look: " STR_FMT,
			    STR_ARG(why));
	m->direct_noted = true;
}

/* Counts where the server does not say how many people are there. */
static void direct_take(struct matrix *m, const struct json *list)
{
	for (const struct json *user = json_first(list); user; user = json_next(user))
		for (const struct json *v = json_first(user); v; v = json_next(v)) {
			struct matrix_room *room = matrix_room_find(&m->rooms, json_text_of(v));

			if (!room || room->direct)
				continue;
			room->direct = true;
			m->dirty = true;
		}
}

/* --- of a poll --- */

void account_take(struct matrix *m, const struct json *account_data)
{
	for (const struct json *e = json_first(json_array(account_data, "events")); e;
	     e = json_next(e)) {
		const struct json *content = json_object(e, "content");

		if (str_eq(json_text(e, "type"), STR(ACCOUNT_IGNORED)))
			ignored_take(m, content);
		else if (str_eq(json_text(e, "type"), STR(ACCOUNT_DIRECT)))
			direct_take(m, content);
	}
}

void account_done(struct matrix *m)
{
	free(m->ignored.users);
}

#include "wire/matrix_machine.h"

#include <stdlib.h>

#define IGNORED "m.ignored_user_list"
#define IGNORED_MAX 10000

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
	buf_add(&m->url, STR("/account_data/" IGNORED));
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

void account_take(struct matrix *m, const struct json *account_data)
{
	for (const struct json *e = json_first(json_array(account_data, "events")); e;
	     e = json_next(e))
		if (str_eq(json_text(e, "type"), STR(IGNORED)))
			ignored_take(m, json_object(e, "content"));
}

void account_done(struct matrix *m)
{
	free(m->ignored.users);
}

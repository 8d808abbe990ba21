#include "wire/matrix_machine.h"

#include <string.h>

#define SIGN_MS 5000	/* what could not go by then is dropped */
#define TYPING_MS 500	/* that a reply may wait without a sign */
#define TYPING_FOR 5000 /* ms that it is shown */
#define BUSY 4		/* calls under way */

static void sign_drop(struct matrix_signs *signs, size_t i)
{
	memmove(&signs->v[i], &signs->v[i + 1], (--signs->n - i) * sizeof *signs->v);
}

void sign_add(struct matrix *m, struct str place, struct str event)
{
	struct matrix_signs *signs = &m->signs;
	struct matrix_sign *sign;

	if (!m->settings.signs || place.n >= sizeof sign->place || event.n >= sizeof sign->event)
		return;
	if (signs->n == MATRIX_SIGNS_MAX)
		sign_drop(signs, 0);
	sign = &signs->v[signs->n++];
	*sign = (struct matrix_sign){.put_ms = m->now.mono_ms};
	memcpy(sign->place, place.p, place.n);
	memcpy(sign->event, event.p, event.n);
}

/* --- going out --- */

static void call_begin(struct matrix *m, const struct matrix_sign *sign, const char *what)
{
	matrix_url(m, API "/rooms/");
	url_add(&m->url, room_of(str_of(sign->place)));
	buf_add(&m->url, str_of(what));
}

static void call_end(struct matrix *m, const char *method)
{
	matrix_url_end(m);
	if (m->url.full || m->body.full)
		return;
	m->signs.call = matrix_call_make(m, method, buf_str(&m->body), true);
	m->signs.call_until_ms = m->now.mono_ms + ANSWER_MS;
	m->signs.generation = m->session.generation;
}

static void receipt_send(struct matrix *m, const struct matrix_sign *sign)
{
	struct str thread = thread_of(str_of(sign->place));
	struct json_writer w;

	call_begin(m, sign, "/receipt/m.read/");
	url_add(&m->url, str_of(sign->event));
	buf_clear(&m->body);
	m->body.full = false;
	json_begin(&w, &m->body);
	json_open_object(&w, NULL);
	if (thread.n)
		json_put_text(&w, "thread_id", thread);
	json_close(&w);
	call_end(m, "POST");
}

static void typing_send(struct matrix *m, const struct matrix_sign *sign)
{
	struct json_writer w;

	call_begin(m, sign, "/typing/");
	url_add(&m->url, m->settings.user);
	buf_clear(&m->body);
	m->body.full = false;
	json_begin(&w, &m->body);
	json_open_object(&w, NULL);
	json_put_bool(&w, "typing", true);
	json_put_int(&w, "timeout", TYPING_FOR);
	json_close(&w);
	call_end(m, "PUT");
}

/* Killed before the message is recorded we read it again, and the sign would be one of nothing. */
static bool may_go(const struct matrix *m)
{
	return !m->over && !m->stopping && !m->unrecorded && !m->dirty && !m->signs.call &&
	       session_is_up(m) && m->caught_up && m->now.mono_ms >= m->paused_ms &&
	       m->now.mono_ms >= m->singly_ms && m->under_way < BUSY;
}

/* True when there is nothing more to be told of it. */
static bool sign_go(struct matrix *m, struct matrix_sign *sign)
{
	struct str room = room_of(str_of(sign->place));
	const struct matrix_room *in = matrix_room_find(&m->rooms, room);
	int64_t age = m->now.mono_ms - sign->put_ms;

	if (!in || !in->joined || in->leaving || age >= SIGN_MS)
		return true;
	if (!sign->read_told) {
		receipt_send(m, sign);
		sign->read_told = true;
		return false;
	}
	if (age < TYPING_MS || !errand_is_owed(m, room, str_of(sign->event)))
		return false;
	typing_send(m, sign);
	return true;
}

void signs_go(struct matrix *m)
{
	struct matrix_signs *signs = &m->signs;

	if (signs->call && m->now.mono_ms >= signs->call_until_ms) {
		steps_add(&m->steps, &(struct machine_step){.kind = MACHINE_DROP,
							    .call = {.id = signs->call}});
		signs->call = 0;
	}
	for (size_t i = 0; i < signs->n && may_go(m);) {
		if (sign_go(m, &signs->v[i]))
			sign_drop(signs, i);
		else
			i++;
	}
}

bool sign_answer(struct matrix *m, uint64_t call, const struct machine_response *response)
{
	struct matrix_signs *signs = &m->signs;

	if (!call || signs->call != call)
		return false;
	signs->call = 0;
	if (response->status == 429)
		m->singly_ms = m->now.mono_ms + LIMITED_MS;
	if (session_is_refused(response))
		session_refused(m, response, signs->generation);
	return true;
}

int64_t signs_wake_ms(const struct matrix *m)
{
	const struct matrix_signs *signs = &m->signs;
	int64_t wake = INT64_MAX;

	if (signs->call)
		return signs->call_until_ms;
	for (size_t i = 0; i < signs->n; i++) {
		int64_t at = signs->v[i].put_ms + TYPING_MS;

		if (at > m->now.mono_ms && at < wake)
			wake = at;
	}
	return wake;
}

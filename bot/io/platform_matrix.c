#include "io/platform_matrix.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/secret.h"
#include "io/adapter.h"
#include "io/files.h"
#include "io/http.h"
#include "io/peer.h"
#include "io/random.h"
#include "io/secret_keep.h"
#include "io/ws.h"
#include "wire/iso_time.h"
#include "wire/matrix.h"
#include "wire/matrix_rooms.h"

#define AGENT "clinicbot/" CLINICBOT_VERSION
/* The machine gives a call up when it takes too long; this is behind the longest. */
#define TIMEOUT_MS (MATRIX_CALL_MS_MAX + 60000)
#define OPEN_MS 10000

struct platform_matrix {
	struct adapter adapter; /* first */
	struct matrix *machine;
	struct arena arena;
	struct str session_file, ca_file;
};

static struct platform_matrix *from_adapter(struct adapter *adapter)
{
	return (struct platform_matrix *)adapter;
}

static struct platform_matrix *from_base(struct platform *base)
{
	return from_adapter(adapter_of(base));
}

static struct machine_time now(const struct platform_matrix *p)
{
	return adapter_now(&p->adapter);
}

/* --- what the machine decided --- */

static void session_keep(struct platform_matrix *p, struct str session)
{
	struct err err = {0};
	bool kept = secret_keep(p->session_file, session, &err);

	matrix_kept(p->machine, kept, str_of(err.text), now(p));
}

static void on_connect(struct adapter *adapter, const struct machine_call *call)
{
	char header[SECRET_BYTES_MAX + 40];
	int n = snprintf(header, sizeof header, "Authorization: " STR_FMT,
			 STR_ARG(call->authorization));
	const struct ws_settings settings = {
		.url = call->url,
		.ca_file = from_adapter(adapter)->ca_file,
		.agent = STR(AGENT),
		.headers = {{header, (size_t)n}, STR("X-Mautrix-Websocket-Version: 3")},
		.message_max = MATRIX_FRAME_MAX,
		.timeout_ms = OPEN_MS,
	};

	adapter_connect(adapter, &settings);
	secret_wipe(settings.headers[0]);
}

static bool on_next(struct adapter *adapter, struct machine_step *step)
{
	return matrix_next(from_adapter(adapter)->machine, step);
}

static void on_own(struct adapter *adapter, const struct machine_step *step)
{
	if (step->kind == MATRIX_KEEP)
		session_keep(from_adapter(adapter), step->text);
}

static void on_answered(struct adapter *adapter, uint64_t call,
			const struct machine_response *response, struct machine_time at)
{
	matrix_answer(from_adapter(adapter)->machine, call, response, at);
}

static void on_tick(struct adapter *adapter, struct machine_time at)
{
	matrix_tick(from_adapter(adapter)->machine, at);
}

static int64_t on_wake_ms(struct adapter *adapter)
{
	return matrix_wake_ms(from_adapter(adapter)->machine);
}

static void on_stop(struct adapter *adapter, struct machine_time at)
{
	matrix_stop(from_adapter(adapter)->machine, at);
}

static bool on_is_sending(const struct adapter *adapter)
{
	return matrix_under_way(((const struct platform_matrix *)adapter)->machine) > 0;
}

static void on_opened(struct adapter *adapter, struct machine_time at)
{
	matrix_opened(from_adapter(adapter)->machine, at);
}

static void on_frame(struct adapter *adapter, struct str frame, struct machine_time at)
{
	matrix_frame(from_adapter(adapter)->machine, frame, at);
}

static void on_closed(struct adapter *adapter, int code, struct str why, struct machine_time at)
{
	matrix_closed(from_adapter(adapter)->machine, code, why, at);
}

static const struct adapter_ops machine = {
	.next = on_next,
	.own = on_own,
	.tick = on_tick,
	.wake_ms = on_wake_ms,
	.answered = on_answered,
	.stop = on_stop,
	.is_sending = on_is_sending,
	.connect = on_connect,
	.opened = on_opened,
	.frame = on_frame,
	.closed = on_closed,
};

/* --- the platform --- */

static bool matrix_platform_start(struct platform *self, struct str position, struct err *err)
{
	struct platform_matrix *p = from_base(self);

	(void)err;
	matrix_start(p->machine, position, now(p));
	adapter_soon(&p->adapter);
	return true;
}

static void matrix_platform_recorded(struct platform *self)
{
	struct platform_matrix *p = from_base(self);

	matrix_recorded(p->machine, now(p));
	adapter_soon(&p->adapter);
}

static void matrix_platform_send(struct platform *self, const struct delivery *delivery)
{
	struct platform_matrix *p = from_base(self);

	matrix_send(p->machine, delivery, now(p));
	adapter_soon(&p->adapter);
}

static void matrix_platform_withdraw(struct platform *self, struct str message_id)
{
	struct platform_matrix *p = from_base(self);

	matrix_withdraw(p->machine, message_id, now(p));
	adapter_soon(&p->adapter);
}

static void matrix_platform_fetch(struct platform *self, struct str room, struct str message_id,
				  struct str link)
{
	struct platform_matrix *p = from_base(self);

	(void)link; /* made anew from the room and the message */
	matrix_fetch(p->machine, room, message_id, now(p));
	adapter_soon(&p->adapter);
}

static void matrix_platform_free(struct platform *self)
{
	struct platform_matrix *p = from_base(self);

	if (!p)
		return;
	adapter_done(&p->adapter);
	matrix_free(p->machine);
	arena_done(&p->arena);
	free(p);
}

static const struct platform_ops matrix_ops = {
	.name = "matrix",
	.text_max = MATRIX_TEXT_MAX,
	.start = matrix_platform_start,
	.recorded = matrix_platform_recorded,
	.send = matrix_platform_send,
	.withdraw = matrix_platform_withdraw,
	.room_of = room_of,
	.time_write = iso_time_write,
	.fetch = matrix_platform_fetch,
	.stop = adapter_stop,
	.free = matrix_platform_free,
};

/* What an earlier run kept; none is no mistake. */
static bool session_read(struct platform_matrix *p, struct str *out, struct err *err)
{
	*out = STR("");
	return !p->session_file.n || !secret_is_kept(p->session_file) ||
	       secret_read(p->session_file, &p->arena, out, err);
}

static bool parts_make(struct platform_matrix *p, struct loop *loop,
		       const struct platform_matrix_settings *s, struct err *err)
{
	struct matrix_settings settings = {
		.homeserver = s->homeserver,
		.user = s->user,
		.wsproxy = s->wsproxy,
		.token = s->token,
		.password = s->password,
		.invite_from = s->invite_from,
		.invite_from_n = s->invite_from_n,
		.staff = {s->staff[0], s->staff[1]},
		.signs = s->signs,
		.groups_get_text = s->groups_get_text,
		.unreadable = s->unreadable,
		.missed_messages = s->missed_messages,
		.missed_age_ms = s->missed_age_ms,
		.seed = random_u64(),
	};
	const struct http_settings http = {
		.agent = STR(AGENT),
		.ca_file = s->ca_file,
		.body_max = MATRIX_BODY_MAX,
		.timeout_ms = TIMEOUT_MS,
	};
	struct peer peer;
	struct err why = {0};

	if (!peer_parse(s->homeserver, "http", &peer, &why))
		return err_set(err, ERR_INPUT, "matrix.homeserver: %s", why.text);
	if (s->wsproxy.n && !peer_parse(s->wsproxy, "ws", &peer, &why))
		return err_set(err, ERR_INPUT, "matrix.wsproxy: %s", why.text);
	if (!session_read(p, &settings.session, err))
		return false;
	p->machine = matrix_new(&settings, err);
	secret_wipe(settings.session);
	return p->machine && adapter_init(&p->adapter, loop, &matrix_ops, &machine, &http, err);
}

struct platform *platform_matrix_new(struct loop *loop,
				     const struct platform_matrix_settings *settings,
				     struct err *err)
{
	struct platform_matrix *p = calloc(1, sizeof *p);

	if (!p)
		out_of_memory();
	arena_init(&p->arena);
	p->ca_file = arena_str(&p->arena, settings->ca_file);
	p->session_file =
		settings->token.n ? STR("") : arena_str(&p->arena, settings->session_file);
	if (parts_make(p, loop, settings, err))
		return &p->adapter.base;
	matrix_platform_free(&p->adapter.base);
	return NULL;
}

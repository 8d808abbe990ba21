#include "wire/matrix_machine.h"

#define PATH "/_matrix/client/unstable/fi.mau.as_sync"
#define PING_MS 30000
#define PONG_MS 20000
/* The first round waits so long for the websocket: else it had to be done twice. */
#define FIRST_ROUND_MS 2000
#define POLL_AFTER_MS 5000
#define UNREADABLE_MS 1000 /* until a round, behind a frame that cannot be read */
#define CLOSE_REPLACED 4001
#define CLOSE_UNACKNOWLEDGED 4002
#define FRAME_OUT_MAX ((size_t)8 * 1024)

/* --- out --- */

/* Begins {"id":N,"command":"...","data":{ ; frame_end() closes both. */
static void frame_begin(struct json_writer *w, struct buf *out, int64_t id, const char *command)
{
	buf_init(out, FRAME_OUT_MAX);
	json_begin(w, out);
	json_open_object(w, NULL);
	json_put_int(w, "id", id);
	json_put_text(w, "command", str_of(command));
	json_open_object(w, "data");
}

/* One that is too long holds what the other side said: it can do without. */
static void frame_end(struct matrix *m, struct json_writer *w, struct buf *out)
{
	json_close(w);
	json_close(w);
	if (!out->full)
		steps_add(&m->steps,
			  &(struct machine_step){.kind = MACHINE_FRAME, .text = buf_str(out)});
	buf_done(out);
}

void socket_acknowledge(struct matrix *m, const struct matrix_held *held)
{
	const struct matrix_socket *s = &m->appservice.socket;
	struct json_writer w;
	struct buf out;

	/* On another connection that number is another one's, and the transaction comes again. */
	if (!held->id || s->state != SOCKET_UP || held->generation != s->generation)
		return;
	frame_begin(&w, &out, held->id, "response");
	json_put_text(&w, "txn_id", json_text(held->json, "txn_id"));
	frame_end(m, &w, &out);
}

static void refuse(struct matrix *m, int64_t id)
{
	const struct str why =
		STR("clinicbot does not know this command"); /* for the proxy's log */
	struct json_writer w;
	struct buf out;

	frame_begin(&w, &out, id, "error");
	json_put_text(&w, "code", STR("M_UNRECOGNIZED"));
	json_put_text(&w, "message", why);
	frame_end(m, &w, &out);
}

static void ping(struct matrix *m)
{
	struct matrix_socket *s = &m->appservice.socket;
	struct json_writer w;
	struct buf out;

	s->ping = ++s->last_id;
	s->pong_ms = m->now.mono_ms + PONG_MS;
	s->ping_ms = m->now.mono_ms + PING_MS;
	frame_begin(&w, &out, s->ping, "ping");
	json_put_int(&w, "timestamp", m->now.wall_ms);
	frame_end(m, &w, &out);
}

static void close_now(struct matrix *m, int code)
{
	m->appservice.socket.state = SOCKET_CLOSING;
	steps_add(&m->steps, &(struct machine_step){.kind = MACHINE_CLOSE, .code = code});
}

static void connect_now(struct matrix *m)
{
	struct machine_step step = {.kind = MACHINE_CONNECT};
	struct buf url, header;

	buf_init(&url, m->settings.wsproxy.n + sizeof PATH);
	buf_add(&url, m->settings.wsproxy);
	buf_add(&url, STR(PATH));
	buf_init(&header, TOKEN_BYTES_MAX + 16);
	buf_addf(&header, "Bearer " STR_FMT, STR_ARG(buf_str(&m->session.token)));
	step.call.url = buf_str(&url);
	step.call.authorization = buf_str(&header);
	m->appservice.socket.state = SOCKET_OPENING;
	steps_add(&m->steps, &step);
	secret_wipe(buf_str(&header));
	buf_done(&header);
	buf_done(&url);
}

/* --- time --- */

void socket_go(struct matrix *m)
{
	struct matrix_socket *s = &m->appservice.socket;

	if (m->stopping || !session_is_up(m))
		return;
	if (s->state == SOCKET_DOWN && m->now.mono_ms >= s->connect_ms) {
		connect_now(m);
		if (!m->caught_up)
			round_within(m, FIRST_ROUND_MS);
	} else if (s->state == SOCKET_UP && s->ping && m->now.mono_ms >= s->pong_ms) {
		matrix_note(m, PLATFORM_DEGRADED,
			    "the websocket answers no ping: it is opened anew");
		close_now(m, 0);
	} else if (s->state == SOCKET_UP && !s->ping && m->now.mono_ms >= s->ping_ms) {
		ping(m);
	}
}

int64_t socket_wake_ms(const struct matrix *m)
{
	const struct matrix_socket *s = &m->appservice.socket;

	if (m->stopping || !session_is_up(m))
		return INT64_MAX;
	if (s->state == SOCKET_DOWN)
		return s->connect_ms;
	if (s->state == SOCKET_UP)
		return s->ping ? s->pong_ms : s->ping_ms;
	return INT64_MAX;
}

void socket_stop(struct matrix *m)
{
	const struct matrix_socket *s = &m->appservice.socket;

	if (s->state == SOCKET_OPENING || s->state == SOCKET_UP)
		close_now(m, 1000);
}

/* --- in --- */

void socket_opened(struct matrix *m)
{
	struct matrix_appservice *as = &m->appservice;
	struct matrix_socket *s = &as->socket;

	if (s->state != SOCKET_OPENING)
		return;
	s->state = SOCKET_UP;
	s->generation++;
	s->flows = false;
	s->ping = 0;
	s->ping_ms = m->now.mono_ms + PING_MS;
	backoff_up(&s->backoff, m->now.mono_ms);
	as->rounds = 0;
	as->late = false;
	as->state_wanted = true;
	round_within(m, 0);
}

/* Too much waits, because nothing can be recorded or the homeserver does not let us read a room: it comes
 * again, or is read from the rooms. */
static void overflow(struct matrix *m)
{
	matrix_note(m, PLATFORM_DEGRADED,
		    "too many transactions wait: the websocket is closed for a while");
	close_now(m, 0);
}

/* Says whether this is a transaction, and does what else it may be. */
static bool is_transaction(struct matrix *m, const struct json *json, int64_t id)
{
	struct matrix_socket *s = &m->appservice.socket;
	struct str command = json_text(json, "command");

	if (str_eq(command, STR("response")) || str_eq(command, STR("error"))) {
		/* One that does not know pings is there, too. */
		if (s->ping && id == s->ping)
			s->ping = 0;
		return false;
	}
	if (str_eq(command, STR("connect")) ||
	    (!command.n && str_eq(json_text(json, "status"), STR("connected"))))
		return false;
	if (!command.n || str_eq(command, STR("transaction")))
		return true;
	if (id)
		refuse(m, id);
	return false;
}

void socket_frame(struct matrix *m, struct str frame)
{
	struct matrix_socket *s = &m->appservice.socket;
	struct json *json;
	int64_t id = 0;

	if (s->state != SOCKET_UP)
		return;
	json = json_parse(frame, MATRIX_FRAME_MAX, NULL);
	if (!json_is_object(json)) {
		matrix_note(m, PLATFORM_DEGRADED,
			    "a frame of the websocket cannot be read: the rooms are read instead");
		round_within(m, UNREADABLE_MS);
		json_free(json);
		return;
	}
	json_int(json, "id", 1, JSON_INT_MAX, &id);
	if (!is_transaction(m, json, id)) {
		json_free(json);
		return;
	}
	s->flows = true;
	if (!appservice_hold(m, json, frame.n, id))
		overflow(m);
}

/* What to do about a websocket that is refused: only the number of the answer is known. */
static const char *cure(struct str why)
{
	if (str_find(why, STR("HTTP 401")) >= 0 || str_find(why, STR("HTTP 403")) >= 0)
		return " (it must know the token in matrix.as_token_file)";
	if (str_find(why, STR("HTTP 404")) >= 0)
		return " (is matrix.wsproxy the address of mautrix-wsproxy?)";
	return "";
}

void socket_closed(struct matrix *m, int code, struct str why)
{
	struct matrix_appservice *as = &m->appservice;
	struct matrix_socket *s = &as->socket;

	if (s->state == SOCKET_DOWN)
		return;
	s->state = SOCKET_DOWN;
	s->flows = false;
	s->ping = 0;
	backoff_down(&s->backoff, m->now.mono_ms);
	s->connect_ms = m->now.mono_ms + backoff_next_ms(&s->backoff);
	if (m->stopping || m->over)
		return;
	why = str_sub(why, 0, 200);
	/* Older ones close with 1000 and say so only in the reason. */
	if (code == CLOSE_REPLACED || str_find(why, STR("conn_replaced")) >= 0) {
		matrix_fail(m,
			    "another program took the websocket over: one clinicbot at a time may "
			    "use the token in matrix.as_token_file");
		return;
	}
	if (code == 0)
		matrix_state_set(m, PLATFORM_CONNECTING,
				 "the websocket of matrix.wsproxy cannot be opened: " STR_FMT "%s",
				 STR_ARG(why), cure(why));
	else
		matrix_state_set(m, PLATFORM_CONNECTING,
				 "the websocket was closed (%d%s" STR_FMT ")", code,
				 code == CLOSE_UNACKNOWLEDGED ? ", not acknowledged" : ", ",
				 STR_ARG(code == CLOSE_UNACKNOWLEDGED ? STR("") : why));
	as->rounds = 0;
	as->late = false;
	round_within(m, m->caught_up ? POLL_AFTER_MS : 0);
}

/* The rooms of the fake Discord and what they share.
 *
 * fake_discord.c       options, life and end of the process
 * discord_server.c     libwebsockets: connections in, frames out
 * discord_http.c       requests in, responses out
 * discord_world.c      guild, channels, users, messages
 * discord_gateway.c    what clients say on the gateway: identify, resume, heartbeats
 * discord_session.c    sessions, events, replay
 * discord_rest.c       routes of the REST API, rate limits
 * discord_messages.c   the routes that make, read, change and delete messages
 * discord_rights.c     roles, members, what channels allow: told to who asks, not enforced
 * discord_control.c    /fake/: what a test asks for
 * discord_faults.c     faults of the gateway and of the REST API
 * discord_report.c     what was seen, and every broken rule by name
 *
 * One thread, one `struct fake`, which owns everything. Times: `_ms` Unix time or a span in
 * milliseconds, `_us` the monotonic clock in microseconds. */
#ifndef FAKE_DISCORD_H
#define FAKE_DISCORD_H

#include <jansson.h>
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

#define BOT_ID 1100000000000000001ULL
#define GUILD_ID 1000000000000000010ULL
#define OWNER_ID 1000000000000000011ULL
#define ROLE_ID 1000000000000000012ULL /* the one that Discord made for the bot */

enum intent {
	INTENT_GUILDS = 1 << 0,
	INTENT_MEMBERS = 1 << 1,
	INTENT_PRESENCES = 1 << 8,
	INTENT_GUILD_MESSAGES = 1 << 9,
	INTENT_DIRECT_MESSAGES = 1 << 12,
	INTENT_MESSAGE_CONTENT = 1 << 15,
};

enum channel_type { CHANNEL_TEXT = 0, CHANNEL_DM = 1, CHANNEL_THREAD = 11 };

/* --- settings: every field may be set by POST /fake/settings under its own name --------------- */

struct settings {
	int64_t heartbeat_interval; /* ms */
	int64_t identify_window_ms;
	int64_t resume_window_ms;
	int64_t nonce_window_ms;
	int64_t granted_content;
	int64_t session_start_remaining;
	int64_t rate_limit; /* requests of one bucket in one window */
	int64_t rate_window_ms;
	int64_t in_flight_ms;	   /* a request so soon behind a 429 was on its way */
	int64_t global_per_second; /* 0: no limit */
	int64_t hello_delay_ms;
	int64_t split_frames; /* fragments of every message on the gateway; 0 and 1: whole */
	int64_t d_first;      /* the gateway's "d" stands before "op" */
	int64_t date_off_ms;  /* of the Date header */
	int64_t clock_off_ms; /* of all of Discord's time, against ours */
	int64_t bare_headers; /* neither dates nor limits in responses */
};

/* --- the world -------------------------------------------------------------------------------- */

struct channel {
	uint64_t id;
	uint64_t parent;
	uint64_t recipient; /* of a DM */
	int type;
	char name[64];
	json_t *overwrites; /* NULL: none */
	bool locked;
	struct message **messages; /* by id, ascending */
	size_t count, room;
	struct channel *next;
};

struct message {
	uint64_t id;
	uint64_t author;
	uint64_t reply_to; /* 0: none */
	struct channel *channel;
	json_t *body; /* as REST gives it, but for referenced_message */
	bool own;     /* the bot wrote it */
	bool exempt;  /* its content is seen without the content intent */
	bool deleted;
	bool question; /* stands in the report as one */
	json_t *nonce;
	int64_t at_ms;
	int64_t asked_us, replied_us; /* event written, first reply came in */
	unsigned dispatched;
	json_t *replies; /* of a question: ids */
};

/* What a message is made of; strings are borrowed. */
struct draft {
	struct channel *channel;
	uint64_t author;
	const char *username;
	const char *content;
	bool own, bot, webhook, ping;
	int type;
	uint64_t reply_to;
	json_t *attachments, *extra, *nonce;
	int64_t at_ms; /* 0: now */
};

/* --- connections ------------------------------------------------------------------------------ */

enum frame_kind { FRAME_DATA, FRAME_CLOSE, FRAME_RESET, FRAME_SILENCE };

struct frame {
	struct frame *next;
	enum frame_kind kind;
	int flags;		 /* lws_write_protocol of data */
	int code;		 /* of a close */
	bool torn;		 /* a reset in the middle of a frame */
	uint64_t channel, asked; /* the message whose event this is, or 0 */
	size_t length;
	unsigned char bytes[]; /* after LWS_PRE */
};

/* One websocket of a client. Owned by the server room; ends with it. */
struct conn {
	struct fake *fake;
	struct lws *wsi;
	struct conn *next;
	struct session *session;
	struct frame *first, *last;
	z_stream *deflate;
	char *in; /* the message that is coming in */
	size_t in_length;
	lws_sorted_usec_list_t hello, watch;
	int64_t hello_us, interval_ms; /* Hello was sent, and asked for this */
	int64_t beat_us;	       /* last heartbeat */
	int64_t sent_us[120];	       /* when the last 120 payloads came */
	unsigned payloads;
	json_int_t beat_seq; /* -1: none yet */
	int asked_beat; /* 2: op 1 was sent; 1: it was answered, the next beat may come early */
	bool resume_path, greeted, no_acks, silent, invalidated, closing;
};

/* --- sessions --------------------------------------------------------------------------------- */

#define SESSION_LOG 10000

struct event {
	int64_t at_us; /* last handed to a connection */
	json_int_t seq;
	uint64_t channel, asked;
	char *text;
};

struct session {
	struct fake *fake;
	struct session *next;
	char id[40];
	json_int_t intents, seq;
	struct conn *conn; /* NULL: may be resumed until left_ms + resume_window_ms */
	int64_t left_ms;
	struct event *events; /* ring of SESSION_LOG */
	size_t first, count;
};

/* --- requests --------------------------------------------------------------------------------- */

/* One HTTP request and its response. Owned by the server room, one at a time on a connection. */
struct exchange {
	struct fake *fake;
	struct lws *wsi;
	struct exchange *next;
	char method[8];
	char path[512];
	char query[1024];
	char authorization[256];
	char user_agent[256];
	char content_type[128];
	char *body;
	size_t length;
	bool handled, over; /* the response is set; nothing more will come of it */
	/* The response. */
	int status;
	char *text;
	char headers[1024];
	const char *type;
	bool bare;  /* as Cloudflare sends it: no Via */
	bool reset; /* no response: the connection is reset */
	int64_t hang_ms;
	bool hanging;
	lws_sorted_usec_list_t wait;
	char route[96];
};

struct bucket {
	struct bucket *next;
	char key[192];
	int64_t start_us;	   /* of the window */
	int64_t used;		   /* in it */
	int64_t spent_us;	   /* when a client was told that nothing remains; 0: was not */
	int64_t told_us, until_us; /* 429 was sent, wait ends */
};

/* --- faults ----------------------------------------------------------------------------------- */

struct rest_fault {
	struct rest_fault *next;
	char method[8];
	char prefix[200];
	int status, code;
	bool html, global, reset, after_create;
	double retry_after;
	int64_t times, skip, hang_ms;
};

struct gateway_fault {
	struct gateway_fault *next;
	json_int_t after; /* messages still to be dispatched before it */
	json_t *what;
};

struct faults {
	struct rest_fault *rest;
	struct gateway_fault *waiting;
	int64_t down_until_us, resume_dead_until_us;
	int refuse_status;
	int64_t refuse_times, duplicate_next, replay_all;
	json_t *hello_interval; /* what Hello says instead, any JSON */
};

/* --- the report ------------------------------------------------------------------------------- */

struct report {
	json_t *hard, *soft, *examples; /* violations: name: count; the first of each in words */
	json_t *counts;
	json_t *created, *nonce_hits, *edits, *deletes;
	json_t *connects, *identifies, *resumes, *client_closes;
	json_t *requests; /* route: status: count */
	struct message **questions;
	size_t question_count, question_room;
};

/* A run of messages that the server sends by itself. */
struct load {
	struct load *next;
	struct fake *fake;
	json_t *request;
	json_t *ids;
	json_int_t id, total, sent;
	double per_second;
	int64_t start_us;
	lws_sorted_usec_list_t tick;
};

/* What the bot is told of its rights; permissions as texts. */
struct rights {
	char everyone[24], own_role[24];
	char timed_out[40]; /* until then; or empty */
	bool no_server;
};

struct fake {
	struct lws_context *context;
	struct lws_vhost *vhost;
	int port;
	bool tls;
	char token[128];
	char resume_url[256];
	struct settings settings;
	struct rights rights;
	struct channel *channels;
	uint64_t last_id;
	json_t *nonces; /* nonce as JSON: where the bot's newest message with it lies */
	unsigned people;
	struct conn *conns;
	struct session *sessions;
	struct exchange *exchanges;
	struct bucket *buckets;
	struct faults faults;
	struct report report;
	struct load *loads;
	json_int_t load_ids;
	int64_t identified_us; /* 0: never */
	int64_t unauthorized_us;
	int64_t global_told_us, global_until_us, global_start_us, global_used;
	bool resume_missed; /* the resume URL failed since the session was last attached */
};

/* --- discord_server.c ------------------------------------------------------------------------- */

bool server_start(struct fake *fake, int port, const char *cert, const char *key);
void server_stop(struct fake *fake);
int64_t clock_ms(void);
void clock_set_off(int64_t ms); /* what clock_ms() is off by */
int64_t clock_us(void);
/* Queues frames; they go out in this order. `text` may be compressed on the way. */
void conn_send_text(struct conn *conn, const char *text, uint64_t channel, uint64_t asked);
void conn_send_bytes(struct conn *conn, const void *bytes, size_t length, bool binary);
void conn_close(struct conn *conn, int code);
void conn_reset(struct conn *conn, bool torn);
void conn_silence(struct conn *conn);
void socket_reset(struct lws *wsi);
/* Empty when there is none, or it does not fit. */
void header_copy(struct lws *wsi, enum lws_token_indexes token, char *value, size_t size);
void query_copy(struct lws *wsi, char *query, size_t size);

/* --- discord_http.c --------------------------------------------------------------------------- */

/* What the server calls as a request goes its way. */
struct exchange *exchange_new(struct fake *fake, struct lws *wsi);
int exchange_body(struct exchange *exchange, const void *in, size_t length);
void exchange_handle(struct exchange *exchange);
int exchange_write(struct exchange *exchange);
void exchange_free(struct exchange *exchange);
/* Takes `json` over. */
void exchange_reply(struct exchange *exchange, int status, json_t *json);
void exchange_header(struct exchange *exchange, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The value of `name` in the query, or NULL; lives until the next call. */
const char *exchange_query(const struct exchange *exchange, const char *name);

/* --- discord_world.c -------------------------------------------------------------------------- */

void world_init(struct fake *fake);
void world_done(struct fake *fake);
struct channel *world_channel(struct fake *fake, uint64_t id);
struct channel *world_channel_add(struct fake *fake, uint64_t id, int type, const char *name);
struct channel *world_dm(struct fake *fake, uint64_t user);
uint64_t world_snowflake(struct fake *fake, int64_t at_ms);
/* An id for a name: the same for the same name. Digits stand for themselves. */
uint64_t world_person(const char *name);
struct message *world_message(struct channel *channel, uint64_t id);
struct message *world_find(struct fake *fake, uint64_t id);
struct message *world_write(struct fake *fake, const struct draft *draft);
/* The bot's newest message with this nonce, in any channel; deleted ones count. */
struct message *world_nonce(struct fake *fake, const json_t *nonce);
/* Index of the first message of the channel with an id of at least `id`. */
size_t world_position(const struct channel *channel, uint64_t id);
void message_set_content(struct message *message, const char *content);
/* The message as a client sees it; `event` adds what only the gateway gives. */
json_t *message_view(const struct message *message, bool content, bool event);
json_t *user_json(uint64_t id, const char *name, bool bot);
json_t *bot_json(void);
json_t *channel_json(const struct channel *channel);
json_t *guild_json(struct fake *fake);
json_t *roles_json(const struct fake *fake);
json_t *member_json(const struct fake *fake);
json_t *id_json(uint64_t id);
json_t *time_json(int64_t at_ms);
json_t *time_now_json(void);
/* A string of digits, or a number, as an id; 0 when it is neither. */
uint64_t json_id(const json_t *json);
uint64_t text_id(const char *text);
size_t text_points(const char *text);
json_int_t application_flags(const struct fake *fake);

/* --- discord_gateway.c ------------------------------------------------------------------------ */

/* 0, or the HTTP status that refuses the upgrade. */
int gateway_refuses(struct fake *fake, const char *path, const char *query);
void gateway_open(struct conn *conn, const char *path, const char *query);
/* `text` ends in a NUL behind `length`. */
void gateway_receive(struct conn *conn, const char *text, size_t length, bool binary);
void gateway_closed(struct conn *conn);
void gateway_client_close(struct conn *conn, int code);
void gateway_send_op(struct conn *conn, int op, json_t *d);

/* --- discord_session.c ------------------------------------------------------------------------ */

struct session *session_new(struct conn *conn, json_int_t intents);
/* The session that a client may resume under this id, or NULL. */
struct session *session_find(struct fake *fake, const char *id);
bool session_resume(struct session *session, struct conn *conn, json_int_t seq);
void session_end(struct fake *fake, struct session *session);
void session_end_all(struct fake *fake);
bool session_resumable_exists(struct fake *fake);
/* Sends an event to one session; takes `d` over. */
void session_event(struct session *session, const char *t, json_t *d, const struct message *of);
/* To every session with one of `intents` (0: any); borrows `d`. */
void event_dispatch(struct fake *fake, const char *t, json_t *d, json_int_t intents);
/* MESSAGE_CREATE or MESSAGE_UPDATE, as each session may see it. */
void event_message(struct fake *fake, const char *t, struct message *message);
char *envelope_text(struct fake *fake, int op, const char *t, json_int_t s, json_t *d);

/* --- discord_rest.c, discord_messages.c ------------------------------------------------------- */

/* Ids found in the path of a request. */
struct route_ids {
	uint64_t channel, message, guild, user;
};
void rest_handle(struct exchange *exchange);
void rest_done(struct fake *fake);
void rest_error(struct exchange *exchange, int status, int code, const char *message);
/* Answers 429; `global` blocks all, else the bucket. */
void rest_limited(struct exchange *exchange, struct bucket *bucket, double seconds, bool global,
		  bool html);
void messages_create(struct exchange *exchange, const struct route_ids *ids);
void messages_list(struct exchange *exchange, const struct route_ids *ids);
void messages_get(struct exchange *exchange, const struct route_ids *ids);
void messages_edit(struct exchange *exchange, const struct route_ids *ids);
void messages_delete(struct exchange *exchange, const struct route_ids *ids);
void message_remove(struct fake *fake, struct message *message, bool announce);

/* --- discord_rights.c ------------------------------------------------------------------------- */

void rights_init(struct fake *fake);
void rights_servers(struct exchange *exchange, const struct route_ids *ids);
void rights_roles(struct exchange *exchange, const struct route_ids *ids);
void rights_member(struct exchange *exchange, const struct route_ids *ids);
/* Takes what /fake/rights asks for; or says why not. */
const char *rights_set(struct fake *fake, json_t *request);

/* --- discord_control.c, discord_faults.c ------------------------------------------------------ */

void control_handle(struct exchange *exchange);
void control_done(struct fake *fake);
/* Sets the fault up or says why not. */
const char *fault_add(struct fake *fake, json_t *what);
/* A message of a person went out: faults that waited for it. */
void fault_message_sent(struct fake *fake);
/* The fault that this request meets, or NULL; counts it. It may be freed by the next call. */
const struct rest_fault *fault_rest(struct fake *fake, const struct exchange *exchange);
void faults_clear(struct fake *fake);

/* --- discord_report.c ------------------------------------------------------------------------- */

void report_init(struct fake *fake);
void report_reset(struct fake *fake);
void report_done(struct fake *fake);
/* A rule was broken. Soft rules bind only this project's own bot. */
void report_hard(struct fake *fake, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void report_soft(struct fake *fake, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void report_count(struct fake *fake, const char *name);
void report_request(struct fake *fake, const char *route, int status);
/* Adds {"at_ms": now} and the members of `json` to a list; takes `json` over. */
void report_add(json_t *list, json_t *json);
void report_question(struct fake *fake, struct message *message);
void report_created(struct fake *fake, struct message *message, uint64_t same_nonce);
json_t *report_json(struct fake *fake);
json_t *report_state(struct fake *fake);

#endif

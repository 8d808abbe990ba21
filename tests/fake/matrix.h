/* The fake homeserver, shared by its rooms:
 *   fake_matrix.c      options, the loop
 *   matrix_http.c      connections: requests in, responses out
 *   matrix_world.c     people, rooms, events, tokens
 *   matrix_sync.c      /sync and /messages
 *   matrix_api.c       the rest of what clients may call
 *   matrix_journal.c   what outlives a kill
 *   matrix_wsproxy.c   an appservice's transactions, over a websocket
 *   matrix_control.c   what tests may do: people write, things break, what was seen
 *
 * It shares no code with the bot and reads JSON by jansson. */
#ifndef FAKE_MATRIX_H
#define FAKE_MATRIX_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define BOT "@bot:fake"
#define SERVER "fake"

/* One connection; at most one request of it is looked at at a time. */
struct peer {
	struct peer *next;
	int fd;
	char *in;
	size_t in_n;
	char *out;
	size_t out_n, out_at;
	bool closing;	    /* when all is written */
	bool busy;	    /* a request is being handled or waits */
	bool reset;	    /* closed by RST */
	bool is_bot;	    /* a token of the bot came on it */
	int64_t hold_until; /* the response goes out then; 0: at once */
	/* the request */
	char method[8];
	char *path, *query, *body; /* path with its escapes */
	size_t body_n;
	char token[512];
	bool token_in_url;
	json_t *json; /* of the body, or NULL */
	/* a /sync that waits */
	bool polls;
	int64_t poll_until;
	const char *poller; /* the user, kept in `sync_user` */
	char sync_user[256];
	bool sending;	 /* a PUT /send that is held */
	char ws_key[64]; /* of a request for a websocket */
	bool ws;	 /* it is one */
};

/* --- fake_matrix.c --- */
int64_t now_ms(void);

/* --- http --- */
extern struct peer *peers;
extern int server_port;
bool http_listen(int port);
/* Waits at most `ms`, reads and writes. */
void http_turn(int ms);
/* Answers the request; takes `body` over. */
void respond(struct peer *peer, int status, json_t *body);
void respond_raw(struct peer *peer, int status, const char *headers, const char *body);
void fail(struct peer *peer, int status, const char *errcode, const char *error);
/* The n-th part of the path, decoded, in a buffer that lives for a while; NULL when there is none. */
const char *part(const struct peer *peer, unsigned n);
unsigned parts(const struct peer *peer);
/* A parameter of the query, decoded; NULL when it is not there. */
const char *param(const struct peer *peer, const char *name);

/* --- world --- */
extern json_t *rooms; /* id: {members: {user: membership}, events: [...], joined_at: {user: pos}} */
extern json_t *tokens; /* token: {user, device, expires, refresh} */
extern json_t *counts; /* name: n */
extern json_t *violations;
extern int64_t stream; /* position of the newest event */
extern json_t *settings;

void world_init(const char *token);
void world_done(void);
void count(const char *name);
void violate(const char *name);
int64_t setting(const char *name, int64_t otherwise);
json_t *room_new(const char *id, bool direct);
json_t *room_of(const char *id);
const char *membership(const json_t *room, const char *user);
unsigned members(const json_t *room, const char *membership);
/* Adds an event and gives its id. `state_key` NULL: no state. `content` is taken over. `more`, NULL or
 * members of the event, is borrowed. */
const char *event_add(json_t *room, const char *sender, const char *type, const char *state_key,
		      json_t *content, const json_t *more);
json_t *event_of(json_t *room, const char *id);
void member_set(json_t *room, const char *sender, const char *user, const char *membership,
		bool direct);
/* The event as a client sees it: without what is ours, with its age, and the transaction for who sent it. */
json_t *event_shown(const json_t *event, const char *device);
/* The account that the request's token belongs to; NULL after answering 401. */
const json_t *account(struct peer *peer);
json_t *token_new(const char *user, const char *device, bool refreshes);
/* Takes the event's content away, as the redaction, an event of the same room, says. */
void redact(json_t *room, json_t *event, const json_t *redaction);
/* Public, settings, tokens: what is kept of them changed. */
void room_public(json_t *room);
void settings_change(json_t *change);
void token_set(const char *token, json_t *row);
/* One line of the journal is done again. */
void world_replay(const json_t *line);
/* Behind `lines` of these: ids that were given are not given again. */
void world_resume(size_t lines);

/* --- journal --- */
/* Takes up the world that the file holds, and keeps it there from now on. False when it cannot. */
bool journal_open(const char *path);
/* Kept before anybody is told of it. Takes `line` over; without a journal it is dropped. */
void journal_add(json_t *line);
void journal_close(void);

/* --- sync --- */
void sync_begin(struct peer *peer, const json_t *account);
/* Answers those polls that have something, or whose time is over. */
void polls_serve(void);
void messages_give(struct peer *peer, const json_t *account, const char *room_id);

void state_give_all(struct peer *peer, const json_t *account, const char *room_id);

/* --- account data --- */
void account_data_call(struct peer *peer, const char *type);
/* As events: what changed behind that. */
json_t *account_data_since(const json_t *filter, int64_t since);
/* The settings were read back: the stream goes on behind them. */
void account_data_resume(void);

/* --- wsproxy --- */
void wsproxy_open(struct peer *peer);
void wsproxy_read(struct peer *peer);
void wsproxy_gone(const struct peer *peer);
/* Sends what is to be sent. */
void wsproxy_turn(void);
bool wsproxy_connected(void);
void wsproxy_control(struct peer *peer);

/* --- api, control --- */
void api_handle(struct peer *peer);
void control_handle(struct peer *peer);
void control_done(void);
/* True when a fault answered the request instead. `after`: it was done, only the answer is lost. */
bool fault_strikes(struct peer *peer, bool after);

#endif

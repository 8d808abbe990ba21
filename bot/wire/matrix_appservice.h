/* The Matrix machine as an appservice: for matrix_socket.c, matrix_appservice.c, matrix_history.c and
 * matrix.c alone.
 *
 * Events come in transactions over a websocket. The proxy in front of the homeserver tells it that a
 * transaction arrived once it was written to the socket, so what we did not record is lost there; while
 * nobody is connected the homeserver keeps its transactions, and tries again after up to nine minutes. So
 * a transaction is only ever one way to hear of an event. The other is to read the rooms: in a round
 * each room is asked for what was written behind the newest event that was recorded of it. There is a
 * round at every start and behind every connect, and from time to time while no transaction comes. An
 * event that comes by both ways is one: by its id, here for as long as the run lasts, in the bot's store
 * for a day.
 *
 * A transaction is acknowledged (where the proxy asks for that) when what it brought is recorded. */
#ifndef WIRE_MATRIX_APPSERVICE_H
#define WIRE_MATRIX_APPSERVICE_H

#include "core/buf.h"
#include "wire/backoff.h"
#include "wire/json.h"
#include "wire/matrix_rooms.h"

#define MATRIX_TAKEN_MAX 1024
#define MATRIX_HELD_MAX (2 * MATRIX_FRAME_MAX) /* bytes of transactions that wait */
#define MATRIX_HELD_N_MAX 2000

struct machine_response;
struct matrix;

enum socket_state {
	SOCKET_DOWN,
	SOCKET_OPENING,
	SOCKET_UP,
	SOCKET_CLOSING, /* by us */
};

struct matrix_socket {
	enum socket_state state;
	unsigned generation; /* of the connection */
	int64_t connect_ms;  /* not before */
	int64_t ping_ms;     /* the next one */
	int64_t ping;	     /* id of the one that is not answered; 0: none */
	int64_t pong_ms;     /* its answer is due */
	int64_t last_id;
	bool flows; /* a transaction came over this connection */
	struct backoff backoff;
};

/* A transaction that is not recorded yet. */
struct matrix_held {
	struct matrix_held *next;
	struct json *json;
	size_t n;	     /* bytes it was long */
	int64_t id;	     /* to be acknowledged; 0: not */
	unsigned generation; /* of the connection it came by */
	bool looked;	     /* for rooms that must be read first */
	bool originals;	     /* what its edits are of was asked for */
	bool taken;
};

/* A page of a room's history. */
struct matrix_page {
	struct matrix_page *newer;
	struct json *json;
};

struct matrix_appservice {
	struct matrix_socket socket;
	struct matrix_held *first, *last;
	size_t held, held_n;

	bool registered;  /* the account is there */
	int64_t began_ms; /* Unix time of the first start ever: nothing older is answered */
	int64_t round_ms; /* when the next one begins */
	unsigned rounds;  /* since the socket's state changed */
	bool in_round;
	bool state_wanted; /* the next round reads all rooms' state anew */
	bool late;	   /* a round found what no transaction had brought */
	bool moved;	   /* newest events changed, and nothing else did */
	int64_t rooms_asked_ms;
	int64_t unknown_ms; /* a room that we do not know begins no round before */

	/* The room that is being read. */
	struct buf room, from;
	struct matrix_page *pages; /* the oldest first */
	unsigned events;
	bool whole; /* all of its pages are here */

	uint64_t taken[MATRIX_TAKEN_MAX]; /* a ring of hashes of events */
	size_t taken_next;
};

void appservice_init(struct matrix *m);
/* The position is read. */
void appservice_start(struct matrix *m);
void appservice_done(struct matrix *m);
bool is_appservice(const struct matrix *m);

/* --- socket --- */
/* Opens it when that is due, and sees whether the other side is still there. */
void socket_go(struct matrix *m);
/* When socket_go() is wanted at the latest. */
int64_t socket_wake_ms(const struct matrix *m);
void socket_opened(struct matrix *m);
void socket_frame(struct matrix *m, struct str frame);
void socket_closed(struct matrix *m, int code, struct str why);
/* Says goodbye. */
void socket_stop(struct matrix *m);
/* The transaction is recorded. */
void socket_acknowledge(struct matrix *m, const struct matrix_held *held);

/* --- appservice --- */
/* Takes the transactions that can be taken, also while a call is under way; gives the room that must be
 * read before the next one. */
struct matrix_room *appservice_take(struct matrix *m);
/* Takes what can be taken, asks for what is missing. */
void appservice_go(struct matrix *m);
int64_t appservice_wake_ms(const struct matrix *m);
/* A transaction came; takes `json` over. False when too many wait. */
bool appservice_hold(struct matrix *m, struct json *json, size_t n, int64_t id);
/* All that was taken is recorded. */
void appservice_recorded(struct matrix *m);
/* We are in the room from now on: it must be read. */
void appservice_joined(struct matrix *m, struct matrix_room *room);
void rooms_answer(struct matrix *m, const struct machine_response *response);
/* The next round comes in so many ms, or earlier. */
void round_within(struct matrix *m, int64_t ms);
/* Hands an event on that was not before. True when the bot is told. */
bool appservice_event(struct matrix *m, struct matrix_room *room, const struct json *event);
/* May a reply go out there? */
bool appservice_may_send(const struct matrix *m, const struct matrix_room *room);

/* --- history --- */
/* A room of which so many tries failed holds up no other. */
#define MATRIX_ROOM_TRIES 5
void history_drop(struct matrix *m);
/* Asks for the next thing that is due of the room. */
void history_ask(struct matrix *m, struct matrix_room *room);
void state_answer(struct matrix *m, const struct machine_response *response);
void history_answer(struct matrix *m, const struct machine_response *response);
/* All pages of a room are here: hands on what is new. */
void history_take(struct matrix *m);

#endif

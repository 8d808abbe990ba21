/* What was written while no session existed, and must be read from the channels' histories.
 *
 * One cursor serves all channels: ids are made in the order of time, so that whatever is newer than
 * the newest message that was seen may be unseen, wherever it stands. The order of events of
 * different channels is not promised, so reading begins GAPS_OVERLAP_MS before it: what was handed in already is
 * known by its id. These first minutes of a gap do not count towards the limit of messages, as in a room
 * where much is written they would use it up; when they alone hold more than that, the rest of them is
 * passed over, not what comes behind them. When a session is lost and a new one is ready, every room that the bot listens to
 * gets a gap before any event of the new session moves the cursor; the channels of a server are told
 * by its GUILD_CREATE only, so that until then the whole server is a hole. Gaps, holes and cursor
 * are part of the position: a crash loses none. Lives inside the gateway machine. */
#ifndef WIRE_DISCORD_GAPS_H
#define WIRE_DISCORD_GAPS_H

#include "wire/discord.h"
#include "wire/json.h"

/* Rooms kept in which somebody spoke to the bot; those go first where that was longest ago. Each patient who
 * writes directly has one, and Discord has no list of them. */
#define ACQUAINTED_MAX 5000
#define GAPS_MAX 7000 /* open at once: those, and the listed channels with their threads */
#define HOLES_MAX 100
#define GAPS_OVERLAP_MS ((int64_t)120000)

enum gap_kind {
	GAP_DIRECT,  /* a direct conversation */
	GAP_WATCHED, /* a channel or thread where every message counts */
	GAP_OTHER,   /* only what is addressed to the bot */
};

/* One room's history that is still to be read, from behind `after` to its end. */
struct gap {
	uint64_t room;
	uint64_t guild; /* 0: none, or not known */
	enum gap_kind kind;
	uint64_t after;
	uint64_t heard; /* the newest message before it; what is not newer does not count */
	unsigned left;	/* messages that may still be read: of the overlap, then of the rest */
};

/* A server whose channels were not told yet. */
struct hole {
	uint64_t guild, heard;
};

/* A direct conversation, or a channel that is not watched, in which the bot was spoken to. */
struct acquaintance {
	uint64_t room, guild; /* 0: a direct conversation */
};

struct gaps {
	unsigned messages_max; /* of one room; 0: nothing is read */
	int64_t age_max_ms;    /* of a message */
	uint64_t seen;	       /* the newest message; 0: there never was a session */
	uint64_t since;	       /* nothing before the first session is read */
	struct gap *v;	       /* the first is being read; watched rooms stand before others */
	size_t n, cap;
	struct hole holes[HOLES_MAX];
	size_t holes_n;
	struct acquaintance acquainted[ACQUAINTED_MAX];
	size_t acquainted_n;
	uint64_t forgotten; /* acquainted ones that had to make room */
	bool asked;	    /* for a page of the first one */
	uint64_t read;	    /* messages since the last gap was opened into an empty list */
	unsigned dropped;   /* gaps and holes for which there was no place */
};

void gaps_done(struct gaps *gaps);

/* The smallest id that a message of this moment can have. */
uint64_t gaps_id_at(int64_t unix_ms);
/* The first session begins now: what was there before it is not the bot's. */
void gaps_begin(struct gaps *gaps, int64_t wall_ms);
/* An event brought this message. */
void gaps_saw(struct gaps *gaps, uint64_t message);
/* Where a gap behind `heard` begins to be read. */
uint64_t gaps_from(const struct gaps *gaps, uint64_t heard);
/* One that is open for the room goes on from where it is. */
void gaps_open(struct gaps *gaps, uint64_t room, uint64_t guild, enum gap_kind kind,
	       uint64_t heard);
/* The channels of the server are told soon; a hole that is there keeps its beginning. */
void gaps_hole_open(struct gaps *gaps, uint64_t guild);
/* True when there was one: it is closed, and `*heard` was the newest message before it. */
bool gaps_hole_close(struct gaps *gaps, uint64_t guild, uint64_t *heard);
/* Somebody spoke to the bot there. */
void gaps_acquaint(struct gaps *gaps, uint64_t room, uint64_t guild);
/* Opens one for each room that is acquainted, newest first. */
void gaps_open_acquainted(struct gaps *gaps);

/* What to read next, no older than allowed: NULL when nothing is open, or asked for already. It is
 * asked for from now on. */
const struct gap *gaps_ask(struct gaps *gaps, int64_t wall_ms);
/* A page of the first gap was read: `n` messages, `beyond` of them newer than its `heard`, the newest of
 * them `newest`. True while more may be read of it. */
bool gaps_page(struct gaps *gaps, unsigned n, unsigned beyond, uint64_t newest);
/* The first gap is closed. */
void gaps_close(struct gaps *gaps);

/* Into an open object, and back from it. */
void gaps_write(const struct gaps *gaps, struct json_writer *w);
void gaps_read(struct gaps *gaps, const struct json *position);

#endif

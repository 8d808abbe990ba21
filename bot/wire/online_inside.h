/* What the machines of online.h are made of; nobody else includes it. */
#ifndef WIRE_ONLINE_INSIDE_H
#define WIRE_ONLINE_INSIDE_H

#include "wire/json.h"
#include "wire/online.h"
#include "wire/server_clock.h"

#define ONLINE_SHOWN_MAX ((size_t)80) /* bytes of a name that others gave */

struct online_ops {
	/* Sets the next question: `o->step`, by online_ask(). False when there is none. */
	bool (*ask)(struct online *o);
	/* Its answer. `body` is NULL when it is no JSON. */
	void (*take)(struct online *o, const struct machine_response *answer,
		     const struct json *body);
	/* Nothing more is asked: the last findings. */
	void (*finish)(struct online *o);
	void (*free)(struct online *o);
};

struct online_finding_node {
	struct online_finding_node *next;
	struct finding finding;
};

/* The first member of each machine. */
struct online {
	const struct online_ops *ops;
	const char *name; /* "discord": each finding begins with it */
	const char *them; /* "Discord": in a sentence */
	struct arena arena;
	struct online_finding_node *first, **last;
	struct str secret;	  /* is struck out of what is found */
	struct str authorization; /* of every question but those that say otherwise */
	struct buf url, body;
	struct online_step step;
	bool under_way; /* the step was given out and not answered */
	bool over;
	unsigned tries; /* of the question, as 429 was the answer */
	int64_t wait_ms;
	int64_t now_ms; /* Unix time of the last answer */
	bool answered;	/* ever */
	struct server_clock clock;
};

void online_init(struct online *o, const struct online_ops *ops, const char *name,
		 const char *them);

/* Begins the address of a question in `o->url`. */
void online_url(struct online *o, struct str base, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Asks by `method` what `o->url` and `o->body` hold. */
void online_ask(struct online *o, const char *method, bool authorized);

/* `what`: a format, for staff. */
void online_good(struct online *o, const char *what, ...) __attribute__((format(printf, 2, 3)));
void online_note(struct online *o, const char *what, ...) __attribute__((format(printf, 2, 3)));
void online_mend(struct online *o, const char *what, ...) __attribute__((format(printf, 2, 3)));
/* `subject` could not be looked at, as this was the answer. After no answer at all nothing more is asked. */
void online_unanswered(struct online *o, const struct machine_response *answer,
		       const struct json *body, const char *subject);
/* What follows cannot be asked. */
void online_end(struct online *o);

/* A name that others gave, cut to ONLINE_SHOWN_MAX. */
struct str online_shown(struct str name);

#endif

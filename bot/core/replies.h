/* The fixed texts: every sentence of the bot that is not an article's. They stand in
 * `en/replies.md` and `en/urgent.md`, each under a heading that is its id, and may name the
 * clinic's details in braces: {clinic} {phone} {emergency} {crisis_line} {staff}, and {article}
 * for the title of the article. Some have other names in them, which are filled in when the text is
 * used: {topic} of `not-covered-topic`, {level}, {time}, {link} of alerts to staff, and {number}, {of} of
 * alerts that are shown again. */
#ifndef CORE_REPLIES_H
#define CORE_REPLIES_H

#include "core/book.h"
#include "core/lists.h"

/* Every id that code uses; a file without one of them is a mistake, and so is an id not here. The
 * name in the file has hyphens: REPLY_NOT_COVERED is `## not-covered`. */
#define REPLY_IDS(X)                                                                              \
	X(NOTE, "note")		    /* behind every reply, with the emergency line */             \
	X(NOTE_SHORT, "note-short") /* behind hello and thanks */                                 \
	X(FIRST, "first-contact")   /* once a person: a machine, and be private */                \
	X(GREETING, "greeting")                                                                   \
	X(THANKS, "thanks")                                                                       \
	X(GOODBYE, "goodbye")                                                                     \
	X(ABOUT_BOT, "about-the-bot")                                                             \
	X(HELP, "help")                                                                           \
	X(COMPLAINT, "complaint")                                                                 \
	X(VAGUE, "vague")	  /* asks to say more */                                          \
	X(OWN_WORDS, "own-words") /* asked to put its answer in other words, or to say more */    \
	X(REST, "rest")		  /* behind as many questions as are answered: there were more */ \
	X(NOT_COVERED, "not-covered")                                                             \
	X(NOT_COVERED_TOPIC, "not-covered-topic") /* the same, with {topic} */                    \
	X(OFFER, "offer")			  /* above the list of topics */                  \
	X(OFFER_ONE, "offer-one")		  /* above a single topic */                      \
	X(OFFER_NONE, "offer-none")		  /* none of the offered topics */                \
	X(PERSONAL, "personal-advice")		  /* dosing, should I, diagnosis, is it normal */ \
	X(CONTRAINDICATION, "contraindication")	  /* pregnancy, blood thinners, cancer ... */     \
	X(MINOR, "minor")			  /* somebody under 18 */                         \
	X(DISTRESS, "distress")			  /* unhappy about their looks */                 \
	X(BOOKING, "booking")			  /* appointments, prices, staff */               \
	X(ATTACHMENT, "attachment")		  /* pictures, recordings, files */               \
	X(TOO_LONG, "too-long")			  /* a message that is too long to read */        \
	X(TOO_MANY, "too-many")			  /* over the limit; behind it: silence */        \
	X(DELAY, "delay")			  /* in front, when the question waited long */   \
	X(CHANGED, "changed")			  /* the article changed while it waited */       \
	X(BALANCE, "balance")			  /* above the risk passage */                    \
	X(AFTER_URGENT, "after-urgent")	    /* asked on within ten minutes of a safety text */    \
	X(CAREFUL, "careful")		    /* may be urgent, and may not */                      \
	X(CAREFUL_CRISIS, "careful-crisis") /* may be a crisis, and may not */                    \
	X(FOREIGN, "foreign")		    /* in another language than the bot reads */          \
	X(ENCRYPTED, "encrypted-room")	    /* where the bot cannot read: once */                 \
	X(STAFF_TOLD, "staff-told")	    /* to the patient */                                  \
	X(STAFF_ALERT, "staff-alert")                                                             \
	X(STAFF_AGAIN, "staff-again") /* nobody took it */                                        \
	X(STAFF_WORDS_GONE, "staff-words-gone")                                                   \
	X(STAFF_TAKEN, "staff-taken")                                                             \
	X(STAFF_ROOM_GONE, "staff-room-gone") /* nothing can be sent there */                     \
	X(STAFF_ROOM_REPLACED, "staff-room-replaced")                                             \
	X(STAFF_ROOM_MUTE, "staff-room-mute")                                                     \
	X(EMERGENCY, "emergency")   /* en/urgent.md */                                            \
	X(CRISIS, "crisis")	    /* en/urgent.md */                                            \
	X(URGENT, "urgent")	    /* en/urgent.md */                                            \
	X(CRISIS_TOO, "crisis-too") /* en/urgent.md; behind an emergency that may be a crisis */

enum reply_id {
#define REPLY_ENUM(name, id) REPLY_##name,
	REPLY_IDS(REPLY_ENUM)
#undef REPLY_ENUM
		REPLY_IDS_N,
	REPLY_NONE = REPLY_IDS_N
};

struct replies {
	struct str text[REPLY_IDS_N]; /* Markdown, details filled in */
};

/* Reads the fixed texts of both files into `replies`. Missing, unknown and doubled ids, unknown
 * {names} and empty texts are mistakes. False when any is an error. */
bool replies_parse(const struct source *replies_md, const struct source *urgent_md,
		   const struct clinic *clinic, struct arena *arena, struct replies *out,
		   struct mistakes *mistakes);

/* The text under a heading of another file, the clinic's details filled in; in `arena`. */
struct str replies_fill(const struct list *list, struct str file, const struct clinic *clinic,
			struct arena *arena, struct mistakes *mistakes);

/* What {name} becomes when a text is used. */
struct reply_late {
	struct str name, value;
};

/* The text with these filled in; in `arena`. */
struct str replies_text(const struct replies *replies, enum reply_id id,
			const struct reply_late *late, size_t n, struct arena *arena);
/* REPLY_NOT_COVERED_TOPIC with the topic filled in; in `arena`. */
struct str replies_topic(const struct replies *replies, struct str topic, struct arena *arena);

/* "not-covered" for REPLY_NOT_COVERED; and back, REPLY_NONE when unknown. */
struct str reply_id_name(enum reply_id id);
enum reply_id reply_id_of(struct str name);

#endif

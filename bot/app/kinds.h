/* The kinds of replies there are to one message, in the store and in idempotency keys:
 *
 *     answer              the reply to it; an edit may change it
 *     edit-LEVEL          the safety text of that level, to its edit; each level once
 *     ...-alert           the alert to staff about one of these
 *     ...-alert-second    the same in their second room
 *     ...-told            the word to the patient that staff were told
 *     room-TROUBLE        the word to staff that nothing can be sent into a room; its message is what
 *                         the platform calls that
 *
 * The first letters of their words differ, as wire/discord_rest.h asks for. */
#ifndef APP_KINDS_H
#define APP_KINDS_H

#include "core/arena.h"
#include "core/notice.h"
#include "core/urgent.h"

#define KIND_ANSWER STR("answer")

/* "edit-crisis" */
struct str kind_of_edit(enum urgent_level level, struct arena *arena);
/* "answer-alert" of "answer". */
struct str kind_of_alert(struct str kind, struct arena *arena);
/* Whether an alert is the one in the second room. */
bool kind_is_second(struct str alert);
/* "answer-alert-second" of "answer-alert", and back. */
struct str kind_of_other(struct str alert, struct arena *arena);
/* "answer-told" of either. */
struct str kind_of_told(struct str alert, struct arena *arena);
/* "room-gone" */
struct str kind_of_trouble(enum trouble trouble, struct arena *arena);

#endif

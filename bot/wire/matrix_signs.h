/* Signs of life: that a message for us was read (m.read), and that we write, once its reply has waited for
 * half a second. Where there is room for them only: one call at a time, none for a minute after the server
 * set a limit, none while many calls are under way. What cannot go within seconds is dropped, and nothing
 * is tried twice. Part of the Matrix machine. */
#ifndef WIRE_MATRIX_SIGNS_H
#define WIRE_MATRIX_SIGNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/str.h"

#define MATRIX_SIGNS_MAX 16 /* that wait; the oldest gives way */

struct matrix;
struct machine_response;

struct matrix_sign {
	int64_t put_ms;
	bool read_told;	 /* its receipt went out */
	char place[512]; /* the room, and the thread */
	char event[256];
};

struct matrix_signs {
	struct matrix_sign v[MATRIX_SIGNS_MAX]; /* the oldest first */
	size_t n;
	uint64_t call; /* under way; 0: none */
	int64_t call_until_ms;
	unsigned generation; /* of the token it went out with */
};

/* This message is for us. */
void sign_add(struct matrix *m, struct str place, struct str event);
/* What may go now goes. */
void signs_go(struct matrix *m);
/* True when the call was a sign's. */
bool sign_answer(struct matrix *m, uint64_t call, const struct machine_response *response);
int64_t signs_wake_ms(const struct matrix *m);

#endif

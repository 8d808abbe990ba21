#include "wire/machine.h"

#include <stddef.h>

#include "wire/steps.h"

static const size_t texts[] = {
	offsetof(struct machine_step, text),
	offsetof(struct machine_step, why),
	offsetof(struct machine_step, call.method),
	offsetof(struct machine_step, call.url),
	offsetof(struct machine_step, call.body),
	offsetof(struct machine_step, call.authorization),
	offsetof(struct machine_step, message.id),
	offsetof(struct machine_step, message.edits),
	offsetof(struct machine_step, message.room),
	offsetof(struct machine_step, message.person),
	offsetof(struct machine_step, message.text),
	offsetof(struct machine_step, message.link),
	offsetof(struct machine_step, message.replies_to),
	offsetof(struct machine_step, trouble.id),
	offsetof(struct machine_step, trouble.room),
	offsetof(struct machine_step, trouble.link),
};

const struct steps_shape machine_steps = {sizeof(struct machine_step), texts,
					  sizeof texts / sizeof *texts};

/* What config.c and config_matrix.c share; nobody else includes it. */
#ifndef APP_CONFIG_INSIDE_H
#define APP_CONFIG_INSIDE_H

#include <confuse.h>

#include "app/config.h"
#include "core/mistakes.h"

/* The text of a key; lives as long as the configuration. */
struct str config_text(struct config *c, cfg_t *section, const char *key);

/* The section `matrix`, when there is one. */
void config_matrix_take(struct config *c, cfg_t *cfg, struct mistakes *mistakes);

#endif

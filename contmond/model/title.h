/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of containers: the title, the id, and the first digits of the id */
#ifndef CONTMOND_MODEL_TITLE_H
#define CONTMOND_MODEL_TITLE_H

#include <stdbool.h>

#include "base/words.h"

#define SHORT_ID_LENGTH 12

/* The title for processes outside of all containers */
#define TITLE_HOST "host"

/** title_short_id() - the first characters of an id, as valid UTF-8 */
void title_short_id(char ret[SHORT_ID_LENGTH + 1], const char *id);

/**
 * title_in_list() - is a container in a list?
 * @list: titles, ids and short ids
 * @title, @id: NULL or empty if there is none
 *
 * In the list, "host" means everything outside of containers, never an id.
 */
bool title_in_list(const struct words *list, const char *title,
		   const char *id);

#endif /* CONTMOND_MODEL_TITLE_H */

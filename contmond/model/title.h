/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of containers: the title, the id, and the first digits of the id */
#ifndef CONTMOND_MODEL_TITLE_H
#define CONTMOND_MODEL_TITLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/words.h"

#define SHORT_ID_LENGTH 12

/* The title for processes outside of all containers */
#define TITLE_HOST "host"

/**
 * title_of() - the title of a container, which may have to be lengthened
 * @text: its name, or what is shown instead
 * @user_id: whose it is; 0: root's
 *
 * A user may call containers like those of root, now or when these do not run.
 * So a user's title ends with "@" and the user. No engine allows a name with
 * that, but LXC does: one of root's that ends like this ends with "@0" as well.
 * Returns a malloced text, or NULL without memory.
 */
char *title_of(const char *text, int64_t user_id);

/**
 * title_name_length() - the part of a title that the name may be
 * @id: of the container; NULL if unknown
 * @user_id: whose it is; 0: root's; below 0: unknown
 *
 * A title that would not be unique ends with the short id, and after that with
 * the id of the cgroup, once or more.
 */
size_t title_name_length(const char *title, const char *id, int64_t user_id);

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

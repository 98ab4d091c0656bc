/* SPDX-License-Identifier: GPL-2.0-only */
/* What people call a container: its title, its id or the id's beginning. */
#ifndef CONTMOND_MODEL_TITLE_H
#define CONTMOND_MODEL_TITLE_H

#include <stdbool.h>

#define SHORT_ID_LENGTH 12

/** title_short_id() - the first characters of an id, as valid UTF-8 */
void title_short_id(char ret[SHORT_ID_LENGTH + 1], const char *id);

/**
 * title_in_list() - is a container in a list?
 * @list: titles, ids and short ids, separated by commas; NULL has all
 */
bool title_in_list(const char *list, const char *title, const char *id);

#endif /* CONTMOND_MODEL_TITLE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Reference-counted copies of struct container_info; see name_ref(). */
#ifndef BASE_NAMES_ENTRY_H
#define BASE_NAMES_ENTRY_H

#include "names.h"

/**
 * struct name_entry - one container in one allocation, followed by its labels
 * and strings; freed by the last name_unref()
 * @generation: number of the last list that contained it
 */
struct name_entry {
	unsigned int references;
	unsigned int generation;
	struct container_info name;
	struct name_label labels[];
};

/** name_entry_new() - returns one reference, or NULL if there is no memory */
struct name_entry *name_entry_new(const struct container_info *container);

#endif /* BASE_NAMES_ENTRY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Copies of what is known of containers, which names.h counts references of. */
#ifndef BASE_NAMES_ENTRY_H
#define BASE_NAMES_ENTRY_H

#include "names.h"

/**
 * struct name_entry - one container in one allocation: the labels and all texts
 * follow; freed by the last name_unref()
 * @generation: of the last list that it was in
 */
struct name_entry {
	unsigned int references;
	unsigned int generation;
	struct name name;
	struct name_label labels[];
};

/** name_entry_new() - with one reference; NULL without memory */
struct name_entry *name_entry_new(const struct name *name);

#endif /* BASE_NAMES_ENTRY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* A cgroup that was looked up, with what an engine has reported of it */
#ifndef OWNER_KNOWN_H
#define OWNER_KNOWN_H

#include "cgroup.h"

/**
 * struct known - a cgroup that was looked up
 * @cgroup: its path is owned
 * @named: has its name; referenced, or NULL
 * @is_roots: see names_find_again()
 */
struct known {
	struct cgroup cgroup;
	const struct container_info *named;
	bool is_roots;
};

/** known_set_name() - set what depends on its name; the rest must be set */
void known_set_name(struct known *known, const struct names *names);

/** known_free() - also as tdestroy(3) calls it */
void known_free(void *known);

#endif /* OWNER_KNOWN_H */

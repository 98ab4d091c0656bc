/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The titles under which the numbers of containers are shown. A container that
 * was created again with the same name continues the series of that name.
 */
#ifndef CONTMOND_STORE_TITLES_H
#define CONTMOND_STORE_TITLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "internal.h"

#define NO_GROUP UINT32_MAX

/**
 * struct titled - a wanted container
 * @slot: slot of the wanted device; 0 if none is wanted
 */
struct titled {
	int64_t c;
	uint32_t group;
	unsigned int slot;
	char *title;
};

/**
 * struct titles - zero-initialise
 * @all: the wanted containers, in ascending order of @c
 * @groups: their titles, each once, in ascending order; owned by @all
 */
struct titles {
	struct titled *all;
	size_t nr;
	size_t allocated;
	const char **groups;
	size_t nr_groups;
};

/**
 * titles_load() - load the titles of containers present between two moments
 * @list: titles, ids or short ids, comma-separated; NULL for all
 * @device: only those that have used this device (number or name); or NULL
 */
int titles_load(struct titles *titles, struct view *view, const char *list,
		const char *device, int64_t from_ms, int64_t to_ms);

/** titles_host() - only the host, if it is wanted */
int titles_host(struct titles *titles, const char *list);
void titles_done(struct titles *titles);

/** titles_find() - find a wanted container, or NULL */
const struct titled *titles_find(const struct titles *titles, int64_t c);

/** titles_group() - index into @groups, or NO_GROUP */
uint32_t titles_group(const struct titles *titles, int64_t c);

#endif /* CONTMOND_STORE_TITLES_H */

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
 * struct titled - a container that is wanted
 * @slot: of the device that is wanted; 0 without one
 */
struct titled {
	int64_t c;
	uint32_t group;
	unsigned int slot;
	char *title;
};

/**
 * struct titles - zero-initialise
 * @all: the containers that are wanted, in ascending order of @c
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
 * @list: titles, ids or short ids, separated by commas; NULL for all
 * @device: only those that have used this one: its number or name; or NULL
 */
int titles_load(struct titles *titles, struct view *view, const char *list,
		const char *device, int64_t from_ms, int64_t to_ms);

/** titles_host() - only the host, if it is wanted */
int titles_host(struct titles *titles, const char *list);
void titles_done(struct titles *titles);

/** titles_find() - a container that is wanted, or NULL */
const struct titled *titles_find(const struct titles *titles, int64_t c);

/** titles_group() - index into @groups, or NO_GROUP */
uint32_t titles_group(const struct titles *titles, int64_t c);

#endif /* CONTMOND_STORE_TITLES_H */

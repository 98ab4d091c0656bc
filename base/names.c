// SPDX-License-Identifier: GPL-2.0-only
#include "names.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

#define MAX_NAMES 16384

/* Sorted by id. */
struct names {
	struct name **all;
	size_t nr;
	size_t allocated;
	unsigned int generation;
};

static char *dup_or_null(const char *text, bool *failed)
{
	char *copy;

	if (!text)
		return NULL;
	copy = strdup(text);
	if (!copy)
		*failed = true;
	return copy;
}

struct name *name_new(const char *id, const char *name, const char *image,
		      const char *command)
{
	struct name *made = calloc(1, sizeof(*made));
	bool failed = false;

	if (!made)
		return NULL;
	made->references = 1;
	made->id = dup_or_null(id, &failed);
	made->name = dup_or_null(name, &failed);
	made->image = dup_or_null(image, &failed);
	made->command = dup_or_null(command, &failed);
	if (!failed)
		return made;
	name_unref(made);
	return NULL;
}

struct name *name_ref(struct name *name)
{
	name->references++;
	return name;
}

void name_unref(struct name *name)
{
	if (!name || --name->references > 0)
		return;
	free(name->id);
	free(name->name);
	free(name->image);
	free(name->command);
	free(name);
}

struct names *names_new(void)
{
	return calloc(1, sizeof(struct names));
}

void names_free(struct names *names)
{
	size_t i;

	if (!names)
		return;
	for (i = 0; i < names->nr; i++)
		name_unref(names->all[i]);
	free(names->all);
	free(names);
}

/* Where @id is, or would have to be. */
static size_t place_of(const struct names *names, const char *id, bool *found)
{
	size_t low = 0, high = names->nr;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(names->all[middle]->id, id);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct name *names_find(const struct names *names, const char *id)
{
	bool found;
	size_t place;

	if (!id)
		return NULL;
	place = place_of(names, id, &found);
	return found ? names->all[place] : NULL;
}

static int insert(struct names *names, size_t place, struct name *name)
{
	if (names->nr >= MAX_NAMES)
		return -ENOSPC;
	if (names->nr == names->allocated) {
		size_t allocated = names->allocated * 2 ?: 64;
		struct name **grown = reallocarray(names->all, allocated,
						   sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		names->all = grown;
		names->allocated = allocated;
	}
	memmove(&names->all[place + 1], &names->all[place],
		(names->nr - place) * sizeof(*names->all));
	names->all[place] = name;
	names->nr++;
	return 0;
}

int names_set(struct names *names, struct name *name)
{
	bool found;
	size_t place = place_of(names, name->id, &found);
	int r;

	name->generation = names->generation;
	if (found) {
		name_unref(names->all[place]);
		names->all[place] = name;
		return 0;
	}
	r = insert(names, place, name);
	if (r < 0)
		name_unref(name);
	return r;
}

void names_remove(struct names *names, const char *id)
{
	bool found;
	size_t place = place_of(names, id, &found);

	if (!found)
		return;
	name_unref(names->all[place]);
	names->nr--;
	memmove(&names->all[place], &names->all[place + 1],
		(names->nr - place) * sizeof(*names->all));
}

void names_begin(struct names *names)
{
	names->generation++;
}

void names_end(struct names *names)
{
	size_t i, kept = 0;

	for (i = 0; i < names->nr; i++) {
		struct name *name = names->all[i];

		if (name->generation == names->generation)
			names->all[kept++] = name;
		else
			name_unref(name);
	}
	names->nr = kept;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "names.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sorted.h"

/*
 * One container, in one piece of memory: the labels and all texts follow.
 * @generation: of the last list that it was in
 */
struct entry {
	unsigned int references;
	unsigned int generation;
	struct name name;
	struct name_label labels[];
};

/* Sorted by id. */
struct names {
	struct entry **entries;
	size_t nr;
	size_t allocated;
	unsigned int generation;
};

static struct entry *entry_of(const struct name *name)
{
	return (struct entry *)((char *)name - offsetof(struct entry, name));
}

static size_t size_of(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static size_t size_of_texts(const struct name *name)
{
	const char **text;
	size_t i, size = 0;

	for (i = 0; (text = name_text((struct name *)name, i)); i++)
		size += size_of(*text);
	for (i = 0; i < name->nr_labels; i++)
		size += size_of(name->labels[i].key) +
			size_of(name->labels[i].value);
	return size;
}

/* Copy a text to @room, and make room begin behind it. */
static const char *pack(char **room, const char *text)
{
	char *copy = *room;

	if (!text)
		return NULL;
	*room = stpcpy(copy, text) + 1;
	return copy;
}

static struct entry *entry_new(const struct name *name)
{
	size_t i, labels_size = name->nr_labels * sizeof(*name->labels);
	struct entry *entry = malloc(sizeof(*entry) + labels_size +
				     size_of_texts(name));
	const char **text;
	char *room;

	if (!entry)
		return NULL;
	entry->references = 1;
	entry->name = *name;
	entry->name.labels = entry->labels;
	room = (char *)entry->labels + labels_size;
	for (i = 0; (text = name_text(&entry->name, i)); i++)
		*text = pack(&room, *text);
	for (i = 0; i < name->nr_labels; i++) {
		entry->labels[i].key = pack(&room, name->labels[i].key);
		entry->labels[i].value = pack(&room, name->labels[i].value);
	}
	return entry;
}

const struct name *name_ref(const struct name *name)
{
	entry_of(name)->references++;
	return name;
}

void name_unref(const struct name *name)
{
	if (name && --entry_of(name)->references == 0)
		free(entry_of(name));
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
		name_unref(&names->entries[i]->name);
	free(names->entries);
	free(names);
}

static int compare(const void *id, const void *element)
{
	const struct entry *const *entry = element;

	return strcmp(id, (*entry)->name.id);
}

static size_t place_of(const struct names *names, const char *id, bool *found)
{
	return sorted_place(id, names->entries, names->nr,
			    sizeof(*names->entries), compare, found);
}

const struct name *names_find(const struct names *names, const char *id)
{
	bool found;
	size_t place;

	if (!id)
		return NULL;
	place = place_of(names, id, &found);
	return found ? &names->entries[place]->name : NULL;
}

bool names_has(const struct names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->nr; i++) {
		const char *one = names->entries[i]->name.name;

		if (one && strcmp(one, name) == 0)
			return true;
	}
	return false;
}

static int insert(struct names *names, size_t place, struct entry *entry)
{
	if (names->nr >= NAMES_MAX)
		return -ENOSPC;
	if (names->nr == names->allocated) {
		size_t allocated = names->allocated * 2 ?: 64;
		struct entry **grown = reallocarray(names->entries, allocated,
						    sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		names->entries = grown;
		names->allocated = allocated;
	}
	memmove(&names->entries[place + 1], &names->entries[place],
		(names->nr - place) * sizeof(*names->entries));
	names->entries[place] = entry;
	names->nr++;
	return 0;
}

int names_set(struct names *names, const struct name *name)
{
	bool found;
	size_t place = place_of(names, name->id, &found);
	struct entry *entry = entry_new(name);
	int r;

	if (!entry)
		return -ENOMEM;
	entry->generation = names->generation;
	if (found) {
		name_unref(&names->entries[place]->name);
		names->entries[place] = entry;
		return 0;
	}
	r = insert(names, place, entry);
	if (r < 0)
		name_unref(&entry->name);
	return r;
}

void names_remove(struct names *names, const char *id)
{
	bool found;
	size_t place = place_of(names, id, &found);

	if (!found)
		return;
	name_unref(&names->entries[place]->name);
	names->nr--;
	memmove(&names->entries[place], &names->entries[place + 1],
		(names->nr - place) * sizeof(*names->entries));
}

void names_begin(struct names *names)
{
	names->generation++;
}

void names_end(struct names *names)
{
	size_t i, kept = 0;

	for (i = 0; i < names->nr; i++) {
		struct entry *entry = names->entries[i];

		if (entry->generation == names->generation)
			names->entries[kept++] = entry;
		else
			name_unref(&entry->name);
	}
	names->nr = kept;
}

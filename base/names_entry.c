// SPDX-License-Identifier: GPL-2.0-only
#include "names_entry.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static struct name_entry *entry_of(const struct container_info *container)
{
	return (struct name_entry *)((char *)container -
				     offsetof(struct name_entry, name));
}

static size_t size_of(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static size_t size_of_texts(const struct container_info *container)
{
	struct container_info copy = *container;
	const char **text;
	size_t i, size = 0;

	for (i = 0; (text = name_text(&copy, i)); i++)
		size += size_of(*text);
	for (i = 0; i < container->nr_labels; i++)
		size += size_of(container->labels[i].key) +
			size_of(container->labels[i].value);
	return size;
}

/* Copies a string to @room, and advances @room past it. */
static const char *pack(char **room, const char *text)
{
	char *copy = *room;

	if (!text)
		return NULL;
	*room = stpcpy(copy, text) + 1;
	return copy;
}

struct name_entry *name_entry_new(const struct container_info *container)
{
	size_t labels_size = container->nr_labels *
			     sizeof(*container->labels);
	struct name_entry *entry = malloc(sizeof(*entry) + labels_size +
					  size_of_texts(container));
	const char **text;
	char *room;
	size_t i;

	if (!entry)
		return NULL;
	entry->references = 1;
	entry->name = *container;
	entry->name.labels = entry->labels;
	room = (char *)entry->labels + labels_size;
	for (i = 0; (text = name_text(&entry->name, i)); i++)
		*text = pack(&room, *text);
	for (i = 0; i < container->nr_labels; i++) {
		entry->labels[i].key = pack(&room, container->labels[i].key);
		entry->labels[i].value = pack(&room,
					      container->labels[i].value);
	}
	return entry;
}

const struct container_info *name_ref(const struct container_info *container)
{
	entry_of(container)->references++;
	return container;
}

void name_unref(const struct container_info *container)
{
	if (container && --entry_of(container)->references == 0)
		free(entry_of(container));
}

// SPDX-License-Identifier: GPL-2.0-only
#include "entry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct entry *entry_new(enum statement statement)
{
	struct entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return NULL;
	entry->references = 1;
	entry->statement = statement;
	entry->bytes = sizeof(*entry);
	return entry;
}

void entry_free(struct entry *entry)
{
	size_t i;

	if (!entry)
		return;
	for (i = 0; i < entry->nr; i++) {
		if (entry->values[i].kind == VALUE_TEXT ||
		    entry->values[i].kind == VALUE_BLOB)
			free(entry->values[i].bytes);
	}
	free(entry);
}

void entry_of_user(struct entry *entry, int64_t user)
{
	if (entry)
		entry->user = user;
}

static struct value *next(struct entry *entry, enum value_kind kind)
{
	struct value *value = &entry->values[entry->nr++];

	value->kind = kind;
	return value;
}

void entry_add(struct entry *entry, enum value_kind kind, int64_t integer)
{
	if (entry)
		next(entry, kind)->integer = integer;
}

void entry_add_null(struct entry *entry)
{
	if (entry)
		next(entry, VALUE_NULL);
}

void entry_add_real(struct entry *entry, double real)
{
	if (!entry)
		return;
	next(entry, isfinite(real) ? VALUE_REAL : VALUE_NULL)->real = real;
}

void entry_add_whole(struct entry *entry, double number)
{
	if (fabs(number) < 9e18)
		entry_add(entry, VALUE_INTEGER, (int64_t)number);
	else
		entry_add_null(entry);
}

static void add_bytes(struct entry *entry, enum value_kind kind,
		      const void *bytes, size_t nr_bytes)
{
	struct value *value = next(entry, kind);

	value->bytes = malloc(nr_bytes + 1);
	if (!value->bytes) {
		entry->failed = true;
		return;
	}
	memcpy(value->bytes, bytes, nr_bytes);
	value->length = nr_bytes;
	entry->bytes += nr_bytes;
}

void entry_add_text(struct entry *entry, const char *text)
{
	if (entry && text)
		add_bytes(entry, VALUE_TEXT, text, strlen(text));
	else
		entry_add_null(entry);
}

void entry_add_blob(struct entry *entry, const void *bytes, size_t nr_bytes)
{
	if (entry)
		add_bytes(entry, VALUE_BLOB, bytes, nr_bytes);
}

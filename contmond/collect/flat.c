// SPDX-License-Identifier: GPL-2.0-only
#include "flat.h"

#include <string.h>

/**
 * struct shapes - which keys may be wanted
 * @lengths: by the last bits of their first letter, a bit for each length
 *
 * More than half of the lines of v1's memory.stat are not wanted. They need not
 * be compared with all that are.
 */
struct shapes {
	uint32_t lengths[32];
};

static uint32_t *lengths_of(struct shapes *shapes, const char *key)
{
	return &shapes->lengths[(unsigned char)*key % 32U];
}

static void shapes_fill(const struct wanted *wanted, size_t nr,
			struct shapes *ret)
{
	size_t i;

	*ret = (struct shapes){ 0 };
	for (i = 0; i < nr; i++)
		*lengths_of(ret, wanted[i].key) |= 1U << wanted[i].length;
}

static bool has_shape(struct shapes *shapes, const char *key, size_t length)
{
	return length < 32 && *lengths_of(shapes, key) >> length & 1;
}

/* NULL: nobody wants it. @next: where to begin; files have the table's order */
static const struct wanted *find_wanted(const struct wanted *wanted, size_t nr,
					size_t next, const char *key,
					size_t length)
{
	size_t i, at = next;

	for (i = 0; i < nr; i++, at++) {
		if (at == nr)
			at = 0;
		if (wanted[at].length == length &&
		    memcmp(wanted[at].key, key, length) == 0)
			return &wanted[at];
	}
	return NULL;
}

bool flat_number(const char *text, uint64_t *ret)
{
	uint64_t value = 0;

	if (*text < '0' || *text > '9')
		return false;
	while (*text >= '0' && *text <= '9')
		value = 10 * value + (uint64_t)(*text++ - '0');
	*ret = value;
	return true;
}

/* memory.stat has some 70 lines, and is read for each container each time. */
void flat_parse(const char *text, const struct wanted *wanted, size_t nr,
		struct cgroup_stats *stats)
{
	const char *line, *end;
	const struct wanted *found;
	size_t length, next = 0;
	struct shapes shapes;

	shapes_fill(wanted, nr, &shapes);
	for (line = text; *line; line = *end ? end + 1 : end) {
		length = 0;
		while ((unsigned char)line[length] > ' ')
			length++;
		end = strchrnul(line + length, '\n');
		if (line[length] != ' ' || !has_shape(&shapes, line, length))
			continue;
		found = find_wanted(wanted, nr, next, line, length);
		if (!found ||
		    !flat_number(line + length + 1,
				 (uint64_t *)((char *)stats + found->offset)))
			continue;
		stats->valid |= found->group;
		next = (size_t)(found - wanted) + 1;
	}
}

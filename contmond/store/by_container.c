// SPDX-License-Identifier: GPL-2.0-only
#include "by_container.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"
#include "base/util.h"

/* As many elements can be copied in some ms. */
#define MAX_MOVES (1UL << 20)

/* A container comes before all of its elements. */
static int compare(const void *key, const void *element)
{
	return *(const uint32_t *)key > *(const uint32_t *)element ? 1 : -1;
}

size_t by_container_first(const void *all, size_t nr, size_t size, uint32_t c)
{
	bool found;

	return sorted_place(&c, all, nr, size, compare, &found);
}

void *by_container_insert(void *all, size_t *nr, size_t *allocated,
			  size_t size, size_t at, const void *element)
{
	size_t more = *allocated * 2 ?: 32;
	char *place;

	if (*nr == *allocated) {
		all = reallocarray(all, more, size);
		if (!all)
			return NULL;
		*allocated = more;
	}
	place = (char *)all + at * size;
	memmove(place + size, place, (*nr - at) * size);
	memcpy(place, element, size);
	(*nr)++;
	return all;
}

bool by_container_are_few(size_t nr, size_t into)
{
	return into == 0 || nr <= MAX_MOVES / into;
}

static const void *at(const void *all, size_t i, size_t size)
{
	return (const char *)all + i * size;
}

static uint32_t container_at(const void *all, size_t i, size_t size)
{
	return *(const uint32_t *)at(all, i, size);
}

int by_container_merge(const void *all, size_t nr, const void *others,
		       size_t nr_others, size_t size, by_container_add_fn *add,
		       void *to)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < nr || j < nr_others)) {
		bool is_own = j == nr_others || (i < nr &&
			container_at(all, i, size) <=
			container_at(others, j, size));

		r = add(to, is_own ? at(all, i++, size) :
				     at(others, j++, size));
	}
	return r;
}

/* Where an element of a container is */
struct place {
	uint32_t c;
	uint32_t index;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->c != y->c)
		return x->c < y->c ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

int by_container_settle(const void *all, size_t nr, size_t size,
			by_container_add_fn *add, void *to)
{
	_cleanup_free_ struct place *places = calloc(nr + 1, sizeof(*places));
	size_t i;
	int r = 0;

	if (!places)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		places[i] = (struct place){
			container_at(all, i, size), (uint32_t)i,
		};
	qsort(places, nr, sizeof(*places), compare_places);
	for (i = 0; i < nr && r == 0; i++)
		r = add(to, at(all, places[i].index, size));
	return r;
}

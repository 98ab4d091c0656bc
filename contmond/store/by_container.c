// SPDX-License-Identifier: GPL-2.0-only
#include "by_container.h"

#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"

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

static int compare_places(const void *a, const void *b)
{
	const struct by_container_place *x = a, *y = b;

	if (x->c != y->c)
		return x->c < y->c ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

struct by_container_place *by_container_order(const void *all, size_t nr,
					      size_t size)
{
	struct by_container_place *places = calloc(nr + 1, sizeof(*places));
	size_t i;

	if (!places)
		return NULL;
	for (i = 0; i < nr; i++)
		places[i] = (struct by_container_place){
			*(const uint32_t *)((const char *)all + i * size),
			(uint32_t)i,
		};
	qsort(places, nr, sizeof(*places), compare_places);
	return places;
}

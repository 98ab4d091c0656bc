// SPDX-License-Identifier: GPL-2.0-only
#include "by_container.h"

#include <stdlib.h>
#include <string.h>

size_t by_container_first(const void *all, size_t nr, size_t size, uint32_t c)
{
	size_t low = 0, high = nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const uint32_t *element =
			(const void *)((const char *)all + middle * size);

		if (*element < c)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
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

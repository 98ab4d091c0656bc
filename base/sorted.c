// SPDX-License-Identifier: GPL-2.0-only
#include "sorted.h"

size_t sorted_place(const void *key, const void *array, size_t nr, size_t size,
		    sorted_fn *order, bool *ret_found)
{
	size_t low = 0, high = nr;

	*ret_found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int r = order(key, (const char *)array + middle * size);

		if (r == 0) {
			*ret_found = true;
			return middle;
		}
		if (r > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Sorted arrays */
#ifndef BASE_SORTED_H
#define BASE_SORTED_H

#include <stdbool.h>
#include <stddef.h>

/** sorted_fn - compares a key and an element, as for bsearch(3) */
typedef int sorted_fn(const void *key, const void *element);

/**
 * sorted_place() - index of @key in @array, or where it would be inserted
 * @size: of one element
 * @ret_found: whether @key is in @array
 */
size_t sorted_place(const void *key, const void *array, size_t nr, size_t size,
		    sorted_fn *order, bool *ret_found);

#endif /* BASE_SORTED_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arrays in ascending order of containers. Their elements begin with the number
 * of a container, a uint32_t.
 */
#ifndef CONTMOND_STORE_BY_CONTAINER_H
#define CONTMOND_STORE_BY_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * by_container_first() - index of the first element of @c, or where it would be
 * inserted
 */
size_t by_container_first(const void *all, size_t nr, size_t size, uint32_t c);

/**
 * by_container_insert() - insert a copy of @element at an index
 *
 * Returns the array, which may have moved; NULL if there is no memory, and then
 * nothing has changed.
 */
void *by_container_insert(void *all, size_t *nr, size_t *allocated,
			  size_t size, size_t at, const void *element);

/**
 * by_container_are_few() - may @nr elements be inserted into an array of @into?
 *
 * Each insertion moves what follows. Otherwise both are to be added to a new
 * array in ascending order, which moves nothing.
 */
bool by_container_are_few(size_t nr, size_t into);

/** struct by_container_place - where an element of @c is */
struct by_container_place {
	uint32_t c;
	uint32_t index;
};

/**
 * by_container_order() - ascending order of elements that are in any order
 *
 * Those of one container stay in their order. Returns @nr places, malloced, or
 * NULL if there is no memory.
 */
struct by_container_place *by_container_order(const void *all, size_t nr,
					      size_t size);

#endif /* CONTMOND_STORE_BY_CONTAINER_H */

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
 * Each insertion moves what follows. Otherwise both are to be merged into a new
 * array, which moves nothing.
 */
bool by_container_are_few(size_t nr, size_t into);

/** by_container_add_fn - add a copy of @element to @to; 0 or an error */
typedef int by_container_add_fn(void *to, const void *element);

/**
 * by_container_merge() - add the elements of two arrays in ascending order
 *
 * Of one container, those of @all come first. Returns the first error of @add.
 */
int by_container_merge(const void *all, size_t nr, const void *others,
		       size_t nr_others, size_t size, by_container_add_fn *add,
		       void *to);

/**
 * by_container_settle() - add elements that are in any order in ascending order
 *
 * Those of one container stay in their order. Returns the first error of @add,
 * or -ENOMEM.
 */
int by_container_settle(const void *all, size_t nr, size_t size,
			by_container_add_fn *add, void *to);

#endif /* CONTMOND_STORE_BY_CONTAINER_H */

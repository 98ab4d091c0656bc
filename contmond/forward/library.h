/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Libraries that only targets need. With the libraries that they need
 * themselves they take several megabytes, so contmond has them only when its
 * configuration has such a target.
 */
#ifndef CONTMOND_FORWARD_LIBRARY_H
#define CONTMOND_FORWARD_LIBRARY_H

#include <stddef.h>

/** struct library_function - @ret: a pointer to a pointer to the function */
struct library_function {
	const char *name;
	void *ret;
};

/**
 * library_load() - load a library, for as long as contmond runs
 * @names: its names, in order of preference, NULL after the last
 * @nr: number of @functions
 *
 * Returns -ENOPKG if it is not there, or lacks one of them.
 */
int library_load(const char *const *names,
		 const struct library_function *functions, size_t nr);

#endif /* CONTMOND_FORWARD_LIBRARY_H */

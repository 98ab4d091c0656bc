/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Libraries that most runs of a program do not need. With the libraries that
 * they need themselves they take several megabytes, and milliseconds.
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stddef.h>

/** struct library_function - @ret: a pointer to a pointer to the function */
struct library_function {
	const char *name;
	void *ret;
};

/**
 * library_load() - load a library, until the program ends
 * @names: its names, in order of preference, NULL after the last
 * @nr: number of @functions
 *
 * Returns -ENOPKG if it is not there, or lacks one of them.
 */
int library_load(const char *const *names,
		 const struct library_function *functions, size_t nr);

#endif /* BASE_LIBRARY_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Libraries that most runs of a program do not need, loaded on demand. With
 * their own dependencies they would cost each run megabytes and milliseconds.
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
 * library_load() - load a library for the rest of the program
 * @names: its names, in order of preference, NULL-terminated
 * @nr: number of @functions
 *
 * Returns -ENOPKG if the library or one of the functions is missing.
 */
int library_load(const char *const *names,
		 const struct library_function *functions, size_t nr);

#endif /* BASE_LIBRARY_H */

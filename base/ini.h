/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads configuration files: lines "key = value", comments, and sections if the
 * reader has any. A mistake in one line does not affect the others.
 */
#ifndef BASE_INI_H
#define BASE_INI_H

#include <stdbool.h>

#define INI_MAX_LINES 10000
#define INI_MAX_LINE 198

/** struct ini_place - @line: 0 means the whole file */
struct ini_place {
	const char *file;
	unsigned int line;
};

/**
 * struct ini_reader - receives the contents of a file, in order
 * @section: "[NAME]"; NULL if there are no sections. @name is NULL if the line
 *	was refused: the keys that follow do not belong to the previous section
 * @key: "KEY = VALUE", without surrounding blanks
 * @refuse: a mistake in the file or in a line
 *
 * Strings are valid during the call.
 */
struct ini_reader {
	void (*section)(const struct ini_place *place, const char *name,
			void *userdata);
	void (*key)(const struct ini_place *place, const char *name,
		    const char *value, void *userdata);
	void (*refuse)(const struct ini_place *place, const char *why,
		       void *userdata);
	void *userdata;
};

/** ini_read_file() - if the file cannot be read, it is refused as a whole */
void ini_read_file(const struct ini_reader *reader, const char *path);

/**
 * ini_read_directory() - read each *.conf of a directory, in the order of their
 * names
 *
 * Returns -ENOENT if the directory does not exist, or -ENOMEM; other errors are
 * passed to @refuse.
 */
int ini_read_directory(const struct ini_reader *reader, const char *path);

/**
 * ini_read_config() - read a file, then each *.conf of the conf.d beside it
 * @optional: @path need not exist; conf.d never needs to
 *
 * Returns -ENOMEM; other errors are passed to @refuse.
 */
int ini_read_config(const struct ini_reader *reader, const char *path,
		    bool optional);

#endif /* BASE_INI_H */

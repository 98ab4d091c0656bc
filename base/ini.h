/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads configuration files of lines "key = value", comments, and sections if
 * the reader has any. A mistake in a line costs only that line.
 */
#ifndef BASE_INI_H
#define BASE_INI_H

#include <stdbool.h>

#define INI_MAX_LINES 10000
#define INI_MAX_LINE 198

/** struct ini_place - @line: 0 for the whole file */
struct ini_place {
	const char *file;
	unsigned int line;
};

/**
 * struct ini_reader - gets what is in a file, in its order
 * @section: "[NAME]"; NULL if there are no sections. The name is NULL if the
 *	line was refused: the keys after it are of no other section
 * @key: "KEY = VALUE", without blanks around them
 * @refuse: a mistake of the file or of a line
 *
 * The texts are valid during the call.
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

/** ini_read_file() - a file that cannot be read is refused as a whole */
void ini_read_file(const struct ini_reader *reader, const char *path);

/**
 * ini_read_folder() - read each *.conf of a folder, in the order of their names
 *
 * Returns -ENOENT when there is no such folder, -ENOMEM; other errors are
 * refused.
 */
int ini_read_folder(const struct ini_reader *reader, const char *path);

/**
 * ini_read_config() - read a file, then each *.conf of conf.d beside it
 * @optional: @path need not exist; the folder never does
 *
 * Returns -ENOMEM; other errors are refused.
 */
int ini_read_config(const struct ini_reader *reader, const char *path,
		    bool optional);

#endif /* BASE_INI_H */

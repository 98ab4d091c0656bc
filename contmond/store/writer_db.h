/* SPDX-License-Identifier: GPL-2.0-only */
/* The database of a writer: the file, or memory while no file can be used */
#ifndef CONTMOND_STORE_WRITER_DB_H
#define CONTMOND_STORE_WRITER_DB_H

#include "writer.h"

/**
 * writer_open() - open the file, or else memory
 * @ret_why: not NULL allows only the file; errors and reasons are then those of
 *	db_open()
 */
int writer_open(struct writer *writer, char **ret_why);
void writer_close(struct writer *writer);

/** writer_replace() - put a damaged file aside, and create a new one */
void writer_replace(struct writer *writer, const char *why);

/**
 * writer_recover() - start in memory, after there was no memory even for that
 */
int writer_recover(struct writer *writer);

/**
 * writer_leave() - continue in memory, because the file was removed or replaced
 *
 * To be followed by writer_open_again(). Waiting entries stay complete.
 */
int writer_leave(struct writer *writer);

/**
 * writer_open_again() - try the file again, and move the contents of memory to
 * it
 *
 * Returns false if it still cannot be used.
 */
bool writer_open_again(struct writer *writer);

#endif /* CONTMOND_STORE_WRITER_DB_H */

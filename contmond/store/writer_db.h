/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The database of a writer: the file, or memory while there is none that can be
 * used.
 */
#ifndef CONTMOND_STORE_WRITER_DB_H
#define CONTMOND_STORE_WRITER_DB_H

#include "writer.h"

/**
 * writer_open() - open the file, else memory
 * @ret_why: not NULL: the file and nothing else; then errors and reasons are
 *	those of db_open()
 */
int writer_open(struct writer *writer, char **ret_why);
void writer_close(struct writer *writer);

/** writer_replace() - put a damaged file aside, and begin a new one */
void writer_replace(struct writer *writer, const char *why);

/** writer_recover() - begin in memory, when there was none even for that */
int writer_recover(struct writer *writer);

/**
 * writer_leave() - go on in memory, because the file was removed or replaced
 *
 * Next is writer_open_again(). What waits to be written stays complete.
 */
int writer_leave(struct writer *writer);

/**
 * writer_open_again() - try the file again, and move what is in memory to it
 *
 * Returns false if it still cannot be used.
 */
bool writer_open_again(struct writer *writer);

#endif /* CONTMOND_STORE_WRITER_DB_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Moves data from one database to another: what was kept in memory while there
 * was no file to the file, and what has begun in a file that is gone to memory.
 */
#ifndef CONTMOND_STORE_MOVE_H
#define CONTMOND_STORE_MOVE_H

#include "db.h"

/**
 * move_all() - copy everything newer than the contents of @to, in a transaction
 *
 * Sets the numbers that @to adds to those of this run. If @to is the file that
 * move_open() has left, its numbers go on, and nothing is in it twice.
 */
int move_all(struct db *from, struct db *to);

/**
 * move_open() - copy only what entries that are still to be written build on
 *
 * Those are changes to a frame before them, to containers that run, ...
 */
int move_open(struct db *from, struct db *to);

#endif /* CONTMOND_STORE_MOVE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Moves data that was kept in memory, while there was no file, to the file. */
#ifndef CONTMOND_STORE_MOVE_H
#define CONTMOND_STORE_MOVE_H

#include "db.h"

/**
 * move_all() - copy everything newer than the contents of @to, in a transaction
 *
 * Sets the numbers that @to adds to those of this run.
 */
int move_all(struct db *from, struct db *to);

#endif /* CONTMOND_STORE_MOVE_H */

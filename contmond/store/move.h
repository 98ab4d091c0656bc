/* SPDX-License-Identifier: GPL-2.0-only */
/* What was kept in memory while there was no file goes to the file. */
#ifndef CONTMOND_STORE_MOVE_H
#define CONTMOND_STORE_MOVE_H

#include "db.h"

/**
 * move_all() - copy everything newer than what @to has, in one transaction
 *
 * Sets what @to adds to the numbers of this run.
 */
int move_all(struct db *from, struct db *to);

#endif /* CONTMOND_STORE_MOVE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Moves data between databases: what was kept in memory while there was no file
 * goes to the file, and incomplete data of a file that is gone goes to memory.
 */
#ifndef CONTMOND_STORE_MOVE_H
#define CONTMOND_STORE_MOVE_H

#include "db.h"

/**
 * move_all() - copy everything newer than the contents of @to, in a transaction
 *
 * Sets the offsets of @to. If @to is the file that was left with move_open(),
 * its numbers continue, and nothing is stored twice.
 */
int move_all(struct db *from, struct db *to);

/**
 * move_open() - copy only what entries still to be written depend on
 *
 * For example the frame before a change, and containers that run.
 */
int move_open(struct db *from, struct db *to);

#endif /* CONTMOND_STORE_MOVE_H */

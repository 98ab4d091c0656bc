/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers of events and decisions. They never start over, even if no row is
 * left, because readers recognise new rows by them.
 */
#ifndef CONTMOND_STORE_NUMBERS_H
#define CONTMOND_STORE_NUMBERS_H

#include <sqlite3.h>
#include <stdint.h>

/** numbers_last() - number of a table's newest row, even if it was deleted */
int numbers_last(sqlite3 *sqlite, const char *table, int64_t *ret);

/** numbers_go_on() - give the next row a number greater than @last */
int numbers_go_on(sqlite3 *sqlite, const char *table, int64_t last);

#endif /* CONTMOND_STORE_NUMBERS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers of events and decisions. They go on where they were, also if no row
 * is left: readers know what is new by them.
 */
#ifndef CONTMOND_STORE_NUMBERS_H
#define CONTMOND_STORE_NUMBERS_H

#include <sqlite3.h>
#include <stdint.h>

/** numbers_last() - of the newest row of a table, even if it was deleted */
int numbers_last(sqlite3 *sqlite, const char *table, int64_t *ret);

/** numbers_go_on() - the next row has a number after @last */
int numbers_go_on(sqlite3 *sqlite, const char *table, int64_t last);

#endif /* CONTMOND_STORE_NUMBERS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of the table cursor: those of feeds have "events/" or "decisions/"
 * before the name of the target, which contains no slash.
 */
#ifndef CONTMOND_STORE_FEED_CURSOR_H
#define CONTMOND_STORE_FEED_CURSOR_H

#include "feed.h"

/** feed_of_cursor() - the feed of a cursor; -1 if it counts ticks */
int feed_of_cursor(const char *key);

#endif /* CONTMOND_STORE_FEED_CURSOR_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rows of the table cursor: those of feeds have "events/" or "decisions/"
 * before the name of the target, which has no slash.
 */
#ifndef CONTMOND_STORE_FEED_CURSOR_H
#define CONTMOND_STORE_FEED_CURSOR_H

#include "feed.h"

/** feed_of_cursor() - -1 for one that counts ticks */
int feed_of_cursor(const char *key);

#endif /* CONTMOND_STORE_FEED_CURSOR_H */

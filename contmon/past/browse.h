/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_PAST_BROWSE_H
#define CONTMON_PAST_BROWSE_H

#include "top.h"

/* An unknown key changes nothing. 0 or -errno */
int past_top_key(struct past_top *top, int key);

/* Stays within the existing rows; 0 */
int past_top_scroll(struct past_top *top, long rows);

/*
 * Show the moment on the full screen; keys lead to other moments. Returns 0 or
 * -errno: -ENOTTY, -EOPNOTSUPP as screen_begin().
 */
int past_top_browse(struct past_top *top);

#endif /* CONTMON_PAST_BROWSE_H */

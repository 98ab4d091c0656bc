/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMOND_COLLECT_HIDEPID_H
#define CONTMOND_COLLECT_HIDEPID_H

#include <stdbool.h>

/**
 * hidepid_is_set() - does /proc hide processes from users other than theirs?
 * @mounts: like /proc/self/mounts; NULL for that
 *
 * True as well when that cannot be read.
 */
bool hidepid_is_set(const char *mounts);

#endif /* CONTMOND_COLLECT_HIDEPID_H */

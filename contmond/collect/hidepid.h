/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMOND_COLLECT_HIDEPID_H
#define CONTMOND_COLLECT_HIDEPID_H

#include <stdbool.h>

/**
 * hidepid_is_set() - does /proc hide the processes of other users?
 * @mounts: a file like /proc/self/mounts; NULL for that one
 *
 * Also true if it cannot be read.
 */
bool hidepid_is_set(const char *mounts);

#endif /* CONTMOND_COLLECT_HIDEPID_H */

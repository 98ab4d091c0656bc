/* SPDX-License-Identifier: GPL-2.0-only */
/* The systemd of who runs the command: root's is the host's. */
#ifndef CONTMON_LOAD_USER_H
#define CONTMON_LOAD_USER_H

#include <stdbool.h>

/*
 * Set the variables that lead to the user's systemd, which Podman needs, too,
 * where they are not set, or lead to another user's, as after su.
 */
void load_user_init(void);

bool load_user_has_systemd(void);

#endif /* CONTMON_LOAD_USER_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes that set up a container, and end before its own ones begin */
#ifndef CONTMOND_COLLECT_SETUP_H
#define CONTMOND_COLLECT_SETUP_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** makes_container() - is it one of runc's: "runc:[0:PARENT]" and others? */
static inline bool makes_container(const uint8_t *comm)
{
	return strncmp((const char *)comm, "runc:[", 6) == 0;
}

#endif /* CONTMOND_COLLECT_SETUP_H */

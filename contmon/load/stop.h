/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests to stop: SIGINT, SIGTERM and SIGHUP. */
#ifndef CONTMON_LOAD_STOP_H
#define CONTMON_LOAD_STOP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * From now on these signals only wait to be asked for, so that they interrupt
 * nothing that is being made or removed, however many come; those that are
 * ignored stay so. A closed pipe no longer kills.
 */
void load_stop_init(void);

#define LOAD_NEVER_NS UINT64_MAX

/* Wait until @deadline_ns of the monotonic clock for one. Was there any? */
bool load_stop_wait(uint64_t deadline_ns);

#endif /* CONTMON_LOAD_STOP_H */

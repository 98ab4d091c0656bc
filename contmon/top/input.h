/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads keys until the user quits, a signal comes or the terminal is gone. */
#ifndef CONTMON_TOP_INPUT_H
#define CONTMON_TOP_INPUT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * From now on SIGHUP, SIGINT, SIGQUIT and SIGTERM end the input, not the
 * program, which restores the terminal first.
 */
void input_begin(void);
void input_end(void);
bool input_is_over(void);

/*
 * Waits for a key until @deadline_ns of the monotonic clock: its code, ERR when
 * there was none, or -EIO when the terminal is gone.
 */
int input_key(uint64_t deadline_ns);

#endif /* CONTMON_TOP_INPUT_H */

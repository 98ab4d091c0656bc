/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TOP_LOOP_H
#define CONTMON_TOP_LOOP_H

#include "model.h"

/*
 * Read, draw and handle keys until the user quits or a signal ends the program.
 * Returns 0 or -errno.
 */
int top_loop(struct contmon *c, struct top_model *model, uint64_t interval_ns);

#endif /* CONTMON_TOP_LOOP_H */

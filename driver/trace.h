/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TRACE_H
#define CONTMON_TRACE_H

#include <linux/types.h>

void contmon_trace_init(void);
void contmon_trace_exit(void);
bool contmon_trace_has_exited(void);
bool contmon_trace_has_events(void);
bool contmon_trace_has_populated(void);
int contmon_trace_watch(u32 types);

#endif /* CONTMON_TRACE_H */

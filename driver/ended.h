/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ENDED_H
#define CONTMON_ENDED_H

#include <linux/types.h>

struct task_struct;

int contmon_ended_init(void);
void contmon_ended_exit(void);
bool contmon_ended_add(struct task_struct *leader);
void contmon_ended_free(struct task_struct *leader);
int contmon_ended_settle(void);

#endif /* CONTMON_ENDED_H */

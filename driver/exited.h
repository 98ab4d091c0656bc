/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_EXITED_H
#define CONTMON_EXITED_H

#include <linux/contmon.h>
#include <linux/types.h>

struct cgroup;
struct task_struct;

int contmon_exited_init(void);
void contmon_exited_exit(void);
unsigned int contmon_exited_table_bits(void);
void contmon_exited_add(struct task_struct *leader);
void contmon_exited_remove(struct cgroup *cgrp);
void contmon_exited_get(u64 cgroup_id, struct contmon_cgroup *row);

#endif /* CONTMON_EXITED_H */

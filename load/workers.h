/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of work. Each runs in a process of its own for as long as that
 * lives, and exits only if it cannot work. All of them leave the machine time
 * to breathe: what they do in a second is bounded.
 */
#ifndef LOAD_WORKERS_H
#define LOAD_WORKERS_H

#include <stddef.h>

/* Burn a processor */
_Noreturn void work_cpu(size_t unused);

/* Fill @bytes of memory, and write them again each second */
_Noreturn void work_vm(size_t bytes);

/* Write a file of @bytes down to the disk, again and again */
_Noreturn void work_hdd(size_t bytes);

/* Small writes at random places, each down to the disk */
_Noreturn void work_io(size_t unused);

/* Send to the gateway, which is the host's end of the container's network */
_Noreturn void work_udp(size_t unused);

/* Fork processes that end at once, one at a time */
_Noreturn void work_fork(size_t unused);

/* Let a process grow until the OOM killer takes it; again after a while */
_Noreturn void work_bigheap(size_t unused);

#endif /* LOAD_WORKERS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_SPARE_H
#define CONTMON_SPARE_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

/**
 * struct contmon_spares - objects of one size, for code that cannot allocate
 * @lock: guards @first and @nr
 * @first: the first object; each begins with the address of the next
 * @nr: how many there are
 * @wanted: how many there should be
 * @size: size of an object, bytes
 * @work: allocates and frees objects
 */
struct contmon_spares {
	raw_spinlock_t lock;
	void *first;
	unsigned int nr;
	unsigned int wanted;
	size_t size;
	struct work_struct work;
};

void contmon_spares_init(struct contmon_spares *spares, size_t size,
			 unsigned int wanted);
void contmon_spares_destroy(struct contmon_spares *spares);
void *contmon_spare_take(struct contmon_spares *spares);
void contmon_spare_give(struct contmon_spares *spares, void *object);

#endif /* CONTMON_SPARE_H */

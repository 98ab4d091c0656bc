/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The newest unread events of one kind, oldest first. Guarded by the lock of
 * the stream.
 */
#ifndef CONTMON_RING_H
#define CONTMON_RING_H

#include <linux/contmon.h>
#include <linux/types.h>
#include <linux/vmalloc.h>

/**
 * struct contmon_ring - a ring buffer of events
 * @slots: @nr slots of @size bytes each; NULL for a kind that is not wanted
 * @nr: a power of two
 * @size: how much of an event is kept, from its beginning, bytes
 * @head: how many were added
 * @tail: how many of those were removed or overwritten
 */
struct contmon_ring {
	void *slots;
	u32 nr;
	u32 size;
	u32 head;
	u32 tail;
};

/* In pages, because kmalloc() would round up to 2^n of them */
static inline int contmon_ring_init(struct contmon_ring *ring, u32 nr, u32 size)
{
	ring->slots = __vmalloc_array(nr, size, GFP_KERNEL_ACCOUNT);
	ring->nr = nr;
	ring->size = size;
	return ring->slots ? 0 : -ENOMEM;
}

static inline void contmon_ring_destroy(struct contmon_ring *ring)
{
	vfree(ring->slots);
}

static inline struct contmon_event *
contmon_ring_at(const struct contmon_ring *ring, u32 i)
{
	return ring->slots + (size_t)(i & (ring->nr - 1)) * ring->size;
}

/* contmon_ring_add() - a slot for an event; replaces the oldest when full */
static inline struct contmon_event *contmon_ring_add(struct contmon_ring *ring)
{
	if (ring->head - ring->tail == ring->nr)
		ring->tail++;
	return contmon_ring_at(ring, ring->head++);
}

/* contmon_ring_first() - the oldest event, or NULL */
static inline struct contmon_event *
contmon_ring_first(const struct contmon_ring *ring)
{
	return ring->head == ring->tail ? NULL :
					  contmon_ring_at(ring, ring->tail);
}

static inline void contmon_ring_remove(struct contmon_ring *ring)
{
	ring->tail++;
}

#endif /* CONTMON_RING_H */

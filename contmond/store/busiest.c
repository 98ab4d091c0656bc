// SPDX-License-Identifier: GPL-2.0-only
#include "busiest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "by_container.h"

#define MAX_OF_CONTAINER 12
#define MAX_READ 1000000
/* So the sum of all does not overflow. */
#define MAX_CPU_MS (INT64_MAX / MAX_READ)

void busiest_done(struct busiest *busiest)
{
	free(busiest->all);
	*busiest = (struct busiest){ 0 };
}

static size_t end_of(const struct busiest *busiest, size_t first)
{
	size_t end = first;

	while (end < busiest->nr &&
	       busiest->all[end].c == busiest->all[first].c)
		end++;
	return end;
}

static bool is_less(const struct process_use *a, const struct process_use *b)
{
	return a->cpu_ms != b->cpu_ms ? a->cpu_ms < b->cpu_ms :
					a->rss_kib < b->rss_kib;
}

static int insert(struct busiest *busiest, size_t at,
		  const struct process_use *use)
{
	void *all = by_container_insert(busiest->all, &busiest->nr,
					&busiest->allocated, sizeof(*use), at,
					use);

	if (!all)
		return -ENOMEM;
	busiest->all = all;
	return 0;
}

int busiest_add(struct busiest *busiest, const struct process_use *use)
{
	size_t first = by_container_first(busiest->all, busiest->nr,
					  sizeof(*use), use->c);
	size_t i, least = first;

	for (i = first; i < busiest->nr && busiest->all[i].c == use->c; i++) {
		struct process_use *known = &busiest->all[i];

		if (known->pid == use->pid &&
		    known->start_ms == use->start_ms) {
			known->cpu_ms = known->cpu_ms < 0 || use->cpu_ms < 0 ?
					PROCESS_USE_UNKNOWN :
					known->cpu_ms + use->cpu_ms;
			if (known->rss_kib < use->rss_kib)
				known->rss_kib = use->rss_kib;
			return 0;
		}
		if (is_less(known, &busiest->all[least]))
			least = i;
	}
	if (i - first < MAX_OF_CONTAINER)
		return insert(busiest, i, use);
	if (is_less(&busiest->all[least], use))
		busiest->all[least] = *use;
	return 0;
}

static int merge_many(struct busiest *busiest, const struct busiest *from)
{
	struct busiest merged = { 0 };
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < busiest->nr || j < from->nr)) {
		bool is_own = j == from->nr || (i < busiest->nr &&
			busiest->all[i].c <= from->all[j].c);

		r = busiest_add(&merged, is_own ? &busiest->all[i++] :
						  &from->all[j++]);
	}
	if (r < 0) {
		busiest_done(&merged);
		return r;
	}
	busiest_done(busiest);
	*busiest = merged;
	return 0;
}

int busiest_merge(struct busiest *busiest, const struct busiest *from)
{
	size_t i;
	int r = 0;

	if (!by_container_are_few(from->nr, busiest->nr))
		return merge_many(busiest, from);
	for (i = 0; i < from->nr && r == 0; i++)
		r = busiest_add(busiest, &from->all[i]);
	return r;
}

/* Is process @at among the leaders of [first, end) by CPU or by memory? */
static bool leads(const struct busiest *busiest, size_t first, size_t end,
		  size_t at)
{
	const struct process_use *use = &busiest->all[at];
	size_t i, more_cpu = 0, more_memory = 0;

	for (i = first; i < end; i++) {
		const struct process_use *other = &busiest->all[i];

		more_cpu += other->cpu_ms > use->cpu_ms ||
			    (other->cpu_ms == use->cpu_ms && i < at);
		more_memory += other->rss_kib > use->rss_kib ||
			       (other->rss_kib == use->rss_kib && i < at);
	}
	return (more_cpu < BUSIEST_BY_CPU && use->cpu_ms > 0) ||
	       more_memory < BUSIEST_BY_MEMORY;
}

void busiest_write(const struct busiest *busiest, struct buffer *ret)
{
	struct buffer body = { 0 };
	uint32_t c = 0, nr = 0;
	size_t i, first = 0, end = 0;

	for (i = 0; i < busiest->nr; i++) {
		const struct process_use *use = &busiest->all[i];

		if (i == end) {
			first = i;
			end = end_of(busiest, i);
		}
		if (!leads(busiest, first, end, i))
			continue;
		nr++;
		put_varint(&body, use->c - c);
		c = use->c;
		put_varint(&body, use->pid);
		put_signed(&body, use->start_ms);
		put_varint(&body, strlen(use->comm));
		buffer_puts(&body, use->comm);
		put_signed(&body, use->cpu_ms);
		put_signed(&body, use->rss_kib);
	}
	put_varint(ret, nr);
	buffer_append(ret, &body);
	buffer_done(&body);
}

static int append(struct busiest *busiest, const struct process_use *use)
{
	return busiest->nr == MAX_READ ? -EBADMSG :
					 insert(busiest, busiest->nr, use);
}

int busiest_append(struct busiest *busiest, const struct busiest *from)
{
	size_t i;
	int r = from->nr > MAX_READ - busiest->nr ? -EBADMSG : 0;

	for (i = 0; i < from->nr && r == 0; i++)
		r = append(busiest, &from->all[i]);
	return r;
}

int busiest_settle(struct busiest *busiest)
{
	struct by_container_place *places =
		by_container_order(busiest->all, busiest->nr,
				   sizeof(*busiest->all));
	struct busiest settled = { 0 };
	size_t i;
	int r = places ? 0 : -ENOMEM;

	for (i = 0; i < busiest->nr && r == 0; i++)
		r = busiest_add(&settled, &busiest->all[places[i].index]);
	free(places);
	if (r < 0) {
		busiest_done(&settled);
		return r;
	}
	busiest_done(busiest);
	*busiest = settled;
	return 0;
}

int busiest_read(struct busiest *busiest, struct reader *bytes)
{
	uint32_t nr = get_count(bytes, MAX_READ), i, c = 0;
	int r = 0;

	for (i = 0; i < nr && r == 0 && !bytes->failed; i++) {
		struct process_use use = { 0 };
		const uint8_t *comm;
		uint32_t length;

		c += get_count(bytes, UINT32_MAX - c);
		use.c = c;
		use.pid = get_count(bytes, UINT32_MAX);
		use.start_ms = get_signed(bytes);
		length = get_count(bytes, sizeof(use.comm) - 1);
		comm = get_bytes(bytes, length);
		if (comm)
			memcpy(use.comm, comm, length);
		use.cpu_ms = get_signed_to(bytes, MAX_CPU_MS);
		use.rss_kib = get_signed(bytes);
		if (!bytes->failed)
			r = append(busiest, &use);
	}
	return bytes->failed ? -EBADMSG : r;
}

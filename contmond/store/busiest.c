// SPDX-License-Identifier: GPL-2.0-only
#include "busiest.h"

#include <errno.h>
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

/* No process has this id. */
#define PID_OF_OTHERS 0

static const struct process_use others = {
	.pid = PID_OF_OTHERS,
	.cpu_ms = PROCESS_USE_UNKNOWN,
	.rss_kib = PROCESS_USE_UNKNOWN,
};

bool process_use_is_others(const struct process_use *use)
{
	return use->pid == PID_OF_OTHERS;
}

static bool is_known(const struct process_use *use)
{
	return use->cpu_ms >= 0;
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

int busiest_others(struct busiest *busiest, uint32_t c)
{
	struct process_use use = others;

	use.c = c;
	return busiest_add(busiest, &use);
}

bool busiest_are_known(const struct busiest *busiest, uint32_t c)
{
	size_t i = by_container_first(busiest->all, busiest->nr,
				      sizeof(*busiest->all), c);

	for (; i < busiest->nr && busiest->all[i].c == c; i++)
		if (process_use_is_others(&busiest->all[i]))
			return false;
	return true;
}

static void add_up(struct process_use *sum, const struct process_use *use)
{
	sum->cpu_ms = is_known(sum) && is_known(use) ?
		      sum->cpu_ms + use->cpu_ms : PROCESS_USE_UNKNOWN;
	if (sum->rss_kib < use->rss_kib)
		sum->rss_kib = use->rss_kib;
}

/*
 * Returns which of the processes in [first, end) makes room for @use, or NULL.
 * Of those that are known, and of those that are not, none does for one of the
 * other kind while they are only half of all.
 */
static struct process_use *find_least(struct busiest *busiest, size_t first,
				      size_t end,
				      const struct process_use *use)
{
	struct process_use *least[2] = { NULL, NULL }, *alike;
	size_t i, nr_alike = 0;

	for (i = first; i < end; i++) {
		struct process_use *one = &busiest->all[i];
		struct process_use **of_kind = &least[is_known(one)];

		if (process_use_is_others(one))
			continue;
		nr_alike += is_known(one) == is_known(use);
		if (!*of_kind || is_less(one, *of_kind))
			*of_kind = one;
	}
	if (nr_alike < MAX_OF_CONTAINER / 2)
		return least[!is_known(use)];
	alike = least[is_known(use)];
	return is_less(alike, use) ? alike : NULL;
}

/* One that is unknown and not kept is one of the others. */
static int replace_least(struct busiest *busiest, size_t first, size_t end,
			 const struct process_use *use)
{
	struct process_use *least = find_least(busiest, first, end, use);
	bool is_lost = !is_known(least ?: use);

	if (least)
		*least = *use;
	return is_lost ? busiest_others(busiest, use->c) : 0;
}

int busiest_add(struct busiest *busiest, const struct process_use *use)
{
	size_t first = by_container_first(busiest->all, busiest->nr,
					  sizeof(*use), use->c);
	size_t i;

	for (i = first; i < busiest->nr && busiest->all[i].c == use->c; i++) {
		struct process_use *known = &busiest->all[i];

		if (known->pid == use->pid &&
		    known->start_ms == use->start_ms) {
			add_up(known, use);
			return 0;
		}
	}
	if (i - first < MAX_OF_CONTAINER || process_use_is_others(use))
		return insert(busiest, i, use);
	return replace_least(busiest, first, i, use);
}

void busiest_clear_cpu(struct busiest *busiest)
{
	size_t i, kept = 0;

	for (i = 0; i < busiest->nr; i++) {
		if (process_use_is_others(&busiest->all[i]))
			continue;
		busiest->all[kept] = busiest->all[i];
		busiest->all[kept++].cpu_ms = 0;
	}
	busiest->nr = kept;
}

static int add_to(void *to, const void *use)
{
	return busiest_add(to, use);
}

/* Takes the place of what was there, or is freed after an error. */
static int become(struct busiest *busiest, struct busiest *next, int r)
{
	busiest_done(r < 0 ? next : busiest);
	if (r == 0)
		*busiest = *next;
	return r;
}

static int merge_many(struct busiest *busiest, const struct busiest *from)
{
	struct busiest merged = { 0 };
	int r = by_container_merge(busiest->all, busiest->nr, from->all,
				   from->nr, sizeof(*from->all), add_to,
				   &merged);

	return become(busiest, &merged, r);
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

/*
 * Is process @at among the leaders of [first, end) by CPU or by memory, or one
 * of the first whose CPU is unknown?
 */
static bool leads(const struct busiest *busiest, size_t first, size_t end,
		  size_t at)
{
	const struct process_use *use = &busiest->all[at];
	size_t i, more_cpu = 0, more_memory = 0, more_unknown = 0;

	for (i = first; i < end; i++) {
		const struct process_use *other = &busiest->all[i];

		if (process_use_is_others(other))
			continue;
		more_cpu += other->cpu_ms > use->cpu_ms ||
			    (other->cpu_ms == use->cpu_ms && i < at);
		more_memory += other->rss_kib > use->rss_kib ||
			       (other->rss_kib == use->rss_kib && i < at);
		more_unknown += !is_known(other) && i < at;
	}
	return (more_cpu < BUSIEST_BY_CPU && use->cpu_ms > 0) ||
	       (more_unknown < BUSIEST_UNKNOWN && !is_known(use)) ||
	       more_memory < BUSIEST_BY_MEMORY;
}

/* @c: the container of what was written before, and then of this */
static void write_use(const struct process_use *use, uint32_t *c,
		      struct buffer *ret)
{
	put_varint(ret, use->c - *c);
	*c = use->c;
	put_varint(ret, use->pid);
	put_signed(ret, use->start_ms);
	put_varint(ret, strlen(use->comm));
	buffer_puts(ret, use->comm);
	put_signed(ret, use->cpu_ms);
	put_signed(ret, use->rss_kib);
}

/* Writes the leaders of [first, end). Returns how many it wrote. */
static uint32_t write_container(const struct busiest *busiest, size_t first,
				size_t end, uint32_t *c, struct buffer *ret)
{
	struct process_use more = others;
	bool has_more = false;
	uint32_t nr = 0;
	size_t i;

	for (i = first; i < end; i++) {
		const struct process_use *use = &busiest->all[i];

		if (process_use_is_others(use)) {
			has_more = true;
		} else if (leads(busiest, first, end, i)) {
			write_use(use, c, ret);
			nr++;
		} else {
			has_more |= !is_known(use);
		}
	}
	if (!has_more)
		return nr;
	more.c = busiest->all[first].c;
	write_use(&more, c, ret);
	return nr + 1;
}

void busiest_write(const struct busiest *busiest, struct buffer *ret)
{
	struct buffer body = { 0 };
	uint32_t c = 0, nr = 0;
	size_t first, end;

	for (first = 0; first < busiest->nr; first = end) {
		end = end_of(busiest, first);
		nr += write_container(busiest, first, end, &c, &body);
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
	struct busiest settled = { 0 };
	int r = by_container_settle(busiest->all, busiest->nr,
				    sizeof(*busiest->all), add_to, &settled);

	return become(busiest, &settled, r);
}

/* @c: number of the container before */
static void read_use(struct reader *bytes, uint32_t c, struct process_use *ret)
{
	const uint8_t *comm;
	uint32_t length;

	*ret = (struct process_use){
		.c = c + get_count(bytes, UINT32_MAX - c),
	};
	ret->pid = get_count(bytes, UINT32_MAX);
	ret->start_ms = get_signed(bytes);
	length = get_count(bytes, sizeof(ret->comm) - 1);
	comm = get_bytes(bytes, length);
	if (comm)
		memcpy(ret->comm, comm, length);
	ret->cpu_ms = get_signed_to(bytes, MAX_CPU_MS);
	ret->rss_kib = get_signed(bytes);
}

int busiest_read(struct busiest *busiest, struct reader *bytes)
{
	uint32_t nr = get_count(bytes, MAX_READ), i;
	struct process_use use = { 0 };
	int r = 0;

	for (i = 0; i < nr && r == 0 && !bytes->failed; i++) {
		read_use(bytes, use.c, &use);
		if (!bytes->failed)
			r = append(busiest, &use);
	}
	return bytes->failed ? -EBADMSG : r;
}

int busiest_skip(struct reader *bytes)
{
	uint32_t nr = get_count(bytes, MAX_READ), i;
	struct process_use use = { 0 };

	for (i = 0; i < nr && !bytes->failed; i++)
		read_use(bytes, use.c, &use);
	return bytes->failed ? -EBADMSG : 0;
}

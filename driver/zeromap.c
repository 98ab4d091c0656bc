// SPDX-License-Identifier: GPL-2.0-only
/*
 * ALLOC, FREE, RESIDENT: zero pages in the caller's own address space.
 *
 * The memory is ordinary private anonymous memory. Limits, memory cgroups,
 * fork, swap and the OOM killer treat it as any other, and it is freed with the
 * process, whether or not the device is still open.
 */

#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "internal.h"

/* Rounds up to pages; -EINVAL for 0, -EOVERFLOW when the result is too large */
static int page_length(u64 length, unsigned long *ret_length)
{
	u64 rounded = PAGE_ALIGN(length);

	if (!length)
		return -EINVAL;
	if (rounded < length)
		return -EOVERFLOW;
	if (rounded > ULONG_MAX)
		return -ENOMEM;
	*ret_length = (unsigned long)rounded;
	return 0;
}

long contmon_alloc(struct contmon_file *file, void *_arg)
{
	struct contmon_alloc *arg = _arg;
	unsigned long address, length;
	int ret;

	if (arg->flags)
		return -EOPNOTSUPP;
	ret = page_length(arg->length_bytes, &length);
	if (ret)
		return ret;

	address = vm_mmap(NULL, 0, length, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, 0);
	if (IS_ERR_VALUE(address))
		return (long)address;

	arg->address = address;
	arg->length_bytes = length;
	return 0;
}

void contmon_alloc_undo(struct contmon_file *file, void *_arg)
{
	struct contmon_alloc *arg = _arg;

	vm_munmap((unsigned long)arg->address,
		  (unsigned long)arg->length_bytes);
}

/* Checks a range for FREE and RESIDENT */
static int check_range(u64 address, u64 length_bytes, unsigned long *ret_length)
{
	int ret;

	ret = page_length(length_bytes, ret_length);
	if (ret)
		return ret == -ENOMEM ? -EINVAL : ret;
	if (!PAGE_ALIGNED(address) || address > TASK_SIZE ||
	    *ret_length > TASK_SIZE - address)
		return -EINVAL;
	return 0;
}

long contmon_free(struct contmon_file *file, void *_arg)
{
	struct contmon_free *arg = _arg;
	unsigned long length;
	int ret;

	if (arg->flags)
		return -EOPNOTSUPP;
	ret = check_range(arg->address, arg->length_bytes, &length);
	if (ret)
		return ret;
	return vm_munmap((unsigned long)arg->address, length);
}

/* Pages looked up at once; their pointers fit on the stack */
#define RESIDENT_BATCH 32

/*
 * Counts the pages of [address, address + nr pages) that are present and are
 * the caller's own. The lockless lookup stops at the first page that is not
 * present;
 * *@ret_seen is the number of pages visited, at least one.
 */
static unsigned long count_own(unsigned long address, int nr, int *ret_seen)
{
	struct page *pages[RESIDENT_BATCH];
	unsigned long own = 0;
	int got, i;

	got = get_user_pages_fast_only(address, nr, 0, pages);
	for (i = 0; i < got; i++) {
		/* The zero page, small or huge, is not anonymous */
		own += folio_test_anon(page_folio(pages[i]));
		put_page(pages[i]);
	}
	*ret_seen = max(got, 0);
	if (*ret_seen < nr)
		++*ret_seen;
	return own;
}

long contmon_resident(struct contmon_file *file, void *_arg)
{
	struct contmon_resident *arg = _arg;
	unsigned long address, end, length, own = 0;
	int ret, seen;

	if (arg->flags)
		return -EOPNOTSUPP;
	ret = check_range(arg->address, arg->length_bytes, &length);
	if (ret)
		return ret;

	address = (unsigned long)arg->address;
	end = address + length;
	while (address < end) {
		own += count_own(address,
				 (int)min_t(unsigned long, RESIDENT_BATCH,
					    (end - address) >> PAGE_SHIFT),
				 &seen);
		address += (unsigned long)seen << PAGE_SHIFT;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	arg->resident_bytes = (u64)own << PAGE_SHIFT;
	return 0;
}

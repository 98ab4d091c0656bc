// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that the driver writes and the user reads, so that records need not be
 * copied. It is allocated by the first mmap() of an open file and kept until
 * the file is released, which is never before the last munmap(). It is charged
 * to the caller's memory cgroup. It is also charged to the user, because memory
 * that is unmapped while its file stays open is in no RSS.
 */

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "internal.h"
#include "user.h"

void contmon_mapping_init(struct contmon_mapping *map,
			  struct contmon_user *user)
{
	mutex_init(&map->lock);
	map->user = user;
}

void contmon_mapping_destroy(struct contmon_mapping *map)
{
	unsigned long i;

	if (map->address)
		vunmap(map->address);
	for (i = 0; i < map->nr_pages; i++) {
		__free_page(map->pages[i]);
		cond_resched();
	}
	kvfree(map->pages);
	contmon_uncharge(&map->user->mapped_bytes, map->charged_bytes);
	map->address = NULL;
	map->nr_pages = 0;
	map->pages = NULL;
	map->charged_bytes = 0;
}

static int mapping_alloc_pages(struct contmon_mapping *map, unsigned long nr)
{
	map->pages = kvcalloc(nr, sizeof(*map->pages), GFP_KERNEL_ACCOUNT);
	if (!map->pages)
		return -ENOMEM;

	while (map->nr_pages < nr) {
		struct page *page;

		if (fatal_signal_pending(current))
			return -EINTR;
		page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
		if (!page)
			return -ENOMEM;
		map->pages[map->nr_pages++] = page;
		cond_resched();
	}
	return 0;
}

static int mapping_create(struct contmon_mapping *map, unsigned long nr)
{
	long bytes = (long)(nr << PAGE_SHIFT);
	int ret;

	if (!contmon_charge(&map->user->mapped_bytes, bytes,
			    CONTMON_MAX_USER_MAPPING))
		return -ENOMEM;
	map->charged_bytes = bytes;
	ret = mapping_alloc_pages(map, nr);
	if (ret)
		goto err_destroy;

	map->address = vmap(map->pages, nr, VM_MAP, PAGE_KERNEL);
	if (!map->address) {
		ret = -ENOMEM;
		goto err_destroy;
	}
	return 0;

err_destroy:
	contmon_mapping_destroy(map);
	return ret;
}

/* Called with mmap_lock held for writing, which is taken before map->lock */
int contmon_mapping_mmap(struct contmon_mapping *map,
			 struct vm_area_struct *vma)
{
	unsigned long bytes = vma->vm_end - vma->vm_start;
	int ret = 0;

	if (vma->vm_pgoff || !(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EPERM;
	if (bytes > CONTMON_MAX_MAPPING)
		return -EINVAL;

	if (mutex_lock_killable(&map->lock))
		return -EINTR;
	if (!map->address)
		ret = mapping_create(map, bytes >> PAGE_SHIFT);
	else if (bytes != contmon_mapping_bytes(map))
		ret = -EINVAL;
	if (!ret) {
		vm_flags_mod(vma, VM_DONTEXPAND | VM_DONTCOPY | VM_DONTDUMP,
			     VM_MAYWRITE | VM_MAYEXEC);
		ret = vm_map_pages(vma, map->pages, map->nr_pages);
	}
	mutex_unlock(&map->lock);
	return ret;
}

/*
 * contmon_mapping_at() - the kernel's address of a part of the mapping
 *
 * Returns NULL when there is no mapping, the part is not entirely in it, or it
 * is not aligned for a record. map->lock held.
 */
void *contmon_mapping_at(struct contmon_mapping *map, u64 offset, u64 bytes)
{
	u64 size = contmon_mapping_bytes(map);

	if (offset % sizeof(u64) || offset > size || bytes > size - offset)
		return NULL;
	return (u8 *)map->address + offset;
}

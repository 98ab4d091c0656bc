/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver is written for the newest kernel; what older ones lack is
 * supplied here, under the newest kernel's name. Nothing else in driver/ may
 * ask about versions. Kbuild finds out what the headers have.
 */
#ifndef CONTMON_COMPAT_H
#define CONTMON_COMPAT_H

#include <linux/mm.h>
#include <linux/sched/coredump.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "contmon needs Linux 6.1 or newer"
#endif

#ifndef CONTMON_HAS_MM_COUNTER_SUM
/*
 * Exact sums of RSS came with 6.16 and went to stable kernels. Before, what
 * /proc shows is the approximate counter, and a module can get no better.
 */
static inline unsigned long get_mm_counter_sum(struct mm_struct *mm, int member)
{
	return get_mm_counter(mm, member);
}
#endif

#ifndef CONTMON_HAS_VM_FLAGS_SET
/* Since 6.3 vm_flags is changed through functions that check the lock */
static inline void vm_flags_mod(struct vm_area_struct *vma,
				unsigned long set, unsigned long clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#endif

/* mm->flags became a bitmap behind functions in 6.18 */
static inline bool contmon_mm_oom_skip(struct mm_struct *mm)
{
#ifdef CONTMON_HAS_MM_FLAGS_TEST
	return mm_flags_test(MMF_OOM_SKIP, mm);
#else
	return test_bit(MMF_OOM_SKIP, &mm->flags);
#endif
}

#endif /* CONTMON_COMPAT_H */

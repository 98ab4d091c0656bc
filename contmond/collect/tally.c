// SPDX-License-Identifier: GPL-2.0-only
#include "tally.h"

#include <stdbool.h>

static void count_state(struct tally *tally, uint32_t state)
{
	switch (state) {
	case 'R':
		tally->running++;
		break;
	case 'S':
		tally->sleeping++;
		break;
	case 'D':
		tally->uninterruptible++;
		break;
	case 'T':
	case 't':
		tally->stopped++;
		break;
	case 'Z':
	case 'X':
		tally->zombie++;
		break;
	default:	/* I, for kernel threads; P */
		tally->idle++;
		break;
	}
}

static bool is_older(uint64_t start_ns, int32_t pid, uint64_t than_start_ns,
		     int32_t than_pid)
{
	return start_ns < than_start_ns ||
	       (start_ns == than_start_ns && pid < than_pid);
}

static void note_next(struct tally *tally, const struct contmon_task *task)
{
	uint64_t start_ns = task->start_boottime_ns;

	if (!is_older(tally->asked_start_ns, tally->asked_pid, start_ns,
		      task->pid))
		return;
	if (tally->next_pid != 0 &&
	    !is_older(start_ns, task->pid, tally->next_start_ns,
		      tally->next_pid))
		return;
	tally->next_start_ns = start_ns;
	tally->next_pid = task->pid;
}

void tally_add(struct tally *tally, const struct contmon_task *task)
{
	uint64_t start_ns = task->start_boottime_ns;

	note_next(tally, task);
	if (tally->processes == 0 || start_ns < tally->first_start_ns) {
		tally->first_start_ns = start_ns;
		tally->first_pid = task->pid;
	}
	tally->processes++;
	tally->threads += task->nr_threads;
	count_state(tally, task->state);
	/* Members of an invalid group are zero, so adding them is harmless. */
	tally->vsz_bytes += task->vsz_bytes;
	tally->rss_bytes += task->rss_anon_bytes + task->rss_file_bytes +
			    task->rss_shmem_bytes;
	tally->minor_faults += task->minor_faults;
	tally->major_faults += task->major_faults;
}

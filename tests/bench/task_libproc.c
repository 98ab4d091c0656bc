// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's record, as far as procps' library provides it.
 * pkg-config: libproc2
 */

#include <libproc2/pids.h>

#include "bench.h"

static enum pids_item items[] = {
	PIDS_ID_TGID, PIDS_ID_PPID, PIDS_STATE, PIDS_FLAGS, PIDS_NLWP,
	PIDS_TICS_BEGAN, PIDS_CMD, PIDS_ID_RUID, PIDS_ID_RGID, PIDS_ID_EUID,
	PIDS_ID_EGID, PIDS_NICE, PIDS_SCHED_CLASS, PIDS_PRIORITY_RT,
	PIDS_PROCESSOR, PIDS_CGROUP, PIDS_VM_SIZE, PIDS_VM_RSS_ANON,
	PIDS_VM_RSS_FILE, PIDS_VM_RSS_SHARED, PIDS_VM_SWAP, PIDS_VM_RSS_LOCKED,
	PIDS_TICS_USER, PIDS_TICS_SYSTEM, PIDS_FLT_MIN, PIDS_FLT_MAJ,
	PIDS_IO_READ_CHARS, PIDS_IO_WRITE_CHARS, PIDS_IO_READ_OPS,
	PIDS_IO_WRITE_OPS, PIDS_IO_READ_BYTES, PIDS_IO_WRITE_BYTES,
	PIDS_IO_WRITE_CBYTES, PIDS_OOM_ADJ, PIDS_OOM_SCORE,
};

static long read_all(void *_info)
{
	struct pids_info *info = _info;
	struct pids_fetch *fetch = procps_pids_reap(info,
						    PIDS_FETCH_TASKS_ONLY);

	if (!fetch)
		bench_die("procps_pids_reap");
	return fetch->counts->total;
}

int main(void)
{
	struct pids_info *info = NULL;

	if (procps_pids_new(&info, items, ARRAY_SIZE(items)) < 0)
		bench_die("procps_pids_new");
	bench_run("libproc2", read_all, info);
	procps_pids_unref(&info);
	return 0;
}

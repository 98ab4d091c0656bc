// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Parses /proc/PID/status, in which the kernel escapes newlines of the name, so
 * every line comes from the kernel.
 */
#include "proc_text.h"

#include <errno.h>

/* "Uid:	REAL EFFECTIVE SAVED FS" */
static int parse_ids(const char *text, const char *key, uint32_t *ret_real,
		     uint32_t *ret_effective)
{
	uint64_t ids[2];

	if (proc_parse_numbers(text, key, ids, 2) < 0 ||
	    ids[0] > UINT32_MAX || ids[1] > UINT32_MAX)
		return -EPROTO;
	*ret_real = (uint32_t)ids[0];
	*ret_effective = (uint32_t)ids[1];
	return 0;
}

/* All or none: a process may lose its memory between two reads. */
static bool parse_sizes(const char *text, struct proc_status *status)
{
	return proc_parse_size(text, "VmSize:", &status->vsz) == 0 &&
	       proc_parse_size(text, "RssAnon:", &status->rss_anon) == 0 &&
	       proc_parse_size(text, "RssFile:", &status->rss_file) == 0 &&
	       proc_parse_size(text, "RssShmem:", &status->rss_shmem) == 0 &&
	       proc_parse_size(text, "VmSwap:", &status->swap) == 0 &&
	       proc_parse_size(text, "VmPTE:", &status->pgtables) == 0 &&
	       proc_parse_size(text, "VmLck:", &status->locked) == 0 &&
	       proc_parse_size(text, "VmHWM:", &status->rss_peak) == 0;
}

int proc_parse_status(const char *text, struct proc_status *ret)
{
	struct proc_status status = { 0 };
	uint64_t tgid;

	if (proc_parse_number(text, "Tgid:", &tgid) < 0 || tgid > INT32_MAX ||
	    parse_ids(text, "Uid:", &status.uid, &status.euid) < 0 ||
	    parse_ids(text, "Gid:", &status.gid, &status.egid) < 0 ||
	    proc_parse_number(text, "voluntary_ctxt_switches:",
			      &status.voluntary_switches) < 0 ||
	    proc_parse_number(text, "nonvoluntary_ctxt_switches:",
			      &status.involuntary_switches) < 0)
		return -EPROTO;
	status.tgid = (int32_t)tgid;
	status.has_mm = parse_sizes(text, &status);
	*ret = status;
	return 0;
}

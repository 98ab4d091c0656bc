// SPDX-License-Identifier: GPL-2.0-only
/* /proc/PID/status: values read can be written, and are read back unchanged. */
#include "fuzz.h"

#include <errno.h>
#include <inttypes.h>

#include "libcontmon/proc_text.h"

#define TEXT_MAX 1024

static void write_status(const struct proc_status *s, char text[TEXT_MAX])
{
	int n = snprintf(text, TEXT_MAX,
			 "Tgid:\t%" PRId32 "\n"
			 "Uid:\t%" PRIu32 "\t%" PRIu32 "\t0\t0\n"
			 "Gid:\t%" PRIu32 "\t%" PRIu32 "\t0\t0\n"
			 "voluntary_ctxt_switches:\t%" PRIu64 "\n"
			 "nonvoluntary_ctxt_switches:\t%" PRIu64 "\n",
			 s->tgid, s->uid, s->euid, s->gid, s->egid,
			 s->voluntary_switches, s->involuntary_switches);

	if (!s->has_mm)
		return;
	snprintf(text + n, TEXT_MAX - (size_t)n,
		 "VmSize:\t%" PRIu64 " kB\nRssAnon:\t%" PRIu64 " kB\n"
		 "RssFile:\t%" PRIu64 " kB\nRssShmem:\t%" PRIu64 " kB\n"
		 "VmSwap:\t%" PRIu64 " kB\nVmPTE:\t%" PRIu64 " kB\n"
		 "VmLck:\t%" PRIu64 " kB\nVmHWM:\t%" PRIu64 " kB\n",
		 s->vsz / 1024, s->rss_anon / 1024, s->rss_file / 1024,
		 s->rss_shmem / 1024, s->swap / 1024, s->pgtables / 1024,
		 s->locked / 1024, s->rss_peak / 1024);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	char once[TEXT_MAX], twice[TEXT_MAX];
	struct proc_status status, again;
	int r;

	fuzz_mark(&status, sizeof(status));
	r = proc_parse_status(text, &status);
	if (r < 0) {
		MUST(r == -EPROTO);
		MUST(fuzz_is_marked(&status, sizeof(status)));
	} else {
		MUST(status.tgid >= 0);
		write_status(&status, once);
		MUST(proc_parse_status(once, &again) == 0);
		MUST(again.has_mm == status.has_mm);
		write_status(&again, twice);
		MUST(strcmp(once, twice) == 0);
	}
	free(text);
	return 0;
}

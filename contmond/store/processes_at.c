// SPDX-License-Identifier: GPL-2.0-only
/* The busiest processes at a moment of the past */
#include "past.h"

#include "busy_at.h"

struct teller {
	past_process_fn *fn;
	void *userdata;
};

static int tell(const struct busy_at *found, void *userdata)
{
	const struct busiest *busiest = &found->busy.processes;
	const struct teller *teller = userdata;
	size_t i;
	int r = 0;

	for (i = 0; i < busiest->nr && r >= 0; i++) {
		const struct process_use *use = &busiest->all[i];
		const struct past_process process = {
			.container = busy_at_title(found, use->c),
			.pid = use->pid,
			.start_ms = use->start_ms,
			.comm = use->comm,
			.cpu_cores = busy_at_cores(found, use->cpu_ms),
			.rss_bytes = (double)use->rss_kib * 1024,
		};

		if (process.container)
			r = teller->fn(&process, teller->userdata);
	}
	return r;
}

int store_processes(struct store *store, int64_t t_ms, const char *containers,
		    past_process_fn *fn, void *userdata,
		    struct past_moment *ret)
{
	struct teller teller = { fn, userdata };

	return busy_at(store, BUSY_PROCESSES, t_ms, containers, tell, &teller,
		       ret);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The busiest processes at a moment of the past */
#include "past.h"

#include <math.h>

#include "busy_at.h"

int past_order(double x, double y)
{
	if (isnan(x) != isnan(y))
		return isnan(x) ? 1 : -1;
	return (x < y) - (x > y);
}

struct teller {
	past_process_fn *fn;
	void *userdata;
};

/*
 * A tick says of each process that it has whether its CPU is known. In a
 * bucket, one that leads may be among the others of a tick.
 */
static double cpu_cores(const struct busy_at *found,
			const struct process_use *use)
{
	bool is_among_others = found->width_ms > 0 &&
		!busiest_are_known(&found->busy.processes, use->c);

	return use->cpu_ms < 0 || is_among_others ? (double)NAN :
	       busy_at_cores(found, use->cpu_ms);
}

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
			.cpu_cores = cpu_cores(found, use),
			.rss_bytes = use->rss_kib < 0 ? (double)NAN :
				     (double)use->rss_kib * 1024,
		};

		if (process.container && !process_use_is_others(use))
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

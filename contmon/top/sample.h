/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TOP_SAMPLE_H
#define CONTMON_TOP_SAMPLE_H

#include <stdbool.h>

#include "contmon.h"

/* The two pages of `contmon top` */
enum top_page { TOP_CONTAINERS, TOP_PROCESSES, TOP_NR_PAGES };

/**
 * struct top_sample - data of one refresh; zero-initialise it
 * @page: the page it was read for
 * @filled: it has been read
 * @has_cgroup1: some containers may be only in cgroup v1, and controllers, too
 * @cgroups: on both pages
 * @tasks: for TOP_PROCESSES, and with cgroup v1 on both pages
 */
struct top_sample {
	enum top_page page;
	bool filled;
	bool has_cgroup1;
	struct contmon_system system;
	struct contmon_cgroups cgroups;
	struct contmon_tasks tasks;
};

/* Returns 0 or -errno. */
int top_sample_read(struct contmon *c, enum top_page page,
		    struct top_sample *sample);
void top_sample_done(struct top_sample *sample);

#endif /* CONTMON_TOP_SAMPLE_H */

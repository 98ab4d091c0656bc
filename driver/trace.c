// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own tracepoints. Most are not exported by name, but all can be
 * listed, so they are found by comparing names; a kernel that lacks one makes
 * the feature that needs it unavailable.
 */

#include <linux/tracepoint.h>

#include "internal.h"

struct search {
	struct contmon_probe *probes;
	unsigned int nr;
};

static void match(struct tracepoint *tp, void *data)
{
	struct search *search = data;
	unsigned int i;

	for (i = 0; i < search->nr; i++)
		if (!strcmp(tp->name, search->probes[i].name))
			search->probes[i].tp = tp;
}

/* contmon_probes_find() - whether this kernel has all of them */
bool contmon_probes_find(struct contmon_probe *probes, unsigned int nr)
{
	struct search search = { .probes = probes, .nr = nr };
	unsigned int i;

	for_each_kernel_tracepoint(match, &search);
	for (i = 0; i < nr; i++)
		if (!probes[i].tp)
			return false;
	return true;
}

int contmon_probes_register(struct contmon_probe *probes, unsigned int nr)
{
	unsigned int i;
	int ret;

	for (i = 0; i < nr; i++) {
		ret = tracepoint_probe_register(probes[i].tp,
						probes[i].function, NULL);
		if (ret)
			goto err_unregister;
	}
	return 0;

err_unregister:
	contmon_probes_unregister(probes, i);
	return ret;
}

/* Returns when no probe runs any more */
void contmon_probes_unregister(struct contmon_probe *probes, unsigned int nr)
{
	while (nr--)
		tracepoint_probe_unregister(probes[nr].tp, probes[nr].function,
					    NULL);
	tracepoint_synchronize_unregister();
}

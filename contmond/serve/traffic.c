// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"

void traffic_answered(struct traffic *traffic, unsigned int status)
{
	if (status < TRAFFIC_STATUSES)
		atomic_fetch_add(&traffic->requests[status], 1);
}

uint64_t traffic_requests(struct traffic *traffic, unsigned int first,
			  unsigned int last)
{
	uint64_t nr = 0;
	unsigned int i;

	for (i = first; i <= last && i < TRAFFIC_STATUSES; i++)
		nr += atomic_load(&traffic->requests[i]);
	return nr;
}

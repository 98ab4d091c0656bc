// SPDX-License-Identifier: LGPL-2.1-or-later
#include "internal.h"

#include <errno.h>
#include <sys/sysinfo.h>

int contmon_read_swap(uint64_t *ret_total_bytes, uint64_t *ret_free_bytes)
{
	struct sysinfo info;

	if (sysinfo(&info) < 0)
		return -errno;

	if (ret_total_bytes)
		*ret_total_bytes = (uint64_t)info.totalswap * info.mem_unit;
	if (ret_free_bytes)
		*ret_free_bytes = (uint64_t)info.freeswap * info.mem_unit;
	return 0;
}

int driver_get_system(struct contmon *c, uint64_t fields, uint32_t flags,
		      struct contmon_system *ret)
{
	struct contmon_system system = {
		.kernel = {
			.size = sizeof(system.kernel),
			.flags = flags,
			.fields = fields,
		},
	};
	int r;

	r = contmon_ioctl(c->fd, CONTMON_GET_SYSTEM, &system.kernel);
	if (r < 0)
		return r;
	r = contmon_read_swap(&system.swap_total_bytes,
			      &system.swap_free_bytes);
	if (r < 0)
		return r;

	*ret = system;
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
#include "internal.h"

int driver_alloc(struct contmon *c, uint64_t length_bytes, void **ret_address,
		 uint64_t *ret_length_bytes)
{
	struct contmon_alloc arg = {
		.size = sizeof(arg),
		.length_bytes = length_bytes,
	};
	int r;

	r = contmon_ioctl(c->fd, CONTMON_ALLOC, &arg);
	if (r < 0)
		return r;

	*ret_address = (void *)(uintptr_t)arg.address;
	if (ret_length_bytes)
		*ret_length_bytes = arg.length_bytes;
	return 0;
}

int driver_free(struct contmon *c, void *address, uint64_t length_bytes)
{
	struct contmon_free arg = {
		.size = sizeof(arg),
		.address = (uintptr_t)address,
		.length_bytes = length_bytes,
	};
	int r;

	r = contmon_ioctl(c->fd, CONTMON_FREE, &arg);
	return r < 0 ? r : 0;
}

int driver_resident(struct contmon *c, const void *address,
		    uint64_t length_bytes, uint64_t *ret_bytes)
{
	struct contmon_resident arg = {
		.size = sizeof(arg),
		.address = (uintptr_t)address,
		.length_bytes = length_bytes,
	};
	int r;

	r = contmon_ioctl(c->fd, CONTMON_RESIDENT, &arg);
	if (r < 0)
		return r;

	*ret_bytes = arg.resident_bytes;
	return 0;
}

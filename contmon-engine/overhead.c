// SPDX-License-Identifier: GPL-2.0-only
#include "overhead.h"

#include <sys/socket.h>

/* In one turn libcurl reads this or all there is; perhaps more. */
#define LEAST_READ 16384

void overhead_begin(struct overhead *overhead, int fd, uint64_t counted)
{
	static char bytes[LEAST_READ];
	ssize_t r = recv(fd, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT);

	overhead->waiting = r > 0 ? (size_t)r : 0;
	overhead->counted = counted;
}

bool overhead_end(struct overhead *overhead, uint64_t counted)
{
	uint64_t taken = counted - overhead->counted;

	if (overhead->waiting > taken)
		overhead->bytes += overhead->waiting - taken;
	return overhead->bytes > counted + OVERHEAD_MAX;
}

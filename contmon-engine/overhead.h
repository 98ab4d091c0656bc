/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes of an answer that are neither its headers nor its body: what may be
 * written between chunks. libcurl reads them as fast as they come, counts them
 * nowhere, and gives them to nobody, so a server could keep it busy for ever.
 */
#ifndef CONTMON_ENGINE_OVERHEAD_H
#define CONTMON_ENGINE_OVERHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Besides as many as are counted; far more than a size before each chunk */
#define OVERHEAD_MAX (1024 * 1024)

/** struct overhead - of one answer; zero-initialise */
struct overhead {
	uint64_t bytes;
	uint64_t counted;	/* before the turn */
	size_t waiting;		/* for it */
};

/**
 * overhead_begin() - libcurl is going to read from a socket
 * @counted: bytes of headers and body so far
 */
void overhead_begin(struct overhead *overhead, int fd, uint64_t counted);

/** overhead_end() - it has; is there too much that does not count? */
bool overhead_end(struct overhead *overhead, uint64_t counted);

#endif /* CONTMON_ENGINE_OVERHEAD_H */

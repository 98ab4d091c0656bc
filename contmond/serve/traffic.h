/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the HTTP servers have answered since contmond was started. Their threads
 * count, and any thread may read.
 */
#ifndef CONTMOND_SERVE_TRAFFIC_H
#define CONTMOND_SERVE_TRAFFIC_H

#include <stdatomic.h>
#include <stdint.h>

#define TRAFFIC_STATUSES 600

/**
 * struct traffic - zero-initialise
 * @requests: by the status of the answer
 * @sent_bytes: of bodies, as they were sent
 * @clients: number of open connections
 * @streams: those of them with an endless answer
 */
struct traffic {
	_Atomic uint64_t requests[TRAFFIC_STATUSES];
	_Atomic uint64_t sent_bytes;
	_Atomic int64_t clients;
	_Atomic int64_t streams;
};

/** traffic_answered() - count the answer to a request */
void traffic_answered(struct traffic *traffic, unsigned int status);

/** traffic_requests() - number answered with a status from @first to @last */
uint64_t traffic_requests(struct traffic *traffic, unsigned int first,
			  unsigned int last);

#endif /* CONTMOND_SERVE_TRAFFIC_H */

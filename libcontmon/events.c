// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A stream has its own open file, so that it neither waits for snapshots nor
 * ends with the handle. Records are read in batches and returned one at a time.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define BATCH 64

struct contmon_events {
	int fd;
	size_t nr;		/* records in @batch */
	size_t next;		/* first not returned yet */
	uint64_t dropped;
	struct contmon_event batch[BATCH];
};

int driver_open_events(struct contmon *c, const struct contmon_watch *watch,
		       struct contmon_events **ret)
{
	struct contmon_watch arg = *watch;
	struct contmon_events *events;
	int r;

	if (!(c->info.features & CONTMON_FEATURE_EVENTS))
		return -EOPNOTSUPP;
	events = calloc(1, sizeof(*events));
	if (!events)
		return -ENOMEM;

	r = contmon_open_device(c->path, O_NONBLOCK);
	if (r < 0)
		goto err_free;
	events->fd = r;

	arg.size = sizeof(arg);
	r = contmon_ioctl(events->fd, CONTMON_WATCH, &arg);
	if (r < 0)
		goto err_close;

	*ret = events;
	return 0;

err_close:
	close(events->fd);
err_free:
	free(events);
	return r;
}

void contmon_events_close(struct contmon_events *events)
{
	if (!events)
		return;
	close(events->fd);
	free(events);
}

int contmon_events_fd(const struct contmon_events *events)
{
	return events->fd;
}

/* Returns 0 if there is nothing to read now. */
static int fill(struct contmon_events *events)
{
	ssize_t n;

	do {
		n = read(events->fd, events->batch, sizeof(events->batch));
	} while (n < 0 && errno == EINTR);

	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	if ((size_t)n % sizeof(events->batch[0]))
		return -EPROTO;
	events->nr = (size_t)n / sizeof(events->batch[0]);
	events->next = 0;
	return events->nr > 0;
}

int contmon_events_next(struct contmon_events *events,
			struct contmon_event *ret)
{
	int r;

	if (events->next == events->nr) {
		r = fill(events);
		if (r <= 0)
			return r;
	}
	*ret = events->batch[events->next++];
	events->dropped += ret->dropped;

	/* Printed by callers: ensure that it is NUL-terminated. */
	ret->comm[sizeof(ret->comm) - 1] = 0;
	if (ret->type >= CONTMON_EVENT_CGROUP_CREATED &&
	    ret->type <= CONTMON_EVENT_CGROUP_REMOVED)
		ret->path[sizeof(ret->path) - 1] = 0;
	return 1;
}

uint64_t contmon_events_dropped(const struct contmon_events *events)
{
	return events->dropped;
}

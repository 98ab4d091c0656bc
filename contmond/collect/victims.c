// SPDX-License-Identifier: GPL-2.0-only
#include "victims.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/util.h"

/* The kernel may choose each thread of a process in quick succession. */
#define NR_RECENT 16

struct victim {
	int32_t pid;
	uint64_t start_boottime_ns;
};

struct victims {
	struct contmon_events *events;
	struct scope_map *scopes;
	victims_fn *killed;
	void *userdata;
	sd_event_source *io;
	struct victim recent[NR_RECENT];
	size_t next;	/* the oldest of @recent */
};

static bool is_known(const struct victims *victims,
		     const struct contmon_event *event)
{
	size_t i;

	for (i = 0; i < NR_RECENT; i++) {
		const struct victim *victim = &victims->recent[i];

		if (victim->pid == event->pid &&
		    victim->start_boottime_ns == event->start_boottime_ns)
			return true;
	}
	return false;
}

static void count(struct victims *victims, const struct contmon_event *event)
{
	const struct scope *scope;

	if (event->type != CONTMON_EVENT_OOM || is_known(victims, event))
		return;
	victims->recent[victims->next] = (struct victim){
		event->pid, event->start_boottime_ns
	};
	victims->next = (victims->next + 1) % NR_RECENT;
	scope = scope_map_count_oom_kill(victims->scopes, event->cgroup_id,
					 event->boottime_ns);
	victims->killed(event, scope, victims->userdata);
}

void victims_read(struct victims *victims)
{
	struct contmon_event event;
	int r;

	if (!victims)
		return;
	while ((r = contmon_events_next(victims->events, &event)) > 0)
		count(victims, &event);
	if (r == 0 || !victims->io)
		return;
	log_warn("OOM kills are not counted any more: %s", strerror(-r));
	victims->io = sd_event_source_disable_unref(victims->io);
}

static int on_io(sd_event_source *source, int fd, uint32_t events,
		 void *userdata)
{
	(void)source;
	(void)fd;
	(void)events;
	victims_read(userdata);
	return 0;
}

int victims_new(sd_event *event, struct contmon *device,
		struct scope_map *scopes, victims_fn *killed, void *userdata,
		struct victims **ret)
{
	const struct contmon_watch watch = {
		.events = 1U << CONTMON_EVENT_OOM,
	};
	struct victims *victims = calloc(1, sizeof(*victims));
	int r;

	if (!victims)
		return -ENOMEM;
	victims->scopes = scopes;
	victims->killed = killed;
	victims->userdata = userdata;
	r = contmon_events_open(device, &watch, &victims->events);
	if (r == 0)
		r = sd_event_add_io(event, &victims->io,
				    contmon_events_fd(victims->events),
				    EPOLLIN, on_io, victims);
	if (r < 0) {
		victims_free(victims);
		return r;
	}
	*ret = victims;
	return 0;
}

void victims_free(struct victims *victims)
{
	if (!victims)
		return;
	sd_event_source_disable_unref(victims->io);
	contmon_events_close(victims->events);
	free(victims);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The events of fake_contmon's device. */
#ifndef FAKE_EVENTS_H
#define FAKE_EVENTS_H

static struct contmon_event event_at(uint64_t i, uint32_t type, int32_t pid,
				     const char *comm)
{
	struct contmon_event event = {
		.sequence = 1000 + i,
		.boottime_ns = 90 * SECOND + i * 10000000,
		.dropped = i == 7 ? 3 : 0,
		.type = type,
		.pid = pid,
		.ppid = 40,
		.uid = 33,
		.cgroup_id = pid == 60 ? 4 : 70,
		.start_boottime_ns = 89 * SECOND,
	};

	strncpy((char *)event.comm, comm, sizeof(event.comm) - 1);
	return event;
}

static struct contmon_event exit_at(uint64_t i, int32_t pid, const char *comm)
{
	struct contmon_event event = event_at(i, CONTMON_EVENT_EXIT, pid, comm);

	event.exit_code = pid == 60 ? 9 : 3 << 8;
	event.runtime_ns = 50000000;
	event.rss_peak_bytes = MIB;
	event.io_valid = pid == 60;
	return event;
}

/* @rss_bytes is 0 from older drivers */
static struct contmon_event oom_at(uint64_t i, int32_t pid, const char *comm,
				   uint64_t rss_bytes)
{
	struct contmon_event event = event_at(i, CONTMON_EVENT_OOM, pid, comm);

	event.rss_bytes = rss_bytes;
	return event;
}

/* Descriptor for the event of the end of process 60 */
static int watcher = -1;

static void tell_the_end(void)
{
	struct contmon_event event = exit_at(0, 60, "postgres");

	event.start_boottime_ns = 7 * SECOND;
	if (watcher >= 0 && write(watcher, &event, sizeof(event)) < 0)
		abort();
}

/*
 * The life of a container, with an event every 10 ms, and a hostile process;
 * then OOM kills
 */
#define SHORT_LIVED "/system.slice/docker-" A16 B16 A16 B16 ".scope"

static int watch(int to, const struct contmon_watch *arg)
{
	struct contmon_event all[] = {
		event_at(0, CONTMON_EVENT_CGROUP_CREATED, 0, ""),
		event_at(1, CONTMON_EVENT_CGROUP_POPULATED, 0, ""),
		event_at(2, CONTMON_EVENT_FORK, 700, "runc"),
		event_at(3, CONTMON_EVENT_EXEC, 700, "\033[2Jsh\n"),
		exit_at(4, 700, "\033[2Jsh\n"),
		event_at(5, CONTMON_EVENT_CGROUP_EMPTIED, 0, ""),
		event_at(6, CONTMON_EVENT_CGROUP_REMOVED, 0, ""),
		exit_at(7, 60, "postgres"),
		oom_at(8, 60, "postgres", 700 * MIB),
		oom_at(9, 701, "old", 0),
	};
	size_t i;

	if (arg->flags & CONTMON_WATCH_PID) {
		watcher = to;
		return 0;
	}
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct contmon_event *event = &all[i];

		if (event->type >= CONTMON_EVENT_CGROUP_CREATED)
			strcpy((char *)event->path, SHORT_LIVED);
		if (!(arg->events & 1U << event->type))
			continue;
		if (write(to, event, sizeof(*event)) != sizeof(*event))
			return -1;
	}
	return 0;
}

#endif /* FAKE_EVENTS_H */

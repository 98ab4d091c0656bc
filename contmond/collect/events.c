// SPDX-License-Identifier: GPL-2.0-only
/*
 * The streams are merged by time. The driver reports the cause of an event
 * before the event. So once all streams have been read after some moment, all
 * events up to that moment are available and can be put in order.
 */
#include "events.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"

/* How many events are handled before the loop runs its other sources */
#define MAX_AT_ONCE 256

enum feed_kind {
	FEED_KILLS,
	FEED_CGROUPS,
	FEED_EXITS,
	NR_FEEDS,
};

static const uint32_t types[NR_FEEDS] = {
	[FEED_KILLS] = 1U << CONTMON_EVENT_OOM,
	[FEED_CGROUPS] = 1U << CONTMON_EVENT_CGROUP_CREATED |
			 1U << CONTMON_EVENT_CGROUP_EMPTIED |
			 1U << CONTMON_EVENT_CGROUP_REMOVED,
	[FEED_EXITS] = 1U << CONTMON_EVENT_EXIT,
};

/**
 * struct feed - one stream
 * @io: NULL if the loop does not wait for its events
 * @next: the oldest event that was not handled yet, if @has_next
 * @failed: it cannot be read any more
 */
struct feed {
	struct contmon_events *stream;
	sd_event_source *io;
	struct contmon_event next;
	bool has_next;
	bool failed;
};

struct events {
	struct events_listener listener;
	sd_event_source *again;	/* continues with events already read */
	struct feed feeds[NR_FEEDS];
};

static void tell_dropped(const struct events *events,
			 const struct contmon_event *event)
{
	if (event->dropped > 0)
		events->listener.dropped(event, events->listener.userdata);
}

static void look(const struct events *events, struct feed *feed)
{
	int r;

	if (feed->has_next || feed->failed)
		return;
	r = contmon_events_next(feed->stream, &feed->next);
	feed->has_next = r > 0;
	if (r > 0)
		tell_dropped(events, &feed->next);
	if (r >= 0)
		return;
	log_warn("events of the driver are not read any more: %s",
		 strerror(-r));
	feed->failed = true;
	feed->io = sd_event_source_disable_unref(feed->io);
}

static struct feed *oldest(struct events *events, uint64_t until_ns)
{
	struct feed *oldest = NULL;
	size_t i;

	for (i = 0; i < NR_FEEDS; i++) {
		struct feed *feed = &events->feeds[i];

		if (!feed->has_next || feed->next.boottime_ns > until_ns)
			continue;
		if (!oldest ||
		    feed->next.boottime_ns < oldest->next.boottime_ns)
			oldest = feed;
	}
	return oldest;
}

static void handle(struct events *events, struct feed *feed)
{
	struct contmon_event event = feed->next;

	feed->has_next = false;
	look(events, feed);
	tell_dropped(events, &event);
	events->listener.happened(&event, events->listener.userdata);
}

/* The loop would not wake up for events that were already read. */
static void go_on_later(struct events *events)
{
	bool waits = events->feeds[FEED_KILLS].has_next ||
		     events->feeds[FEED_CGROUPS].has_next;

	sd_event_source_set_enabled(events->again,
				    waits ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static void read_some(struct events *events, uint64_t until_ns, size_t max)
{
	struct feed *feed;
	size_t i;

	for (i = 0; i < NR_FEEDS; i++)
		look(events, &events->feeds[i]);
	while (max-- > 0 && (feed = oldest(events, until_ns)))
		handle(events, feed);
	go_on_later(events);
}

void events_read(struct events *events, uint64_t until_ns)
{
	if (events)
		read_some(events, until_ns, SIZE_MAX);
}

void events_read_kills(struct events *events)
{
	struct feed *feed;

	if (!events)
		return;
	feed = &events->feeds[FEED_KILLS];
	look(events, feed);
	while (feed->has_next)
		handle(events, feed);
}

bool events_see_exits(const struct events *events)
{
	return events && !events->feeds[FEED_EXITS].failed;
}

static int on_io(sd_event_source *source, int fd, uint32_t ready,
		 void *userdata)
{
	(void)source;
	(void)fd;
	(void)ready;
	read_some(userdata, clock_boottime_ns(), MAX_AT_ONCE);
	return 0;
}

static int on_again(sd_event_source *source, void *userdata)
{
	(void)source;
	read_some(userdata, clock_boottime_ns(), MAX_AT_ONCE);
	return 0;
}

static int open_feed(struct events *events, struct contmon *device,
		     enum feed_kind kind)
{
	const struct contmon_watch watch = { .events = types[kind] };
	struct feed *feed = &events->feeds[kind];
	int r = contmon_events_open(device, &watch, &feed->stream);

	if (r < 0 || kind == FEED_EXITS)
		return r;
	return sd_event_add_io(sd_event_source_get_event(events->again),
			       &feed->io, contmon_events_fd(feed->stream),
			       EPOLLIN, on_io, events);
}

int events_new(sd_event *event, struct contmon *device,
	       const struct events_listener *listener, struct events **ret)
{
	struct events *events = calloc(1, sizeof(*events));
	enum feed_kind kind;
	int r;

	if (!events)
		return -ENOMEM;
	events->listener = *listener;
	r = sd_event_add_defer(event, &events->again, on_again, events);
	for (kind = 0; r >= 0 && kind < NR_FEEDS; kind++)
		r = open_feed(events, device, kind);
	if (r < 0) {
		events_free(events);
		return r;
	}
	*ret = events;
	return 0;
}

void events_free(struct events *events)
{
	size_t i;

	if (!events)
		return;
	for (i = 0; i < NR_FEEDS; i++) {
		sd_event_source_disable_unref(events->feeds[i].io);
		contmon_events_close(events->feeds[i].stream);
	}
	sd_event_source_disable_unref(events->again);
	free(events);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "udev.h"

#include <errno.h>
#include <libudev.h>
#include <stdlib.h>
#include <string.h>

#define SUBSYSTEM "misc"
#define NAME "contmon"

struct udev_watch {
	struct udev *udev;
	struct udev_monitor *monitor;
	sd_event_source *io;
	udev_watch_fn *fn;
	void *userdata;
};

static void report(struct udev_watch *watch, struct udev_device *changed)
{
	const char *name = udev_device_get_sysname(changed);
	const char *action = udev_device_get_action(changed);

	if (!name || !action || strcmp(name, NAME) != 0)
		return;
	watch->fn(strcmp(action, "remove") != 0, watch->userdata);
}

static int on_io(sd_event_source *source, int fd, uint32_t events,
		 void *userdata)
{
	struct udev_watch *watch = userdata;
	struct udev_device *changed;

	(void)source;
	(void)fd;
	(void)events;
	while ((changed = udev_monitor_receive_device(watch->monitor))) {
		report(watch, changed);
		udev_device_unref(changed);
	}
	return 0;
}

static int listen_to(struct udev_watch *watch, sd_event *event)
{
	int r;

	watch->udev = udev_new();
	if (!watch->udev)
		return -ENOMEM;
	/*
	 * Unlike "kernel" events, "udev" ones come after the rules were
	 * applied.
	 */
	watch->monitor = udev_monitor_new_from_netlink(watch->udev, "udev");
	if (!watch->monitor)
		return -errno;
	r = udev_monitor_filter_add_match_subsystem_devtype(watch->monitor,
							    SUBSYSTEM, NULL);
	if (r < 0)
		return r;
	r = udev_monitor_enable_receiving(watch->monitor);
	if (r < 0)
		return r;
	return sd_event_add_io(event, &watch->io,
			       udev_monitor_get_fd(watch->monitor), EPOLLIN,
			       on_io, watch);
}

int udev_watch_new(sd_event *event, udev_watch_fn *fn, void *userdata,
		   struct udev_watch **ret)
{
	struct udev_watch *watch = calloc(1, sizeof(*watch));
	int r;

	if (!watch)
		return -ENOMEM;
	watch->fn = fn;
	watch->userdata = userdata;
	r = listen_to(watch, event);
	if (r < 0) {
		udev_watch_free(watch);
		return r;
	}
	*ret = watch;
	return 0;
}

void udev_watch_free(struct udev_watch *watch)
{
	if (!watch)
		return;
	sd_event_source_disable_unref(watch->io);
	udev_monitor_unref(watch->monitor);
	udev_unref(watch->udev);
	free(watch);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "udev.h"

#include <errno.h>
#include <libudev.h>
#include <stdlib.h>
#include <string.h>

#define SUBSYSTEM "misc"
#define NAME "contmon"

struct device {
	struct udev *udev;
	struct udev_monitor *monitor;
	sd_event_source *io;
	device_fn *fn;
	void *userdata;
};

static void report(struct device *device, struct udev_device *changed)
{
	const char *name = udev_device_get_sysname(changed);
	const char *action = udev_device_get_action(changed);

	if (!name || !action || strcmp(name, NAME) != 0)
		return;
	device->fn(strcmp(action, "remove") != 0, device->userdata);
}

static int on_io(sd_event_source *source, int fd, uint32_t events,
		 void *userdata)
{
	struct device *device = userdata;
	struct udev_device *changed;

	(void)source;
	(void)fd;
	(void)events;
	while ((changed = udev_monitor_receive_device(device->monitor))) {
		report(device, changed);
		udev_device_unref(changed);
	}
	return 0;
}

static int listen_to(struct device *device, sd_event *event)
{
	int r;

	device->udev = udev_new();
	if (!device->udev)
		return -ENOMEM;
	/* "udev", not "kernel": the rules have been applied by then. */
	device->monitor = udev_monitor_new_from_netlink(device->udev, "udev");
	if (!device->monitor)
		return -errno;
	r = udev_monitor_filter_add_match_subsystem_devtype(device->monitor,
							    SUBSYSTEM, NULL);
	if (r < 0)
		return r;
	r = udev_monitor_enable_receiving(device->monitor);
	if (r < 0)
		return r;
	return sd_event_add_io(event, &device->io,
			       udev_monitor_get_fd(device->monitor), EPOLLIN,
			       on_io, device);
}

int device_new(sd_event *event, device_fn *fn, void *userdata,
	       struct device **ret)
{
	struct device *device = calloc(1, sizeof(*device));
	int r;

	if (!device)
		return -ENOMEM;
	device->fn = fn;
	device->userdata = userdata;
	r = listen_to(device, event);
	if (r < 0) {
		device_free(device);
		return r;
	}
	*ret = device;
	return 0;
}

void device_free(struct device *device)
{
	if (!device)
		return;
	sd_event_source_disable_unref(device->io);
	udev_monitor_unref(device->monitor);
	udev_unref(device->udev);
	free(device);
}

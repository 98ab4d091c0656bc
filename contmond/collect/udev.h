/* SPDX-License-Identifier: GPL-2.0-only */
/* Notices when udev adds or removes the contmon device. */
#ifndef CONTMOND_COLLECT_UDEV_H
#define CONTMOND_COLLECT_UDEV_H

#include <stdbool.h>

#include <systemd/sd-event.h>

/** device_fn - the device was set up, or else removed */
typedef void device_fn(bool present, void *userdata);

/** struct device - opaque */
struct device;

/** device_new() - listen to udev; @fn is called from the loop */
int device_new(sd_event *event, device_fn *fn, void *userdata,
	       struct device **ret);

void device_free(struct device *device);

#endif /* CONTMOND_COLLECT_UDEV_H */

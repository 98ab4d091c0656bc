/* SPDX-License-Identifier: GPL-2.0-only */
/* The contmon device coming and going, as udev tells it. */
#ifndef CONTMOND_COLLECT_UDEV_H
#define CONTMOND_COLLECT_UDEV_H

#include <stdbool.h>

#include <systemd/sd-event.h>

/** device_fn - @present: udev has set it up; else it is gone */
typedef void device_fn(bool present, void *userdata);

/** struct device - opaque */
struct device;

/** device_new() - begin to listen to udev; @fn is called from the loop */
int device_new(sd_event *event, device_fn *fn, void *userdata,
	       struct device **ret);

void device_free(struct device *device);

#endif /* CONTMOND_COLLECT_UDEV_H */

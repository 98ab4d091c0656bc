/* SPDX-License-Identifier: GPL-2.0-only */
/* Notices when udev adds or removes the contmon device. */
#ifndef CONTMOND_COLLECT_UDEV_H
#define CONTMOND_COLLECT_UDEV_H

#include <stdbool.h>

#include <systemd/sd-event.h>

/** udev_watch_fn - the device was set up, or removed */
typedef void udev_watch_fn(bool present, void *userdata);

/** struct udev_watch - opaque */
struct udev_watch;

/** udev_watch_new() - listen to udev; @fn is called from the loop */
int udev_watch_new(sd_event *event, udev_watch_fn *fn, void *userdata,
		   struct udev_watch **ret);

void udev_watch_free(struct udev_watch *watch);

#endif /* CONTMOND_COLLECT_UDEV_H */

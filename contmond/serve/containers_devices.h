/* SPDX-License-Identifier: GPL-2.0-only */
/* /api/v1/containers/devices: IO of containers by device. */
#ifndef CONTMOND_SERVE_CONTAINERS_DEVICES_H
#define CONTMOND_SERVE_CONTAINERS_DEVICES_H

#include "facts.h"

endpoint_fn containers_devices_handle;

#endif /* CONTMOND_SERVE_CONTAINERS_DEVICES_H */

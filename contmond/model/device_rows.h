/* SPDX-License-Identifier: GPL-2.0-only */
/* IO of containers by block device: rows of the newest sample */
#ifndef CONTMOND_MODEL_DEVICE_ROWS_H
#define CONTMOND_MODEL_DEVICE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "contmond/collect/sample.h"
#include "rows.h"

struct model;
struct model_container;

/** struct device_flow - what one device does per second; NAN if unknown */
struct device_flow {
	double read_bytes;
	double write_bytes;
	double read_ops;
	double write_ops;
};

/**
 * device_flows() - one for each device in io.stat of @now; malloced
 * @before: the same container in the previous sample, or NULL
 *
 * NULL if there are no devices, or no memory.
 */
struct device_flow *device_flows(const struct sample_container *before,
				 const struct sample_container *now);

/**
 * struct model_device - a row of one device, and room for its strings
 *
 * The name of the device is not set: it is in a file.
 */
struct model_device {
	struct device_row row;
	char number[24];
	unsigned int major;
	unsigned int minor;
};

/**
 * model_device() - make the row of the @i-th device of a container
 *
 * Devices in io.stat come first, then those that only have limits. Returns
 * false if there is no such device.
 */
bool model_device(const struct model *model,
		  const struct model_container *container, size_t i,
		  struct model_device *ret);

/** model_nr_used() - number of its devices in io.stat */
size_t model_nr_used(const struct model *model,
		     const struct model_container *container);

#endif /* CONTMOND_MODEL_DEVICE_ROWS_H */

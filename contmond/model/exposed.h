/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMOND_MODEL_EXPOSED_H
#define CONTMOND_MODEL_EXPOSED_H

#include <stddef.h>

#define EXPOSED_LABELS_MAX 1024

/**
 * struct exposed - what /metrics shows about containers, as configured
 * @series_max: limit for each container
 * @labels: keys of the engine's labels, comma-separated; may be empty
 */
struct exposed {
	size_t series_max;
	char labels[EXPOSED_LABELS_MAX];
};

#endif /* CONTMOND_MODEL_EXPOSED_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* A container's settings, peaks, and events at limits */
#ifndef CONTMOND_MODEL_SETTINGS_H
#define CONTMOND_MODEL_SETTINGS_H

#include "contmond/collect/sample.h"
#include "rows.h"

void settings_fill(const struct sample_container *now,
		   struct container_row *row);

#endif /* CONTMOND_MODEL_SETTINGS_H */

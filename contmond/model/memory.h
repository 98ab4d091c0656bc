/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of a container's memory */
#ifndef CONTMOND_MODEL_MEMORY_H
#define CONTMOND_MODEL_MEMORY_H

#include "contmond/collect/sample.h"
#include "rows.h"

/** memory_fill() - set memory, swap and memory events, but not the limits */
void memory_fill(const struct sample_container *now,
		 struct container_row *row);

#endif /* CONTMOND_MODEL_MEMORY_H */

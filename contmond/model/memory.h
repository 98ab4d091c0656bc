/* SPDX-License-Identifier: GPL-2.0-only */
/* What a container's memory is made of. */
#ifndef CONTMOND_MODEL_MEMORY_H
#define CONTMOND_MODEL_MEMORY_H

#include "contmond/collect/sample.h"
#include "rows.h"

/** memory_fill() - its memory, swap, and memory events; not its limits */
void memory_fill(const struct sample_container *now,
		 struct container_row *row);

#endif /* CONTMOND_MODEL_MEMORY_H */

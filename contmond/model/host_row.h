/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The whole host as a container: what cAdvisor shows for the root of the cgroup
 * hierarchy. Files of the root lack most numbers, so other sources are used.
 */
#ifndef CONTMOND_MODEL_HOST_ROW_H
#define CONTMOND_MODEL_HOST_ROW_H

#include "model.h"

/** host_row_fill() - from the model's sample; all else is unknown */
void host_row_fill(const struct model *model, struct container_row *ret);

#endif /* CONTMOND_MODEL_HOST_ROW_H */

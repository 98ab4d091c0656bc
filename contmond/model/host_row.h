/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The whole host as a container: what cAdvisor shows of the root of the cgroup
 * hierarchy. Its files lack most numbers, so others are taken.
 */
#ifndef CONTMOND_MODEL_HOST_ROW_H
#define CONTMOND_MODEL_HOST_ROW_H

#include "model.h"

/** host_row_fill() - of the model's sample; all else is unknown */
void host_row_fill(const struct model *model, struct container_row *ret);

#endif /* CONTMOND_MODEL_HOST_ROW_H */

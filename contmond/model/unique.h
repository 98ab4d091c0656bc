/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the titles of containers unique, and different from the host's. */
#ifndef CONTMOND_MODEL_UNIQUE_H
#define CONTMOND_MODEL_UNIQUE_H

#include "model.h"

/**
 * unique_titles() - lengthen titles that are not unique, and sort by title
 *
 * Returns 0, -ENOMEM.
 */
int unique_titles(struct model *model);

#endif /* CONTMOND_MODEL_UNIQUE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Titles of containers that none of them shares with another, or the host. */
#ifndef CONTMOND_MODEL_UNIQUE_H
#define CONTMOND_MODEL_UNIQUE_H

#include "model.h"

/**
 * unique_titles() - lengthen those that are not, and sort by them
 *
 * Returns 0, -ENOMEM.
 */
int unique_titles(struct model *model);

#endif /* CONTMOND_MODEL_UNIQUE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The labels of a container, as the store keeps them */
#ifndef CONTMOND_LABELS_H
#define CONTMOND_LABELS_H

#include "base/names.h"

/**
 * labels_text() - a JSON object, malloced; NULL if there are none or no @name
 */
char *labels_text(const struct container_info *name);

#endif /* CONTMOND_LABELS_H */

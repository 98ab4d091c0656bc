/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Containers that are never acted on, whatever a policy says. Both contmond and
 * contmon-engine check this, so that neither has to trust the other.
 */
#ifndef BASE_NAMES_PROTECTED_H
#define BASE_NAMES_PROTECTED_H

#include <stdbool.h>

#include "names_protocol.h"

#define LABEL_PROTECT "contmon.protect"
#define LABEL_POLICY "contmon.policy"
#define LABEL_CLASS "contmon.class"

/* Set by `contmon load`: may be acted on, although its name contains contmon */
#define LABEL_LOAD "contmon.load"

/** name_label() - the value of a label, or NULL */
const char *name_label(const struct container_info *container, const char *key);

/** name_is_left_alone() - does a label ask policies to ignore the container? */
bool name_is_left_alone(const struct container_info *container);

/**
 * name_protection() - why a container is protected, or NULL if it is not
 *
 * Decided by its name, its image and its labels.
 */
const char *name_protection(const struct container_info *container);

#endif /* BASE_NAMES_PROTECTED_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Variables in the files of Grafana's provisioning. */
#ifndef CONTMON_GRAFANA_EXPAND_H
#define CONTMON_GRAFANA_EXPAND_H

#include <jansson.h>
#include <stddef.h>

/** grafana_variable_fn() - the value of a variable, or NULL */
typedef const char *grafana_variable_fn(const char *name, const void *userdata);

/**
 * grafana_expand() - replace $NAME and ${NAME} in all texts, and $$ by $
 * @literal: members of objects that stay as they are, ending with NULL
 * @ret: a new reference
 * @why: what is wrong, if it returns an error
 *
 * A variable without a value is an error. Returns -EINVAL or -ENOMEM.
 */
int grafana_expand(const json_t *value, const char *const *literal,
		   grafana_variable_fn *find, const void *userdata,
		   json_t **ret, char *why, size_t size);

#endif /* CONTMON_GRAFANA_EXPAND_H */

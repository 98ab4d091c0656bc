/* SPDX-License-Identifier: GPL-2.0-only */
/* YAML as JSON, as far as Grafana's provisioning uses it. */
#ifndef CONTMON_GRAFANA_YAML_H
#define CONTMON_GRAFANA_YAML_H

#include <jansson.h>
#include <stddef.h>

/**
 * grafana_yaml_read() - read a file of one document
 * @ret: a new reference
 * @why: what is wrong with the file, if it returns an error
 *
 * Keys are texts and stand once. Returns -EINVAL, -ENOMEM or the error of
 * opening or reading the file.
 */
int grafana_yaml_read(const char *path, json_t **ret, char *why, size_t size);

#endif /* CONTMON_GRAFANA_YAML_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Alert rules as Grafana's file provisioning reads them, and as its HTTP API
 * does.
 */
#ifndef CONTMON_GRAFANA_RULE_H
#define CONTMON_GRAFANA_RULE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/** struct grafana_group - where rules are */
struct grafana_group {
	const char *folder_uid;
	const char *name;
};

/**
 * grafana_rule_from_file() - a rule for the HTTP API
 * @ret: a new reference, with what Grafana adds when it stores a rule
 * @why: what is wrong, if it returns -EINVAL
 */
int grafana_rule_from_file(const json_t *rule,
			   const struct grafana_group *group, json_t **ret,
			   char *why, size_t size);

/**
 * grafana_duration() - "90s", "1h30m" and the like, in ms
 *
 * Returns -EINVAL for what Prometheus would not take either.
 */
int grafana_duration(const char *text, int64_t *ret_ms);

#endif /* CONTMON_GRAFANA_RULE_H */

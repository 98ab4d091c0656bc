/* SPDX-License-Identifier: GPL-2.0-only */
/* Brings things in Grafana to what they should be. */
#ifndef CONTMON_GRAFANA_PUT_H
#define CONTMON_GRAFANA_PUT_H

#include <stdbool.h>

#include "http.h"
#include "kind.h"
#include "report.h"
#include "set.h"

/** struct grafana_push - @stopped: Grafana answers nothing any more */
struct grafana_push {
	struct grafana_http *http;
	struct grafana_report *report;
	bool stopped;
};

/**
 * grafana_check() - is this a Grafana of a version that has what is needed?
 * @ret_version: malloced; NULL if it does not say
 * @why: what is wrong, if it returns -EINVAL
 */
int grafana_check(struct grafana_http *http, char **ret_version, char *why,
		  size_t size);

/** grafana_put_all() - everything, each after what it needs */
void grafana_put_all(struct grafana_push *push, const struct grafana_set *set);

#endif /* CONTMON_GRAFANA_PUT_H */

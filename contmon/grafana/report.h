/* SPDX-License-Identifier: GPL-2.0-only */
/* What a push did, for people as it happens, or for programs at its end. */
#ifndef CONTMON_GRAFANA_REPORT_H
#define CONTMON_GRAFANA_REPORT_H

#include <jansson.h>
#include <stdbool.h>

enum grafana_result { GRAFANA_CREATED, GRAFANA_UPDATED, GRAFANA_UNCHANGED };

/**
 * struct grafana_report - zero-initialise
 * @rows: of JSON; NULL for people
 * @dry_run: nothing is done
 * @failed: something is not as it should be
 */
struct grafana_report {
	json_t *rows;
	bool dry_run;
	bool failed;
};

/** struct grafana_object - what it is, and its uid or path */
struct grafana_object {
	const char *what;
	const char *uid;
};

/** grafana_report_done() - @difference: what was updated first, or NULL */
void grafana_report_done(struct grafana_report *report,
			 const struct grafana_object *object,
			 enum grafana_result result, const char *difference);

void grafana_report_failed(struct grafana_report *report,
			   const struct grafana_object *object,
			   const char *reason);

#endif /* CONTMON_GRAFANA_REPORT_H */

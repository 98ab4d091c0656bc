/* SPDX-License-Identifier: GPL-2.0-only */
/* What contmon has for Grafana: the files of its folder. */
#ifndef CONTMON_GRAFANA_SET_H
#define CONTMON_GRAFANA_SET_H

#include <jansson.h>

#include "expand.h"
#include "report.h"

/**
 * struct grafana_set - arrays of objects, each with a text "uid"
 * @sources: data sources, as the HTTP API takes them
 * @folders: "uid" and "title"
 * @dashboards: "folderUid" and "dashboard"
 * @rules: alert rules, as the HTTP API takes them
 * @groups: of alert rules: "uid" is FOLDER/NAME; "folderUid", "title" and
 *	"interval" in seconds
 */
struct grafana_set {
	json_t *sources;
	json_t *folders;
	json_t *dashboards;
	json_t *rules;
	json_t *groups;
};

/**
 * struct grafana_files - where to read
 * @folder: has the others
 * @sources: a folder of provisioning with data sources, or NULL for none
 * @provisioning: one with the folder of the dashboards, and with alert rules
 * @dashboards: files of JSON
 * @find: variables of the files
 */
struct grafana_files {
	const char *folder;
	const char *sources;
	const char *provisioning;
	const char *dashboards;
	grafana_variable_fn *find;
	const void *userdata;
};

/**
 * grafana_set_read() - read all files
 * @report: gets what is wrong; it costs only the file, or its part of it
 */
void grafana_set_read(const struct grafana_files *files,
		      struct grafana_set *ret, struct grafana_report *report);

void grafana_set_done(struct grafana_set *set);

#endif /* CONTMON_GRAFANA_SET_H */

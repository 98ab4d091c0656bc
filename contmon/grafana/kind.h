/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of things in Grafana: where they are, and how they are compared. */
#ifndef CONTMON_GRAFANA_KIND_H
#define CONTMON_GRAFANA_KIND_H

#include <jansson.h>
#include <stdbool.h>

#include "differ.h"

/**
 * struct grafana_kind
 * @what: for people
 * @path: where one is asked for, before its uid
 * @create: where one is made; NULL: where it would be asked for
 * @update: where one is changed; NULL: likewise
 * @create_method: POST or PUT
 * @update_method: likewise
 * @has_provenance: the header about it has a meaning
 * @in_folder: the path has the folder's uid and the title instead of the uid
 * @differs: from what Grafana has
 * @is_locked: it is from a file of Grafana's own, where it has to be changed;
 *	NULL: never
 * @body: of the request that creates it (without @stored) or changes it; a new
 *	reference, or NULL without memory
 */
struct grafana_kind {
	const char *what;
	const char *path;
	const char *create;
	const char *update;
	const char *create_method;
	const char *update_method;
	bool has_provenance;
	bool in_folder;
	bool (*differs)(const json_t *wanted, const json_t *stored,
			struct grafana_place *place);
	bool (*is_locked)(const json_t *stored);
	json_t *(*body)(const json_t *wanted, const json_t *stored);
};

extern const struct grafana_kind grafana_source, grafana_folder,
	grafana_dashboard, grafana_rule, grafana_rule_group;

#endif /* CONTMON_GRAFANA_KIND_H */

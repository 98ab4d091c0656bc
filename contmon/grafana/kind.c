// SPDX-License-Identifier: GPL-2.0-only
#include "base/util.h"
#include "kind.h"
#include "rule.h"

#include <string.h>

/* What Grafana knows better is as it was. */
static json_t *update(const json_t *stored, const json_t *wanted)
{
	json_t *body = stored ? json_copy((json_t *)stored) : json_object();

	if (json_object_update(body, (json_t *)wanted) < 0) {
		json_decref(body);
		return NULL;
	}
	return body;
}

/*
 * Data sources. Settings that the files do not name stay as they are; a secret
 * cannot be read.
 */

static bool lacks_secret(const json_t *wanted, const json_t *stored,
			 struct grafana_place *place)
{
	json_t *secrets = json_object_get(wanted, "secureJsonData"), *value;
	const json_t *there = json_object_get(stored, "secureJsonFields");
	const char *key;

	json_object_foreach(secrets, key, value) {
		if (json_is_true(json_object_get(there, key)))
			continue;
		return grafana_differs_at(wanted, NULL, "secureJsonData",
					  GRAFANA_WANTED, place);
	}
	return false;
}

static bool source_differs(const json_t *wanted, const json_t *stored,
			   struct grafana_place *place)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)wanted, key, value) {
		if (strcmp(key, "secureJsonData") != 0 &&
		    grafana_differs_at(wanted, stored, key, GRAFANA_WANTED,
				       place))
			return true;
	}
	return lacks_secret(wanted, stored, place);
}

static bool source_is_locked(const json_t *stored)
{
	return json_is_true(json_object_get(stored, "readOnly"));
}

static json_t *source_body(const json_t *wanted, const json_t *stored)
{
	json_t *body = update(stored, wanted);
	json_t *data = update(json_object_get(stored, "jsonData"),
			      json_object_get(wanted, "jsonData"));

	json_object_set_new(body, "jsonData", data);
	return body;
}

const struct grafana_kind grafana_source = {
	.what = "data source",
	.path = "/api/datasources/uid/",
	.create = "/api/datasources",
	.create_method = "POST",
	.update_method = "PUT",
	.differs = source_differs,
	.is_locked = source_is_locked,
	.body = source_body,
};

/* Folders */

static bool folder_differs(const json_t *wanted, const json_t *stored,
			   struct grafana_place *place)
{
	return grafana_differs_at(wanted, stored, "title", GRAFANA_WHOLE,
				  place);
}

/* With its version, Grafana refuses if somebody else was faster. */
static json_t *folder_body(const json_t *wanted, const json_t *stored)
{
	return json_pack("{s:O, s:O, s:O*}", "uid",
			 json_object_get(wanted, "uid"), "title",
			 json_object_get(wanted, "title"), "version",
			 json_object_get(stored, "version"));
}

const struct grafana_kind grafana_folder = {
	.what = "folder",
	.path = "/api/folders/",
	.create = "/api/folders",
	.create_method = "POST",
	.update_method = "PUT",
	.differs = folder_differs,
	.body = folder_body,
};

/* Dashboards */

/* Without what each Grafana counts for itself */
static json_t *dashboard_content(const json_t *dashboard)
{
	json_t *content = json_copy((json_t *)dashboard);

	json_object_del(content, "id");
	json_object_del(content, "version");
	return content;
}

static bool content_differs(const json_t *wanted, const json_t *stored,
			    struct grafana_place *place)
{
	json_t *mine = dashboard_content(wanted);
	json_t *theirs = dashboard_content(stored);
	const char schema[] = "schemaVersion";
	enum grafana_scope scope = GRAFANA_WHOLE;
	bool differs;

	/* A newer Grafana has brought it to its schema, and added to it. */
	if (json_integer_value(json_object_get(theirs, schema)) >
	    json_integer_value(json_object_get(mine, schema))) {
		json_object_del(mine, schema);
		scope = GRAFANA_WANTED;
	}
	differs = grafana_differs(mine, theirs, scope, place);
	json_decref(mine);
	json_decref(theirs);
	return differs;
}

static bool dashboard_differs(const json_t *wanted, const json_t *stored,
			      struct grafana_place *place)
{
	const json_t *meta = json_object_get(stored, "meta");

	if (!json_equal(json_object_get(wanted, "folderUid"),
			json_object_get(meta, "folderUid")))
		return grafana_differs_at(wanted, NULL, "folderUid",
					  GRAFANA_WHOLE, place);
	return content_differs(json_object_get(wanted, "dashboard"),
			       json_object_get(stored, "dashboard"), place);
}

static bool dashboard_is_locked(const json_t *stored)
{
	const json_t *meta = json_object_get(stored, "meta");

	return json_is_true(json_object_get(meta, "provisioned"));
}

static json_t *dashboard_body(const json_t *wanted, const json_t *stored)
{
	json_t *content = dashboard_content(json_object_get(wanted,
							    "dashboard"));
	const json_t *theirs = json_object_get(stored, "dashboard");
	json_t *version = json_object_get(theirs, "version");

	if (version)
		json_object_set(content, "version", version);
	return json_pack("{s:o, s:O, s:s, s:b}", "dashboard", content,
			 "folderUid", json_object_get(wanted, "folderUid"),
			 "message", "contmon grafana push", "overwrite", 0);
}

const struct grafana_kind grafana_dashboard = {
	.what = "dashboard",
	.path = "/api/dashboards/uid/",
	.create = "/api/dashboards/db",
	.update = "/api/dashboards/db",
	.create_method = "POST",
	.update_method = "POST",
	.differs = dashboard_differs,
	.is_locked = dashboard_is_locked,
	.body = dashboard_body,
};

/* Alert rules */

/* 60s and 1m are the same. */
static json_t *with_numbers(const json_t *rule)
{
	static const char *const durations[] = { "for", "keep_firing_for" };
	json_t *copy = json_copy((json_t *)rule);
	int64_t ms;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(durations); i++) {
		const char *text = json_string_value(
			json_object_get(rule, durations[i]));

		if (text && grafana_duration(text, &ms) == 0)
			json_object_set_new(copy, durations[i],
					    json_integer((json_int_t)ms));
	}
	return copy;
}

static bool rule_differs(const json_t *wanted, const json_t *stored,
			 struct grafana_place *place)
{
	json_t *mine = with_numbers(wanted), *theirs = with_numbers(stored);
	bool differs = false;
	const char *key;
	json_t *value;

	json_object_foreach(mine, key, value) {
		differs = grafana_differs_at(mine, theirs, key, GRAFANA_WHOLE,
					     place);
		if (differs)
			break;
	}
	json_decref(mine);
	json_decref(theirs);
	return differs;
}

static bool rule_is_locked(const json_t *stored)
{
	const char *from = json_string_value(json_object_get(stored,
							     "provenance"));

	return from && strcmp(from, "file") == 0;
}

static json_t *rule_body(const json_t *wanted, const json_t *stored)
{
	json_t *body = update(stored, wanted);

	json_object_del(body, "provenance");
	json_object_del(body, "updated");
	return body;
}

const struct grafana_kind grafana_rule = {
	.what = "alert rule",
	.path = "/api/v1/provisioning/alert-rules/",
	.create = "/api/v1/provisioning/alert-rules",
	.create_method = "POST",
	.update_method = "PUT",
	.has_provenance = true,
	.differs = rule_differs,
	.is_locked = rule_is_locked,
	.body = rule_body,
};

/* Groups: Grafana makes them with their rules; only the interval is set. */

static bool group_differs(const json_t *wanted, const json_t *stored,
			  struct grafana_place *place)
{
	return grafana_differs_at(wanted, stored, "interval", GRAFANA_WHOLE,
				  place);
}

static json_t *group_body(const json_t *wanted, const json_t *stored)
{
	(void)stored;
	return json_pack("{s:O, s:O, s:O}", "title",
			 json_object_get(wanted, "title"), "folderUid",
			 json_object_get(wanted, "folderUid"), "interval",
			 json_object_get(wanted, "interval"));
}

const struct grafana_kind grafana_rule_group = {
	.what = "rule group",
	.path = "/api/v1/provisioning/folder/",
	.create_method = "PUT",
	.update_method = "PUT",
	.has_provenance = true,
	.in_folder = true,
	.differs = group_differs,
	.body = group_body,
};

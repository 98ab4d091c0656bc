// SPDX-License-Identifier: GPL-2.0-only
#include "base/util.h"
#include "rule.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What Grafana adds to a query without it, and then stores */
#define INTERVAL_MS 1000
#define MAX_DATA_POINTS 43200

/* Members of the file and of the API; without @api they need more. */
static const struct {
	const char *file;
	const char *api;
	const char *fallback;
	bool is_duration;
	bool is_required;
} members[] = {
	{ .file = "uid", .api = "uid", .is_required = true },
	{ .file = "title", .api = "title", .is_required = true },
	{ .file = "condition", .api = "condition", .is_required = true },
	{ .file = "noDataState", .api = "noDataState", .fallback = "NoData" },
	{ .file = "execErrState", .api = "execErrState",
	  .fallback = "Alerting" },
	{ .file = "for", .api = "for", .fallback = "0s", .is_duration = true },
	{ .file = "keepFiringFor", .api = "keep_firing_for",
	  .is_duration = true },
	{ .file = "isPaused" },
	{ .file = "annotations" },
	{ .file = "labels" },
	{ .file = "data" },
	{ .file = "dashboardUid" },
	{ .file = "panelId" },
};

int grafana_duration(const char *text, int64_t *ret_ms)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "y", 31536000000 }, { "w", 604800000 }, { "d", 86400000 },
		{ "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 },
	};
	size_t unit = 0, length;
	int64_t ms = 0;

	if (strcmp(text, "0") == 0)
		text = "0s";
	if (!*text)
		return -EINVAL;
	/* Each unit once, the largest first, up to 9 digits */
	for (; *text; text += length, unit++) {
		size_t digits = strspn(text, "0123456789");

		text += digits;
		length = strcspn(text, "0123456789");
		while (unit < ARRAY_SIZE(units) &&
		       (strlen(units[unit].name) != length ||
			strncmp(units[unit].name, text, length) != 0))
			unit++;
		if (digits == 0 || digits > 9 || unit == ARRAY_SIZE(units))
			return -EINVAL;
		ms += strtoll(text - digits, NULL, 10) * units[unit].ms;
	}
	*ret_ms = ms;
	return 0;
}

static int refuse(char *why, size_t size, const char *member,
		  const char *reason)
{
	snprintf(why, size, "%s: %s", member, reason);
	return -EINVAL;
}

/* Grafana reads every value of these as a text. */
static int check_texts(const json_t *rule, const char *member, char *why,
		       size_t size)
{
	json_t *texts = json_object_get(rule, member), *value;
	const char *key;

	if (texts && !json_is_object(texts))
		return refuse(why, size, member, "not a mapping");
	json_object_foreach(texts, key, value)
		if (!json_is_string(value))
			return refuse(why, size, member, "has a value that is "
				      "not a text");
	return 0;
}

static int check_known(const json_t *rule, char *why, size_t size)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach((json_t *)rule, key, value) {
		for (i = 0; i < ARRAY_SIZE(members); i++)
			if (strcmp(members[i].file, key) == 0)
				break;
		if (i == ARRAY_SIZE(members))
			return refuse(why, size, key, "not supported here");
	}
	return 0;
}

static int copy_texts(const json_t *rule, json_t *to, char *why, size_t size)
{
	int64_t ms;
	size_t i;

	for (i = 0; members[i].api; i++) {
		json_t *value = json_object_get(rule, members[i].file);
		const char *text = value ? json_string_value(value) :
					   members[i].fallback;

		if ((value && !text) ||
		    (members[i].is_required && (!text || !*text)))
			return refuse(why, size, members[i].file,
				      "needs a text");
		if (text && members[i].is_duration &&
		    grafana_duration(text, &ms) < 0)
			return refuse(why, size, members[i].file,
				      "not a duration such as 5m");
		if (text)
			json_object_set_new(to, members[i].api,
					    json_string(text));
	}
	return 0;
}

static void set_missing(json_t *object, const char *key, json_t *value)
{
	if (json_object_get(object, key))
		json_decref(value);
	else
		json_object_set_new(object, key, value);
}

static void set_number(json_t *model, const char *key, json_int_t value)
{
	json_t *there = json_object_get(model, key);

	if (!json_is_number(there) || !(json_number_value(there) > 0))
		json_object_set_new(model, key, json_integer(value));
}

static int add_query(const json_t *from, json_t *to, char *why, size_t size)
{
	json_t *query = json_deep_copy(from);
	json_t *model = json_object_get(query, "model");
	json_t *type = json_object_get(model, "queryType");

	json_array_append_new(to, query);
	if (!json_is_object(model))
		return refuse(why, size, "data", "a query without a model");
	if (!json_is_string(json_object_get(query, "refId")) ||
	    !json_is_string(json_object_get(query, "datasourceUid")))
		return refuse(why, size, "data", "a query without refId or "
			      "datasourceUid");
	set_number(model, "intervalMs", INTERVAL_MS);
	set_number(model, "maxDataPoints", MAX_DATA_POINTS);
	if (json_is_string(type))
		json_object_set(query, "queryType", type);
	set_missing(query, "queryType", json_string(""));
	set_missing(query, "relativeTimeRange", json_object());
	set_missing(json_object_get(query, "relativeTimeRange"), "from",
		    json_integer(0));
	set_missing(json_object_get(query, "relativeTimeRange"), "to",
		    json_integer(0));
	return 0;
}

static int add_queries(const json_t *rule, json_t *to, char *why, size_t size)
{
	json_t *from = json_object_get(rule, "data"), *data = json_array();
	size_t i;
	int r = 0;

	json_object_set_new(to, "data", data);
	if (json_array_size(from) == 0)
		return refuse(why, size, "data", "no queries");
	for (i = 0; i < json_array_size(from) && r == 0; i++)
		r = add_query(json_array_get(from, i), data, why, size);
	return r;
}

/* The API has no members for the panel that a rule belongs to. */
static int add_panel(const json_t *rule, json_t *annotations, char *why,
		     size_t size)
{
	json_t *uid = json_object_get(rule, "dashboardUid");
	json_t *id = json_object_get(rule, "panelId");
	char text[24];

	if (!uid && !id)
		return 0;
	if (!json_is_string(uid) || !json_is_integer(id))
		return refuse(why, size, "dashboardUid", "a text, which needs "
			      "a number as panelId");
	snprintf(text, sizeof(text), "%" PRId64,
		 (int64_t)json_integer_value(id));
	json_object_set(annotations, "__dashboardUid__", uid);
	json_object_set_new(annotations, "__panelId__", json_string(text));
	return 0;
}

static int add_mappings(const json_t *rule, json_t *to, char *why, size_t size)
{
	json_t *annotations = json_deep_copy(json_object_get(rule,
							     "annotations"));
	json_t *labels = json_object_get(rule, "labels");
	json_t *paused = json_object_get(rule, "isPaused");

	annotations = annotations ?: json_object();
	json_object_set_new(to, "annotations", annotations);
	json_object_set_new(to, "labels", labels ? json_incref(labels) :
						   json_object());
	if (paused && !json_is_boolean(paused))
		return refuse(why, size, "isPaused", "neither true nor false");
	if (paused)
		json_object_set(to, "isPaused", paused);
	return add_panel(rule, annotations, why, size);
}

int grafana_rule_from_file(const json_t *rule,
			   const struct grafana_group *group, json_t **ret,
			   char *why, size_t size)
{
	json_t *to = json_pack("{s:s, s:s}", "folderUID", group->folder_uid,
			       "ruleGroup", group->name);
	int r = check_known(rule, why, size);

	if (r == 0)
		r = check_texts(rule, "annotations", why, size);
	if (r == 0)
		r = check_texts(rule, "labels", why, size);
	if (r == 0)
		r = copy_texts(rule, to, why, size);
	if (r == 0)
		r = add_queries(rule, to, why, size);
	if (r == 0)
		r = add_mappings(rule, to, why, size);
	if (r == 0)
		*ret = to;
	else
		json_decref(to);
	return r;
}

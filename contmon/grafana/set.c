// SPDX-License-Identifier: GPL-2.0-only
#include "base/util.h"
#include "rule.h"
#include "set.h"
#include "yaml.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHY_SIZE 512

/** struct reading - @path: of the file that is read */
struct reading {
	const struct grafana_files *files;
	struct grafana_set *set;
	struct grafana_report *report;
	const char *path;
};

typedef void read_fn(struct reading *reading);

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && *text ? text : NULL;
}

static void refuse(const struct reading *reading, const char *why)
{
	const struct grafana_object file = { "file", reading->path };

	grafana_report_failed(reading->report, &file, why);
}

/* Of one part of a file */
static void refuse_part(const struct reading *reading, const char *what,
			const char *uid, const char *why)
{
	_cleanup_free_ char *text = NULL;

	if (asprintf(&text, "%s%s%s: %s", what, uid ? " " : "", uid ?: "",
		     why) < 0)
		text = NULL;
	refuse(reading, text ?: strerror(ENOMEM));
}

/* Two objects of one uid would replace each other with each push. */
static void add(const struct reading *reading, json_t *to, json_t *object,
		const char *what)
{
	const json_t *other, *uid = json_object_get(object, "uid");
	size_t i;

	json_array_foreach(to, i, other) {
		if (json_equal(json_object_get(other, "uid"), uid)) {
			refuse_part(reading, what, json_string_value(uid),
				    "the uid stands twice");
			json_decref(object);
			return;
		}
	}
	json_array_append_new(to, object);
}

/* A list of a file of YAML, without its variables; NULL if there is none */
static json_t *read_list(const struct reading *reading, const char *key,
			 const char *const *literal)
{
	json_t *raw = NULL, *expanded = NULL, *list;
	char why[WHY_SIZE] = "";
	int r = grafana_yaml_read(reading->path, &raw, why, sizeof(why));

	if (r == 0)
		r = grafana_expand(raw, literal, reading->files->find,
				   reading->files->userdata, &expanded, why,
				   sizeof(why));
	if (r < 0)
		refuse(reading, why);
	list = json_incref(json_object_get(expanded, key));
	if (r == 0 && !json_is_array(list)) {
		refuse_part(reading, key, NULL, "no such list");
		json_decref(list);
		list = NULL;
	}
	json_decref(raw);
	json_decref(expanded);
	return list;
}

static void read_source(struct reading *reading)
{
	static const char *const literal[] = { NULL };
	json_t *list = read_list(reading, "datasources", literal), *source;
	size_t i;

	json_array_foreach(list, i, source) {
		/* These are for files only. */
		json_object_del(source, "orgId");
		json_object_del(source, "editable");
		json_object_del(source, "version");
		if (!text_of(source, "uid") || !text_of(source, "name") ||
		    !text_of(source, "type"))
			refuse_part(reading, "data source",
				    text_of(source, "name"),
				    "needs a uid, a name and a type");
		else
			add(reading, reading->set->sources,
			    json_incref(source), "data source");
	}
	json_decref(list);
}

static void read_provider(struct reading *reading)
{
	static const char *const literal[] = { NULL };
	json_t *list = read_list(reading, "providers", literal), *provider;
	size_t i;

	json_array_foreach(list, i, provider) {
		const char *title = text_of(provider, "folder");
		const char *uid = text_of(provider, "folderUid");

		if (!title || !uid)
			refuse_part(reading, "provider",
				    text_of(provider, "name"),
				    "needs a folder and a folderUid");
		else
			add(reading, reading->set->folders,
			    json_pack("{s:s, s:s}", "uid", uid, "title", title),
			    "folder");
	}
	json_decref(list);
}

static void read_dashboard(struct reading *reading)
{
	const json_t *folder = json_array_get(reading->set->folders, 0);
	json_error_t error;
	json_t *dashboard = json_load_file(reading->path,
					   JSON_REJECT_DUPLICATES, &error);
	char why[WHY_SIZE];

	if (!dashboard) {
		snprintf(why, sizeof(why), "line %d: %s", error.line,
			 error.text);
		refuse(reading, why);
	} else if (!text_of(dashboard, "uid") || !text_of(dashboard, "title")) {
		refuse(reading, "a dashboard needs a uid and a title");
	} else if (!folder) {
		refuse(reading, "there is no folder for it");
	} else {
		add(reading, reading->set->dashboards, json_pack(
			"{s:O, s:O, s:O}", "uid",
			json_object_get(dashboard, "uid"), "folderUid",
			json_object_get(folder, "uid"), "dashboard", dashboard),
		    "dashboard");
	}
	json_decref(dashboard);
}

static const char *find_folder(const struct grafana_set *set, const char *title)
{
	const json_t *folder;
	size_t i;

	json_array_foreach(set->folders, i, folder) {
		const char *other = text_of(folder, "title");

		if (title && other && strcmp(other, title) == 0)
			return text_of(folder, "uid");
	}
	return NULL;
}

static void read_rules(const struct reading *reading, const json_t *list,
		       const struct grafana_group *group)
{
	char why[WHY_SIZE];
	const json_t *rule;
	size_t i;

	json_array_foreach(list, i, rule) {
		json_t *made = NULL;

		if (grafana_rule_from_file(rule, group, &made, why,
					   sizeof(why)) < 0)
			refuse_part(reading, "alert rule",
				    text_of(rule, "uid"), why);
		else
			add(reading, reading->set->rules, made, "alert rule");
	}
}

static void read_group(const struct reading *reading, const json_t *from)
{
	const struct grafana_group group = {
		find_folder(reading->set, text_of(from, "folder")),
		text_of(from, "name"),
	};
	const char *interval = text_of(from, "interval");
	char uid[WHY_SIZE];
	int64_t ms;

	if (!group.name || !interval ||
	    grafana_duration(interval, &ms) < 0 || ms % 1000 || ms == 0) {
		refuse_part(reading, "group", group.name,
			    "needs a name, and an interval of seconds");
		return;
	}
	if (!group.folder_uid) {
		refuse_part(reading, "group", group.name,
			    "its folder is that of no provider of dashboards");
		return;
	}
	snprintf(uid, sizeof(uid), "%s/%s", group.folder_uid, group.name);
	read_rules(reading, json_object_get(from, "rules"), &group);
	add(reading, reading->set->groups, json_pack(
		"{s:s, s:s, s:s, s:I}", "uid", uid, "folderUid",
		group.folder_uid, "title", group.name, "interval",
		(json_int_t)(ms / 1000)), "group");
}

/* Grafana leaves these members as they are. */
static void read_groups(struct reading *reading)
{
	static const char *const literal[] = { "annotations", "model", NULL };
	json_t *list = read_list(reading, "groups", literal), *group;
	size_t i;

	json_array_foreach(list, i, group)
		read_group(reading, group);
	json_decref(list);
}

static bool is_wanted(const char *name, const char *ending)
{
	size_t length = strlen(name), tail = strlen(ending);

	return length > tail && name[0] != '.' &&
	       strcmp(name + length - tail, ending) == 0;
}

static void read_file(struct reading *reading, const char *folder,
		      const char *name, read_fn *fn)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		path = NULL;
	reading->path = path ?: name;
	if (path)
		fn(reading);
	else
		refuse(reading, strerror(ENOMEM));
}

/* There need not be alert rules. */
static void read_folder(struct reading *reading, const char *name,
			const char *below, const char *ending, read_fn *fn)
{
	_cleanup_free_ char *folder = NULL;
	struct dirent **entries;
	int i, nr = -1;

	if (asprintf(&folder, "%s/%s%s", reading->files->folder, name,
		     below) < 0)
		folder = NULL;
	if (folder)
		nr = scandir(folder, &entries, NULL, alphasort);
	if (nr < 0 && (fn != read_groups || errno != ENOENT)) {
		reading->path = folder ?: name;
		refuse(reading, strerror(errno));
	}
	for (i = 0; i < nr; i++) {
		if (is_wanted(entries[i]->d_name, ending))
			read_file(reading, folder, entries[i]->d_name, fn);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
}

/* Alert rules and dashboards are in folders, which are read first. */
void grafana_set_read(const struct grafana_files *files,
		      struct grafana_set *ret, struct grafana_report *report)
{
	struct reading reading = { files, ret, report, NULL };

	*ret = (struct grafana_set){ json_array(), json_array(), json_array(),
				     json_array(), json_array() };
	if (files->sources)
		read_folder(&reading, files->sources, "/datasources", ".yaml",
			    read_source);
	read_folder(&reading, files->provisioning, "/dashboards", ".yaml",
		    read_provider);
	read_folder(&reading, files->dashboards, "", ".json", read_dashboard);
	read_folder(&reading, files->provisioning, "/alerting", ".yaml",
		    read_groups);
}

void grafana_set_done(struct grafana_set *set)
{
	json_decref(set->sources);
	json_decref(set->folders);
	json_decref(set->dashboards);
	json_decref(set->rules);
	json_decref(set->groups);
}

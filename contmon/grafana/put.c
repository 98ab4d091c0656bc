// SPDX-License-Identifier: GPL-2.0-only
#include "base/util.h"
#include "put.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the plugin of the data source needs, and what was looked up */
#define MIN_MAJOR 11
#define MIN_MINOR 6

#define FROM_FILE "Grafana has it from a file of its own, where it has to " \
	"be changed"

int grafana_check(struct grafana_http *http, char **ret_version, char *why,
		  size_t size)
{
	const struct grafana_request request = {
		.method = "GET", .path = "/api/health", .anonymous = true,
	};
	struct grafana_answer answer;
	unsigned int major, minor;
	const char *version;
	int r = 0;

	*ret_version = NULL;
	grafana_http_ask(http, &request, &answer);
	version = json_string_value(json_object_get(answer.body, "version"));
	if (!grafana_is_ok(&answer)) {
		snprintf(why, size, "%s", answer.why);
		r = -EINVAL;
	} else if (!json_object_get(answer.body, "database")) {
		snprintf(why, size, "/api/health does not answer as Grafana "
			 "does; is the path of the URL right?");
		r = -EINVAL;
	} else if (version && sscanf(version, "%u.%u", &major, &minor) == 2 &&
		   (major < MIN_MAJOR ||
		    (major == MIN_MAJOR && minor < MIN_MINOR))) {
		snprintf(why, size, "Grafana is %s, but has to be %d.%d or "
			 "newer", version, MIN_MAJOR, MIN_MINOR);
		r = -EINVAL;
	}
	if (r == 0 && version)
		*ret_version = strdup(version);
	grafana_answer_done(&answer);
	return r;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key)) ?: "";
}

/* Where it is asked for; NULL without memory */
static char *make_path(struct grafana_push *push,
		       const struct grafana_kind *kind, const json_t *wanted)
{
	_cleanup_free_ char *uid = grafana_http_escape(push->http, text_of(
		wanted, kind->in_folder ? "folderUid" : "uid"));
	_cleanup_free_ char *title = grafana_http_escape(push->http,
							 text_of(wanted,
								 "title"));
	char *path = NULL;
	int length = -1;

	if (uid && title && kind->in_folder)
		length = asprintf(&path, "%s%s/rule-groups/%s", kind->path,
				  uid, title);
	else if (uid)
		length = asprintf(&path, "%s%s", kind->path, uid);
	return length < 0 ? NULL : path;
}

/* Nothing else can succeed after these. */
static void fail(struct grafana_push *push, const struct grafana_object *object,
		 const struct grafana_answer *answer)
{
	char why[sizeof(answer->why) + 80];

	push->stopped = answer->status == 0 || answer->status == 401;
	snprintf(why, sizeof(why), "%s%s", answer->why, push->stopped ?
		 "; what comes after it is not tried" : "");
	grafana_report_failed(push->report, object, why);
}

static bool write_it(struct grafana_push *push,
		     const struct grafana_object *object,
		     const struct grafana_request *request)
{
	struct grafana_answer answer;
	bool ok;

	if (push->report->dry_run)
		return true;
	if (!request->body) {
		grafana_report_failed(push->report, object, strerror(ENOMEM));
		return false;
	}
	grafana_http_ask(push->http, request, &answer);
	ok = grafana_is_ok(&answer);
	if (!ok)
		fail(push, object, &answer);
	grafana_answer_done(&answer);
	return ok;
}

/* Dashboards name the data source by its uid, people by its name. */
static bool is_under_another_uid(struct grafana_push *push,
				 const struct grafana_object *object,
				 const json_t *wanted)
{
	_cleanup_free_ char *name = grafana_http_escape(push->http,
							text_of(wanted,
								"name"));
	_cleanup_free_ char *path = NULL;
	struct grafana_request request = { .method = "GET" };
	struct grafana_answer answer;
	const char *uid;
	char why[512];
	bool found;

	if (!name || asprintf(&path, "/api/datasources/name/%s", name) < 0) {
		path = NULL;
		return false;
	}
	request.path = path;
	grafana_http_ask(push->http, &request, &answer);
	found = grafana_is_ok(&answer);
	uid = text_of(answer.body, "uid");
	snprintf(why, sizeof(why), "one of the same name has %s%s; rename or "
		 "remove it", grafana_http_has_secret(push->http, uid) ?
		 "another uid" : "the uid ",
		 grafana_http_has_secret(push->http, uid) ? "" : uid);
	if (found)
		grafana_report_failed(push->report, object, why);
	grafana_answer_done(&answer);
	return found;
}

static bool create(struct grafana_push *push, const struct grafana_kind *kind,
		   const json_t *wanted, const char *path)
{
	const struct grafana_object object = { kind->what,
					       text_of(wanted, "uid") };
	json_t *body;
	bool ok;

	if (kind == &grafana_source &&
	    is_under_another_uid(push, &object, wanted))
		return false;
	body = kind->body(wanted, NULL);
	ok = write_it(push, &object, &(struct grafana_request){
		.method = kind->create_method, .path = kind->create ?: path,
		.body = body, .no_provenance = kind->has_provenance });
	if (ok)
		grafana_report_done(push->report, &object, GRAFANA_CREATED,
				    NULL);
	json_decref(body);
	return ok;
}

/*
 * Secrets cannot be compared. If the data source reaches what it asks for,
 * those that Grafana has are the right ones.
 */
static bool has_wrong_secret(struct grafana_push *push, const json_t *wanted)
{
	_cleanup_free_ char *path = make_path(push, &grafana_source, wanted);
	_cleanup_free_ char *health = NULL;
	struct grafana_request request = { .method = "GET" };
	struct grafana_answer answer;
	bool ok;

	if (!json_object_get(wanted, "secureJsonData"))
		return false;
	if (!path || asprintf(&health, "%s/health", path) < 0) {
		health = NULL;
		return true;
	}
	request.path = health;
	grafana_http_ask(push->http, &request, &answer);
	ok = grafana_is_ok(&answer) &&
	     strcmp(text_of(answer.body, "status"), "OK") == 0;
	grafana_answer_done(&answer);
	return !ok;
}

static bool is_different(struct grafana_push *push,
			 const struct grafana_kind *kind, const json_t *wanted,
			 const json_t *stored, struct grafana_place *place)
{
	if (kind->differs(wanted, stored, place))
		return true;
	if (kind != &grafana_source || !has_wrong_secret(push, wanted))
		return false;
	snprintf(place->text, sizeof(place->text), "secureJsonData");
	return true;
}

/* A rule keeps what it says of who has made it. */
static bool has_no_provenance(const struct grafana_kind *kind,
			      const json_t *stored)
{
	return kind->has_provenance && !*text_of(stored, "provenance");
}

static bool bring_up(struct grafana_push *push, const struct grafana_kind *kind,
		     const json_t *wanted, const json_t *stored,
		     const char *path)
{
	const struct grafana_object object = { kind->what,
					       text_of(wanted, "uid") };
	struct grafana_place place = { 0 };
	json_t *body;
	bool ok;

	if (!is_different(push, kind, wanted, stored, &place)) {
		grafana_report_done(push->report, &object, GRAFANA_UNCHANGED,
				    NULL);
		return true;
	}
	if (kind->is_locked && kind->is_locked(stored)) {
		grafana_report_failed(push->report, &object, FROM_FILE);
		return false;
	}
	body = kind->body(wanted, stored);
	ok = write_it(push, &object, &(struct grafana_request){
		.method = kind->update_method, .path = kind->update ?: path,
		.body = body,
		.no_provenance = has_no_provenance(kind, stored) });
	if (ok)
		grafana_report_done(push->report, &object, GRAFANA_UPDATED,
				    grafana_http_has_secret(push->http,
							    place.text) ?
				    NULL : place.text);
	json_decref(body);
	return ok;
}

/* Is it now as it should be? */
static bool put(struct grafana_push *push, const struct grafana_kind *kind,
		const json_t *wanted)
{
	const struct grafana_object object = { kind->what,
					       text_of(wanted, "uid") };
	_cleanup_free_ char *path = make_path(push, kind, wanted);
	struct grafana_request request = { .method = "GET", .path = path };
	struct grafana_answer answer;
	bool ok = false;

	if (push->stopped)
		return false;
	if (!path) {
		grafana_report_failed(push->report, &object, strerror(ENOMEM));
		return false;
	}
	grafana_http_ask(push->http, &request, &answer);
	if (answer.status == 404)
		ok = create(push, kind, wanted, path);
	else if (grafana_is_ok(&answer) && json_is_object(answer.body))
		ok = bring_up(push, kind, wanted, answer.body, path);
	else if (grafana_is_ok(&answer))
		grafana_report_failed(push->report, &object,
				      "the answer is no JSON object");
	else
		fail(push, &object, &answer);
	grafana_answer_done(&answer);
	return ok;
}

static bool is_missing(struct grafana_push *push,
		       const struct grafana_kind *kind, const json_t *wanted)
{
	_cleanup_free_ char *path = make_path(push, kind, wanted);
	struct grafana_request request = { .method = "GET", .path = path };
	struct grafana_answer answer;
	bool missing;

	if (push->stopped || !path)
		return false;
	grafana_http_ask(push->http, &request, &answer);
	missing = answer.status == 404;
	grafana_answer_done(&answer);
	return missing;
}

static bool is_in(const json_t *rule, const json_t *group)
{
	return json_equal(json_object_get(rule, "ruleGroup"),
			  json_object_get(group, "title")) &&
	       json_equal(json_object_get(rule, "folderUID"),
			  json_object_get(group, "folderUid"));
}

/* Grafana makes it with the first of its rules. */
static void put_group(struct grafana_push *push, const struct grafana_set *set,
		      const json_t *group)
{
	const struct grafana_kind *kind = &grafana_rule_group;
	bool is_new = is_missing(push, kind, group), any = false;
	const json_t *rule;
	size_t i;

	json_array_foreach(set->rules, i, rule) {
		if (is_in(rule, group))
			any = put(push, &grafana_rule, rule) || any;
	}
	if (any && is_new && !push->stopped) {
		_cleanup_free_ char *path = make_path(push, kind, group);

		create(push, kind, group, path ?: "");
	} else if (any) {
		put(push, kind, group);
	}
}

static void put_each(struct grafana_push *push, const struct grafana_kind *kind,
		     const json_t *all)
{
	const json_t *wanted;
	size_t i;

	json_array_foreach(all, i, wanted)
		put(push, kind, wanted);
}

/* What is kept as a secret there is one here, too. */
static void keep_secrets(struct grafana_push *push, const json_t *source)
{
	json_t *secrets = json_object_get(source, "secureJsonData"), *value;
	const char *key;

	json_object_foreach(secrets, key, value)
		grafana_http_keep_secret(push->http, value);
}

void grafana_put_all(struct grafana_push *push, const struct grafana_set *set)
{
	const json_t *group, *source;
	size_t i;

	json_array_foreach(set->sources, i, source)
		keep_secrets(push, source);
	put_each(push, &grafana_source, set->sources);
	put_each(push, &grafana_folder, set->folders);
	put_each(push, &grafana_dashboard, set->dashboards);
	json_array_foreach(set->groups, i, group)
		put_group(push, set, group);
}

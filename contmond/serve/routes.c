// SPDX-License-Identifier: GPL-2.0-only
#include "routes.h"

#include <string.h>

#include "answer.h"
#include "audit.h"
#include "base/text.h"
#include "commands.h"
#include "commands_past.h"
#include "commands_series.h"
#include "containers.h"
#include "containers_devices.h"
#include "containers_ended.h"
#include "engines.h"
#include "events.h"
#include "forward.h"
#include "health.h"
#include "http_kept.h"
#include "info.h"
#include "metrics.h"
#include "page.h"
#include "policy.h"
#include "processes.h"
#include "processes_past.h"
#include "ready.h"
#include "self.h"
#include "series.h"
#include "system.h"
#include "variables.h"

#define PREFIX "/api/v1"

enum need { NEEDS_NOTHING, NEEDS_SAMPLE, NEEDS_HISTORY };

/**
 * struct route - one path
 * @help: what it returns
 * @parameters: comma-separated; NULL if it ignores all
 * @needs: what must be available to answer
 * @reads_past: it reads the store, which can take long, and calls facts_hold()
 *	itself; other routes are called with the facts held
 * @kept_ms: answers are kept until the facts change, but at most this long; 0
 *	if they are not kept. Apart from the facts they may depend only on the
 *	parameters and the rights of the request, and on @form. Not with
 *	@reads_past
 * @form: the part of the headers that they depend on, as a number; NULL if none
 * @is_public: needs no token; the default is to need one
 * @shows_processes: shows nothing else, so it is refused if they are hidden
 */
struct route {
	const char *path;
	endpoint_fn *handle;
	const char *help;
	const char *parameters;
	enum need needs;
	uint64_t kept_ms;
	unsigned int (*form)(const struct request *request);
	bool reads_past;
	bool is_public;
	bool shows_processes;
};

static endpoint_fn index_handle;

static const struct route routes[] = {
	{ PREFIX, index_handle, "all paths", .parameters = "" },
	{ PREFIX "/health", health_handle, "status of contmond",
	  .parameters = "", .kept_ms = HTTP_KEPT_LIVE_MS },
	{ PREFIX "/ready", ready_handle, "whether there are numbers to show",
	  .parameters = "", .reads_past = true },
	{ PREFIX "/self", self_handle, "what contmond itself costs and does",
	  .parameters = "" },
	{ PREFIX "/info", info_handle, "versions, host, settings",
	  .parameters = "" },
	{ PREFIX "/engines", engines_handle, "one row per container engine",
	  .parameters = "" },
	{ PREFIX "/containers", containers_handle, "one row per container",
	  .parameters = "container,fields,metric", .needs = NEEDS_SAMPLE,
	  .kept_ms = HTTP_KEPT_ANY_AGE },
	{ PREFIX "/containers/devices", containers_devices_handle,
	  "IO of containers, one row per device", .parameters = "container",
	  .needs = NEEDS_SAMPLE, .kept_ms = HTTP_KEPT_ANY_AGE },
	{ PREFIX "/containers/ended", containers_ended_handle,
	  "one row per container that ended",
	  .parameters = "container,from,limit,to", .reads_past = true },
	{ PREFIX "/commands", commands_handle,
	  "CPU by command, also of processes that ended",
	  .parameters = "container,limit", .needs = NEEDS_SAMPLE,
	  .kept_ms = HTTP_KEPT_ANY_AGE, .shows_processes = true },
	{ PREFIX "/commands/past", commands_past_handle,
	  "the commands that used the most CPU at a moment",
	  .parameters = "at,container", .reads_past = true,
	  .shows_processes = true },
	{ PREFIX "/commands/series", commands_series_handle,
	  "the commands that used the most CPU, over time",
	  .parameters = "container,from,limit,step,to",
	  .needs = NEEDS_HISTORY, .reads_past = true,
	  .shows_processes = true },
	{ PREFIX "/processes", processes_handle, "one row per process",
	  .parameters = "container,limit,pid,sort", .needs = NEEDS_SAMPLE,
	  .kept_ms = HTTP_KEPT_ANY_AGE, .shows_processes = true },
	{ PREFIX "/processes/past", processes_past_handle,
	  "the busiest processes at a moment", .parameters = "at,container",
	  .reads_past = true, .shows_processes = true },
	{ PREFIX "/system", system_handle, "the host",
	  .parameters = "", .needs = NEEDS_SAMPLE,
	  .kept_ms = HTTP_KEPT_ANY_AGE },
	{ PREFIX "/series", series_handle, "one metric over time",
	  .parameters = "aggregate,container,device,from,metric,step,to",
	  .needs = NEEDS_HISTORY, .reads_past = true },
	{ PREFIX "/events", events_handle, "what happened",
	  .parameters = "after,container,from,kind,limit,to",
	  .reads_past = true },
	{ PREFIX "/events/stream", events_stream_handle,
	  "events as they happen, as server-sent events",
	  .parameters = "after,container,from,kind",
	  .reads_past = true },
	{ PREFIX "/audit", audit_handle, "what policies decided, and why",
	  .parameters = "after,container,from,limit,to",
	  .reads_past = true },
	{ PREFIX "/forward", forward_handle,
	  "where samples and events are sent, one row per target",
	  .parameters = "" },
	{ PREFIX "/policy", policy_handle, "one row per rule of policies",
	  .parameters = "" },
	{ PREFIX "/policy/classes", policy_classes_handle,
	  "containers that run and minimums, by class",
	  .parameters = "" },
	{ PREFIX "/policy/pending", policy_pending_handle,
	  "decisions of policies that have not ended", .parameters = "" },
	{ PREFIX "/variables/commands", variables_commands_handle,
	  "choices for dashboards: names of processes",
	  .parameters = "", .kept_ms = HTTP_KEPT_ANY_AGE,
	  .shows_processes = true },
	{ PREFIX "/variables/containers", variables_containers_handle,
	  "choices for dashboards: names of containers",
	  .parameters = "from,image,to", .reads_past = true },
	{ PREFIX "/variables/devices", variables_devices_handle,
	  "choices for dashboards: block devices", .parameters = "",
	  .kept_ms = HTTP_KEPT_ANY_AGE },
	{ PREFIX "/variables/hosts", variables_hosts_handle,
	  "choices for dashboards: this host", .parameters = "" },
	{ PREFIX "/variables/images", variables_images_handle,
	  "choices for dashboards: images", .parameters = "from,to",
	  .reads_past = true },
	{ "/metrics", metrics_handle, "for Prometheus", .parameters = NULL,
	  .kept_ms = HTTP_KEPT_LIVE_MS, .form = metrics_form },
	{ "/", page_index_html, "the built-in page", .is_public = true },
	{ "/index.html", page_index_html, "the same", .is_public = true },
	{ "/app.js", page_app_js, "the page's script", .is_public = true },
	{ "/style.css", page_style_css,
	  "the page's stylesheet", .is_public = true },
	{ "/icon.svg", page_icon_svg, "the page's icon", .is_public = true },
	{ "/uplot.js", page_uplot_js,
	  "script of the charts", .is_public = true },
	{ "/uplot.css", page_uplot_css,
	  "stylesheet of the charts", .is_public = true },
};

#define ROW route
static const struct column columns[] = {
	COLUMN(path, UNIT_TEXT),
	COLUMN(parameters, UNIT_TEXT),
	COLUMN(help, UNIT_TEXT),
};
#undef ROW

static const struct table route_table = TABLE(columns);

static void index_handle(const struct facts *facts,
			 const struct request *request, struct reply *reply)
{
	size_t i;

	(void)facts;
	(void)request;
	answer_begin(reply);
	for (i = 0; i < ARRAY_SIZE(routes); i++)
		answer_add(reply, &route_table, NULL, &routes[i]);
	answer_end(reply, false);
}

static const struct route *find(const char *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(routes); i++) {
		if (strcmp(routes[i].path, path) == 0)
			return &routes[i];
	}
	return NULL;
}

static bool has(const struct facts *facts, enum need need)
{
	if (need == NEEDS_SAMPLE)
		return facts->model->sample;
	return need == NEEDS_NOTHING || !store_is_empty(facts->store);
}

/* Finds a parameter that the route does not have, such as a misspelled one. */
static const char *unknown_parameter(const struct route *route,
				     const struct request *request)
{
	size_t i;

	for (i = 0; route->parameters && i < request->nr_parameters; i++) {
		if (!text_in_list(route->parameters,
				  request->parameters[i].key))
			return request->parameters[i].key;
	}
	return NULL;
}

static void refuse_parameter(const struct route *route, const char *key,
			     struct reply *reply)
{
	if (*route->parameters)
		reply_error(reply, 400,
			    "unknown parameter: %s; this path takes: %s", key,
			    route->parameters);
	else
		reply_error(reply, 400,
			    "unknown parameter: %s; this path takes none",
			    key);
}

static void refuse_early(const struct facts *facts, struct reply *reply)
{
	const char *reason = facts->status->reason;

	reply_error(reply, 503, "nothing sampled yet%s%s",
		    reason[0] ? ": " : "", reason);
}

static void make(const struct route *route, const struct facts *facts,
		 const struct request *request, struct reply *reply)
{
	bool is_early;

	facts_hold(facts);
	is_early = !has(facts, route->needs);
	if (is_early)
		refuse_early(facts, reply);
	else if (!route->reads_past)
		route->handle(facts, request, reply);
	facts_release(facts);
	if (!is_early && route->reads_past)
		route->handle(facts, request, reply);
}

/* Parameters that the path ignores must not lead to different kept answers. */
static struct request what_counts(const struct route *route,
				  const struct request *request)
{
	struct request counts = *request;

	if (!route->parameters)
		counts.nr_parameters = 0;
	return counts;
}

static bool is_kept(const struct route *route, const struct facts *facts,
		    const struct request *request, struct reply *reply,
		    struct http_kept_answer **ret_making)
{
	const struct request counts = what_counts(route, request);
	unsigned int form = route->form ? route->form(request) : 0;

	return route->kept_ms && facts->kept &&
	       http_kept_get(facts->kept, &counts, form, route->kept_ms, reply,
			     ret_making);
}

static void answer(const struct route *route, const struct facts *facts,
		   const struct request *request, struct reply *reply)
{
	struct http_kept_answer *making = NULL;

	if (is_kept(route, facts, request, reply, &making))
		return;
	make(route, facts, request, reply);
	http_kept_put(making, reply);
}

/*
 * The token comes first: without it, not even the existence of paths is shown.
 */
void routes_handle(const struct facts *facts, const struct request *request,
		   struct reply *reply)
{
	const struct route *route = find(request->path);
	const char *unknown;

	if (!request->authorized && !(route && route->is_public)) {
		reply_error(reply, 401, "send Authorization: Bearer TOKEN");
		return;
	}
	if (!route) {
		reply_error(reply, 404, "no such path; see " PREFIX);
		return;
	}
	if (route->shows_processes && request->hides_processes) {
		reply_error(reply, 403, "processes are hidden from other users "
			    "of this host: open_on_loopback in "
			    "contmond.conf(5)");
		return;
	}
	unknown = unknown_parameter(route, request);
	if (unknown)
		refuse_parameter(route, unknown, reply);
	else
		answer(route, facts, request, reply);
}

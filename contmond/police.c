// SPDX-License-Identifier: GPL-2.0-only
#include "police.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/act_client.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/trouble.h"
#include "base/util.h"
#include "candidates.h"
#include "contmond/policy/enforce.h"
#include "contmond/policy/veto.h"
#include "contmond/store/event_kinds.h"
#include "contmond/store/past.h"

/* A condition continues if fewer samples than this are missing. */
#define LONGEST_GAP_SAMPLES 3
#define LEAST_GAP_MS 10000

/**
 * struct police
 * @shown: prepared for police_show()
 * @error: see struct policing
 */
struct police {
	sd_event *event;
	struct store *store;
	const struct names *names;
	char *act_socket;
	char *veto_directory;
	uint64_t interval_ms;
	struct policy *policy;
	struct enforce *enforce;
	struct act_client *client;
	struct candidates candidates;
	struct trouble late_vetoes;
	struct policing shown;
	bool has_shown;
	bool has_failed;
	char error[sizeof(((struct policing *)NULL)->error)];
};

/* Rows */

static void add_decision(const struct store_decision *decision, void *userdata)
{
	struct police *police = userdata;

	store_decision(police->store, decision);
	log_info("policy: %s: %s of %s by rule %s%s: %s", decision->state,
		 decision->action, decision->container ?: "?", decision->rule,
		 decision->dry_run ? " (dry run)" : "", decision->reason);
}

static void log_gave_up(const char *detail)
{
	json_t *json = detail ? json_loads(detail, 0, NULL) : NULL;
	const char *rule = json_string_value(json_object_get(json, "rule"));
	bool of_users = json_is_true(json_object_get(json, "of_users"));

	log_warn("policy: rule %s does nothing more%s, because its actions do "
		 "not help; reload contmond to go on", rule ?: "?",
		 of_users ? " to containers of users" : "");
	json_decref(json);
}

static void add_event(const struct store_event *event, void *userdata)
{
	struct police *police = userdata;

	store_event(police->store, event);
	if (strcmp(event->kind, EVENT_POLICY_GAVE_UP) == 0)
		log_gave_up(event->detail);
}

/* Without a path, the audit is deliberately kept in memory. */
static bool is_writable(void *userdata)
{
	const struct police *police = userdata;
	struct store_status status;

	store_get_status(police->store, &status);
	return !status.why[0];
}

/* contmon-engine */

static void on_connected(const struct act_answer *hello, void *userdata)
{
	struct police *police = userdata;

	if (!hello)
		enforce_disconnected(police->enforce);
}

static void on_answered(const struct act_answer *answer, void *userdata)
{
	struct police *police = userdata;

	enforce_answer(police->enforce, answer);
}

static bool is_ready(void *userdata)
{
	const struct police *police = userdata;

	return police->client && act_client_ready(police->client);
}

static int send_request(const struct act_request *request, void *userdata)
{
	struct police *police = userdata;

	return police->client ? act_client_send(police->client, request) :
				-ENOTCONN;
}

static bool may_act(const struct policy *policy)
{
	bool may = false;
	size_t i;

	for (i = 0; i < policy->nr_rules; i++)
		may |= !policy->rules[i].dry_run &&
		       policy->rules[i].steps != POLICY_NOTIFY;
	return may && !policy->dry_run;
}

/* Not connected as long as there is nothing to do. */
static int connect_actor(struct police *police)
{
	const struct act_client_fns fns = {
		.connected = on_connected,
		.answered = on_answered,
		.userdata = police,
	};

	if (police->client || (!may_act(police->policy) &&
			       enforce_is_idle(police->enforce)))
		return 0;
	return act_client_new(police->event, police->act_socket, &fns,
			      &police->client);
}

/* Start and stop */

static int resume_one(const void *row, void *userdata)
{
	struct police *police = userdata;

	return enforce_resume(police->enforce, row);
}

/* Or is what was in the file left to be read? */
static bool has_whole_audit(const struct police *police)
{
	struct store_status status;

	store_get_status(police->store, &status);
	return !status.why[0] && !status.put_aside[0];
}

/* What was decided in this boot may be dated earlier, by a clock set since. */
static int64_t since_ms(const struct police *police, int64_t t_ms,
			int64_t boot_ms)
{
	int64_t boot_since_ms = boot_ms - ENFORCE_MEMORY_MS;
	int64_t offset_ms = t_ms - boot_ms, least_ms;

	if (store_least_offset(police->store, boot_since_ms, &least_ms) == 0 &&
	    least_ms < offset_ms)
		offset_ms = least_ms;
	return boot_since_ms + offset_ms;
}

static int resume(struct police *police)
{
	int64_t t_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS);
	int64_t boot_ms = (int64_t)(clock_boottime_ns() / NS_PER_MS);
	const struct past_query query = {
		.from_ms = since_ms(police, t_ms, boot_ms),
		.to_ms = INT64_MAX,
		.oldest_first = true,
		.max_rows = SIZE_MAX,
	};
	int r = store_decisions(police->store, &query, resume_one, police);
	bool is_whole = r == 0 && has_whole_audit(police);

	if (r == -ENOMEM)
		return r;
	if (!is_whole && police->policy->nr_rules > 0)
		log_warn("policy: earlier decisions cannot be read%s%s: "
			 "nothing is acted for an hour", r < 0 ? ": " : "",
			 r < 0 ? strerror(-r) : "");
	return enforce_resumed(police->enforce, t_ms, boot_ms, is_whole);
}

static int set_up_vetoes(struct police *police, const char *store_path)
{
	int r;

	if (!store_path)
		return 0;
	police->veto_directory = veto_path(store_path, NULL);
	if (!police->veto_directory)
		return -ENOMEM;
	r = veto_prepare(police->veto_directory);
	if (r == 0)
		return 0;
	log_warn("%s: %s; decisions cannot be vetoed", police->veto_directory,
		 r == -EPERM ? "it belongs to another user" : strerror(-r));
	free(police->veto_directory);
	police->veto_directory = NULL;
	return 0;
}

static int set_up(struct police *police, const struct police_options *options)
{
	const struct enforce_sink sink = {
		.boot_id = options->boot_id,
		.decision = add_decision,
		.event = add_event,
		.is_writable = is_writable,
		.userdata = police,
	};
	const struct enforce_actor actor = {
		.is_ready = is_ready,
		.send = send_request,
		.userdata = police,
	};
	int r;

	police->store = options->store;
	police->names = options->names;
	police->interval_ms = options->interval_ms;
	police->act_socket = strdup(options->act_socket);
	police->enforce = enforce_new(police->policy, &sink, &actor);
	if (!police->enforce || !police->act_socket)
		return -ENOMEM;
	r = set_up_vetoes(police, options->store_path);
	return r < 0 ? r : resume(police);
}

int police_new(sd_event *event, const struct police_options *options,
	       struct policy *policy, struct police **ret)
{
	struct police *police = calloc(1, sizeof(*police));
	int r;

	if (!police) {
		policy_free(policy);
		return -ENOMEM;
	}
	police->event = sd_event_ref(event);
	police->policy = policy;
	r = set_up(police, options);
	if (r < 0) {
		police_free(police);
		return r;
	}
	*ret = police;
	return 0;
}

void police_free(struct police *police)
{
	if (!police)
		return;
	act_client_free(police->client);
	enforce_free(police->enforce);
	candidates_done(&police->candidates);
	policing_done(&police->shown);
	policy_free(police->policy);
	sd_event_unref(police->event);
	free(police->act_socket);
	free(police->veto_directory);
	free(police);
}

int police_set(struct police *police, struct policy *policy,
	       struct policy **ret_old)
{
	int r = enforce_reload(police->enforce, policy);

	if (r < 0)
		return r;
	*ret_old = police->policy;
	police->policy = policy;
	police->has_failed = false;
	return 0;
}

void police_set_interval(struct police *police, uint64_t interval_ms)
{
	police->interval_ms = interval_ms;
}

void police_set_error(struct police *police, const char *error)
{
	snprintf(police->error, sizeof(police->error), "%s", error ?: "");
}

/* Ticks */

static void on_veto(const char *decision, const char *who, void *userdata)
{
	struct police *police = userdata;
	int r = enforce_veto(police->enforce, decision, who);

	if (r < 0 && trouble_is_due(&police->late_vetoes))
		log_info("policy: veto of %s by %s comes too late: %s; too "
			 "late so far: %llu", decision, who, r == -EALREADY ?
			 "it has acted" : "there is no such decision",
			 (unsigned long long)police->late_vetoes.nr);
}

static double known_bytes(double bytes)
{
	return isnan(bytes) ? 0 : bytes;
}

static int tick(struct police *police, const struct model *model)
{
	const struct sample *sample = model->sample;
	const struct system_row *system = &model->system;
	int64_t gap_ms = LONGEST_GAP_SAMPLES * (int64_t)police->interval_ms;
	struct enforce_tick all = {
		.tick = {
			.t_ms = sample->t_ms,
			.boot_ms = (int64_t)(sample->boottime_ns / NS_PER_MS),
			.longest_gap_ms = gap_ms > LEAST_GAP_MS ?
					  gap_ms : LEAST_GAP_MS,
			.ram_bytes = known_bytes(system->ram_total_bytes),
			.swap_bytes = known_bytes(system->swap_total_bytes),
		},
	};
	int r = connect_actor(police);

	if (r == 0)
		r = candidates_fill(&police->candidates, model, police->names);
	if (r < 0)
		return r;
	all.tick.candidates = police->candidates.all;
	all.tick.nr_candidates = police->candidates.nr;
	all.targets = police->candidates.targets;
	return enforce_tick(police->enforce, &all);
}

/* After a lack of memory nothing is decided until the rules are reloaded. */
static void give_up(struct police *police, int error)
{
	log_err("policies have stopped: %s; reload contmond to go on",
		strerror(-error));
	police->has_failed = true;
	snprintf(police->error, sizeof(police->error),
		 "policies have stopped: %s", strerror(-error));
}

void police_tick(struct police *police, const struct model *model)
{
	int r = 0;

	if (police->has_failed)
		return;
	if (police->veto_directory && !enforce_is_idle(police->enforce))
		veto_take(police->veto_directory, on_veto, police);
	if (police->policy->nr_rules > 0 || police->policy->classes.nr > 0 ||
	    !enforce_is_idle(police->enforce))
		r = tick(police, model);
	policing_done(&police->shown);
	police->has_shown = false;
	if (r == 0)
		r = enforce_show(police->enforce, &police->shown);
	if (r < 0) {
		give_up(police, r);
		return;
	}
	police->has_shown = true;
}

void police_show(struct police *police, struct policing *policing)
{
	struct policing old = *policing;

	if (police->has_shown) {
		*policing = police->shown;
		police->shown = old;
		police->has_shown = false;
	}
	memcpy(policing->error, police->error, sizeof(policing->error));
}

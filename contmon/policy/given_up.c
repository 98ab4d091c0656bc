// SPDX-License-Identifier: GPL-2.0-only
#include "contmond/policy/enforce.h"
#include "contmond/store/event_kinds.h"
#include "contmond/store/past.h"
#include "given_up.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The newest event of a rule; @decision is NULL if it has not given up */
struct given_up {
	double t_ms;
	char *decision;
};

/* @rules: for each rule two: for containers of root, and of other users */
struct search {
	const struct policy *policy;
	struct given_up (*rules)[2];
};

static struct given_up *find(const struct search *search, const char *rule)
{
	const struct policy_rule *found =
		rule ? policy_rule_find(search->policy, rule) : NULL;

	return found ? search->rules[found - search->policy->rules] : NULL;
}

static const char *text_of(const json_t *detail, const char *key)
{
	return json_string_value(json_object_get(detail, key));
}

static void clear(struct given_up *given_up)
{
	free(given_up->decision);
	given_up->decision = NULL;
}

static int on_event(const void *row, void *userdata)
{
	const struct store_event *event = row;
	json_t *detail = event->detail ? json_loads(event->detail, 0, NULL) :
					 NULL;
	const char *decision = text_of(detail, "decision");
	struct given_up *given_up = find(userdata, text_of(detail, "rule"));
	int r = 0;

	if (given_up && decision) {
		given_up += json_is_true(json_object_get(detail, "of_users"));
		clear(given_up);
		given_up->t_ms = event->t_ms;
		given_up->decision = strdup(decision);
		r = given_up->decision ? 0 : -ENOMEM;
	}
	json_decref(detail);
	return r;
}

static bool is_of_other_rules(const struct search *search,
			      const json_t *detail)
{
	const char *hash = text_of(detail, "policy_hash");

	return hash && strcmp(hash, search->policy->hash) != 0;
}

/* If that is not known, it may be about any. */
static bool may_be_about(const json_t *detail, bool of_users)
{
	const json_t *user = json_object_get(detail, "user_id");

	return !json_is_integer(user) ||
	       (json_integer_value(user) > 0) == of_users;
}

static void begin_again(const struct search *search, struct given_up *given_up,
			const struct store_decision *decision,
			const json_t *detail)
{
	int of_users;

	for (of_users = 0; of_users < 2; of_users++, given_up++) {
		if (!given_up->decision)
			continue;
		if ((decision->t_ms > given_up->t_ms &&
		     may_be_about(detail, of_users)) ||
		    (strcmp(decision->decision, given_up->decision) == 0 &&
		     is_of_other_rules(search, detail)))
			clear(given_up);
	}
}

static int on_decision(const void *row, void *userdata)
{
	const struct store_decision *decision = row;
	const struct search *search = userdata;
	struct given_up *given_up = find(search, decision->rule);
	json_t *detail;

	if (!given_up || strcmp(decision->state, "planned") != 0)
		return 0;
	detail = decision->detail ? json_loads(decision->detail, 0, NULL) :
				    NULL;
	begin_again(search, given_up, decision, detail);
	json_decref(detail);
	return 0;
}

/* The last decision before it may have been made by an earlier run. */
static int look(struct store *store, struct search *search, int64_t at_ms)
{
	struct past_query query = {
		.from_ms = INT64_MIN,
		.to_ms = at_ms - 1,
		.oldest_first = true,
		.kinds = EVENT_POLICY_GAVE_UP,
		.max_rows = SIZE_MAX,
	};
	int r = store_last_start(store, at_ms, &query.from_ms);

	if (r == 0 || r == -ENOENT)
		r = store_events(store, &query, on_event, search);
	if (query.from_ms != INT64_MIN)
		query.from_ms -= ENFORCE_MEMORY_MS;
	return r < 0 ? r : store_decisions(store, &query, on_decision, search);
}

int cli_given_up(struct store *store, const struct policy *policy,
		 int64_t at_ms, bool (*ret)[2])
{
	struct search search = {
		.policy = policy,
		.rules = calloc(policy->nr_rules + 1, sizeof(*search.rules)),
	};
	size_t i;
	int r;

	if (!search.rules)
		return -ENOMEM;
	r = look(store, &search, at_ms);
	for (i = 0; i < 2 * policy->nr_rules; i++) {
		ret[i / 2][i % 2] = search.rules[i / 2][i % 2].decision;
		clear(&search.rules[i / 2][i % 2]);
	}
	free(search.rules);
	return r;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rule files: what is loaded makes sense and decides without harm, and what is
 * not is refused with the place of every mistake.
 */
#include "fuzz.h"

#include <errno.h>
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include "contmond/policy/decide.h"
#include "contmond/policy/load.h"
#include "contmond/policy/reason.h"

#define NR 4

static struct container_row rows[NR];
static struct policy_candidate candidates[NR];

static const struct name_label labels[] = {
	{ "contmon.protect", "yes" }, { "tier", "back" },
};

static void init_row(struct container_row *row, double number)
{
	size_t i;

	for (i = 0; i < container_table.nr_columns; i++) {
		const struct column *column = &container_table.columns[i];

		if (column->unit != UNIT_TEXT)
			*(double *)((char *)row + column->offset) = number;
	}
}

/* A usual one, a protected one, one that is unknown, and one that has ended */
static void make_candidates(double number)
{
	static const char *const ids[NR] = { "a", "b", "c", "d" };
	size_t i;

	for (i = 0; i < NR; i++) {
		init_row(&rows[i], i == 2 ? (double)NAN : number);
		rows[i].uptime_seconds = 3600;
		rows[i].image = i == 2 ? NULL : "nginx:1";
		rows[i].command = i == 2 ? NULL : "stress --cpu 2";
		rows[i].runtime = "docker";
		rows[i].state = i == 3 ? "exited" : "running";
		candidates[i] = (struct policy_candidate){
			.id = ids[i],
			.name = i == 2 ? NULL : "high-1",
			.row = &rows[i],
			.labels = i == 1 ? labels : labels + 1,
			.nr_labels = i == 2 ? 0 : i == 1 ? 2 : 1,
			.is_described = i != 2,
			.ended_ms = i == 3 ? 1e12 : (double)NAN,
		};
	}
}

static void check_result(const struct policy *policy,
			 const struct policy_result *result, int64_t boot_ms)
{
	size_t i, rule;

	for (i = 0; i < result->nr_decisions; i++) {
		const struct policy_decision *decision =
			&result->decisions[i];
		unsigned int steps = policy->rules[decision->rule].steps;

		MUST(decision->dry_run || !policy->dry_run);
		MUST((steps & POLICY_NOTIFY) || decision->candidate == 0 ||
		     decision->candidate == 3);
	}
	for (rule = 0; rule < policy->nr_rules; rule++) {
		for (i = 0; i < result->nr_candidates; i++) {
			struct buffer text = { 0 };

			policy_write_reason(&text, policy,
					    &policy->rules[rule],
					    policy_verdict(result, rule, i),
					    boot_ms);
			MUST(!text.failed && text.length > 0);
			buffer_done(&text);
		}
	}
}

static void decide(const struct policy *policy)
{
	struct policy_state *state = policy_state_new(policy);
	struct policy_result result;
	size_t i;

	MUST(state);
	for (i = 0; i < 6; i++) {
		struct policy_tick tick = {
			.t_ms = 1000000000000 + (int64_t)i * 40000,
			.boot_ms = 7200000 + (int64_t)i * 40000,
			.candidates = candidates,
			.nr_candidates = NR,
		};

		make_candidates(i < 3 ? 50 * (double)i : 1e9);
		MUST(policy_decide(state, &tick, &result) == 0);
		check_result(policy, &result, tick.boot_ms);
	}
	policy_state_free(state);
}

static void check_policy(const struct policy *policy)
{
	size_t i;

	MUST(strlen(policy->hash) == POLICY_HASH_LENGTH);
	for (i = 0; i < policy->nr_rules; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		MUST(rule->steps && rule->place.line > 0);
		MUST(rule->all.nr + rule->any.nr > 0 || rule->keep_newest > 0);
		MUST(rule->select.nr > 0 || rule->for_ms > 0);
		MUST(rule->warn_ms >= 0 &&
		     rule->cool_down_ms > rule->warn_ms);
		MUST(policy_rule_find(policy, rule->name) == rule);
	}
}

static int load(const uint8_t *data, size_t size, struct policy **ret,
		struct policy_errors *errors)
{
	int fd = memfd_create("rules", MFD_CLOEXEC), r;
	const char *path;
	char name[64];

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	path = name;
	r = policy_load(&path, 1, ret, errors);
	close(fd);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy_errors errors = { 0 };
	struct policy *policy = NULL;
	int r = load(data, size, &policy, &errors);
	size_t i;

	MUST(r == 0 || r == -EINVAL);
	MUST((r == 0) == (errors.nr == 0) && (r == 0) == (policy != NULL));
	for (i = 0; i < errors.nr; i++) {
		MUST(errors.all[i].line > 0 && errors.all[i].text[0]);
		MUST(i == 0 || errors.all[i].line >= errors.all[i - 1].line);
	}
	if (r == 0) {
		check_policy(policy);
		decide(policy);
	}
	policy_errors_done(&errors);
	policy_free(policy);
	return 0;
}

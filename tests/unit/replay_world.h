/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A quarter of an hour of some containers, which is recorded, while rules
 * decide about them.
 */
#ifndef TESTS_UNIT_REPLAY_WORLD_H
#define TESTS_UNIT_REPLAY_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/util.h"
#include "contmon/cli/error.h"
#include "contmon/commands.h"
#include "contmond/policy/enforce.h"
#include "contmond/policy/load.h"
#include "contmond/store/event_kinds.h"
#include "tests/unit/capture.h"
#include "tests/unit/past_world.h"

#define RULES "min_age = 20s\nwarn = 4s\ncool_down = 40s\n"		\
	"budget_per_minute = 3\nbudget_per_hour = 100\n"		\
	"[class low]\nmatch = name c?\nminimum = 2\n"			\
	"[rule big]\nselect = class low, label team=a\n"		\
	"all = memory_current_bytes > 100M until 80M\nfor = 5s\n"	\
	"action = stop kill\n"						\
	"[rule busy]\nselect = image busy*\n"				\
	"all = cpu_percent > 20.31\n"					\
	"all = growth(memory_current_bytes) > 1M\n"			\
	"for = 4s\naction = stop\n"					\
	"[rule noisy]\nselect = name *\n"				\
	"all = rate(write_bytes_total) > 1000000.5\nfor = 6s\n"		\
	"action = notify\n"
#define NR 8
#define SECONDS 900
#define MIB 1048576

static char directory[] = "/tmp/contmon-replay-XXXXXX";
static char file[64], rules[64], other[64];

/* Is what was decided done? Its containers end then. */
static bool is_real;
static size_t nr_gave_up;	/* rules */

/* One of the containers, that may run again under the same name */
struct one {
	uint64_t cgroup_id;
	char id[65], name[16], title[48], cgroup[96];
	unsigned int began_s;
	bool runs;
	struct container_row row, before;
};

static struct one all[NR];
static struct store *store;
static uint64_t next_cgroup_id = 100;
static json_t *decided;		/* "t decision rule container" -> state */

static void on_decision(const struct store_decision *row, void *userdata)
{
	char key[256];
	json_t *known;

	(void)userdata;
	if (strcmp(row->state, "planned") == 0) {
		snprintf(key, sizeof(key), "%.0f %s %s %s", row->t_ms,
			 row->rule, row->container, row->action);
		json_object_set_new(decided, row->decision, json_pack(
			"{s:s,s:s}", "key", key, "state", row->state));
	}
	known = json_object_get(decided, row->decision);
	json_object_set_new(known, "state", json_string(row->state));
	assert_int_equal(store_decision(store, row), 0);
}

static void on_event(const struct store_event *event, void *userdata)
{
	(void)userdata;
	nr_gave_up += strcmp(event->kind, EVENT_POLICY_GAVE_UP) == 0;
}

static bool is_true(void *userdata)
{
	(void)userdata;
	return true;
}

/* Of what contmon-engine was asked to do, and has done until the next tick */
static struct asked {
	char decision[ACT_DECISION_MAX + 1];
	char container[65];
} asked[NR];
static size_t nr_asked;

static int send(const struct act_request *request, void *userdata)
{
	struct asked *one = &asked[nr_asked];

	(void)userdata;
	assert_true(is_real && nr_asked < NR);
	snprintf(one->decision, sizeof(one->decision), "%s",
		 request->decision);
	snprintf(one->container, sizeof(one->container), "%s",
		 request->container);
	nr_asked++;
	return 0;
}

static void act(struct enforce *enforce)
{
	size_t i, j;

	for (i = 0; i < nr_asked; i++) {
		struct act_answer answer = ACT_ANSWER_UNKNOWN;

		answer.kind = ACT_FINISHED;
		answer.decision = asked[i].decision;
		answer.result = ACT_DONE;
		enforce_answer(enforce, &answer);
		for (j = 0; j < NR; j++)
			if (strcmp(all[j].id, asked[i].container) == 0)
				all[j].runs = false;
	}
	nr_asked = 0;
}

/*
 * Every other one is in a directory of a user, which its path does not tell. In
 * a real past, what is asked for could be spared then, unlike in a dry run.
 */
static int64_t user_of(size_t i)
{
	return i % 2 && !is_real ? 998 : 0;
}

/* As if there were another one of the same name and user */
static void set_title(struct one *one, size_t i)
{
	if (user_of(i) == 0)
		strcpy(one->title, one->name);
	else
		snprintf(one->title, sizeof(one->title), "%s@%d-%.12s",
			 one->name, (int)user_of(i), one->id);
}

static void begin_one(struct one *one, size_t i, unsigned int second)
{
	one->cgroup_id = next_cgroup_id++;
	one->began_s = second;
	one->runs = true;
	snprintf(one->id, sizeof(one->id), "%064lx",
		 (unsigned long)one->cgroup_id);
	snprintf(one->name, sizeof(one->name), i == 0 ? "db" : "c%zu", i);
	snprintf(one->cgroup, sizeof(one->cgroup), "/docker-%s.scope",
		 one->id);
	set_title(one, i);
	past_unknown(&one->row, &container_table);
	one->row.container = one->title;
	one->row.id = one->id;
	one->row.cgroup = one->cgroup;
	one->row.runtime = "docker";
	one->row.image = i % 2 ? "busy:1" : "calm:1";
	one->row.state = "running";
	one->row.state_code = 1;
	one->row.cpu_seconds_total = 1;
	one->row.memory_current_bytes = 50.0 * MIB;
	one->row.write_bytes_total = 0;
	one->before = one->row;
	one->row.cpu_percent = (double)NAN;
}

/* A timer is a little late, and not always by as much. */
static int64_t boot_time_of(unsigned int second)
{
	return second * INT64_C(1000) + second * 7 % 13;
}

/* Numbers as they are stored: whole ms and whole pages */
static void change_one(struct one *one, unsigned int second)
{
	struct container_row *row = &one->row;

	one->before = *row;
	row->cpu_seconds_total += (rand() % 2000) / 1e3;
	row->memory_current_bytes += (rand() % 9 - 3) * 2.0 * MIB;
	if (row->memory_current_bytes < MIB)
		row->memory_current_bytes = MIB;
	if (row->memory_current_bytes > 150.0 * MIB)
		row->memory_current_bytes = 60.0 * MIB;
	row->write_bytes_total += rand() % 10 > 1 ? 1500000 : 100;
	row->cpu_percent = (row->cpu_seconds_total -
			    one->before.cpu_seconds_total) * 1e5 / 4 /
			   (double)(boot_time_of(second) -
				    boot_time_of(second - 1));
	row->uptime_seconds = second - one->began_s;
}

static int64_t time_of(unsigned int second)
{
	return PAST_BEGIN_MS + boot_time_of(second);
}

static void decide(struct enforce *enforce, unsigned int second)
{
	static const struct name_label label = { "team", "a" };
	struct policy_candidate candidates[NR];
	struct enforce_target targets[NR] = { { 0 } };
	struct enforce_tick tick = {
		.tick = { .t_ms = time_of(second),
			  .boot_ms = boot_time_of(second),
			  .longest_gap_ms = 10000,
			  .candidates = candidates },
		.targets = targets,
	};
	size_t i;

	for (i = 0; i < NR; i++) {
		struct one *one = &all[i];

		one->row.started_ms = (double)time_of(one->began_s);
		if (!one->runs)
			continue;
		targets[tick.tick.nr_candidates] = (struct enforce_target){
			.cgroup_id = one->cgroup_id,
			.has_engine = true,
			.engine_started_ms = time_of(one->began_s),
		};
		candidates[tick.tick.nr_candidates++] =
			(struct policy_candidate){
			.id = one->id, .name = one->name, .row = &one->row,
			.labels = &label, .nr_labels = i % 3 ? 1 : 0,
			.user_id = user_of(i),
			.is_described = true, .ended_ms = (double)NAN,
			.anonymous_volumes = POLICY_NOT_KNOWN,
		};
	}
	assert_int_equal(enforce_tick(enforce, &tick), 0);
}

static void record(unsigned int second)
{
	struct store_container containers[NR];
	const struct system_row system = past_host(time_of(second));
	struct store_tick tick = {
		.t_ms = time_of(second),
		.boottime_ns = (uint64_t)(boot_time_of(second) + 60000) *
			       NS_PER_MS,
		.system = &system, .containers = containers,
	};
	size_t i;

	for (i = 0; i < NR; i++) {
		if (all[i].runs)
			containers[tick.nr_containers++] =
				(struct store_container){
				.cgroup_id = all[i].cgroup_id,
				.row = &all[i].row, .user_id = user_of(i),
				.labels = i % 3 ? "{\"team\":\"a\"}" : NULL,
			};
	}
	assert_int_equal(store_tick(store, &tick), 0);
}

static void live(struct enforce *enforce)
{
	unsigned int second;
	size_t i;

	for (second = 0; second < SECONDS; second++) {
		for (i = 0; i < NR; i++) {
			if (!all[i].runs && rand() % 30 == 0)
				begin_one(&all[i], i, second);
			else if (all[i].runs && rand() % 200 == 0)
				all[i].runs = false;
			else if (all[i].runs)
				change_one(&all[i], second);
			if (all[i].began_s == second)
				all[i].row.uptime_seconds = 0;
		}
		record(second);
		decide(enforce, second);
		act(enforce);
		if (second % 100 == 99)
			store_sync(store);
	}
}

static int make_past(void **state)
{
	const struct store_options options = { .path = file,
					       .boot_id = "boot-1" };
	const struct enforce_sink sink = {
		.decision = on_decision,
		.event = on_event,
		.is_writable = is_true,
		.userdata = NULL,
	};
	const struct enforce_actor actor = { is_true, send, NULL };
	struct policy_errors errors = { 0 };
	const char *path = rules;
	struct policy *policy;
	struct enforce *enforce;
	FILE *to;

	(void)state;
	setenv("TZ", "UTC", 1);
	assert_non_null(mkdtemp(directory));
	snprintf(file, sizeof(file), "%s/past.db", directory);
	snprintf(rules, sizeof(rules), "%s/rules.conf", directory);
	snprintf(other, sizeof(other), "%s/wrong.conf", directory);
	to = fopen(rules, "w");
	fprintf(to, "[policy]\ndry_run = %s\n" RULES,
		is_real ? "no" : "yes");
	fclose(to);
	to = fopen(other, "w");
	fputs("[rule a]\nall = nothing > 1\naction = stop\n", to);
	fclose(to);
	assert_int_equal(policy_load(&path, 1, &policy, &errors), 0);
	assert_int_equal(store_open(&options, &store), 0);
	decided = json_object();
	srand(7);
	enforce = enforce_new(policy, &sink, &actor);
	live(enforce);
	enforce_free(enforce);
	policy_free(policy);
	store_close(store);
	return 0;
}

static int remove_past(void **state)
{
	char lock[80];

	(void)state;
	json_decref(decided);
	snprintf(lock, sizeof(lock), "%s-lock", file);
	unlink(lock);
	unlink(file);
	unlink(rules);
	unlink(other);
	return rmdir(directory);
}

__attribute__((format(printf, 1, 2)))
static int policy(const char *format, ...)
{
	char options[160], line[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(options, sizeof(options), format, arguments);
	va_end(arguments);
	snprintf(line, sizeof(line), "policy %s --store %s", options, file);
	return capture(cli_policy, line);
}

#endif /* TESTS_UNIT_REPLAY_WORLD_H */

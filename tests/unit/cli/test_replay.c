// SPDX-License-Identifier: GPL-2.0-only
/*
 * `contmon policy replay` and `explain`: what they decide of the recorded past
 * is what was decided while it was recorded.
 */
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
#include "tests/unit/capture.h"
#include "tests/unit/past_world.h"

#define RULES "[policy]\nmin_age = 20s\nwarn = 4s\ncool_down = 40s\n"	\
	"budget_per_minute = 3\nbudget_per_hour = 100\n"		\
	"[class low]\nmatch = name c*\nminimum = 2\n"			\
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

/* One of the containers, that may run again under the same name */
struct one {
	uint64_t cgroup_id;
	char id[65], name[16], cgroup[96];
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
	(void)event;
	(void)userdata;
}

static bool is_true(void *userdata)
{
	(void)userdata;
	return true;
}

static int send_nothing(const struct act_request *request, void *userdata)
{
	(void)request;
	(void)userdata;
	return -1;
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
	past_unknown(&one->row, &container_table);
	one->row.container = one->name;
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
		targets[tick.tick.nr_candidates].cgroup_id = one->cgroup_id;
		candidates[tick.tick.nr_candidates++] =
			(struct policy_candidate){
			.id = one->id, .name = one->name, .row = &one->row,
			.labels = &label, .nr_labels = i % 3 ? 1 : 0,
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
				.row = &all[i].row,
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
		if (second % 100 == 99)
			store_sync(store);
	}
}

static int make_past(void **state)
{
	const struct store_options options = { .path = file,
					       .boot_id = "boot-1" };
	const struct enforce_sink sink = { on_decision, on_event, is_true,
					   NULL };
	const struct enforce_actor actor = { is_true, send_nothing, NULL };
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
	fputs(RULES, to);
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

static void test_the_same_decisions(void **state)
{
	char key[256];
	json_t *json, *row, *known;
	size_t i;

	(void)state;
	assert_int_equal(policy("replay %s --json --from 1769853600 "
				"--to 1769860800", rules), CLI_OK);
	json = json_loads(captured.out, 0, NULL);
	assert_non_null(json);
	json_array_foreach(json_object_get(json, "rows"), i, row) {
		known = json_object_get(decided, json_string_value(
			json_object_get(row, "decision")));
		snprintf(key, sizeof(key), "%lld %s %s %s",
			 json_integer_value(json_object_get(row, "t")),
			 json_string_value(json_object_get(row, "rule")),
			 json_string_value(json_object_get(row, "container")),
			 json_string_value(json_object_get(row, "action")));
		if (!known)
			fail_msg("only replayed: %s", key);
		assert_string_equal(json_string_value(
			json_object_get(known, "key")), key);
		assert_string_equal(
			json_string_value(json_object_get(known, "state")),
			json_string_value(json_object_get(row, "state")));
	}
	/* Every rule decided, and some decisions were not acted. */
	assert_int_equal(i, json_object_size(decided));
	assert_true(i > 20);
	assert_non_null(strstr(captured.out, "\"big\""));
	assert_non_null(strstr(captured.out, "\"busy\""));
	assert_non_null(strstr(captured.out, "\"noisy\""));
	assert_non_null(strstr(captured.out, "\"spared\""));
	json_decref(json);
}

static void test_a_part_of_it(void **state)
{
	json_t *json, *row;
	size_t i;

	(void)state;
	assert_int_equal(policy("replay %s --json --from 1769853900 "
				"--to 1769854201 --states -o t,state",
				rules), CLI_OK);
	json = json_loads(captured.out, 0, NULL);
	json_array_foreach(json_object_get(json, "rows"), i, row) {
		long long t = json_integer_value(json_object_get(row, "t"));

		assert_true(t >= 1769853900000 && t <= 1769854201000);
	}
	assert_int_equal(json_integer_value(json_object_get(json_object_get(
		json, "meta"), "moments")), 301);
	json_decref(json);
}

static void test_mistakes(void **state)
{
	(void)state;
	assert_int_equal(policy("replay"), CLI_USAGE);
	assert_int_equal(policy("replay %s", other), CLI_FAILURE);
	assert_non_null(strstr(captured.err, "wrong.conf:2: "));
	assert_int_equal(policy("replay %s --to 2026-01-01", rules),
			 CLI_FAILURE);
	assert_non_null(strstr(captured.err, "nothing is recorded"));
}

static void test_explain(void **state)
{
	json_t *json, *row;
	size_t i;

	(void)state;
	assert_int_equal(policy("explain --rules %s --json "
				"-o container,rule,finding,reason,class",
				rules), CLI_OK);
	json = json_loads(captured.out, 0, NULL);
	json_array_foreach(json_object_get(json, "rows"), i, row)
		assert_string_not_equal(json_string_value(json_object_get(
			row, "finding")), "not_selected");
	assert_true(i > 0);
	assert_true(json_is_true(json_object_get(json_object_get(
		json, "meta"), "dry_run")));
	json_decref(json);
	/* All three rules, also those that do not select it */
	assert_int_equal(policy("explain --rules %s db --csv --no-headings "
				"--at 2026-01-31T10:10Z -o rule,finding",
				rules), CLI_OK);
	assert_memory_equal(captured.out, "big,not_selected\nbusy,not_selected"
			    "\nnoisy,", 38);
	assert_int_equal(policy("explain --rules %s db "
				"--at 2026-01-31T09:00Z", rules), CLI_FAILURE);
}

/* What lasts for 3 s has lasted for a little longer at a tick. */
static void test_explain_an_odd_tick(void **state)
{
	FILE *to = fopen(other, "w");

	(void)state;
	assert_non_null(to);
	fputs("[rule any]\nselect = name db\naction = notify\n"
	      "all = memory_current_bytes > 1\nfor = 3s\n", to);
	assert_int_equal(fclose(to), 0);
	assert_int_equal(policy("explain --rules %s db --csv --no-headings "
				"-o finding", other), CLI_OK);
	assert_string_equal(captured.out, "chosen\n");
}

/* Always true */
static const char *const lasting[] = {
	"all = memory_current_bytes > 1K\nfor = 7s\n",
	"all = rate(cpu_seconds_total) >= 0\n"
	"all = growth(memory_current_bytes) > -1T\n"
	"any = share(memory_current_bytes) > 0.01\nfor = 7s\n",
	"all = rate(cpu_seconds_total) >= 0\nfor = 1s\n",
};

static void write_lasting(size_t i)
{
	FILE *to = fopen(other, "w");

	fprintf(to, "[policy]\nmin_age = 0s\nbudget_per_minute = 60\n"
		"budget_per_hour = 1000\n[rule lasts]\nselect = name db\n"
		"%saction = stop\n", lasting[i]);
	fclose(to);
}

/* What was true all the time is not too brief, whenever the ticks were. */
static void test_what_lasts(void **state)
{
	unsigned int second;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lasting); i++) {
		write_lasting(i);
		for (second = SECONDS - 15; second < SECONDS; second++) {
			assert_true(all[0].runs &&
				    all[0].began_s < second - 10);
			assert_int_equal(policy(
				"explain --rules %s db --csv --no-headings "
				"--at %lld -o finding", other,
				(long long)time_of(second) / 1000 + 1), CLI_OK);
			assert_string_equal(captured.out, "chosen\n");
		}
	}
}

/* What holds when the range begins is decided there, and not before it. */
static void test_what_lasts_replayed(void **state)
{
	const long long t_ms = time_of(SECONDS - 20);
	char first[64];
	size_t i;

	(void)state;
	snprintf(first, sizeof(first), "%lld,lasts\n", t_ms);
	for (i = 0; i < ARRAY_SIZE(lasting); i++) {
		write_lasting(i);
		assert_int_equal(policy("replay %s --csv --no-headings "
					"-o t,rule --from %lld", other,
					t_ms / 1000), CLI_OK);
		assert_string_equal(captured.out, first);
	}
}

static void test_status(void **state)
{
	(void)state;
	assert_int_equal(policy("status --rules %s --csv "
				"-o rule,action,dry-run,decisions,last-ms",
				rules), CLI_OK);
	/* What it decided is more than a day ago. */
	assert_string_equal(captured.out,
			    "rule,action,dry_run,decisions,last_ms\n"
			    "big,stop kill,true,0,\nbusy,stop,true,0,\n"
			    "noisy,notify,true,0,\n");
}

static void test_veto(void **state)
{
	(void)state;
	assert_int_equal(policy("veto"), CLI_USAGE);
	assert_int_equal(policy("veto nobody-1"), CLI_FAILURE);
	assert_string_equal(captured.err, "contmon: no decision nobody-1; "
			    "see: contmon policy status\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_decisions),
		cmocka_unit_test(test_a_part_of_it),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_explain_an_odd_tick),
		cmocka_unit_test(test_what_lasts),
		cmocka_unit_test(test_what_lasts_replayed),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_veto),
	};

	return cmocka_run_group_tests_name("policy_replay", tests, make_past,
					   remove_past);
}

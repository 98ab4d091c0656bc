// SPDX-License-Identifier: GPL-2.0-only
/* What the recorded past does not tell is unknown, and said to be. */
#include "tests/unit/daemon.h"

#include <jansson.h>
#include <sqlite3.h>

#include "base/clock.h"
#include "contmon/commands.h"
#include "contmond/policy/load.h"
#include "tests/unit/capture.h"
#include "tests/unit/past_world.h"

#define WEB "[rule web]\nselect = name shop-web-1\n"
#define STEPS "\nfor = 1m\naction = notify\n"

static char store[64];

static int begin(void **state)
{
	int r = make_directory(state);

	setenv("TZ", "UTC", 1);
	snprintf(store, sizeof(store), "%s", in_directory("past.db"));
	return r ?: past_make(store);
}

static int ask(const char *format, const char *text)
{
	char command[160], line[256];

	snprintf(command, sizeof(command), format,
		 write_file("rules.conf", text));
	snprintf(line, sizeof(line), "policy %s --store %s", command, store);
	return capture(cli_policy, line);
}

/* "decisions unknown_rules" of the meta data */
static void must_know(const char *rules, bool is_known, size_t nr_unknown)
{
	json_t *json, *meta;

	assert_int_equal(ask("replay %s --json --from 2026-01-31", rules), 0);
	json = json_loads(captured.out, 0, NULL);
	meta = json_object_get(json, "meta");
	assert_int_equal(json_is_integer(json_object_get(meta, "decisions")),
			 is_known);
	assert_int_equal(json_is_null(json_object_get(meta, "decisions")),
			 !is_known);
	assert_int_equal(json_array_size(json_object_get(
		meta, "unknown_rules")), nr_unknown);
	json_decref(json);
}

static void test_rules_for_ended_containers(void **state)
{
	(void)state;
	must_know("[rule old]\nselect = state exited\n"
		  "all = ended_seconds > 1h\naction = remove\n", false, 1);
	must_know("[rule old]\nselect = name *\nkeep_newest = 1\n"
		  "action = stop kill remove\n", false, 1);
	must_know("[rule old]\nselect = not state running\nkeep_newest = 1\n"
		  "action = notify\n", false, 1);
	must_know("[rule new]\nselect = state running\nkeep_newest = 1\n"
		  "action = stop\n", true, 0);
	/* What it wants to know, an ended one does not have. */
	must_know(WEB "all = memory_current_bytes > 1\naction = stop kill "
		  "remove\n", true, 0);
	assert_int_equal(ask("replay %s --from 2026-01-31", "[rule old]\n"
			     "select = name *\nkeep_newest = 1\n"
			     "action = remove\n"), 0);
	assert_contains(captured.out, "Not known: all that rule old would ");
}

/* In the last minute it was between both values: 178 MiB and more. */
static void test_until(void **state)
{
	(void)state;
	assert_int_equal(ask("explain --rules %s --csv --no-headings "
			     "-o finding,reason shop-web-1", WEB
			     "all = memory_current_bytes > 900M until 100M"
			     STEPS), 0);
	assert_contains(captured.out, "unknown,");
	assert_contains(captured.out, "not known whether it was true before");
	/* Once it was not: 64 MiB are less. */
	assert_int_equal(ask("explain --rules %s --csv --no-headings "
			     "-o finding shop-web-1 --at 2026-01-31T10:10Z",
			     WEB "all = memory_current_bytes > 900M until 80M"
			     STEPS), 0);
	assert_string_equal(captured.out, "not_over\n");
	/* Before the first moment there was nothing. */
	assert_int_equal(ask("explain --rules %s --csv --no-headings "
			     "-o finding shop-web-1 --at 2026-01-31T10:00Z",
			     WEB "all = memory_current_bytes > 900M until 1M"
			     STEPS), 0);
	assert_string_equal(captured.out, "not_over\n");
}

static void test_anonymous_volumes(void **state)
{
	(void)state;
	assert_int_equal(ask("replay %s --csv --no-headings -o reason "
			     "--from 2026-01-31", WEB "all = "
			     "memory_current_bytes > 1\naction = stop kill "
			     "remove\n"), 0);
	assert_contains(captured.out, "not known whether it has anonymous "
			"volumes");
	assert_int_equal(ask("replay %s --csv --no-headings -o reason "
			     "--from 2026-01-31", WEB "all = "
			     "memory_current_bytes > 1\naction = stop\n"), 0);
	assert_null(strstr(captured.out, "volumes"));
}

/* At 10:10 a decision was made, and it had not ended by 10:11. */
static void test_a_decision_under_way(void **state)
{
	static const char rules[] = "[rule job]\nselect = name night*\n"
		"all = memory_current_bytes > 1\naction = stop\n";

	(void)state;
	assert_int_equal(ask("explain --rules %s --csv --no-headings "
			     "-o finding --at 2026-01-31T10:09Z", rules), 0);
	assert_string_equal(captured.out, "chosen\n");
	assert_int_equal(ask("explain --rules %s --csv --no-headings "
			     "-o finding,reason --at 2026-01-31T10:11Z",
			     rules), 0);
	assert_contains(captured.out, "taken,spared: rule memory-hog has "
			"it; ");
}

#define JOB "[rule job]\nselect = name night*\naction = stop\n" \
	"all = memory_current_bytes > 1\n"
#define AT(minute) ((double)(PAST_BEGIN_MS + (minute) * 60000))

/* Its only decision was at 10:05, and did not help. */
static void make_give_up(const char *policy_hash)
{
	const struct store_options options = { .path = store,
					       .boot_id = "boot-1" };
	struct store_decision decision = {
		.t_ms = AT(5), .decision = "d-1", .state = "planned",
		.action = "stop", .cgroup_id = 12, .rule = "job",
		.container_id = PAST_JOB_ID, .container = "night,job",
	};
	const struct store_event event = {
		.t_ms = AT(6), .kind = "policy_gave_up", .cgroup_id = 12,
		.detail = "{\"decision\":\"d-1\",\"rule\":\"job\"}",
	};
	char detail[64];
	struct store *to;

	snprintf(detail, sizeof(detail), "{\"policy_hash\":\"%s\"}",
		 policy_hash);
	decision.detail = detail;
	assert_int_equal(store_open(&options, &to), 0);
	assert_int_equal(store_decision(to, &decision), 0);
	decision.t_ms = AT(6);
	decision.state = "failed";
	decision.detail = NULL;
	assert_int_equal(store_decision(to, &decision), 0);
	assert_int_equal(store_event(to, &event), 0);
	store_close(to);
}

static void must_find(const char *rules, const char *finding)
{
	assert_int_equal(ask("explain --rules %s --csv --no-headings "
			     "-o finding --at 2026-01-31T10:09Z", rules), 0);
	assert_string_equal(captured.out, finding);
}

static void change_store(const char *sql)
{
	sqlite3 *sqlite;

	assert_int_equal(sqlite3_open(store, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(sqlite);
}

static void test_a_rule_that_gave_up(void **state)
{
	const char *path = write_file("rules.conf", JOB);
	struct policy_errors errors = { 0 };
	struct policy *policy;

	(void)state;
	assert_int_equal(policy_load(&path, 1, &policy, &errors), 0);
	make_give_up(policy->hash);
	policy_free(policy);
	must_find(JOB, "gave_up\n");
	assert_int_equal(ask("explain --rules %s --csv --no-headings "
			     "-o reason --at 2026-01-31T10:09Z", JOB), 0);
	assert_contains(captured.out, "the rule gave up after 3 actions");
	/* Before it */
	assert_int_equal(ask("explain --rules %s --csv --no-headings "
			     "-o finding --at 2026-01-31T10:04Z", JOB), 0);
	assert_string_equal(captured.out, "chosen\n");
	/* Other rules have not given up; contmond would load them. */
	must_find(JOB "for = 1s\n", "cooling\n");
	/* It has decided again, so it was loaded again. */
	change_store("INSERT INTO audit (t_ms, decision, state, action, "
		     "dry_run, rule) VALUES (1769854020000, 'd-2', 'planned', "
		     "'stop', 0, 'job')");
	must_find(JOB, "cooling\n");
	/* It goes on with containers of users. */
	change_store("DROP TRIGGER audit_update; DROP TRIGGER audit_delete");
	change_store("UPDATE audit SET detail = '{\"user_id\":1000}' "
		     "WHERE decision = 'd-2'");
	must_find(JOB, "gave_up\n");
	change_store("DELETE FROM audit WHERE decision = 'd-2'");
	must_find(JOB, "gave_up\n");
	change_store("UPDATE event SET detail = '{\"decision\":\"d-1\","
		     "\"rule\":\"job\",\"of_users\":true}'");
	must_find(JOB, "cooling\n");
	change_store("UPDATE event SET detail = '{\"decision\":\"d-1\","
		     "\"rule\":\"job\",\"of_users\":false}'");
	must_find(JOB, "gave_up\n");
	/* contmond was started again. */
	change_store("INSERT INTO clock VALUES (999, 'boot-2', 0, "
		     "1769854020000, NULL)");
	must_find(JOB, "cooling\n");
}

/* Its title ends with the user, but its name does not. */
static void test_a_container_of_a_user(void **state)
{
	(void)state;
	change_store("UPDATE container SET user = 1000, "
		     "title = 'night,job@1000' WHERE title = 'night,job'");
	must_find(JOB, "chosen\n");
	must_find("[rule job]\nselect = name night?job\naction = stop\n"
		  "all = memory_current_bytes > 1\n", "chosen\n");
	change_store("UPDATE container SET title = substr(id, 1, 12) || "
		     "'@1000' WHERE title = 'night,job@1000'");
	ask("explain --rules %s --csv --no-headings -o finding "
	    "--at 2026-01-31T10:09Z", "[rule job]\nselect = name *@1000\n"
	    "action = stop\nall = memory_current_bytes > 1\n");
	assert_null(strstr(captured.out, "chosen"));
}

#define NAMED(name) "[rule job]\nselect = name " name "\naction = stop\n" \
	"all = memory_current_bytes > 1\n"

static void change_title(const char *title)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "UPDATE container SET title = %s "
		 "WHERE id = '" PAST_JOB_ID "'", title);
	change_store(sql);
}

/* A title that would not be unique has more than the name. */
static void test_a_title_that_was_lengthened(void **state)
{
	(void)state;
	change_title("'job-' || substr(id, 1, 12)");
	must_find(NAMED("job"), "chosen\n");
	change_title("'job-' || substr(id, 1, 12) || '-12-12'");
	must_find(NAMED("job"), "chosen\n");
	change_store("UPDATE container SET user = 1000");
	change_title("'job@1000-' || substr(id, 1, 12)");
	must_find(NAMED("job"), "chosen\n");
	change_title("'job@1000-' || substr(id, 1, 12) || '-12'");
	must_find(NAMED("job"), "chosen\n");
}

/* What is shown for a step of a build is no name. */
static void test_a_step_of_a_build(void **state)
{
	(void)state;
	change_title("'build-' || substr(id, 1, 12)");
	change_store("UPDATE container SET runtime = 'buildkit' "
		     "WHERE title LIKE 'build-%'");
	ask("explain --rules %s --csv --no-headings -o finding "
	    "--at 2026-01-31T10:09Z", NAMED("build*"));
	assert_null(strstr(captured.out, "chosen"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, \
						   remove_directory)
		TEST(test_rules_for_ended_containers),
		TEST(test_until),
		TEST(test_anonymous_volumes),
		TEST(test_a_decision_under_way),
		TEST(test_a_rule_that_gave_up),
		TEST(test_a_container_of_a_user),
		TEST(test_a_title_that_was_lengthened),
		TEST(test_a_step_of_a_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

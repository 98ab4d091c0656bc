// SPDX-License-Identifier: GPL-2.0-only
/* What the recorded past does not tell is unknown, and said to be. */
#include "tests/unit/daemon.h"

#include <jansson.h>

#include "base/clock.h"
#include "contmon/commands.h"
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, \
						   remove_directory)
		TEST(test_rules_for_ended_containers),
		TEST(test_until),
		TEST(test_anonymous_volumes),
		TEST(test_a_decision_under_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

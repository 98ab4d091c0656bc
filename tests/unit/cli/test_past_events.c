// SPDX-License-Identifier: GPL-2.0-only
/* `contmon log`: recorded events as a table, JSON and CSV; its messages */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>

#include "contmon/commands.h"
#include "contmon/past/events.h"
#include "contmon/past/open.h"
#include "contmond/store/event_kinds.h"
#include "tests/unit/past_command.h"

static const struct reading_command past_command = { cli_log, "log" };

static int make_events(void **state)
{
	int r = make_file(state);

	return r < 0 ? r : past_add_events(file);
}

static void test_a_table(void **state)
{
	(void)state;
	must_print("",
		   "               TIME KIND              CONTAINER  FACTS\n"
		   "2026-01-31 10:00:00 container_started shop-web-1 "
		   "image nginx:1\n"
		   "2026-01-31 10:29:00 policy_warned     night,job  "
		   "decision 1769855400000-2, rule memory-hog, action stop, "
		   "dry_run no, reason memory_current_bytes 1.0 GiB > 512 MiB "
		   "for 5 min, acts_ms 2026-01-31 10:30:00\n"
		   "2026-01-31 10:30:00 container_ended   night,job  -\n"
		   "2026-01-31 11:00:00 oom_killed        shop-web-1 "
		   "pid 501, comm worker \\x1b[2J, "
		   "victim_rss_bytes 90.0 MiB, "
		   "memory_current_bytes 124.0 MiB, "
		   "memory_limit_bytes 256.0 MiB\n"
		   "2026-01-31 11:00:01 oom_killed        -          "
		   "pid 4242, comm java\n");
}

static void test_choices(void **state)
{
	(void)state;
	must_print("--csv --no-headings -o seq --kind "
		   "oom_killed,container_ended", "3\n4\n5\n");
	must_print("--csv --no-headings -o seq --container shop-web-1",
		   "1\n4\n");
	must_print("--csv --no-headings -o seq --container night,job",
		   "2\n3\n");
	must_print("--csv --no-headings -o seq --container 01234567", "1\n4\n");
	must_print("--csv --no-headings -o seq --container host", "5\n");
	must_print("--csv --no-headings -o seq --from 2026-01-31T10:30 --to "
		   "2026-01-31T11:00", "3\n4\n");
	must_print("--csv --no-headings -o seq --count 2", "4\n5\n");
	must_print("--csv --no-headings -o seq --count 1 --container "
		   "shop-web-1", "4\n");
	must_print("--kind policy_acted", "No events.\n");
	must_print("--kind policy_acted --no-headings", "");
	must_print("--kind policy_acted --csv", "seq,t,kind,container,"
		   "container_id,pid,comm,detail\n");
	must_print("--units bytes --no-headings -o facts --kind oom_killed "
		   "--container shop-web-1", "pid 501, comm worker \\x1b[2J, "
		   "victim_rss_bytes 94371840, "
		   "memory_current_bytes 130023424, "
		   "memory_limit_bytes 268435456\n");
}

/* Rows of the API */
static void test_json(void **state)
{
	json_t *json, *rows, *want;

	(void)state;
	assert_int_equal(past_run("--json --count 2"), CLI_OK);
	json = json_loads(captured.out, 0, NULL);
	rows = json_object_get(json, "rows");
	assert_int_equal(json_array_size(rows), 2);
	want = json_pack("{s:i,s:I,s:s,s:s,s:s,s:i,s:s,s:s}", "seq", 4, "t",
			 (json_int_t)(PAST_BEGIN_MS + 3600000), "kind",
			 "oom_killed", "container", "shop-web-1",
			 "container_id", PAST_WEB_ID, "pid", 501, "comm",
			 "worker \033[2J", "detail",
			 "{\"victim_rss_bytes\":94371840,"
			 "\"memory_current_bytes\":130023424,"
			 "\"memory_limit_bytes\":268435456}");
	assert_true(json_equal(json_array_get(rows, 0), want));
	json_decref(want);
	want = json_pack("{s:i,s:I,s:s,s:n,s:n,s:i,s:s,s:n}", "seq", 5, "t",
			 (json_int_t)(PAST_BEGIN_MS + 3601500), "kind",
			 "oom_killed", "container", "container_id", "pid", 4242,
			 "comm", "java", "detail");
	assert_true(json_equal(json_array_get(rows, 1), want));
	json_decref(want);
	assert_true(json_is_true(json_object_get(json_object_get(
		json, "meta"), "truncated")));
	json_decref(json);
	assert_int_equal(past_run("--json --count 5"), CLI_OK);
	assert_non_null(strstr(captured.out, "\"truncated\": false"));
}

static void test_mistakes(void **state)
{
	(void)state;
	assert_int_equal(past_run("--container nobody"), CLI_FAILURE);
	assert_non_null(strstr(captured.err, "no container nobody in "));
	must_say("--kind oom", CLI_USAGE, "--kind oom: not one of "
		 "container_started, container_ended, oom_killed, "
		 "policy_warned, policy_acted, policy_notified, "
		 "policy_gave_up");
	assert_int_equal(past_run("--kind oom_killed,"), CLI_USAGE);
	must_say("--from 2026-01-31 --to 2026-01-30", CLI_USAGE,
		 "--from is later than --to");
	must_say("--ca-file x", CLI_USAGE, "--ca-file: only with --follow; "
		 "see: contmon log --help");
	must_say("--follow", CLI_USAGE, "--store: only without --follow; see: "
		 "contmon log --help");
	must_say("x", CLI_USAGE, "x: not expected; see: contmon log --help");
}

/* Facts that nobody knows yet, and a detail that is none */
static void must_have_facts(const char *detail, const char *want)
{
	json_t *json = json_pack("{s:s,s:n}", "detail", detail, "pid");
	struct cli_past_event *event = cli_past_event_new(json, CLI_UNIT_AUTO);

	json_decref(json);
	assert_non_null(event);
	if (want)
		assert_string_equal(event->facts, want);
	else
		assert_null(event->facts);
	cli_past_event_free(event);
}

static void test_facts(void **state)
{
	(void)state;
	must_have_facts("{\"a\":1.5,\"b_bytes\":-1,\"c\":[],\"d\":null}",
			"a 1.5, b_bytes -1, c ?");
	must_have_facts("[1]", NULL);
	must_have_facts("{\"cgroup\":\"/a\"}", NULL);
	must_have_facts("nothing", NULL);
}

static void test_of_whom_it_is(void **state)
{
	json_t *web = json_pack("{s:s,s:s}", "container", "web",
				"container_id", "abc123");
	json_t *host = json_pack("{s:n,s:n}", "container", "container_id");

	(void)state;
	assert_true(cli_past_event_is_of(web, NULL));
	assert_true(cli_past_event_is_of(web, "web"));
	assert_true(cli_past_event_is_of(web, "abc"));
	assert_false(cli_past_event_is_of(web, "we"));
	assert_false(cli_past_event_is_of(web, ""));
	assert_false(cli_past_event_is_of(web, CLI_PAST_HOST));
	assert_true(cli_past_event_is_of(host, CLI_PAST_HOST));
	assert_false(cli_past_event_is_of(host, "web"));
	json_decref(web);
	json_decref(host);
}

/* Another container's id may begin with the name of one: it is not meant. */
static void test_a_name_that_begins_an_id(void **state)
{
	const struct store_options options = { .boot_id = "boot-1" };
	const struct container_row rows[] = {
		{ .container = "db", .id = "0123" },
		{ .container = "web", .id = "dbfeed" },
	};
	const struct cli_past_wanted wanted = { .container = "db",
						.to_ms = INT64_MAX };
	struct cli_past_events events = { 0 };
	struct store *store;
	size_t i;

	(void)state;
	assert_int_equal(store_open(&options, &store), 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct store_container who = { .cgroup_id = i + 1,
						     .row = &rows[i] };
		const struct store_event event = {
			.t_ms = (double)PAST_BEGIN_MS,
			.kind = EVENT_CONTAINER_STARTED, .cgroup_id = i + 1,
		};

		assert_int_equal(store_begin(store, &who, PAST_BEGIN_MS), 0);
		assert_int_equal(store_event(store, &event), 0);
	}
	store_sync(store);
	assert_int_equal(cli_past_events_read(store, &wanted, 9,
					      CLI_UNIT_AUTO, &events), 0);
	assert_int_equal(events.rows.nr, 1);
	assert_true(cli_past_event_is_of(
		((struct cli_past_event *)events.rows.v[0])->json, "0123"));
	cli_past_events_done(&events);
	store_close(store);
}

/* In the help and on the manual page */
static void test_each_kind_is_explained(void **state)
{
	char kinds[] = EVENT_KINDS, *rest = kinds, *kind, page[1 << 17];
	FILE *from = fopen("contmon/contmon.1", "r");
	size_t length;

	(void)state;
	if (!from)
		fail_msg("run this from the top of the source");
	length = fread(page, 1, sizeof(page) - 1, from);
	page[length] = '\0';
	fclose(from);
	assert_int_equal(capture(cli_log, "log --help"), CLI_OK);
	while ((kind = strsep(&rest, ","))) {
		if (!strstr(captured.out, kind) || !strstr(page, kind))
			fail_msg("%s is not explained", kind);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_table),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_of_whom_it_is),
		cmocka_unit_test(test_a_name_that_begins_an_id),
		cmocka_unit_test(test_each_kind_is_explained),
	};

	return cmocka_run_group_tests_name("past_events", tests, make_events,
					   remove_file);
}

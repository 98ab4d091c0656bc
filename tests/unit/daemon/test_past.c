// SPDX-License-Identifier: GPL-2.0-only
/* Events, decisions and cursors, read later */
#include "tests/unit/store_file.h"

static int64_t seqs[16];
static size_t nr_seqs;

static int note_event(const void *row, void *userdata)
{
	const struct store_event *event = row;

	assert_string_equal(event->kind, userdata);
	seqs[nr_seqs++] = (int64_t)event->seq;
	return 0;
}

static void test_events(void **state)
{
	const struct box box = { "web", 1, 1 };
	struct past_query query = { .to_ms = INT64_MAX, .max_rows = 3 };
	struct store_event event = { .kind = "oom", .cgroup_id = 1,
		.container = "web", .pid = 42, .comm = "java",
		.detail = "{\"rss_bytes\":4096}" };
	int i;

	(void)state;
	tick_at(T0, BOOT0, &box, 1);
	for (i = 0; i < 6; i++) {
		event.t_ms = (double)(T0 + i * 1000);
		assert_int_equal(store_event(store, &event), 0);
	}
	store_sync(store);
	nr_seqs = 0;
	assert_int_equal(store_events(store, &query, note_event, "oom"), 0);
	assert_int_equal(nr_seqs, 3);
	assert_true(seqs[0] == seqs[1] + 1 && seqs[1] == seqs[2] + 1);
	/* Continue after the second. */
	query.after_seq = seqs[2] - 2;
	query.oldest_first = true;
	nr_seqs = 0;
	assert_int_equal(store_events(store, &query, note_event, "oom"), 0);
	assert_int_equal(nr_seqs, 3);
	assert_int_equal(seqs[0], query.after_seq + 1);
	query.containers = "web-1";
	nr_seqs = 0;
	store_events(store, &query, note_event, "oom");
	assert_int_equal(nr_seqs, 3);
	query.containers = "nobody";
	nr_seqs = 0;
	store_events(store, &query, note_event, "oom");
	assert_int_equal(nr_seqs, 0);
	query = (struct past_query){ .from_ms = T0 + 2000, .to_ms = T0 + 3000,
				     .max_rows = 10 };
	store_events(store, &query, note_event, "oom");
	assert_int_equal(nr_seqs, 2);
}

static int note_decision(const void *row, void *userdata)
{
	const struct store_decision *decision = row;

	(void)userdata;
	assert_string_equal(decision->reason, "over 20 %");
	nr_seqs++;
	return 0;
}

static void test_decisions(void **state)
{
	const struct past_query query = { .to_ms = INT64_MAX, .max_rows = 10 };
	struct store_decision decision = { .t_ms = T0, .decision = "d1",
		.state = "planned", .action = "kill", .container_id = "abc",
		.container = "web", .rule = "r", .reason = "over 20 %" };

	(void)state;
	store_decision(store, &decision);
	decision.state = "verified";
	store_decision(store, &decision);
	decision.dry_run = 1;
	store_decision(store, &decision);
	store_sync(store);
	nr_seqs = 0;
	assert_int_equal(store_decisions(store, &query, note_decision, NULL),
			 0);
	assert_int_equal(nr_seqs, 3);
}

static void decide(const char *id, const char *action, int dry_run)
{
	struct store_decision decision = { .t_ms = T0, .decision = id,
		.state = "planned", .action = action, .container_id = id,
		.container = "web", .rule = "r", .reason = "over 20 %",
		.dry_run = dry_run };

	store_decision(store, &decision);
	decision.state = dry_run ? "acted" : "verified";
	decision.reason = "nothing of it runs any more";
	store_decision(store, &decision);
}

/* What was ended or removed, and why that was decided */
static void test_deletions(void **state)
{
	(void)state;
	decide("a", "stop", 0);
	decide("b", "stop kill", 0);
	decide("c", "stop kill remove", 0);
	decide("d", "remove", 0);
	decide("e", "restart", 0);
	decide("f", "pause", 0);
	decide("g", "stop kill", 1);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM deletions"),
			 4);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM deletions "
		"WHERE container_id IN ('a', 'b', 'c', 'd') AND "
		"reason = 'over 20 %' AND "
		"ts = datetime(1700000000, 'unixepoch')"), 4);
}

static void test_cursors(void **state)
{
	int64_t seq;

	(void)state;
	assert_int_equal(store_cursor(store, "influx", &seq), -ENOENT);
	store_set_cursor(store, "influx", 7);
	store_set_cursor(store, "influx", 9);
	store_sync(store);
	assert_int_equal(store_cursor(store, "influx", &seq), 0);
	assert_int_equal(seq, 9);
	reopen_store(path);
	assert_int_equal(store_cursor(store, "influx", &seq), 0);
	assert_int_equal(seq, 9);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_opened, end_test)
		TEST(test_events),
		TEST(test_decisions),
		TEST(test_deletions),
		TEST(test_cursors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

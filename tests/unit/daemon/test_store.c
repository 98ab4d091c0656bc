// SPDX-License-Identifier: GPL-2.0-only
/* Containers that ended, events, decisions, processes, clocks, size. */
#include "tests/unit/store.h"

static char path[512];

static int begin(void **state)
{
	int r = begin_test(state);

	snprintf(path, sizeof(path), "%s", in_directory("store.db"));
	open_store(path, 0);
	return r;
}

/* Containers */

static struct past_container found[16];
static char texts[16][2][64];
static size_t nr_found;

static int find(const struct past_container *container, void *userdata)
{
	(void)userdata;
	assert_true(nr_found < COUNT(found));
	found[nr_found] = *container;
	snprintf(texts[nr_found][0], 64, "%s", container->title ?: "");
	snprintf(texts[nr_found][1], 64, "%s", container->labels ?: "");
	found[nr_found].title = texts[nr_found][0];
	found[nr_found].labels = texts[nr_found][1];
	nr_found++;
	return 0;
}

static void look(int64_t from_s, int64_t to_s, bool ended_only)
{
	const struct past_query query = {
		.from_ms = T0 + from_s * 1000,
		.to_ms = T0 + to_s * 1000,
		.ended_only = ended_only,
		.max_rows = 16,
	};

	store_sync(store);
	nr_found = 0;
	assert_int_equal(store_containers(store, &query, find, NULL), 0);
}

static void test_a_container_that_ends(void **state)
{
	const struct box boxes[] = { { "alpha", 1, 4096 }, { "beta", 2, 7 } };
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		tick_at(T0 + i * 1000, BOOT0 + i * 1000, boxes, 2);
	tick_at(T0 + 10000, BOOT0 + 10000, boxes + 1, 1);
	look(0, 100, true);
	assert_int_equal(nr_found, 1);
	assert_string_equal(found[0].title, "alpha");
	assert_near(found[0].first_ms, T0, 0.5);
	assert_near(found[0].ended_ms, T0 + 9000, 0.5);
	assert_near(found[0].final.cpu_seconds, 4096, 1e-9);
	assert_near(found[0].final.memory_peak_bytes, 4096, 1e-9);
	assert_near(found[0].final.write_ops, 4096, 1e-9);
	assert_true(isnan(found[0].final.exit_code));
	look(0, 100, false);
	assert_int_equal(nr_found, 2);
	assert_string_equal(found[0].title, "beta");
	assert_true(isnan(found[0].ended_ms));
	look(0, 5, true);
	assert_int_equal(nr_found, 0);
	look(20, 50, false);
	assert_int_equal(nr_found, 1);
}

/* What an event knows of the end goes over what the ticks saw. */
static void test_an_end_that_is_reported(void **state)
{
	const struct box box = { "alpha", 1, 100 };
	char id[32];
	struct container_row row = row_of(&box, id);
	const struct store_container who = { .cgroup_id = 1, .row = &row,
					     .labels = "{\"a\":\"b\"}" };
	struct store_final final;

	(void)state;
	tick_at(T0, BOOT0, &box, 1);
	tick_at(T0 + 1000, BOOT0 + 1000, NULL, 0);
	store_final_init(&final);
	final.ended_ms = (double)T0 + 400;
	final.exit_code = 137;
	final.oom_killed = 1;
	final.cpu_seconds = 123.5;
	assert_int_equal(store_end(store, &who, &final), 0);
	look(0, 100, true);
	assert_int_equal(nr_found, 1);
	assert_near(found[0].ended_ms, T0 + 400, 0.5);
	assert_near(found[0].final.exit_code, 137, 0);
	assert_near(found[0].final.oom_killed, 1, 0);
	assert_near(found[0].final.cpu_seconds, 123.5, 1e-9);
	assert_near(found[0].final.write_ops, 100, 1e-9);
	assert_string_equal(found[0].labels, "{\"a\":\"b\"}");
	/* More is known later; what was known stays. */
	store_final_init(&final);
	final.ended_ms = (double)T0 + 400;
	final.restarts = 3;
	assert_int_equal(store_end(store, &who, &final), 0);
	look(0, 100, true);
	assert_int_equal(nr_found, 1);
	assert_near(found[0].final.restarts, 3, 0);
	assert_near(found[0].final.exit_code, 137, 0);
}

/* 50 ms between two ticks: no tick has seen it, and it is there. */
static void test_a_life_between_ticks(void **state)
{
	const struct box box = { "flash", 9, 1 };
	char id[32];
	struct container_row row = row_of(&box, id);
	const struct store_container who = { .cgroup_id = 9, .row = &row };
	struct store_final final;

	(void)state;
	tick_at(T0, BOOT0, NULL, 0);
	store_final_init(&final);
	final.started_ms = (double)T0 + 100;
	final.ended_ms = (double)T0 + 150;
	final.exit_code = 0;
	final.cpu_seconds = 0.031;
	assert_int_equal(store_end(store, &who, &final), 0);
	tick_at(T0 + 1000, BOOT0 + 1000, NULL, 0);
	look(0, 10, true);
	assert_int_equal(nr_found, 1);
	assert_string_equal(found[0].title, "flash");
	assert_near(found[0].final.started_ms, T0 + 100, 0.5);
	assert_near(found[0].final.cpu_seconds, 0.031, 1e-9);
	assert_near(found[0].final.exit_code, 0, 0);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM final"), 1);
}

/* A tick that could not read a container does not end it for good. */
static void test_one_that_comes_back(void **state)
{
	const struct box box = { "alpha", 1, 1 };

	(void)state;
	tick_at(T0, BOOT0, &box, 1);
	tick_at(T0 + 1000, BOOT0 + 1000, NULL, 0);
	tick_at(T0 + 2000, BOOT0 + 2000, &box, 1);
	look(0, 10, false);
	assert_int_equal(nr_found, 1);
	assert_true(isnan(found[0].ended_ms));
	look(0, 10, true);
	assert_int_equal(nr_found, 0);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM container"),
			 1);
	tick_at(T0 + 3000, BOOT0 + 3000, NULL, 0);
	look(0, 10, true);
	assert_int_equal(nr_found, 1);
	assert_near(found[0].ended_ms, T0 + 2000, 0.5);
}

static void test_containers_keep_their_numbers(void **state)
{
	const struct box boxes[] = { { "alpha", 1, 1 }, { "beta", 2, 1 } };

	(void)state;
	tick_at(T0, BOOT0, boxes, 2);
	reopen_store(path);
	tick_at(T0 + 5000, BOOT0 + 5000, boxes, 1);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM container"),
			 2);
	/* The other ended while contmond was down. */
	look(0, 10, true);
	assert_int_equal(nr_found, 1);
	assert_string_equal(found[0].title, "beta");
	/* After a boot everything is new. */
	close_store();
	boot_id = "boot-2";
	open_store(path, 0);
	tick_at(T0 + 60000, 1000, boxes, 1);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM container"),
			 3);
	look(0, 100, true);
	assert_int_equal(nr_found, 2);
	ask("processes", 0, 100, 1);
	assert_int_equal(history.nr, 4);
}

/* Events, decisions, cursors */

static int64_t seqs[16];
static size_t nr_seqs;

static int note_event(const struct store_event *event, void *userdata)
{
	assert_string_equal(event->kind, userdata);
	seqs[nr_seqs++] = event->seq;
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
		event.t_ms = T0 + i * 1000;
		assert_int_equal(store_event(store, &event), 0);
	}
	store_sync(store);
	nr_seqs = 0;
	assert_int_equal(store_events(store, &query, note_event, "oom"), 0);
	assert_int_equal(nr_seqs, 3);
	assert_true(seqs[0] == seqs[1] + 1 && seqs[1] == seqs[2] + 1);
	/* Go on behind the second. */
	query.after_seq = seqs[2] - 2;
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

static int note_decision(const struct store_decision *decision,
			 void *userdata)
{
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
	decision.dry_run = true;
	store_decision(store, &decision);
	store_sync(store);
	nr_seqs = 0;
	assert_int_equal(store_decisions(store, &query, note_decision, NULL),
			 0);
	assert_int_equal(nr_seqs, 3);
	/* A deletion is what was done, and was seen to have worked. */
	assert_int_equal(sql_number(path, "SELECT count(*) FROM deletions "
		"WHERE container_id = 'abc' AND reason = 'over 20 %' AND "
		"ts = datetime(1700000000, 'unixepoch')"), 1);
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

/* Processes */

static char names[32][64];
static double cores[32];
static size_t nr_names;

static int note_process(const struct past_process *process, void *userdata)
{
	(void)userdata;
	assert_true(nr_names < COUNT(names));
	snprintf(names[nr_names], sizeof(names[0]), "%s/%s",
		 process->container, process->comm);
	cores[nr_names++] = process->cpu_cores;
	return 0;
}

static void tick_processes(int64_t t_s, double cpu)
{
	const struct box box = { "web", 1, 1 };
	char id[32], comm[16];
	struct container_row row = row_of(&box, id);
	struct system_row host = { .t = (double)(T0 + t_s * 1000) };
	struct store_process processes[2] = {
		{ .pid = 10, .comm = "steady", .cpu_seconds = cpu },
		{ .pid = (uint32_t)(1000 + t_s), .comm = comm,
		  .cpu_seconds = 0.1 },
	};
	const struct store_process daemon = { .pid = 1, .comm = "init",
					      .rss_bytes = 1 << 20 };
	const struct store_container container = { .cgroup_id = 1,
		.row = &row, .processes = processes, .nr_processes = 2 };
	const struct store_tick tick = { T0 + t_s * 1000,
		(uint64_t)(BOOT0 + t_s * 1000) * NS_PER_MS, &host, &container,
		1, &daemon, 1 };

	snprintf(comm, sizeof(comm), "job-%lld", (long long)t_s);
	assert_int_equal(store_tick(store, &tick), 0);
}

static int processes_at(int64_t t_s, const char *list,
			struct past_moment *moment)
{
	nr_names = 0;
	return store_processes(store, T0 + t_s * 1000, list, note_process,
			       NULL, moment);
}

static void test_processes_of_a_moment(void **state)
{
	struct past_moment moment;
	int64_t t;

	(void)state;
	for (t = 0; t < 2000; t++) {
		tick_processes(t, 0.5);
		if (t % 100 == 0)
			store_sync(store);
	}
	store_sync(store);
	/* One of a sealed span, and one of frames */
	for (t = 300; t <= 1990; t += 1690) {
		assert_int_equal(processes_at(t, NULL, &moment), 0);
		assert_int_equal(moment.t_ms, T0 + t * 1000);
		assert_int_equal(moment.width_ms, 0);
		assert_int_equal(nr_names, 3);
		assert_string_equal(names[0], "host/init");
		assert_string_equal(names[1], "web/steady");
		assert_near(cores[1], 0.5, 1e-9);
		assert_string_equal(names[2], t == 300 ? "web/job-300" :
						"web/job-1990");
	}
	assert_int_equal(processes_at(300, "web", &moment), 0);
	assert_int_equal(nr_names, 2);
	assert_int_equal(processes_at(300, "host", &moment), 0);
	assert_int_equal(nr_names, 1);
	/* Just before the first tick: a bucket that begins there knows. */
	assert_int_equal(processes_at(-100, NULL, &moment), 0);
	assert_int_equal(moment.width_ms, 600000);
	assert_int_equal(processes_at(-5000, NULL, &moment), -ENOENT);
	assert_int_equal(processes_at(9000, NULL, &moment), -ENOENT);
}

/* The ticks are gone: the bucket of 10 s knows who was busy in it. */
static void test_processes_of_a_bucket(void **state)
{
	struct past_moment moment;
	sqlite3 *sqlite;
	int64_t t;

	(void)state;
	for (t = 0; t < 1300; t++)
		tick_processes(t, 0.5);
	store_sync(store);
	close_store();
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, "DELETE FROM span WHERE "
		"tier = 0 AND layout IS NULL", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(sqlite);
	open_store(path, 0);
	assert_int_equal(processes_at(305, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 300000);
	assert_int_equal(moment.width_ms, 10000);
	assert_string_equal(names[1], "web/steady");
	assert_near(cores[1], 0.5, 1e-9);
}

/* Clocks */

static void test_a_clock_that_is_set_back(void **state)
{
	struct box box = { "web", 1, 1 };
	int i;

	(void)state;
	for (i = 0; i < 700; i++)
		tick_at(T0 + 3600000 + i * 1000, BOOT0 + i * 1000, &box, 1);
	box.value = 2;
	for (i = 0; i < 5000; i++) {
		tick_at(T0 + i * 1000, BOOT0 + 700000 + i * 1000, &box, 1);
		if (i % 100 == 0)
			store_sync(store);
	}
	store_sync(store);
	/* Both are there; where they overlap they are put together. */
	ask("processes", 0, 4999, 1);
	assert_int_equal(history.nr, 5000);
	must_be(0, 0, "web", 2);
	must_be(3599, 3599, "web", 2);
	must_be(3600, 3600, "web", 1.5);
	must_be(4299, 4299, "web", 1.5);
	must_be(4300, 4300, "web", 2);
	ask_with("processes", 3600, 3600, 1, HISTORY_MIN, false);
	must_be(0, 3600, "web", 1);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM clock"), 2);
	assert_int_equal(sql_number(path, "SELECT step_ms FROM clock "
				    "ORDER BY seq DESC"), -4300000);
	/* No rate is made of the step, and none is missing. */
	ask_with("read_bytes_total", 0, 0, 1, HISTORY_MEAN, true);
	must_be(0, 0, "web", 1);
	reopen_store(path);
	ask("processes", 0, 4999, 1);
	assert_int_equal(history.nr, 5000);
}

/* A moment in a far future deletes nothing of the past. */
static void test_a_clock_that_jumps_ahead(void **state)
{
	const int64_t decade = INT64_C(10) * 365 * 86400;
	const struct box box = { "web", 1, 1 };
	int64_t t;

	(void)state;
	for (t = 0; t < 1300; t++)
		tick_one(t, "web", 1);
	for (; t < 2600; t++) {
		tick_at(T0 + (t + decade) * 1000, BOOT0 + t * 1000, &box, 1);
		if (t % 100 == 0)
			store_sync(store);
	}
	for (; t < 3900; t++) {
		tick_one(t, "web", 1);
		if (t % 100 == 0)
			store_sync(store);
	}
	store_sync(store);
	ask("processes", 0, 3900, 1);
	assert_int_equal(history.nr, 2600);
	ask("processes", decade, decade + 3900, 1);
	assert_int_equal(history.nr, 1300);
}

static void test_a_clock_that_is_steered(void **state)
{
	const struct box box = { "web", 1, 1 };
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		tick_at(T0 + i * 1000 + i / 2, BOOT0 + i * 1000, &box, 1);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM clock"), 1);
}

/* Size */

static void test_the_size_cap_holds(void **state)
{
	static struct box boxes[100];
	static char titles[100][16];
	struct store_status status;
	uint64_t worst = 0;
	uint64_t seed = 1;
	int64_t t;
	size_t i;

	(void)state;
	spread = 65521;
	close_store();
	open_store(path, STORE_MIN_BYTES);
	for (t = 0; t < 1500; t++) {
		for (i = 0; i < COUNT(boxes); i++) {
			snprintf(titles[i], sizeof(titles[i]), "box-%zu", i);
			seed = seed * 6364136223846793005 + 1442695040888963407;
			boxes[i] = (struct box){ titles[i], i + 1,
				(double)(seed >> 40) };
		}
		tick_at(T0 + t * 1000, BOOT0 + t * 1000, boxes, COUNT(boxes));
		if (t % 20)
			continue;
		store_sync(store);
		status = status_of();
		worst = status.bytes > worst ? status.bytes : worst;
	}
	assert_true(worst <= STORE_MIN_BYTES);
	assert_int_equal(status_of().lost, 0);
	/* What pays is the past of the ticks; the hours are all there. */
	ask("processes", 1400, 1500, 1);
	assert_true(history.nr >= COUNT(boxes) * 10);
	ask("processes", -800, 1500, 600);
	assert_true(history.nr >= COUNT(boxes) * 2);
}

static void test_old_ticks_go(void **state)
{
	int64_t t;

	(void)state;
	/* 40 s between ticks: 30 h are 2700 */
	for (t = 0; t < 108000; t += 40) {
		tick_one(t, "web", 1);
		if (t % 4000 == 0)
			store_sync(store);
	}
	store_sync(store);
	assert_true(sql_number(path, "SELECT sum(covered_ms) / 3600000 "
		"FROM span WHERE tier = 0 AND layout IS NULL") < 16);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM frame "
		"WHERE span IN (SELECT id FROM span WHERE layout IS NULL)"),
		0);
	ask("processes", 0, 108000, 40);
	assert_int_equal(history.nr, 2700);
}

/* The tables that others know */
static void test_plain_sql(void **state)
{
	struct box boxes[] = { { "alpha", 1, 0 }, { "beta", 2, 0 } };
	int i;

	(void)state;
	for (i = 0; i < 200; i++) {
		boxes[0].value = boxes[1].value = i;
		tick_at(T0 + i * 1000, BOOT0 + i * 1000, boxes, 2);
	}
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM containers "
		"WHERE id > 0 AND container_id LIKE 'alpha-%' AND pid = 100 "
		"AND image = 'image' AND mem_pct IS NOT NULL AND ts >= "
		"'2023-11-14 22:1'"), 3);
	/* A core of four, as the total gains a second each second */
	assert_int_equal(sql_number(path, "SELECT cpu_pct FROM containers "
		"WHERE container_id LIKE 'beta-%' ORDER BY id DESC"), 25);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM sys_metrics "
		"WHERE mem_total_kb IS NOT NULL AND mem_free_kb IS NOT NULL "
		"AND mem_used_kb IS NOT NULL AND ts IS NOT NULL"), 3);
	assert_int_equal(sql_number(path, "SELECT total FROM process_count "
		"WHERE ts IS NOT NULL ORDER BY id"), 7);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM deletions"),
			 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_a_container_that_ends),
		TEST(test_an_end_that_is_reported),
		TEST(test_a_life_between_ticks),
		TEST(test_one_that_comes_back),
		TEST(test_containers_keep_their_numbers),
		TEST(test_events),
		TEST(test_decisions),
		TEST(test_cursors),
		TEST(test_processes_of_a_moment),
		TEST(test_processes_of_a_bucket),
		TEST(test_a_clock_that_is_set_back),
		TEST(test_a_clock_that_jumps_ahead),
		TEST(test_a_clock_that_is_steered),
		TEST(test_the_size_cap_holds),
		TEST(test_old_ticks_go),
		TEST(test_plain_sql),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* How many rows are kept: events, decisions, containers, minutes; and whose */
#include "tests/unit/store_file.h"

#include "contmond/store/db.h"
#include "contmond/store/prune.h"

#define MAX_BYTES (1UL << 30)
#define PIECE 200

static struct db db;

static int begin_db(void **state)
{
	char *why = NULL;

	(void)state;
	return db_open(NULL, &db, &why);
}

static int end_db(void **state)
{
	(void)state;
	db_close(&db);
	return 0;
}

/* So many events of a user, after those that are there */
static void add_events(int64_t user, int nr)
{
	char sql[300];

	snprintf(sql, sizeof(sql), "WITH RECURSIVE n (i) AS (SELECT 1 UNION "
		 "ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO event "
		 "(t_ms, kind, user) SELECT i, 'container_started', %lld "
		 "FROM n", nr, (long long)user);
	assert_int_equal(db_exec(db.sqlite, sql), 0);
}

static int64_t number(const char *sql)
{
	int64_t ret;

	assert_int_equal(db_number(db.sqlite, sql, &ret), 0);
	return ret;
}

static int64_t nr_of(int64_t user)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM event "
		 "WHERE user = %lld", (long long)user);
	return number(sql);
}

/* To its end; each step does little. */
static void prune_to(uint64_t max_bytes)
{
	int64_t before, after = number("SELECT count(*) FROM event");
	int r;

	do {
		before = after;
		r = prune_step(&db, max_bytes);
		after = number("SELECT count(*) FROM event");
		assert_in_range(before - after, 0, PIECE);
	} while (r == 1);
	assert_int_equal(r, 0);
}

static void prune(void)
{
	prune_to(MAX_BYTES);
}

static void test_the_newest(void **state)
{
	(void)state;
	add_events(0, 100000);
	prune();
	assert_int_equal(nr_of(0), 100000);
	add_events(0, 321);
	prune();
	assert_int_equal(nr_of(0), 100000);
	assert_int_equal(number("SELECT min(seq) FROM event"), 322);
}

/* However often a user's containers start and end */
static void test_one_user_cannot_push_out_others(void **state)
{
	int i;

	(void)state;
	add_events(0, 70000);
	add_events(1001, 1000);
	for (i = 0; i < 3; i++) {
		add_events(1000, 50000);
		prune();
	}
	assert_int_equal(nr_of(0), 70000);
	assert_int_equal(nr_of(1001), 1000);
	assert_int_equal(nr_of(1000), 24000);
	/* Their newest are left. */
	assert_int_equal(number("SELECT min(seq) FROM event "
				"WHERE user = 1000"),
			 number("SELECT max(seq) FROM event") - 23999);
}

/* So many rows of the audit about containers of a user */
static void add_decisions(int64_t user, int nr)
{
	char sql[300];

	snprintf(sql, sizeof(sql), "WITH RECURSIVE n (i) AS (SELECT 1 UNION "
		 "ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO audit "
		 "(t_ms, decision, state, action, dry_run, user) SELECT i, "
		 "'x', 'acted', 'notify', 0, %lld FROM n", nr,
		 (long long)user);
	assert_int_equal(db_exec(db.sqlite, sql), 0);
}

static int64_t nr_decisions_of(int64_t user)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM audit "
		 "WHERE user = %lld", (long long)user);
	return number(sql);
}

/* However many of a user's containers a rule tells of */
static void test_decisions_of_users(void **state)
{
	int i;

	(void)state;
	add_decisions(0, 70000);
	add_decisions(1001, 1000);
	for (i = 0; i < 2; i++) {
		add_decisions(1000, 30000);
		prune();
	}
	assert_int_equal(nr_decisions_of(0), 70000);
	assert_int_equal(nr_decisions_of(1001), 1000);
	assert_int_equal(nr_decisions_of(1000), 24000);
	add_decisions(0, 10000);
	prune();
	assert_int_equal(nr_decisions_of(0), 75000);
	assert_int_equal(number("SELECT count(*) FROM audit"), 100000);
}

/* Who fills most of the room of users loses their oldest. */
static void test_users_share(void **state)
{
	(void)state;
	add_events(1000, 30000);
	add_events(1001, 40000);
	add_events(1002, 100);
	prune();
	assert_int_equal(nr_of(1002), 100);
	assert_in_range(nr_of(1000), 12300, 12600);
	assert_in_range(nr_of(1001), 12300, 12600);
	assert_int_equal(number("SELECT count(*) FROM event"), 25000);
}

/* So many containers of a user that have ended then */
static void add_containers(int64_t user, int64_t t_ms, int nr)
{
	char sql[400];

	snprintf(sql, sizeof(sql), "WITH RECURSIVE n (i) AS (SELECT 1 UNION "
		 "ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO container "
		 "(boot_id, cgroup_id, first_ms, last_ms, ended_ms, user) "
		 "SELECT 'x', i, 1, %lld, %lld, %lld FROM n", nr,
		 (long long)t_ms, (long long)t_ms, (long long)user);
	assert_int_equal(db_exec(db.sqlite, sql), 0);
}

static int64_t nr_containers_of(int64_t t_ms)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM container "
		 "WHERE last_ms = %lld", (long long)t_ms);
	return number(sql);
}

/* However long they are, the numbers of everybody stay. */
static void test_long_rows_of_a_user(void **state)
{
	(void)state;
	assert_int_equal(db_exec(db.sqlite, "INSERT INTO span (id, tier, base, "
		"covered_ms) VALUES (1, 0, 0, 1000)"), 0);
	add_events(0, 1000);
	add_events(1001, 6000);
	add_events(1000, 5000);
	add_containers(1000, 1, 500);
	assert_int_equal(db_exec(db.sqlite, "UPDATE event SET detail = "
		"printf('%.4000c', 'x') WHERE user = 1000; "
		"UPDATE container SET labels = printf('%.4000c', 'x')"), 0);
	prune_to(16UL << 20);
	assert_int_equal(number("SELECT count(*) FROM span"), 1);
	assert_int_equal(nr_of(0), 1000);
	assert_int_equal(nr_of(1001), 6000);
	assert_int_equal(nr_containers_of(1), 500);
	assert_in_range(nr_of(1000), 100, 3000);
	assert_int_equal(number("SELECT max(seq) FROM event"), 12000);
}

/*
 * A container of root's and one of a user's, with these numbers. Their paths do
 * not tell: the user may have a directory anywhere.
 */
static void begin_two(void)
{
	const struct container_row roots = {
		.cgroup = "/system.slice/docker-a.scope",
	};
	const struct container_row users = {
		.cgroup = "/system.slice/bobs.service/docker-a.scope",
	};
	const struct store_container root = { .cgroup_id = 1, .row = &roots };
	const struct store_container user = { .cgroup_id = 2, .row = &users,
					      .user_id = 1000 };

	open_store(path, 0);
	assert_int_equal(store_begin(store, &root, T0), 0);
	assert_int_equal(store_begin(store, &user, T0), 0);
}

/* What a policy does is root's doing, unless it says something else. */
static void test_whose_events_are(void **state)
{
	struct store_event event = { .t_ms = (double)T0, .kind = "oom_killed" };

	(void)state;
	begin_two();
	assert_int_equal(store_event(store, &event), 0);
	event.cgroup_id = 1;
	assert_int_equal(store_event(store, &event), 0);
	event.cgroup_id = 2;
	assert_int_equal(store_event(store, &event), 0);
	event.kind = "policy_acted";
	assert_int_equal(store_event(store, &event), 0);
	event = (struct store_event){ .t_ms = (double)T0, .kind = "oom_killed",
				      .is_of_user = true };
	assert_int_equal(store_event(store, &event), 0);
	event = (struct store_event){ .t_ms = (double)T0, .cgroup_id = 1,
				      .kind = "policy_warned", .user = 1001 };
	assert_int_equal(store_event(store, &event), 0);
	close_store();
	assert_int_equal(sql_number(path, "SELECT count(*) FROM event"), 6);
	assert_int_equal(sql_number(path, "SELECT group_concat(seq) FROM event "
				    "WHERE user = 1001"), 6);
	assert_int_equal(sql_number(path, "SELECT group_concat(seq) FROM event "
				    "WHERE user > 1001"), 5);
	assert_int_equal(sql_number(path, "SELECT group_concat(seq) FROM event "
				    "WHERE user = 1000"), 3);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM event "
				    "WHERE user = 0"), 3);
}

/* They need no cgroup: what has ended has none. */
static void test_whose_decisions_are(void **state)
{
	struct store_decision decision = {
		.t_ms = (double)T0, .decision = "x", .state = "acted",
		.action = "stop",
	};
	int i;

	(void)state;
	begin_two();
	for (i = 0; i < 6; i++) {
		decision.cgroup_id = (uint64_t)i / 2;
		decision.user = i % 2 ? 1000 : 0;
		assert_int_equal(store_decision(store, &decision), 0);
	}
	close_store();
	assert_int_equal(sql_number(path, "SELECT sum(seq) FROM audit "
				    "WHERE user = 1000"), 2 + 4 + 6);
	assert_int_equal(sql_number(path, "SELECT sum(seq) FROM audit "
				    "WHERE user = 0"), 1 + 3 + 5);
}

/* Its cgroup is not known until it is seen. */
static void rename_of(uint64_t cgroup_id)
{
	const struct container_row row = { .container = "other" };
	const struct store_container who = { .cgroup_id = cgroup_id,
					     .row = &row, .is_named = true };

	store_rename(store, &who);
}

static int64_t user_of(uint64_t cgroup_id)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT user FROM container "
		 "WHERE cgroup_id = %llu", (unsigned long long)cgroup_id);
	return sql_number(path, sql);
}

/* Also of one that an older version has recorded, once it is seen again */
static void test_whose_containers_are(void **state)
{
	const struct box boxes[] = {
		{ "web", 1, 5 }, { "u", 2, 5 },
	};
	sqlite3 *sqlite;

	(void)state;
	begin_two();
	close_store();
	assert_int_equal(user_of(1), 0);
	assert_int_equal(user_of(2), 1000);
	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(db_exec(sqlite, "UPDATE container SET user = 0"), 0);
	sqlite3_close(sqlite);
	open_store(path, 0);
	users_box = 2;
	tick_at(T0 + 1000, BOOT0 + 1000, boxes, 2);
	close_store();
	assert_int_equal(user_of(1), 0);
	assert_int_equal(user_of(2), 1000);
	open_store(path, 0);
	rename_of(2);
	close_store();
	assert_int_equal(user_of(2), 1000);
}

static void test_the_newest_containers(void **state)
{
	(void)state;
	add_containers(0, 1, 500);
	add_containers(0, 2, 20001);
	prune();
	assert_int_equal(nr_containers_of(1), 0);
	assert_int_equal(nr_containers_of(2), 20000);
}

/* As many as there are: what runs has no final record to lose. */
static void test_containers_that_run(void **state)
{
	(void)state;
	add_containers(0, 1, 20000);
	add_containers(0, 2, 21000);
	assert_int_equal(db_exec(db.sqlite, "UPDATE container "
		"SET ended_ms = NULL WHERE last_ms = 2"), 0);
	prune();
	assert_int_equal(nr_containers_of(1), 20000);
	assert_int_equal(nr_containers_of(2), 21000);
}

/* One that ran long has ended last, though it began first. */
static void test_a_container_that_began_long_ago(void **state)
{
	(void)state;
	add_containers(0, 9, 1);
	add_containers(0, 2, 25000);
	prune();
	assert_int_equal(nr_containers_of(9), 1);
	assert_int_equal(nr_containers_of(2), 19999);
}

/* Until that time has come, what ends is older than what has ended. */
static void test_containers_of_a_clock_that_was_ahead(void **state)
{
	(void)state;
	add_containers(0, 2, 20001);
	add_containers(0, 1, 500);
	prune();
	assert_int_equal(nr_containers_of(1), 500);
	assert_int_equal(nr_containers_of(2), 19500);
	add_containers(0, 1, 8000);
	prune();
	assert_in_range(nr_containers_of(1), 1000, 20000);
	assert_int_equal(number("SELECT max(c) FROM container"), 28501);
	assert_int_equal(number("SELECT count(*) FROM container"), 20000);
}

/* However many of a user's containers start and end */
static void test_containers_of_users(void **state)
{
	int i;

	(void)state;
	add_containers(0, 1, 14000);
	add_containers(1001, 2, 1000);
	for (i = 0; i < 3; i++) {
		add_containers(1000, 3 + i, 6000);
		prune();
	}
	assert_int_equal(nr_containers_of(1), 14000);
	assert_int_equal(nr_containers_of(2), 1000);
	assert_int_equal(nr_containers_of(5), 4000);
	assert_int_equal(number("SELECT count(*) FROM container"), 19000);
	/* Also by times that its engine makes up */
	add_containers(1000, 99, 6000);
	add_containers(0, 6, 2000);
	prune();
	assert_int_equal(nr_containers_of(1), 13000);
	assert_int_equal(nr_containers_of(2), 1000);
	assert_int_equal(nr_containers_of(6), 2000);
}

/* Numbers go on where another file was: there are not more rows for that. */
static void test_numbers_with_a_gap(void **state)
{
	static const char minutes[] = "WITH RECURSIVE n (i) AS (SELECT 1 UNION "
		"ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO "
		"host_minute (id, t) SELECT i + %d, i * 60 FROM n";
	static const char decisions[] = "WITH RECURSIVE n (i) AS (SELECT 1 "
		"UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO audit "
		"(seq, t_ms, decision, state, action, dry_run) SELECT "
		"i + %d, i, 'd', 'acted', 'stop', 0 FROM n";
	char sql[300];

	(void)state;
	snprintf(sql, sizeof(sql), minutes, 0);
	assert_int_equal(db_exec(db.sqlite, sql), 0);
	snprintf(sql, sizeof(sql), decisions, 99900, 0);
	assert_int_equal(db_exec(db.sqlite, sql), 0);
	assert_int_equal(db_exec(db.sqlite, "INSERT INTO host_minute (id, t) "
				 "VALUES (50000, 600060)"), 0);
	assert_int_equal(db_exec(db.sqlite, "UPDATE sqlite_sequence SET "
				 "seq = 300000 WHERE name = 'audit'"), 0);
	assert_int_equal(db_exec(db.sqlite, "INSERT INTO audit (t_ms, "
				 "decision, state, action, dry_run) SELECT "
				 "t_ms, 'e', state, action, dry_run FROM audit "
				 "LIMIT 1"), 0);
	prune();
	assert_int_equal(number("SELECT count(*) FROM host_minute"), 10001);
	assert_int_equal(number("SELECT count(*) FROM audit"), 99901);
	/* Those that are too many are the oldest. */
	snprintf(sql, sizeof(sql), minutes, 60000);
	assert_int_equal(db_exec(db.sqlite, sql), 0);
	snprintf(sql, sizeof(sql), decisions, 500, 400000);
	assert_int_equal(db_exec(db.sqlite, sql), 0);
	prune();
	assert_int_equal(number("SELECT count(*) FROM host_minute"), 10080);
	assert_int_equal(number("SELECT min(id) FROM host_minute"), 9922);
	assert_int_equal(number("SELECT count(*) FROM audit"), 100000);
	assert_int_equal(number("SELECT min(seq) FROM audit"), 402);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
#define DB_TEST(name) cmocka_unit_test_setup_teardown(name, begin_db, end_db)
	static const struct CMUnitTest tests[] = {
		DB_TEST(test_the_newest),
		DB_TEST(test_one_user_cannot_push_out_others),
		DB_TEST(test_decisions_of_users),
		DB_TEST(test_users_share),
		DB_TEST(test_the_newest_containers),
		DB_TEST(test_containers_that_run),
		DB_TEST(test_a_container_that_began_long_ago),
		DB_TEST(test_containers_of_a_clock_that_was_ahead),
		DB_TEST(test_containers_of_users),
		DB_TEST(test_numbers_with_a_gap),
		DB_TEST(test_long_rows_of_a_user),
		TEST(test_whose_events_are),
		TEST(test_whose_decisions_are),
		TEST(test_whose_containers_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

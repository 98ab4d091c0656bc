// SPDX-License-Identifier: GPL-2.0-only
/* How many events are kept, and whose, and how many containers */
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
static void prune(void)
{
	int64_t before, after = number("SELECT count(*) FROM event");
	int r;

	do {
		before = after;
		r = prune_step(&db, MAX_BYTES);
		after = number("SELECT count(*) FROM event");
		assert_in_range(before - after, 0, PIECE);
	} while (r == 1);
	assert_int_equal(r, 0);
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

/* What a policy does is root's doing, whatever it acts on. */
static void test_whose_events_are(void **state)
{
	const struct container_row roots = {
		.cgroup = "/system.slice/docker-a.scope",
	};
	const struct container_row users = {
		.cgroup = "/user.slice/user-1000.slice/libpod-b.scope",
	};
	const struct store_container root = { .cgroup_id = 1, .row = &roots };
	const struct store_container user = { .cgroup_id = 2, .row = &users };
	struct store_event event = { .t_ms = (double)T0, .kind = "oom_killed" };

	(void)state;
	open_store(path, 0);
	assert_int_equal(store_begin(store, &root, T0), 0);
	assert_int_equal(store_begin(store, &user, T0), 0);
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
	close_store();
	assert_int_equal(sql_number(path, "SELECT count(*) FROM event"), 5);
	assert_int_equal(sql_number(path, "SELECT group_concat(seq) FROM event "
				    "WHERE user > 0 AND user <> 1000"), 5);
	assert_int_equal(sql_number(path, "SELECT group_concat(seq) FROM event "
				    "WHERE user = 1000"), 3);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM event "
				    "WHERE user = 0"), 3);
}

/* So many containers that have ended then */
static void add_containers(int64_t t_ms, int nr)
{
	char sql[400];

	snprintf(sql, sizeof(sql), "WITH RECURSIVE n (i) AS (SELECT 1 UNION "
		 "ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO container "
		 "(boot_id, cgroup_id, first_ms, last_ms, ended_ms) "
		 "SELECT 'x', i, %lld, %lld, %lld FROM n", nr,
		 (long long)t_ms, (long long)t_ms, (long long)t_ms);
	assert_int_equal(db_exec(db.sqlite, sql), 0);
}

static int64_t nr_containers_of(int64_t t_ms)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM container "
		 "WHERE last_ms = %lld", (long long)t_ms);
	return number(sql);
}

static void test_the_newest_containers(void **state)
{
	(void)state;
	add_containers(1, 500);
	add_containers(2, 20001);
	prune();
	assert_int_equal(nr_containers_of(1), 0);
	assert_int_equal(nr_containers_of(2), 20001);
}

/* Until that time has come, what ends is older than what has ended. */
static void test_containers_of_a_clock_that_was_ahead(void **state)
{
	(void)state;
	add_containers(2, 20001);
	add_containers(1, 500);
	prune();
	assert_int_equal(nr_containers_of(1), 500);
	add_containers(1, 30000);
	prune();
	assert_int_equal(nr_containers_of(1), 20000);
	assert_int_equal(nr_containers_of(2), 20001);
}

int main(void)
{
#define DB_TEST(name) cmocka_unit_test_setup_teardown(name, begin_db, end_db)
	static const struct CMUnitTest tests[] = {
		DB_TEST(test_the_newest),
		DB_TEST(test_one_user_cannot_push_out_others),
		DB_TEST(test_users_share),
		DB_TEST(test_the_newest_containers),
		DB_TEST(test_containers_of_a_clock_that_was_ahead),
		cmocka_unit_test_setup_teardown(test_whose_events_are, begin,
						end_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

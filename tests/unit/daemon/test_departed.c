// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers that started, without memory for them, and what engines say of
 * those that have ended
 *
 * wrap: strdup
 */
#include "tests/unit/store.h"

#include "contmond/departed.h"

static bool is_exhausted;

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);

char *__wrap_strdup(const char *text)
{
	return is_exhausted ? NULL : __real_strdup(text);
}

static int begin(void **state)
{
	int r = begin_test(state);

	open_store(in_directory("store.db"), 0);
	tick_at(T0, BOOT0, NULL, 0);
	store_sync(store);
	return r;
}

/* Every container that is kept has an id. */
static void test_no_memory_for_an_id(void **state)
{
	const struct box box = { "alpha", 1, 1 };
	struct departed departed = { 0 };
	char id[32];
	struct container_row row = row_of(&box, id);
	const struct store_container who = { .cgroup_id = 1, .row = &row };
	struct scope scope = { .cgroup_id = 1, .id = id };
	const struct run run = { .scope = &scope };

	(void)state;
	is_exhausted = true;
	departed_begin(&departed, &run, &who, T0, store);
	is_exhausted = false;
	assert_int_equal(departed.nr_present, 0);
	departed_begin(&departed, &run, &who, T0, store);
	assert_int_equal(departed.nr_present, 1);
	assert_string_equal(departed.present[0].id, id);
	departed_done(&departed);
}

static uint64_t boottime_of(int64_t t_ms)
{
	return (uint64_t)(t_ms - T0 + 1000) * NS_PER_MS;
}

/* A container in @cgroup that has begun at @began_ms and ended */
static void end_seen(struct departed *departed, uint64_t cgroup_id,
		     char *cgroup, int64_t user_id, int64_t began_ms,
		     bool is_roots)
{
	const struct box box = { "alpha", cgroup_id, 1 };
	char text[32], id[] = "a";
	struct container_row row = row_of(&box, text);
	const struct store_container who = { .cgroup_id = cgroup_id,
					     .row = &row, .user_id = user_id,
					     .is_roots = is_roots };
	struct scope scope = { .cgroup_id = cgroup_id, .id = id,
			       .cgroup = cgroup };
	const struct run run = {
		.scope = &scope,
		.made_boottime_ns = boottime_of(began_ms),
		.removed_boottime_ns = boottime_of(began_ms + 1),
	};
	struct store_final final;

	store_final_init(&final);
	final.ended_ms = (double)began_ms + 1;
	departed_begin(departed, &run, &who, began_ms, store);
	departed_end(departed, &run, &final, store);
}

static void end_run(struct departed *departed, uint64_t cgroup_id,
		    char *cgroup, int64_t user_id, int64_t began_ms)
{
	end_seen(departed, cgroup_id, cgroup, user_id, began_ms, false);
}

static void end_of(struct departed *departed, uint64_t cgroup_id, char *cgroup,
		   int64_t user_id)
{
	end_run(departed, cgroup_id, cgroup, user_id, T0);
}

/* Is the end that @name tells that of a container, which @maker could make? */
static bool is_end_of(const struct container_info *name, int64_t maker,
		      char *cgroup)
{
	struct departed departed = { 0 };
	struct names *names = names_new();
	bool is_taken;

	assert_non_null(names);
	assert_int_equal(names_set(names, name), 0);
	end_of(&departed, 1, cgroup, maker);
	assert_int_equal(departed.nr_gone, 1);
	departed_report(&departed, store, names, boottime_of(T0 + 2));
	is_taken = departed.nr_gone == 0;
	departed_done(&departed);
	names_free(names);
	return is_taken;
}

/* The same of what @user's engine tells */
static bool is_taken_from(int64_t user, int64_t maker, char *cgroup)
{
	const struct container_info name = {
		.id = "a", .user_id = user, .engine = "e", .started_ms = T0,
		.finished_ms = T0 + 2, .exit_code = 9,
	};

	return is_end_of(&name, maker, cgroup);
}

static void test_who_may_tell_of_an_end(void **state)
{
	char own[] = "/user.slice/user-1000.slice/libpod-a.scope";
	char other[] = "/system.slice/docker-a.scope";

	(void)state;
	assert_true(is_taken_from(0, 0, other));
	assert_true(is_taken_from(0, 0, NULL));
	assert_true(is_taken_from(1000, 1000, own));
	assert_false(is_taken_from(1000, 0, other));
	assert_false(is_taken_from(1001, 1000, own));
	assert_false(is_taken_from(1000, 0, NULL));
	/* In a directory of a user's, it only looks like root's. */
	assert_false(is_taken_from(0, 998, other));
}

/* While it ran, so that it has ended before it began */
static void test_a_clock_that_was_set_back(void **state)
{
	struct container_info name = {
		.id = "a", .state = "exited", .started_ms = T0 + 300,
		.finished_ms = T0 - 600000, .exit_code = 9,
	};
	char cgroup[] = "/docker/a";

	(void)state;
	assert_true(is_end_of(&name, 0, cgroup));
	/* The end of the run before */
	name.state = "running";
	assert_false(is_end_of(&name, 0, cgroup));
	name.state = "exited";
	name.started_ms = T0 - 300000;
	assert_false(is_end_of(&name, 0, cgroup));
}

/* The engine tells the end of the second run, but never that of the first. */
static void check_two_runs(int64_t user, char *cgroup)
{
	const struct container_info name = {
		.id = "a", .user_id = user, .engine = "e", .state = "exited",
		.started_ms = T0 + 100, .finished_ms = T0 + 101,
		.exit_code = 9,
	};
	struct departed departed = { 0 };
	struct names *names = names_new();
	int i;

	assert_non_null(names);
	assert_int_equal(names_set(names, &name), 0);
	end_run(&departed, 1, cgroup, user, T0);
	end_run(&departed, 2, cgroup, user, T0 + 99);
	for (i = 0; i < 2; i++) {
		departed_report(&departed, store, names,
				boottime_of(T0 + 102 + i));
		assert_int_equal(departed.nr_gone, 1);
		assert_int_equal(departed.gone[0].cgroup_id, 1);
	}
	if (user == 0)
		assert_int_equal(departed_hear(&departed, &name,
					       boottime_of(T0 + 101), store),
				 DEPARTED_RECORDED);
	assert_int_equal(departed.nr_gone, 1);
	departed_done(&departed);
	names_free(names);
}

static void test_an_end_of_the_next_run(void **state)
{
	char own[] = "/user.slice/user-1000.slice/libpod-a.scope";
	char roots[] = "/docker/a";

	(void)state;
	check_two_runs(0, roots);
	check_two_runs(1000, own);
}

/* Who makes a cgroup of the same name keeps nobody's report away. */
static void test_a_next_run_of_another_user(void **state)
{
	const struct container_info name = {
		.id = "a", .engine = "e", .state = "exited", .started_ms = T0,
		.finished_ms = T0 + 200, .exit_code = 9,
	};
	char own[] = "/user.slice/user-1000.slice/libpod-a.scope";
	char roots[] = "/docker/a";
	struct departed departed = { 0 };

	(void)state;
	end_run(&departed, 1, roots, 0, T0);
	end_run(&departed, 2, own, 1000, T0 + 99);
	assert_int_equal(departed_hear(&departed, &name, boottime_of(T0 + 200),
				       store), DEPARTED_RECORDED);
	assert_int_equal(departed.nr_gone, 1);
	assert_int_equal(departed.gone[0].cgroup_id, 2);
	departed_done(&departed);
}

/* Of too many the newest are awaited: what engines report of them may come. */
static int64_t begin_and_miss(char *cgroup)
{
	struct departed departed = { 0 };
	char id[] = "a";
	struct scope scope = { .cgroup_id = 1, .id = id, .cgroup = cgroup };
	const struct run run = { .scope = &scope,
				 .made_boottime_ns = boottime_of(T0) };
	struct model_container container = { .scope = &scope };
	const struct store_container who = { .cgroup_id = 1,
					     .row = &container.row };
	struct sample sample = { .t_ms = T0 };
	struct model model = { .sample = &sample, .containers = &container };
	int64_t began_ms;
	size_t i;
	bool is_new;

	departed_begin(&departed, &run, &who, T0, store);
	for (i = 0; i < 3; i++) {
		model.nr_containers = i != 1;
		sample.boottime_ns = boottime_of(T0 + 1000 * (int64_t)i);
		assert_int_equal(departed_tick(&departed, &model, store,
					       &is_new), 0);
	}
	assert_int_equal(departed.nr_gone, 0);
	began_ms = departed.present[0].began_ms;
	departed_done(&departed);
	return began_ms;
}

/* Back after a sample without it: in v2 it is the same run. */
static void test_one_that_is_missing_once(void **state)
{
	char cgroup[] = "/docker/a";

	(void)state;
	assert_int_equal(begin_and_miss(cgroup), T0);
	assert_int_equal(begin_and_miss(NULL), 0);
}

static void test_too_many_that_no_engine_reports(void **state)
{
	struct departed departed = { 0 };
	char cgroup[] = "/docker/a";
	uint64_t i;

	(void)state;
	for (i = 1; i <= DEPARTED_MAX_GONE + 3; i++)
		end_of(&departed, i, cgroup, 0);
	assert_int_equal(departed.nr_gone, DEPARTED_MAX_GONE);
	assert_int_equal(departed.gone[0].cgroup_id, 4);
	assert_int_equal(departed.gone[DEPARTED_MAX_GONE - 1].cgroup_id,
			 DEPARTED_MAX_GONE + 3);
	departed_done(&departed);
}

/* However many of a user's end, root's are awaited. */
static void test_ends_of_a_user(void **state)
{
	struct departed departed = { 0 };
	char cgroup[] = "/docker/a";
	uint64_t i;

	(void)state;
	for (i = 1; i <= 2 * DEPARTED_MAX_GONE; i++)
		end_of(&departed, i, cgroup, i <= 2 ? 0 : 998);
	assert_int_equal(departed.nr_gone, DEPARTED_MAX_GONE);
	assert_int_equal(departed.gone[0].cgroup_id, 1);
	assert_int_equal(departed.gone[1].cgroup_id, 2);
	assert_int_equal(departed.gone[2].cgroup_id, DEPARTED_MAX_GONE + 3);
	departed_done(&departed);
}

static char recorded_title[32];
static int64_t recorded_user;

static int keep_recorded(const void *row, void *userdata)
{
	const struct past_container *container = row;

	(void)userdata;
	recorded_user = container->user_id;
	snprintf(recorded_title, sizeof(recorded_title), "%s",
		 container->title);
	return 0;
}

/* Root has mapped the container to a user, and its engine has removed it. */
static void check_claim(bool is_known)
{
	char cgroup[] = "/system.slice/docker-a.scope";
	const struct container_info claim = {
		.id = "a", .name = "evil", .user_id = 1000, .engine = "u",
		.cgroup = cgroup, .started_ms = T0, .finished_ms = T0 + 2,
		.exit_code = 9,
	};
	const struct past_query query = { .to_ms = INT64_MAX, .max_rows = 9 };
	struct departed departed = { 0 };
	struct names *names = names_new();

	assert_int_equal(names_set(names, &claim), 0);
	end_seen(&departed, 1, cgroup, 0, T0, true);
	assert_true(departed.gone[0].is_roots);
	/* As after a start of contmond, which knows less of it */
	departed.gone[0].is_roots = is_known;
	departed_report(&departed, store, names, boottime_of(T0 + 2));
	assert_int_equal(departed.nr_gone, is_known);
	store_sync(store);
	assert_int_equal(store_containers(store, &query, keep_recorded, NULL),
			 0);
	assert_string_equal(recorded_title, "alpha");
	assert_int_equal(recorded_user, 0);
	departed_done(&departed);
	names_free(names);
}

static void test_what_a_user_claims(void **state)
{
	(void)state;
	check_claim(true);
}

static void test_what_a_user_claims_after_a_start(void **state)
{
	(void)state;
	check_claim(false);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_memory_for_an_id,
						begin, end_test),
		cmocka_unit_test_setup_teardown(test_who_may_tell_of_an_end,
						begin, end_test),
		cmocka_unit_test_setup_teardown(test_a_clock_that_was_set_back,
						begin, end_test),
		cmocka_unit_test_setup_teardown(test_an_end_of_the_next_run,
						begin, end_test),
		cmocka_unit_test_setup_teardown(
			test_a_next_run_of_another_user, begin, end_test),
		cmocka_unit_test_setup_teardown(
			test_too_many_that_no_engine_reports, begin, end_test),
		cmocka_unit_test_setup_teardown(test_one_that_is_missing_once,
						begin, end_test),
		cmocka_unit_test_setup_teardown(test_ends_of_a_user, begin,
						end_test),
		cmocka_unit_test_setup_teardown(test_what_a_user_claims, begin,
						end_test),
		cmocka_unit_test_setup_teardown(
			test_what_a_user_claims_after_a_start, begin, end_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

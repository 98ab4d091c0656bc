// SPDX-License-Identifier: GPL-2.0-only
/* Containers that have ended are kept for a while with their totals */
#include "tests/unit/model_world.h"

#include "contmond/model/arrived.h"
#include "contmond/model/derive.h"
#include "contmond/model/ended.h"
#include "contmond/store/past.h"

/* A sample @seconds after boot, without any container */
static void all_end(double seconds)
{
	struct sample empty;

	world_sample(&empty, seconds);
	assert_int_equal(model_update(&world.model, &world.now, &empty,
				      world.names), 0);
	world_sample_done(&empty);
}

static void test_an_ended_container_keeps_its_totals(void **state)
{
	const struct container_row *row;

	(void)state;
	world.web->oom_kills_since = 1;
	all_end(102);
	assert_int_equal(world.model.nr_containers, 0);
	assert_int_equal(world.model.ended.nr, 2);
	row = &world.model.ended.all[0].row;
	assert_string_equal(row->container, "web");
	assert_string_equal(row->image, "image:1");
	assert_string_equal(row->cgroup, world.web->cgroup);
	assert_near(row->cpu_seconds_total, 1.5, 1e-9);
	assert_near(row->oom_kills_total, 1, 0);
	assert_true(isnan(row->memory_current_bytes));
	assert_true(isnan(row->processes));
	assert_true(isnan(row->state_code));
	assert_true(isnan(row->t));
	assert_null(row->state);
	assert_string_equal(row->id, world.web->id);
	assert_near(world.model.ended.all[0].ended_ms, 1700000102000, 0);
	assert_true(isnan(world.model.ended.all[0].exit_code));
}

/* Its files have gone before its cgroup has. */
static void test_totals_that_are_unknown_at_last(void **state)
{
	struct sample last, empty;

	(void)state;
	world_sample(&last, 102);
	world_container(&last, world.web)->stats.valid = 0;
	world_sample(&empty, 103);
	assert_int_equal(model_update(&world.model, &world.now, &last,
				      world.names), 0);
	assert_true(isnan(world.model.containers[0].row.cpu_seconds_total));
	assert_int_equal(model_update(&world.model, &last, &empty,
				      world.names), 0);
	assert_int_equal(world.model.ended.nr, 2);
	assert_near(world.model.ended.all[1].row.cpu_seconds_total, 1.5, 1e-9);
	world_sample_done(&last);
	world_sample_done(&empty);
}

static void test_an_ended_container_is_forgotten(void **state)
{
	(void)state;
	all_end(102);
	all_end(102 + ENDED_KEEP_NS / 1e9 - 1);
	assert_int_equal(world.model.ended.nr, 2);
	all_end(102 + ENDED_KEEP_NS / 1e9);
	assert_int_equal(world.model.ended.nr, 0);
}

/* web was killed twice. Returns the scope of its next run. */
static struct scope *run_again(void)
{
	struct scope *again = world_scope(300, ID64("a"));

	world.web->oom_kills_since = 2;
	all_end(102);
	scope_unref(world.now.containers[0].scope);
	world.now.containers[0] = world.now.containers[1];
	world.now.containers[1] = (struct sample_container){ .scope = again };
	world.now.containers[1].row.valid = CONTMON_CGROUP_MEMCG;
	update();
	return again;
}

static void test_an_ended_container_runs_again(void **state)
{
	struct scope *again = run_again();

	(void)state;
	assert_int_equal(world.model.ended.nr, 0);
	assert_near(row_of("web")->oom_kills_total, 2, 0);
	/* Once more, without a sample in between */
	world.now.containers[1].row.events_oom_kill = 1;
	update();
	assert_near(row_of("web")->oom_kills_total, 3, 0);
	again->oom_kills_since = 1;
	all_end(103);
	assert_int_equal(world.model.ended.nr, 2);
	assert_near(world.model.ended.all[1].row.oom_kills_total, 4, 0);
}

static double recorded_kills;

static int note_kills(const void *row, void *userdata)
{
	const struct past_container *container = row;

	(void)userdata;
	recorded_kills = container->final.oom_kills;
	return 1;
}

/* The kills in the record of the newest run */
static double kills_recorded(void)
{
	const struct past_query query = {
		.to_ms = INT64_MAX / 2, .ended_only = true, .max_rows = 1,
	};

	store_sync(world.store);
	recorded_kills = NAN;
	assert_int_equal(store_containers(world.store, &query, note_kills,
					  NULL), 0);
	return recorded_kills;
}

/* In its next run web was killed once. */
static struct scope *run_and_record(void)
{
	struct scope *again = run_again();

	world.now.containers[1].row.events_oom_kill = 1;
	update();
	assert_near(row_of("web")->oom_kills_total, 3, 0);
	assert_int_equal(recorder_tick(world.recorder, &world.model), 0);
	return again;
}

/* The total goes on, but a record is of one run. */
static void test_a_record_has_the_kills_of_its_run(void **state)
{
	struct run run = { .scope = run_and_record(),
			   .removed_boottime_ns = 1 };

	(void)state;
	run.scope->oom_kills_since = 1;
	recorder_end(world.recorder, &world.model, &run);
	assert_near(kills_recorded(), 2, 0);
}

/* No event tells of its end. */
static void test_a_record_of_samples_has_the_kills_of_its_run(void **state)
{
	struct sample empty;

	(void)state;
	run_and_record();
	world_sample(&empty, 102);
	assert_int_equal(model_update(&world.model, &world.now, &empty,
				      world.names), 0);
	assert_int_equal(recorder_tick(world.recorder, &world.model), 0);
	assert_near(kills_recorded(), 1, 0);
	world_sample_done(&empty);
}

/* The container of the cgroup may be mistaken for another: it has not ended. */
static void test_a_cgroup_that_is_no_container_any_more(void **state)
{
	struct contmon_cgroup cgroup = { .cgroup_id = 100 };
	struct sample sample;

	(void)state;
	world_sample(&sample, 102);
	sample.cgroups = (struct contmon_cgroups){ .entries = &cgroup,
						   .nr = 1 };
	assert_int_equal(model_update(&world.model, &world.now, &sample,
				      world.names), 0);
	assert_int_equal(world.model.ended.nr, 1);
	assert_string_equal(world.model.ended.all[0].row.container, "db");
	world_sample_done(&sample);
}

/* A container of cgroup v1 has no path, so it is identified by its id. */
static void test_a_container_of_v1_that_ends(void **state)
{
	(void)state;
	free(world.web->cgroup);
	world.web->cgroup = NULL;
	update();
	all_end(102);
	assert_int_equal(world.model.ended.nr, 2);
	assert_string_equal(world.model.ended.all[0].row.container, "web");
	assert_string_equal(world.model.ended.all[0].row.cgroup, ID64("a"));
	update();
	assert_int_equal(world.model.ended.nr, 0);
}

static void test_a_bounded_number_of_ended(void **state)
{
	struct container_row row = { .container = "one" };
	struct ended_list list = { 0 };
	char cgroup[16];
	int i;

	(void)state;
	row.cgroup = cgroup;
	for (i = 0; i <= ENDED_MAX; i++) {
		snprintf(cgroup, sizeof(cgroup), "/%d", i);
		assert_int_equal(ended_add(&list, &row, 0, false, 1, 5), 0);
	}
	assert_int_equal(list.nr, ENDED_MAX);
	assert_string_equal(list.all[0].row.cgroup, "/1");
	row.oom_kills_total = 5;
	assert_int_equal(ended_add(&list, &row, 0, false, 2, 5), 0);
	assert_int_equal(list.nr, ENDED_MAX);
	assert_near(ended_take(&list, cgroup, 0).oom_kills, 5, 0);
	assert_near(ended_take(&list, cgroup, 0).oom_kills, 0, 0);
	ended_done(&list);
}

/* Where a container has no path, a user can make one with the same id. */
static void test_ends_with_the_same_id(void **state)
{
	struct container_row row = { .container = "one", .cgroup = "web",
				     .oom_kills_total = 5 };
	struct ended_list list = { 0 };

	(void)state;
	assert_int_equal(ended_add(&list, &row, 0, false, 1, 5), 0);
	row.oom_kills_total = 7;
	assert_int_equal(ended_add(&list, &row, 1000, false, 1, 5), 0);
	assert_int_equal(list.nr, 2);
	assert_near(ended_take(&list, "web", 1001).oom_kills, 0, 0);
	assert_near(ended_take(&list, "web", 1000).oom_kills, 7, 0);
	assert_near(ended_take(&list, "web", 0).oom_kills, 5, 0);
	ended_done(&list);
}

/* However many of a user's end, root's are still to be scraped. */
static void test_ends_of_a_user(void **state)
{
	struct container_row row = { .container = "one" };
	struct ended_list list = { 0 };
	char cgroup[64];
	int i;

	(void)state;
	row.cgroup = cgroup;
	for (i = 0; i < 2 * ENDED_MAX; i++) {
		snprintf(cgroup, sizeof(cgroup), "/docker/%d", i);
		assert_int_equal(ended_add(&list, &row, i < 2 ? 0 : 998, false,
					   1, 5), 0);
	}
	assert_int_equal(list.nr, ENDED_MAX);
	assert_string_equal(list.all[0].row.cgroup, "/docker/0");
	assert_string_equal(list.all[1].row.cgroup, "/docker/1");
	assert_string_equal(list.all[ENDED_MAX - 1].row.cgroup, cgroup);
	ended_done(&list);
}

/* A cgroup that a user has called like one of root's has not that one's end. */
static void test_whose_end_it_is(void **state)
{
	const struct container_info name = { .id = ID64("a"), .name = "web",
					     .finished_ms = 1700000102500,
					     .exit_code = 9 };

	(void)state;
	world.web->user_id = 998;
	update_anew();
	all_end(102);
	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_int_equal(world.model.ended.all[0].user_id, 998);
	assert_true(isnan(world.model.ended.all[0].exit_code));
}

static void hear(int64_t started_ms, int64_t finished_ms, int64_t exit_code)
{
	const struct container_info name = {
		.id = ID64("a"), .name = "web", .state = "exited",
		.started_ms = started_ms, .finished_ms = finished_ms,
		.exit_code = (int)exit_code,
	};

	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
}

#define NEXT_MS 1700000101400

/* A next run that no sample shows has an end of its own. */
static void must_be_of_the_first_run(void)
{
	const struct ended *ended = &world.model.ended.all[0];

	hear(NEXT_MS + 100, NEXT_MS + 200, 7);
	assert_true(isnan(ended->exit_code));
	assert_near(ended->ended_ms, 1700000102000, 0);
	hear(NEXT_MS - 900, NEXT_MS, 7);
	assert_true(isnan(ended->exit_code));
	hear(NEXT_MS - 900, NEXT_MS - 300, 3);
	assert_near(ended->exit_code, 3, 0);
	assert_near(ended->ended_ms, NEXT_MS - 300, 0);
}

static void test_a_next_run_before_the_sample(void **state)
{
	struct scope *next = world_scope(300, ID64("a"));

	(void)state;
	ended_note_next(&world.model, next, NEXT_MS);
	ended_note_next(&world.model, next, NEXT_MS + 500);
	all_end(102);
	must_be_of_the_first_run();
	scope_unref(next);
}

static void test_a_next_run_after_the_sample(void **state)
{
	struct scope *next = world_scope(300, ID64("a"));

	(void)state;
	all_end(102);
	ended_note_next(&world.model, next, NEXT_MS);
	must_be_of_the_first_run();
	scope_unref(next);
}

/* Its own creation, which a sample may tell before the event does */
static void test_the_same_run(void **state)
{
	(void)state;
	ended_note_next(&world.model, world.web, NEXT_MS);
	all_end(102);
	hear(NEXT_MS, NEXT_MS + 200, 7);
	assert_near(world.model.ended.all[0].exit_code, 7, 0);
}

/* While it ran, so that it has ended before it began */
static void test_a_clock_that_was_set_back(void **state)
{
	struct container_info name = { .id = ID64("a"), .name = "web",
				       .state = "exited", .exit_code = 9 };
	const struct ended *ended;

	(void)state;
	world.web->is_started = true;
	world.web->started_ms = 1700000090000;
	update();
	all_end(102);
	ended = &world.model.ended.all[0];
	name.started_ms = (int64_t)ended->row.started_ms;
	name.finished_ms = name.started_ms - 5000;
	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_near(ended->exit_code, 9, 0);
	assert_near(ended->ended_ms, (double)name.finished_ms, 0);
}

/* In v2 a run lasts as long as its cgroup: nothing counts twice. */
static void test_one_that_is_missing_once(void **state)
{
	struct sample_container *web = &world.now.containers[0];

	(void)state;
	web->row.events_oom_kill = 2;
	update();
	all_end(102);
	update();
	assert_int_equal(world.model.ended.nr, 0);
	assert_near(row_of("web")->oom_kills_total, 2, 0);
	assert_near(world.model.containers[0].oom_kills_before, 0, 0);
}

/*
 * Root has mapped the container to a user, whose engine tells of it as well,
 * and still does when root's engine has removed it.
 */
static void test_what_a_user_claims(void **state)
{
	const struct container_info known = {
		.id = ID64("a"), .name = "web", .cgroup = world.web->cgroup,
	}, claim = {
		.id = ID64("a"), .name = "evil", .cgroup = world.web->cgroup,
		.engine = "u", .user_id = 1000,
		.finished_ms = 1700000102500, .exit_code = 9,
	};

	(void)state;
	assert_int_equal(names_set(world.names, &known), 0);
	assert_int_equal(names_set(world.names, &claim), 0);
	update();
	assert_string_equal(row_of("web")->id, ID64("a"));
	names_remove(world.names, ID64("a"), NULL);
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_string_equal(row_of("aaaaaaaaaaaa")->id, ID64("a"));
	update();
	assert_string_equal(row_of("aaaaaaaaaaaa")->id, ID64("a"));
	assert_int_equal(model_user(&world.model.containers[0]), 0);
	all_end(102);
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_int_equal(world.model.ended.all[0].user_id, 0);
	assert_true(isnan(world.model.ended.all[0].exit_code));
}

static bool is_web(uint64_t cgroup_id, void *userdata)
{
	assert_ptr_equal(userdata, &world);
	return cgroup_id == world.web->cgroup_id;
}

/* The same if an earlier contmond has recorded what root's engine told. */
static void test_a_claim_after_a_start(void **state)
{
	const struct container_info claim = {
		.id = ID64("a"), .name = "evil", .cgroup = world.web->cgroup,
		.engine = "u", .user_id = 1000,
	};

	(void)state;
	names_remove(world.names, ID64("a"), NULL);
	assert_int_equal(names_set(world.names, &claim), 0);
	update_anew();
	assert_string_equal(row_of("evil@1000")->id, ID64("a"));
	world.model.was_roots = is_web;
	world.model.userdata = &world;
	update_anew();
	assert_string_equal(row_of("aaaaaaaaaaaa")->id, ID64("a"));
	assert_int_equal(model_user(&world.model.containers[0]), 0);
	all_end(102);
	assert_int_equal(world.model.ended.all[0].user_id, 0);
}

/* The same if it is so short that no sample has both. */
static void test_a_claim_on_a_new_one(void **state)
{
	const struct container_info known = {
		.id = ID64("c"), .name = "new",
	};
	struct container_info claim = {
		.id = ID64("c"), .name = "evil", .engine = "u",
		.user_id = 1000,
	};
	struct scope *scope = world_scope(300, ID64("c"));

	(void)state;
	claim.cgroup = scope->cgroup;
	assert_int_equal(names_set(world.names, &known), 0);
	assert_int_equal(arrived_add(&world.model, scope, world.names), 0);
	names_remove(world.names, ID64("c"), NULL);
	assert_int_equal(names_set(world.names, &claim), 0);
	world_container(&world.now, scope);
	update();
	assert_string_equal(row_of("cccccccccccc")->id, ID64("c"));
	scope_unref(scope);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_an_ended_container_keeps_its_totals),
		TEST(test_totals_that_are_unknown_at_last),
		TEST(test_an_ended_container_is_forgotten),
		TEST(test_an_ended_container_runs_again),
		TEST(test_a_record_has_the_kills_of_its_run),
		TEST(test_a_record_of_samples_has_the_kills_of_its_run),
		TEST(test_a_cgroup_that_is_no_container_any_more),
		TEST(test_a_container_of_v1_that_ends),
		TEST(test_a_bounded_number_of_ended),
		TEST(test_ends_of_a_user),
		TEST(test_ends_with_the_same_id),
		TEST(test_whose_end_it_is),
		TEST(test_a_next_run_before_the_sample),
		TEST(test_a_next_run_after_the_sample),
		TEST(test_the_same_run),
		TEST(test_a_clock_that_was_set_back),
		TEST(test_one_that_is_missing_once),
		TEST(test_what_a_user_claims),
		TEST(test_a_claim_after_a_start),
		TEST(test_a_claim_on_a_new_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

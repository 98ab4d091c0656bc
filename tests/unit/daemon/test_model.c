// SPDX-License-Identifier: GPL-2.0-only
/* Rows made from two samples. */
#include "tests/unit/model_world.h"

#include "contmond/model/arrived.h"
#include "contmond/model/derive.h"

static void test_container_rates(void **state)
{
	(void)state;
	assert_near(row_of("web")->cpu_cores, 0.5, 1e-9);
	assert_near(row_of("web")->cpu_percent, 12.5, 1e-9);
	assert_near(row_of("db")->cpu_cores, 2, 1e-9);
	assert_near(row_of("web")->cpu_seconds_total, 1.5, 1e-9);
	assert_near(row_of("web")->read_bytes_per_second, 4096, 1e-9);
	assert_near(row_of("web")->write_bytes_per_second, 0, 0);
	assert_true(isnan(row_of("web")->cpu_throttled_seconds_total));
	assert_true(isnan(row_of("web")->cpu_periods_total));
	assert_true(isnan(row_of("web")->psi_io_full_seconds_total));
}

static void test_rates_are_over_what_has_passed(void **state)
{
	(void)state;
	/* The files of db were read a second later. */
	world.now.containers[1].stats.read_boottime_ns += SECOND_NS;
	update();
	assert_near(row_of("db")->cpu_cores, 1, 1e-9);
}

static void test_the_first_sample_has_no_rates(void **state)
{
	(void)state;
	assert_int_equal(model_update(&world.model, NULL, &world.now,
				      world.names), 0);
	assert_true(isnan(row_of("web")->cpu_cores));
	assert_true(isnan(row_of("web")->cpu_percent));
	assert_true(isnan(row_of("web")->read_bytes_per_second));
	assert_true(isnan(world.model.system.cpu_percent));
	assert_true(isnan(world.model.process_cores[0]));
	assert_near(row_of("web")->cpu_seconds_total, 1.5, 1e-9);
}

static void test_counters_that_went_backwards_have_no_rate(void **state)
{
	(void)state;
	world.now.containers[0].stats.cpu_usec = 1;
	world.now.containers[0].stats.read_bytes = 1;
	update();
	assert_true(isnan(row_of("web")->cpu_cores));
	assert_true(isnan(row_of("web")->read_bytes_per_second));
	assert_near(row_of("web")->read_bytes_total, 1, 0);
}

static void test_a_new_container_in_an_old_cgroup_id_has_no_rate(void **state)
{
	struct scope *other = world_scope(100, ID64("c"));

	(void)state;
	scope_unref(world.now.containers[0].scope);
	world.now.containers[0].scope = other;
	update();
	assert_true(isnan(row_of("cccccccccccc")->cpu_cores));
}

static void test_unknown_is_not_zero(void **state)
{
	(void)state;
	world.now.containers[0].stats.valid = 0;
	world.now.containers[0].row.valid = CONTMON_CGROUP_BASE;
	update();
	assert_true(isnan(row_of("web")->cpu_seconds_total));
	assert_true(isnan(row_of("web")->memory_current_bytes));
	assert_true(isnan(row_of("web")->memory_working_set_bytes));
	assert_true(isnan(row_of("web")->memory_kernel_bytes));
	assert_true(isnan(row_of("web")->read_bytes_total));
	assert_true(isnan(row_of("web")->oom_kills_total));
}

/* db is below a slice with lower limits than its own. */
static void test_limits(void **state)
{
	struct sample_container *c = &world.now.containers[1];
	const struct container_row *row;

	(void)state;
	c->limits.now = (struct contmon_cgroup_limits){
		.valid = CONTMON_LIMIT_MEMORY | CONTMON_LIMIT_MEMORY_USED |
			 CONTMON_LIMIT_CPU | CONTMON_LIMIT_THROTTLED,
		.memory_bytes = { 256 << 20, 96 << 20, 7 },
		.memory_used_bytes = 96 << 20,
		.cpu_ns = { CONTMON_UNLIMITED, SECOND_NS / 5, 7 },
		.cpu_throttled_ns = 3 * SECOND_NS / 2,
	};
	c->limits.memory_owner = strdup("/job.slice");
	c->limits.cpu_owner = strdup("/job.slice");
	c->row.memory_current_bytes = 72 << 20;
	update();
	row = row_of("db");
	assert_near(row->memory_max_bytes, 256 * MIB, 0);
	assert_near(row->memory_limit_bytes, 96 * MIB, 0);
	assert_string_equal(row->memory_limit_owner, "/job.slice");
	assert_near(row->memory_limit_percent, 75, 1e-9);
	assert_true(isnan(row->cpu_max_cores));
	assert_near(row->cpu_limit_cores, 0.2, 1e-9);
	assert_string_equal(row->cpu_limit_owner, "/job.slice");
	assert_near(row->cpu_limit_throttled_seconds_total, 1.5, 1e-9);
}

static void test_unknown_limits_hide_no_other(void **state)
{
	struct sample_container *c = &world.now.containers[1];
	const struct container_row *row;

	(void)state;
	c->limits.now = (struct contmon_cgroup_limits){
		.valid = CONTMON_LIMIT_CPU,
		.cpu_ns = { SECOND_NS, SECOND_NS, 7 },
	};
	update();
	row = row_of("db");
	assert_near(row->memory_max_bytes, 256 * MIB, 0);
	assert_true(isnan(row->memory_limit_bytes));
	assert_true(isnan(row->memory_limit_percent));
	assert_null(row->memory_limit_owner);
	assert_near(row->cpu_max_cores, 1, 0);
	assert_near(row->cpu_limit_cores, 1, 0);
	assert_true(isnan(row->cpu_limit_throttled_seconds_total));
}

static void test_memory(void **state)
{
	struct sample_container *c = &world.now.containers[1];

	(void)state;
	c->row.memory_current_bytes = 64 << 20;
	c->stats.memory.inactive_file_bytes = 16 << 20;
	update();
	assert_near(row_of("db")->memory_working_set_bytes, 48 * MIB, 0);
	assert_near(row_of("db")->memory_max_bytes, 256 * MIB, 0);
	assert_true(isnan(row_of("web")->memory_max_bytes));
	assert_near(row_of("web")->rss_sum_bytes, 10 * MIB, 0);
	c->stats.memory.inactive_file_bytes = 65 << 20;
	update();
	assert_near(row_of("db")->memory_working_set_bytes, 0, 0);
}

static void test_states(void **state)
{
	(void)state;
	assert_string_equal(row_of("web")->state, "running");
	world.now.containers[0].stats.frozen = 1;
	world.now.containers[1].row.populated = 0;
	update();
	assert_string_equal(row_of("web")->state, "paused");
	assert_near(row_of("web")->state_code, 2, 0);
	assert_string_equal(row_of("db")->state, "empty");
	assert_near(row_of("db")->state_code, 3, 0);
}

static void test_ages(void **state)
{
	(void)state;
	assert_near(row_of("web")->created_ms, 1699999995000.0, 0);
	assert_true(isnan(row_of("web")->started_ms));
	assert_true(isnan(row_of("web")->uptime_seconds));
	world.web->is_started = true;
	world.web->started_boottime_ns = 90 * SECOND_NS;
	world.web->started_ms = 1700000090000;
	update();
	assert_near(row_of("web")->started_ms, 1700000090000.0, 0);
	assert_near(row_of("web")->uptime_seconds, 11, 1e-9);
	/* The wall clock is set: no age may change. */
	world.now.t_ms += 7200000;
	update();
	assert_near(row_of("web")->started_ms, 1700000090000.0, 0);
	assert_near(row_of("web")->uptime_seconds, 11, 1e-9);
	/* The engine no longer reports names. */
	names_remove(world.names, ID64("a"), NULL);
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_true(isnan(row_of("aaaaaaaaaaaa")->created_ms));
	assert_near(row_of("aaaaaaaaaaaa")->uptime_seconds, 11, 1e-9);
	assert_null(row_of("aaaaaaaaaaaa")->image);
}

static void test_names_sort_and_stay_apart(void **state)
{
	(void)state;
	assert_string_equal(model_container(&world.model, 0)->row.container,
			    "db");
	assert_string_equal(model_container(&world.model, 1)->row.container,
			    "web");
	world_name(&world, ID64("b"), "web");
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_string_equal(model_container(&world.model, 0)->row.container,
			    "web-aaaaaaaaaaaa");
	assert_string_equal(model_container(&world.model, 1)->row.container,
			    "web-bbbbbbbbbbbb");
	world_name(&world, ID64("a"), "host");
	world_name(&world, ID64("b"), "host-aaaaaaaaaaaa");
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_string_equal(model_container(&world.model, 0)->row.container,
			    "host-aaaaaaaaaaaa-100");
	assert_string_equal(model_container(&world.model, 1)->row.container,
			    "host-aaaaaaaaaaaa-200");
}

/* Whatever a user calls containers, those of root's keep their titles. */
static void test_a_user_who_takes_titles(void **state)
{
	(void)state;
	free(world.db->title);
	world.db->title = strdup("web");
	world.db->user_id = 998;
	update_anew();
	assert_string_equal(row_of("web")->id, ID64("a"));
	assert_string_equal(row_of("web@998")->id, ID64("b"));
	free(world.web->title);
	world.web->title = strdup("web");
	world.web->user_id = 998;
	update_anew();
	assert_string_equal(row_of("web@998-aaaaaaaaaaaa")->id, ID64("a"));
	assert_string_equal(row_of("web@998-bbbbbbbbbbbb")->id, ID64("b"));
}

/* Root's may have run before, or run later. */
static void test_the_title_of_a_user_alone(void **state)
{
	const struct container_info users = {
		.id = ID64("b"), .name = "till", .user_id = 998,
	};

	(void)state;
	world.db->user_id = 998;
	assert_int_equal(names_set(world.names, &users), 0);
	names_remove(world.names, ID64("b"), NULL);
	update_anew();
	assert_string_equal(row_of("bbbbbbbbbbbb@998")->id, ID64("b"));
	assert_int_equal(names_set(world.names, &users), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_string_equal(row_of("till@998")->id, ID64("b"));
}

/* Each longer title is that of another one. */
static void test_names_like_longer_titles(void **state)
{
	struct scope *c = world_scope(300, ID64("c"));
	struct scope *d = world_scope(301, ID64("d"));
	size_t i;

	(void)state;
	world_name(&world, ID64("a"), "web");
	world_name(&world, ID64("b"), "web");
	world_name(&world, ID64("c"), "web-aaaaaaaaaaaa-100");
	world_name(&world, ID64("d"), "web-aaaaaaaaaaaa");
	assert_int_equal(arrived_add(&world.model, c, world.names), 0);
	assert_int_equal(arrived_add(&world.model, d, world.names), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
	for (i = 1; i < world.model.nr_listed; i++)
		assert_string_not_equal(
			model_container(&world.model, i - 1)->title,
			model_container(&world.model, i)->title);
	scope_unref(c);
	scope_unref(d);
}

/* It may be the name of a directory, with any bytes. */
static void test_a_title_is_shown_without_a_name(void **state)
{
	struct scope *scope = world.now.containers[0].scope;

	(void)state;
	names_remove(world.names, ID64("a"), NULL);
	free(scope->title);
	scope->title = strdup("build-\xff*");
	update();
	assert_string_equal(row_of("build-\xef\xbf\xbd*")->short_id,
			    "aaaaaaaaaaaa");
}

static void test_tallies(void **state)
{
	static const char states[] = "RSDTtZXIP";
	struct contmon_task task = {
		.nr_threads = 3, .vsz_bytes = 10, .rss_anon_bytes = 1,
		.rss_file_bytes = 2, .rss_shmem_bytes = 4, .minor_faults = 5,
		.major_faults = 6,
	};
	size_t i;

	(void)state;
	world.now.tally = (struct tally){ 0 };
	for (i = 0; states[i]; i++) {
		task.state = (uint32_t)states[i];
		tally_add(&world.now.tally, &task);
	}
	world.now.containers[0].tally = world.now.tally;
	update();
	assert_near(row_of("web")->processes, 9, 0);
	assert_near(row_of("web")->threads, 27, 0);
	assert_near(row_of("web")->processes_running, 1, 0);
	assert_near(row_of("web")->processes_sleeping, 1, 0);
	assert_near(row_of("web")->processes_uninterruptible, 1, 0);
	assert_near(row_of("web")->processes_stopped, 2, 0);
	assert_near(row_of("web")->processes_zombie, 2, 0);
	assert_near(row_of("web")->processes_idle, 2, 0);
	assert_near(row_of("web")->vsz_sum_bytes, 90, 0);
	assert_near(row_of("web")->rss_sum_bytes, 63, 0);
	assert_near(row_of("web")->minor_faults, 45, 0);
	assert_near(row_of("web")->major_faults, 54, 0);
	assert_near(world.model.system.reserved_bytes, 90, 0);
	assert_near(world.model.system.committed_bytes, 63, 0);
	assert_near(world.model.system.processes_zombie, 2, 0);
}

/* One second of four CPUs: all time that was not idle was busy. */
static void test_host_cpu(void **state)
{
	struct contmon_get_system *before = &world.before.system.kernel;
	struct contmon_get_system *now = &world.now.system.kernel;
	const struct system_row *row = &world.model.system;

	(void)state;
	before->cpu_iowait_ns = 5 * SECOND_NS;
	now->cpu_user_ns = SECOND_NS;
	now->cpu_system_ns = SECOND_NS / 2;
	now->cpu_steal_ns = SECOND_NS / 5;
	now->cpu_idle_ns = SECOND_NS;
	now->cpu_iowait_ns = 5 * SECOND_NS;
	update();
	assert_near(row->cpu_percent, 70, 1e-9);
	assert_near(row->cpu_user_percent, 25, 1e-9);
	assert_near(row->cpu_system_percent, 12.5, 1e-9);
	assert_near(row->cpu_steal_percent, 5, 1e-9);
	assert_near(row->cpu_idle_percent, 25, 1e-9);
	assert_near(row->cpu_iowait_percent, 0, 0);
	now->cpu_iowait_ns -= SECOND_NS / 1000;
	update();
	assert_true(isnan(row->cpu_iowait_percent));
	assert_near(row->cpu_percent, 70, 0.1);
	now->fields &= ~(uint64_t)CONTMON_SYSTEM_CPU;
	update();
	assert_true(isnan(row->cpu_percent));
	assert_true(isnan(row->cpu_idle_percent));
}

static void test_host_memory(void **state)
{
	const struct system_row *row = &world.model.system;

	(void)state;
	assert_near(row->ram_used_bytes, 2048 * MIB, 0);
	assert_near(row->ram_used_percent, 25, 1e-9);
	assert_near(row->swap_used_bytes, 512 * MIB, 0);
	assert_near(row->containers, 2, 0);
	world.now.system.kernel.fields = 0;
	update();
	assert_true(isnan(row->ram_used_percent));
	assert_true(isnan(row->load1));
	assert_true(isnan(row->nr_cpus));
}

static void test_process_cores(void **state)
{
	(void)state;
	assert_near(world.model.process_cores[0], 0, 0);
	assert_near(world.model.process_cores[1], 0.5, 1e-9);
	assert_near(world.model.process_cores[2], 1, 1e-9);
	assert_true(isnan(world.model.process_cores[3]));
}

static void test_a_reused_pid_is_another_process(void **state)
{
	struct contmon_task *task = &world.now.tasks.entries[2];

	(void)state;
	/* Started after the previous sample: all of its time is since then. */
	task->start_boottime_ns = 100 * SECOND_NS + SECOND_NS / 2;
	task->runtime_ns = SECOND_NS / 4;
	update();
	assert_near(world.model.process_cores[2], 0.25, 1e-9);
	/* Started earlier but not seen: nothing is known. */
	task->start_boottime_ns = 50 * SECOND_NS;
	update();
	assert_true(isnan(world.model.process_cores[2]));
}

static void test_processes_come_and_go(void **state)
{
	(void)state;
	/* pid 10 is gone, and a pid between 20 and 30 is new. */
	world.now.tasks.entries[1] = world.now.tasks.entries[2];
	world.now.tasks.entries[2].pid = 25;
	world.now.tasks.entries[2].start_boottime_ns = 100 * SECOND_NS + 1;
	world.now.tasks.entries[2].runtime_ns = SECOND_NS / 10;
	update();
	assert_near(world.model.process_cores[1], 1, 1e-9);
	assert_near(world.model.process_cores[2], 0.1, 1e-9);
}

static void test_process_rows(void **state)
{
	struct contmon_task *task = &world.now.tasks.entries[2];
	struct model_process process;

	(void)state;
	memcpy(task->comm, "a\xff\"b\n", 6);
	task->vsz_bytes = 100 << 20;
	task->rss_anon_bytes = 20 << 20;
	task->rss_shmem_bytes = 5 << 20;
	task->oom_score_adj = -500;
	model_process(&world.model, 2, &process);
	assert_string_equal(process.row.comm, "a\xef\xbf\xbd\"b\n");
	assert_string_equal(process.row.state, "S");
	assert_string_equal(process.row.container, "db");
	assert_string_equal(process.row.container_id, ID64("b"));
	assert_near(process.row.rss_bytes, 25 * MIB, 0);
	assert_near(process.row.rss_percent_of_vsz, 25, 1e-9);
	assert_near(process.row.oom_score_adj, -500, 0);
	assert_near(process.row.cpu_percent, 25, 1e-9);
	assert_near(process.row.start_ms, 1700000001000.0, 0);
	model_process(&world.model, 0, &process);
	assert_string_equal(process.row.container, "host");
	assert_null(process.row.container_id);
	model_process(&world.model, 3, &process);
	assert_null(process.row.container);
	assert_true(isnan(process.row.cpu_seconds_total));
}

static void test_unknown_groups_of_a_process(void **state)
{
	struct model_process process;

	(void)state;
	world.now.tasks.entries[0].valid = CONTMON_TASK_BASE;
	model_process(&world.model, 0, &process);
	assert_true(isnan(process.row.vsz_bytes));
	assert_true(isnan(process.row.rss_bytes));
	assert_true(isnan(process.row.rss_percent_of_vsz));
	assert_true(isnan(process.row.uid));
	assert_true(isnan(process.row.nice));
	assert_true(isnan(process.row.read_bytes_total));
	assert_true(isnan(process.row.oom_score));
	assert_true(isnan(process.row.oom_score_adj));
}

static void test_start_times_are_steady(void **state)
{
	struct model_process first, second;

	(void)state;
	model_process(&world.model, 0, &first);
	world.now.t_ms += 3;
	update();
	model_process(&world.model, 0, &second);
	assert_near(first.row.start_ms, second.row.start_ms, 0);
	world.now.t_ms += 3600000;
	update();
	model_process(&world.model, 0, &second);
	assert_near(second.row.start_ms - first.row.start_ms, 3600003, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_container_rates),
		TEST(test_rates_are_over_what_has_passed),
		TEST(test_the_first_sample_has_no_rates),
		TEST(test_counters_that_went_backwards_have_no_rate),
		TEST(test_a_new_container_in_an_old_cgroup_id_has_no_rate),
		TEST(test_unknown_is_not_zero),
		TEST(test_limits),
		TEST(test_unknown_limits_hide_no_other),
		TEST(test_memory),
		TEST(test_states),
		TEST(test_ages),
		TEST(test_names_sort_and_stay_apart),
		TEST(test_a_user_who_takes_titles),
		TEST(test_the_title_of_a_user_alone),
		TEST(test_names_like_longer_titles),
		TEST(test_a_title_is_shown_without_a_name),
		TEST(test_tallies),
		TEST(test_host_cpu),
		TEST(test_host_memory),
		TEST(test_process_cores),
		TEST(test_a_reused_pid_is_another_process),
		TEST(test_processes_come_and_go),
		TEST(test_process_rows),
		TEST(test_unknown_groups_of_a_process),
		TEST(test_start_times_are_steady),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

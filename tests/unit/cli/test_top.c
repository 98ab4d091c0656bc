// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model of `contmon top`: rates, pages, order, cursor and keys, from samples
 * that are made up here.
 *
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_free
 * wrap: cli_names_follow cli_names_find cli_names_has contmon_has_cgroup1
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contmon/rows/container_columns.h"
#include "contmon/owner/names.h"
#include "contmon/table/rates.h"
#include "contmon/top/keys.h"
#include "contmon/top/model.h"

#define SECOND 1000000000ULL
#define KEY_ESCAPE 27

static const char *const paths[] = {
	[1] = "/",
	[2] = "/lxc.payload.web",
	[3] = "/lxc.payload.web/init",
	[4] = "/lxc.payload.db",
};

#define NR_CGROUPS 4

static struct top_model model;
static struct top_sample sample;
static struct cli_cgroups *cgroups;

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);
int __wrap_contmon_paths_find(struct contmon_paths *paths_of, uint64_t id,
				const char **ret_path);
void __wrap_contmon_paths_free(struct contmon_paths *paths_of);

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	(void)root;
	*ret = (struct contmon_paths *)&paths;
	return 0;
}

int __wrap_contmon_paths_find(struct contmon_paths *paths_of, uint64_t id,
				const char **ret_path)
{
	(void)paths_of;
	if (id < 1 || id > NR_CGROUPS)
		return -ENOENT;
	*ret_path = paths[id];
	return 0;
}

void __wrap_contmon_paths_free(struct contmon_paths *paths_of)
{
	(void)paths_of;
}

/* Its processes are not those of /proc. */
int __wrap_contmon_has_cgroup1(void);

int __wrap_contmon_has_cgroup1(void)
{
	return 0;
}

/* What "web" is called, and whether that is news */
static const char *web_name;
static bool is_news;

bool __wrap_cli_names_follow(struct cli_names *names);
const char *__wrap_cli_names_find(const struct cli_names *names,
				  const char *id);

bool __wrap_cli_names_has(const struct cli_names *names, const char *name);

bool __wrap_cli_names_has(const struct cli_names *names, const char *name)
{
	(void)names;
	return web_name && strcmp(web_name, name) == 0;
}

bool __wrap_cli_names_follow(struct cli_names *names)
{
	(void)names;
	return is_news;
}

const char *__wrap_cli_names_find(const struct cli_names *names, const char *id)
{
	(void)names;
	return strcmp(id, "web") == 0 ? web_name : NULL;
}

static int setup(void **state)
{
	(void)state;
	assert_int_equal(cli_cgroups_new(&cgroups), 0);
	top_model_init(&model, cgroups);
	sample = (struct top_sample){ 0 };
	model.height = 10;
	web_name = NULL;
	is_news = false;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	top_model_done(&model);
	top_sample_done(&sample);
	cli_cgroups_free(cgroups);
	return 0;
}

/* Cgroup N has kept N tenths of a CPU busy up to @second. */
static void make_containers(uint64_t second)
{
	static const uint64_t parents[] = { 0, 0, 1, 2, 1 };
	struct contmon_cgroups *all = &sample.containers;
	uint64_t i;

	contmon_cgroups_done(all);
	all->entries = calloc(NR_CGROUPS, sizeof(*all->entries));
	all->nr = NR_CGROUPS;
	all->taken_boottime_ns = second * SECOND;
	for (i = 1; i <= NR_CGROUPS; i++)
		all->entries[i - 1] = (struct contmon_cgroup){
			.valid = CONTMON_CGROUP_ALL,
			.cgroup_id = i,
			.parent_id = parents[i],
			.cpu_usage_ns = second * i * SECOND / 10,
			.memory_current_bytes = 100 * i,
			.memory_max_bytes = 1000,
		};
}

/* Process N is in cgroup N / 10 and has used N hundredths up to @second. */
static void make_tasks(uint64_t second)
{
	static const int32_t pids[] = { 10, 21, 22, 23, 31, 41 };
	struct contmon_tasks *all = &sample.tasks;
	size_t i;

	contmon_tasks_done(all);
	all->nr = sizeof(pids) / sizeof(pids[0]);
	all->entries = calloc(all->nr, sizeof(*all->entries));
	all->taken_boottime_ns = second * SECOND;
	for (i = 0; i < all->nr; i++)
		all->entries[i] = (struct contmon_task){
			.valid = CONTMON_TASK_ALL,
			.pid = pids[i],
			.tgid = pids[i],
			.ppid = i > 1 ? 21 : 0,
			.start_boottime_ns = 1,
			.cgroup_id = (uint64_t)pids[i] / 10,
			.runtime_ns = second * (uint64_t)pids[i] * SECOND / 100,
			.comm = { 'c', (uint8_t)('a' + i) },
		};
}

static void prepare(uint64_t second)
{
	sample.page = model.page;
	sample.filled = true;
	sample.system.kernel = (struct contmon_get_system){
		.fields = CONTMON_SYSTEM_ALL,
		.nr_cpus = 4,
		.taken_boottime_ns = second * SECOND,
		/* Some ticks were missed: 4 CPUs are more than the sum. */
		.cpu_user_ns = second * SECOND,
		.cpu_idle_ns = second * SECOND * 4 / 2,
		.cpu_iowait_ns = second * SECOND / 2,
	};
	make_containers(second);
	if (model.page == TOP_PROCESSES)
		make_tasks(second);
}

static void take(uint64_t second)
{
	prepare(second);
	assert_int_equal(top_model_take(&model, &sample), 0);
}

static enum top_action press(int key)
{
	enum top_action action = top_model_key(&model, key);

	if (action == TOP_ARRANGE || action == TOP_READ)
		assert_int_equal(top_model_arrange(&model), 0);
	return action;
}

/* Ids of the rows in their order */
static const char *ids(void)
{
	static char text[256];
	size_t i, at = 0;

	text[0] = 0;
	for (i = 0; i < model.rows.nr; i++)
		at += (size_t)sprintf(text + at, "%d ",
				      (int)model.rows.v[i]->id);
	return text;
}

static const struct cli_rates *rates_of(size_t row)
{
	return &model.rows.v[row]->rates;
}

static void test_rates_need_two_samples(void **state)
{
	(void)state;
	take(10);
	assert_false(model.cpu_known);
	assert_false(rates_of(0)->cpu_known);
	take(12);
	assert_true(model.cpu_known);
	assert_float_equal(model.cpu_cores, 1.5, 1e-9);
}

/* What runs in a cgroup inside of a container is the container's. */
static void test_a_container_keeps_cores_busy(void **state)
{
	(void)state;
	take(10);
	take(12);
	assert_string_equal(ids(), "2 4 ");
	assert_float_equal(rates_of(0)->cpu_cores, 0.5, 1e-9);
	assert_float_equal(rates_of(0)->cpu_share, 0.125, 1e-9);
	assert_float_equal(rates_of(1)->cpu_cores, 0.4, 1e-9);
	take(13);
	assert_float_equal(rates_of(0)->cpu_cores, 0.5, 1e-9);
}

static void test_enter_shows_the_processes_of_one(void **state)
{
	(void)state;
	take(10);
	take(12);
	press(KEY_DOWN);
	assert_int_equal(press('\r'), TOP_READ);
	assert_int_equal(model.page, TOP_PROCESSES);
	assert_string_equal(model.inside, "db");
	assert_string_equal(ids(), "");
	take(13);
	assert_string_equal(ids(), "41 ");
	assert_int_equal(press(KEY_ESCAPE), TOP_READ);
	assert_string_equal(ids(), "2 4 ");
	assert_int_equal(press('\r'), TOP_READ);
	take(14);
	assert_string_equal(ids(), "31 23 22 21 ");
	assert_float_equal(rates_of(0)->cpu_cores, 0.31, 1e-9);
}

static void test_tab_shows_all_processes(void **state)
{
	(void)state;
	take(10);
	assert_int_equal(press('\t'), TOP_READ);
	take(11);
	take(12);
	assert_string_equal(ids(), "41 31 23 22 21 10 ");
	press('r');
	assert_string_equal(ids(), "10 21 22 23 31 41 ");
	assert_int_equal(press('\t'), TOP_READ);
	assert_string_equal(ids(), "2 4 ");
}

static void test_another_process_with_the_same_pid(void **state)
{
	(void)state;
	model.page = TOP_PROCESSES;
	take(10);
	model.samples[0].tasks.entries[0].start_boottime_ns = 7;
	take(11);
	press('N');
	assert_false(rates_of(0)->cpu_known);
	assert_true(rates_of(1)->cpu_known);
}

/* It began at zero, so its first rates are known. */
static void test_a_process_born_between_two_samples(void **state)
{
	struct contmon_task *born;

	(void)state;
	model.page = TOP_PROCESSES;
	take(10);
	prepare(11);
	born = &sample.tasks.entries[0];
	born->start_boottime_ns = 10 * SECOND + 5;
	born->runtime_ns = SECOND / 4;
	born->read_bytes = 4096;
	assert_int_equal(top_model_take(&model, &sample), 0);
	press('N');
	assert_true(rates_of(0)->cpu_known);
	assert_float_equal(rates_of(0)->cpu_cores, 0.25, 1e-9);
	assert_true(rates_of(0)->io_known);
	assert_int_equal(rates_of(0)->read_bytes, 4096);
}

static void test_tree_and_back(void **state)
{
	(void)state;
	model.page = TOP_PROCESSES;
	take(10);
	take(11);
	press('t');
	assert_string_equal(ids(), "21 41 31 23 22 10 ");
	assert_int_equal(model.rows.v[1]->depth, 1);
	press('t');
	assert_string_equal(ids(), "41 31 23 22 21 10 ");
	assert_int_equal(model.rows.v[0]->depth, 0);
}

static void test_filter_while_typing(void **state)
{
	const char *p;

	(void)state;
	model.page = TOP_PROCESSES;
	take(10);
	press('/');
	/* q does not quit here. */
	assert_int_equal(press('q'), TOP_ARRANGE);
	assert_string_equal(ids(), "");
	press(KEY_BACKSPACE);
	press('b');
	assert_string_equal(ids(), "21 ");
	press('\n');
	assert_false(model.typing);
	assert_string_equal(ids(), "21 ");
	press(KEY_ESCAPE);
	assert_int_equal(model.page, TOP_PROCESSES);
	assert_int_equal(model.rows.nr, 6);

	press('/');
	for (p = "c\xc3\xbc"; *p; p++)
		press((unsigned char)*p);
	press(127);
	assert_string_equal(model.filter, "c");
	press(KEY_ESCAPE);
	assert_string_equal(model.filter, "");
}

static void test_a_filter_has_an_end(void **state)
{
	int i;

	(void)state;
	take(10);
	press('/');
	for (i = 0; i < 200; i++)
		press('x');
	assert_int_equal(strlen(model.filter), TOP_FILTER_MAX);
}

static void test_the_cursor_follows_its_row(void **state)
{
	(void)state;
	model.page = TOP_PROCESSES;
	take(10);
	take(11);
	press('j');
	assert_int_equal(model.selected_id, 31);
	press('r');
	assert_int_equal(model.selected, 4);
	assert_int_equal(model.selected_id, 31);
	press('g');
	press('r');
	assert_int_equal(model.selected, 0);	/* the top stays the top */
	assert_int_equal(model.selected_id, 41);
}

static void test_the_cursor_stays_on_the_screen(void **state)
{
	(void)state;
	model.page = TOP_PROCESSES;
	model.height = 2;
	take(10);
	press(KEY_UP);
	assert_int_equal(model.selected, 0);
	press(KEY_END);
	assert_int_equal(model.selected, 5);
	assert_int_equal(model.first, 4);
	press(KEY_DOWN);
	assert_int_equal(model.selected, 5);
	press(KEY_PPAGE);
	assert_int_equal(model.selected, 3);
	assert_int_equal(model.first, 3);
	press(KEY_HOME);
	assert_int_equal(model.first, 0);
	press(KEY_END);
	press('/');
	press('b');
	assert_int_equal(model.selected, 0);
	assert_int_equal(model.first, 0);
}

static void test_nothing_to_select(void **state)
{
	(void)state;
	press(KEY_DOWN);
	assert_int_equal(press('\r'), TOP_DRAW);
	assert_int_equal(model.page, TOP_CONTAINERS);
	model.height = 0;
	take(10);
	press(KEY_END);
	assert_int_equal(model.selected, 1);
}

static void test_sort_keys_go_round(void **state)
{
	const struct cli_column *sort = model.layouts[0].sort;
	size_t i;

	(void)state;
	take(10);
	press('>');
	assert_ptr_not_equal(model.layouts[0].sort, sort);
	press('<');
	assert_ptr_equal(model.layouts[0].sort, sort);
	for (i = 0; i < model.layouts[0].nr; i++)
		press(KEY_RIGHT);
	assert_ptr_equal(model.layouts[0].sort, sort);
	press('M');
	assert_string_equal(model.layouts[0].sort->name, "memory");
	assert_string_equal(ids(), "4 2 ");
	press('N');
	assert_string_equal(ids(), "4 2 ");	/* db before web */
}

static void test_pause_help_and_quit(void **state)
{
	(void)state;
	press(' ');
	assert_true(model.paused);
	press(' ');
	assert_false(model.paused);
	press('h');
	assert_true(model.help);
	assert_int_equal(press('q'), TOP_DRAW);
	assert_false(model.help);
	assert_int_equal(press('q'), TOP_QUIT);
	assert_int_equal(press(KEY_F(10)), TOP_QUIT);
}

static void test_a_narrow_screen_gets_fewer_columns(void **state)
{
	const struct cli_column *columns[CLI_COLUMNS_MAX];
	size_t page, i, nr;
	int width, used;

	(void)state;
	for (page = 0; page < TOP_NR_PAGES; page++) {
		model.page = (enum top_page)page;
		for (width = 80; width <= 300; width += 5) {
			nr = top_model_columns(&model, width, columns);
			for (i = 0, used = -1; i < nr; i++)
				used += columns[i]->width + 1;
			assert_true(used <= width);
		}
		assert_int_equal(nr, model.layouts[page].nr);
		nr = top_model_columns(&model, 80, columns);
		assert_true(nr < model.layouts[page].nr);
		for (i = 0; i < nr; i++)
			assert_true(columns[i]->rank <= 3);
		assert_true(top_model_columns(&model, 1, columns) > 0);
	}
}

/* Units that were asked for want room: a number is never cut. */
static void test_units_have_room(void **state)
{
	const struct cli_column *columns[CLI_COLUMNS_MAX];
	char text[CLI_TEXT_MAX];
	size_t i, nr;

	(void)state;
	model.unit = CLI_UNIT_BYTES;
	nr = top_model_columns(&model, 80, columns);
	for (i = 0; i < nr; i++)
		if (columns[i]->kind == CLI_KIND_BYTES) {
			cli_format_bytes(text, 1ULL << 40, model.unit);
			assert_in_range(strlen(text), 1,
					cli_column_width(columns[i],
							 model.unit));
		}
	assert_int_equal(cli_column_width(cli_top_container_columns,
					  model.unit),
			 cli_top_container_columns->width);
}

static bool has_column(const char *name)
{
	const struct cli_column *columns[CLI_COLUMNS_MAX];
	size_t i, nr = top_model_columns(&model, 1000, columns);

	for (i = 0; i < nr; i++)
		if (strcmp(columns[i]->name, name) == 0)
			return true;
	return false;
}

static void test_one_container_alone(void **state)
{
	(void)state;
	model.page = TOP_PROCESSES;
	take(10);
	assert_true(has_column("container"));
	assert_string_equal(top_model_place(&model), "");
	model.only.container = "we";
	cli_filter_begin(&model.only, cgroups);
	take(12);
	assert_string_equal(ids(), "31 23 22 21 ");
	assert_string_equal(top_model_place(&model), "we");
	assert_false(has_column("container"));
	assert_int_equal(press(KEY_ESCAPE), TOP_READ);
	take(14);
	assert_string_equal(ids(), "2 ");
	assert_true(has_column("container"));
	press('\r');
	assert_string_equal(top_model_place(&model), "web");
}

static const char *title_of(size_t row)
{
	const struct cli_container *container =
		(const struct cli_container *)model.rows.v[row];

	return cli_cgroup_title(container->row.cgroup);
}

static void test_new_names_are_followed(void **state)
{
	(void)state;
	take(10);
	assert_string_equal(ids(), "2 4 ");
	assert_string_equal(title_of(0), "web");
	web_name = "shop";
	take(12);
	assert_string_equal(title_of(0), "web");
	is_news = true;
	take(14);
	assert_string_equal(title_of(0), "shop");
	assert_string_equal(title_of(1), "db");

	/* By all of its names */
	strcpy(model.filter, "sho");
	assert_int_equal(top_model_arrange(&model), 0);
	assert_string_equal(ids(), "2 ");
	strcpy(model.filter, "we");
	assert_int_equal(top_model_arrange(&model), 0);
	assert_string_equal(ids(), "2 ");
}

/* A name counts for more than an id that begins like it. */
static void test_name_goes_before_id(void **state)
{
	(void)state;
	model.only.container = "d";
	cli_filter_begin(&model.only, cgroups);
	take(10);
	assert_string_equal(ids(), "4 ");
	web_name = "d";
	is_news = true;
	cli_filter_begin(&model.only, cgroups);
	take(12);
	assert_string_equal(ids(), "2 ");
}

static void test_counters_that_go_back_are_not_known(void **state)
{
	struct contmon_task old = { .valid = CONTMON_TASK_ALL,
				    .runtime_ns = 5, .read_bytes = 5 };
	struct contmon_task now = { .valid = CONTMON_TASK_ALL,
				    .runtime_ns = 4, .read_bytes = 1005 };
	struct cli_rates rates = cli_task_rates(&old, &now, SECOND, 1);

	(void)state;
	assert_false(rates.cpu_known);
	assert_true(rates.io_known);
	assert_int_equal(rates.read_bytes, 1000);
	rates = cli_task_rates(&old, &now, 0, 1);
	assert_false(rates.io_known);
	now.valid = CONTMON_TASK_BASE;
	rates = cli_task_rates(&old, &now, SECOND, 1);
	assert_false(rates.io_known);
}

/* A process that ends takes its sum from the living to the dead. */
static void test_io_of_the_dead_counts_on(void **state)
{
	struct contmon_cgroup old = { .valid = CONTMON_CGROUP_ALL,
					 .write_bytes_sum = 700 };
	struct contmon_cgroup now = { .valid = CONTMON_CGROUP_ALL,
					 .write_bytes_sum = 0,
					 .exited_write_bytes = 750,
					 .psi_io_some_ns = SECOND / 4 };
	struct cli_rates rates = cli_container_rates(&old, NULL, &now,
						     2 * SECOND, 1);

	(void)state;
	assert_true(rates.io_known);
	assert_int_equal(rates.write_bytes, 25);
	assert_float_equal(rates.psi_io, 0.125, 1e-9);	/* of 2 s */
	now.valid &= ~CONTMON_CGROUP_EXITED;
	rates = cli_container_rates(&old, NULL, &now, SECOND, 1);
	assert_false(rates.io_known);
}

/*
 * Of @lump_ns that the kernel adds every 2 s, the last time at 10 s: what the
 * reading at @second says, when they are @step_ms apart.
 */
static double pressure_at(uint64_t second, uint64_t step_ms, uint64_t lump_ns)
{
	struct contmon_cgroup old, now = { 0 };
	struct cli_rates rates = { 0 };
	uint64_t ms;

	for (ms = 0; ms <= second * 1000; ms += step_ms) {
		old = now;
		now.valid = CONTMON_CGROUP_ALL;
		now.psi_cpu_some_ns = lump_ns * ((ms < 10000 ? ms : 10000) /
						 2000);
		if (ms == 0)
			continue;
		rates = cli_container_rates(&old, &rates, &now,
					    step_ms * 1000000, 1);
		assert_int_equal(rates.psi_known, ms >= 2000);
		assert_true(rates.psi_cpu <= 1);
	}
	return rates.psi_cpu;
}

static void test_pressure_comes_in_lumps(void **state)
{
	static const uint64_t steps_ms[] = { 100, 500, 1000, 2000 };
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		uint64_t step_ms = steps_ms[i];

		assert_float_equal(pressure_at(8, step_ms, SECOND), 0.5, 1e-9);
		assert_float_equal(pressure_at(9, step_ms, SECOND), 0.5, 1e-9);
		assert_float_equal(pressure_at(20, step_ms, SECOND), 0, 1e-9);
	}
	assert_float_equal(pressure_at(8, 4000, SECOND), 0.5, 1e-9);
	assert_float_equal(pressure_at(9, 100, 3 * SECOND), 1, 1e-9);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rates_need_two_samples),
		TEST(a_container_keeps_cores_busy),
		TEST(enter_shows_the_processes_of_one),
		TEST(tab_shows_all_processes),
		TEST(another_process_with_the_same_pid),
		TEST(a_process_born_between_two_samples),
		TEST(tree_and_back),
		TEST(filter_while_typing),
		TEST(a_filter_has_an_end),
		TEST(the_cursor_follows_its_row),
		TEST(the_cursor_stays_on_the_screen),
		TEST(nothing_to_select),
		TEST(sort_keys_go_round),
		TEST(pause_help_and_quit),
		TEST(a_narrow_screen_gets_fewer_columns),
		TEST(units_have_room),
		TEST(one_container_alone),
		TEST(new_names_are_followed),
		TEST(name_goes_before_id),
		TEST(counters_that_go_back_are_not_known),
		TEST(io_of_the_dead_counts_on),
		TEST(pressure_comes_in_lumps),
	};

	return cmocka_run_group_tests_name("top", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contents of `contmon top`: rates, rows and columns.
 *
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_free
 * wrap: contmon_paths_root stat
 * wrap: contmon_has_cgroup1 contmon_identify_process
 * wrap: contmon_limits_new contmon_limits_get contmon_limits_free
 * wrap: cli_names_follow cli_names_known
 */
#include "tests/unit/top_world.h"

#include <curses.h>

#define KEY_ESCAPE 27

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

/* Tasks in a cgroup inside a container count for the container. */
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

/* Its counters began at zero, so its first rates are known. */
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
	assert_true(rates_of(0)->read_known);
	assert_int_equal(rates_of(0)->read_bytes, 4096);
}

/* Widths of the page's columns on a screen */
static int widths[CLI_COLUMNS_MAX];

static int width_of(const char *name, int room)
{
	const struct cli_layout *layout = &model.layouts[model.page];
	size_t i;

	top_model_fit(&model, room, widths);
	for (i = 0; i < layout->nr; i++)
		if (strcmp(layout->v[i]->name, name) == 0)
			return widths[i];
	return 0;
}

/* Numbers that need more room in the selected unit are never cut. */
static void test_units_have_room(void **state)
{
	const struct cli_layout *layout = &model.layouts[TOP_CONTAINERS];
	char text[CLI_TEXT_MAX];
	size_t i;

	(void)state;
	model.unit = CLI_UNIT_BYTES;
	top_model_fit(&model, 80, widths);
	for (i = 0; i < layout->nr; i++)
		if (layout->v[i]->kind == CLI_KIND_BYTES && widths[i]) {
			cli_format_bytes(text, 1ULL << 40, model.unit);
			assert_in_range(strlen(text), 1, widths[i]);
		}
	assert_int_equal(width_of("container", 80), 18);
}

/* Every line must fit and show the name of its row. */
static void test_a_narrow_screen_keeps_the_name(void **state)
{
	static const char *const subjects[] = { "container", "comm" };
	size_t page, i, nr;
	int room, used;

	(void)state;
	for (page = 0; page < TOP_NR_PAGES; page++) {
		const struct cli_layout *layout = &model.layouts[page];

		model.page = (enum top_page)page;
		for (room = 1; room <= 400; room++) {
			int name = width_of(subjects[page], room);

			for (i = 0, used = -1, nr = 0; i < layout->nr; i++)
				if (widths[i]) {
					used += widths[i] + 1;
					nr++;
				}
			assert_in_range(used, 1, room);
			assert_in_range(name, room < 12 ? room : 12, room);
			assert_true(nr > 1 || room < 26);
		}
		assert_int_equal(nr, layout->nr);
	}
}

static const char *title_of(size_t row)
{
	const struct cli_container *container =
		(const struct cli_container *)model.rows.v[row];

	return cli_title(container->row.cgroup);
}

static void test_one_container_alone(void **state)
{
	(void)state;
	model.page = TOP_PROCESSES;
	take(10);
	assert_true(width_of("container", 1000) > 0);
	assert_string_equal(top_model_place(&model), "");
	model.only.container = "we";
	cli_filter_begin(&model.only, owners.cgroups);
	take(12);
	assert_string_equal(ids(), "31 23 22 21 ");
	assert_string_equal(top_model_place(&model), "we");
	assert_int_equal(width_of("container", 1000), 0);
	assert_int_equal(press(KEY_ESCAPE), TOP_READ);
	take(14);
	assert_string_equal(ids(), "2 ");
	assert_true(width_of("container", 1000) > 0);
	press('\r');
	assert_string_equal(top_model_place(&model), "web");
}

static void test_new_names_are_followed(void **state)
{
	(void)state;
	take(10);
	assert_string_equal(ids(), "2 4 ");
	assert_string_equal(title_of(0), "web");
	call_web("shop");
	take(12);
	assert_string_equal(title_of(0), "web");
	is_news = true;
	take(14);
	assert_string_equal(title_of(0), "shop");
	assert_string_equal(title_of(1), "db");

	/* Each of its names matches */
	strcpy(model.filter, "sho");
	assert_int_equal(top_model_arrange(&model), 0);
	assert_string_equal(ids(), "2 ");
	strcpy(model.filter, "we");
	assert_int_equal(top_model_arrange(&model), 0);
	assert_string_equal(ids(), "2 ");
}

/* A name takes precedence over the beginning of an id. */
static void test_a_name_takes_precedence_over_an_id(void **state)
{
	(void)state;
	model.only.container = "d";
	cli_filter_begin(&model.only, owners.cgroups);
	take(10);
	assert_string_equal(ids(), "4 ");
	call_web("d");
	is_news = true;
	cli_filter_begin(&model.only, owners.cgroups);
	take(12);
	assert_string_equal(ids(), "2 ");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, top_setup, top_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rates_need_two_samples),
		TEST(a_container_keeps_cores_busy),
		TEST(another_process_with_the_same_pid),
		TEST(a_process_born_between_two_samples),
		TEST(units_have_room),
		TEST(a_narrow_screen_keeps_the_name),
		TEST(one_container_alone),
		TEST(new_names_are_followed),
		TEST(a_name_takes_precedence_over_an_id),
	};

	return cmocka_run_group_tests_name("top_model", tests, NULL, NULL);
}

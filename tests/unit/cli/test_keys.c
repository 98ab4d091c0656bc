// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keys of `contmon top`.
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
	/* Here q is a character and does not quit. */
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

static void test_a_filter_has_a_maximum_length(void **state)
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
	const struct cli_column *sort = model.layouts[0].order.by;
	size_t i;

	(void)state;
	take(10);
	press('>');
	assert_ptr_not_equal(model.layouts[0].order.by, sort);
	press('<');
	assert_ptr_equal(model.layouts[0].order.by, sort);
	for (i = 0; i < model.layouts[0].nr; i++)
		press(KEY_RIGHT);
	assert_ptr_equal(model.layouts[0].order.by, sort);
	press('M');
	assert_string_equal(model.layouts[0].order.by->name,
			    "memory-current-bytes");
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

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, top_setup, top_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(enter_shows_the_processes_of_one),
		TEST(tab_shows_all_processes),
		TEST(tree_and_back),
		TEST(filter_while_typing),
		TEST(a_filter_has_a_maximum_length),
		TEST(the_cursor_follows_its_row),
		TEST(the_cursor_stays_on_the_screen),
		TEST(nothing_to_select),
		TEST(sort_keys_go_round),
		TEST(pause_help_and_quit),
	};

	return cmocka_run_group_tests_name("top_keys", tests, NULL, NULL);
}

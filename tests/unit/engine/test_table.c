// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "contmon-engine/table.h"

static struct engine_table *table;
static char seen[256];

static void on_changed(const struct table_entry *entry, void *userdata)
{
	(void)userdata;
	strcat(strcat(seen, "+"), entry->id);
}

static void on_removed(const char *id, void *userdata)
{
	(void)userdata;
	strcat(strcat(seen, "-"), id);
}

static void on_replaced(void *userdata)
{
	(void)userdata;
	strcat(seen, "*");
}

static int setup(void **state)
{
	(void)state;
	seen[0] = '\0';
	table = engine_table_new();
	return table ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	engine_table_free(table);
	return 0;
}

static void listen_to_it(void)
{
	static const struct table_listener listener = {
		on_changed, on_removed, on_replaced, NULL
	};

	engine_table_listen(table, &listener);
}

static int set(const char *id, const char *label, bool alive, int64_t created)
{
	const struct name name = { .id = id, .name = label,
				   .created_ms = created };

	return engine_table_set(table, &name, alive);
}

static bool has(const char *id, bool alive)
{
	const struct table_entry *entry = NULL;
	const char *after = "";

	while ((entry = engine_table_next(table, after, alive))) {
		if (strcmp(entry->id, id) == 0)
			return true;
		after = entry->id;
	}
	return false;
}

static void test_changes_are_reported(void **state)
{
	(void)state;
	listen_to_it();
	assert_int_equal(set("b", "x", true, 1), 0);
	assert_int_equal(set("a", "y", false, 1), 0);
	assert_int_equal(set("a", "y", false, 1), 0);	/* the same */
	assert_int_equal(set("a", "z", true, 1), 0);
	engine_table_remove(table, "b");
	engine_table_remove(table, "b");
	assert_string_equal(seen, "+b+a+a-b");
	assert_true(has("a", true));
	assert_false(has("a", false));
	assert_int_equal(engine_table_nr(table), 1);
}

static void test_a_list(void **state)
{
	(void)state;
	listen_to_it();
	assert_false(engine_table_complete(table));
	engine_table_begin(table);
	assert_false(engine_table_seen(table, "a"));
	set("a", "x", true, 1);
	set("b", "y", true, 1);
	engine_table_end(table);
	assert_true(engine_table_complete(table));
	assert_string_equal(seen, "*");
	engine_table_begin(table);
	assert_true(engine_table_seen(table, "b"));
	set("c", "z", true, 1);
	engine_table_end(table);
	assert_string_equal(seen, "**");
	assert_false(has("a", true));
	assert_true(has("b", true));
	assert_true(has("c", true));
}

static void fill(int nr, bool alive)
{
	char id[16];
	int i;

	for (i = 0; i < nr; i++) {
		sprintf(id, "%06d", i);
		assert_int_equal(set(id, "x", alive, 1000 - i % 7), 0);
	}
}

/* The oldest of the ended ones makes room for a live one. */
static void test_live_containers_come_first(void **state)
{
	(void)state;
	fill(4096, false);
	set("000777", "oldest", false, 5);
	assert_int_equal(set("y", "ended", false, 9999), -ENOSPC);
	listen_to_it();
	assert_int_equal(set("x", "alive", true, 1), 0);
	assert_string_equal(seen, "-000777+x");
	assert_int_equal(engine_table_nr(table), 4096);
	/* A container that ends keeps its place. */
	assert_int_equal(set("x", "alive", false, 1), 0);
	assert_true(has("x", false));
}

static void test_more_than_are_published(void **state)
{
	(void)state;
	fill(NAMES_MAX, true);
	assert_int_equal(set("y", "ended", false, 1), -ENOSPC);
	assert_int_equal(set("y", "alive", true, 1), -ENOSPC);
	assert_int_equal(set("000005", "ended", false, 1), 0);
	assert_int_equal(set("y", "alive", true, 1), 0);
	assert_int_equal(engine_table_nr(table), NAMES_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_changes_are_reported),
		TEST(test_a_list),
		TEST(test_live_containers_come_first),
		TEST(test_more_than_are_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "contmon-engine/table.h"

static struct engine_table *table;
static struct table_source *source, *other;
static char seen[256];

static void on_changed(const struct table_entry *entry, void *userdata)
{
	(void)userdata;
	strcat(strcat(seen, "+"), entry->id);
}

static void on_removed(const char *id, const char *engine, void *userdata)
{
	assert_string_equal(engine, "/run/docker.sock");
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
	source = engine_table_source(table, "/run/docker.sock");
	other = engine_table_source(table, "/run/podman/podman.sock");
	return source && other ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	table_source_free(source);
	table_source_free(other);
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

static int set_in(struct table_source *to, const char *id, const char *label,
		  bool alive, int64_t created)
{
	const struct container_info name = { .id = id, .name = label,
					     .created_ms = created };

	return engine_table_set(to, &name, alive);
}

static int set(const char *id, const char *label, bool alive, int64_t created)
{
	return set_in(source, id, label, alive, created);
}

static bool has(const char *id, bool alive)
{
	const struct table_entry *entry;
	struct table_place place = { 0 };

	while ((entry = engine_table_next(table, &place, alive))) {
		if (strcmp(entry->id, id) == 0)
			return true;
		table_place_of(entry, &place);
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
	engine_table_remove(source, "b");
	engine_table_remove(source, "b");
	assert_string_equal(seen, "+b+a+a-b");
	assert_true(has("a", true));
	assert_false(has("a", false));
	assert_int_equal(engine_table_nr(table), 1);
}

static void test_a_list(void **state)
{
	(void)state;
	listen_to_it();
	assert_false(engine_table_complete(source));
	engine_table_begin(source);
	assert_false(engine_table_seen(source, "a"));
	set("a", "x", true, 1);
	set("b", "y", true, 1);
	engine_table_end(source);
	assert_true(engine_table_complete(source));
	assert_string_equal(seen, "*");
	engine_table_begin(source);
	assert_true(engine_table_seen(source, "b"));
	set("c", "z", true, 1);
	set("b", "y", true, 1);
	assert_string_equal(seen, "*+c");
	engine_table_end(source);
	/* Others are not told again what they know. */
	assert_string_equal(seen, "*+c-a");
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

static size_t nr_with(const char *id)
{
	const struct table_entry *entry;
	struct table_place place = { 0 };
	size_t nr = 0;

	while ((entry = engine_table_next(table, &place, true))) {
		nr += strcmp(entry->id, id) == 0;
		assert_true(table_is_after(entry, &place));
		table_place_of(entry, &place);
	}
	return nr;
}

static void test_the_same_id_in_two_engines(void **state)
{
	(void)state;
	assert_int_equal(set("a", "docker's", true, 1), 0);
	assert_int_equal(set_in(other, "a", "podman's", true, 1), 0);
	assert_int_equal(nr_with("a"), 2);
	assert_contains(engine_table_find(source, "a")->line, "docker's");
	assert_contains(engine_table_find(other, "a")->line, "podman's");
	listen_to_it();
	engine_table_remove(source, "a");
	assert_string_equal(seen, "-a");
	assert_int_equal(nr_with("a"), 1);
	assert_null(engine_table_find(source, "a"));
	assert_int_equal(table_source_nr(other), 1);
}

/* The list of one engine says nothing of the other's containers. */
static void test_a_list_of_one_engine(void **state)
{
	(void)state;
	assert_int_equal(set("a", "x", true, 1), 0);
	assert_int_equal(set_in(other, "b", "y", true, 1), 0);
	engine_table_begin(other);
	engine_table_end(other);
	assert_true(engine_table_complete(other));
	assert_false(engine_table_complete(source));
	assert_true(has("a", true));
	assert_false(has("b", true));
}

/* An engine with many containers leaves room for those of another one. */
static void test_room_is_shared(void **state)
{
	char id[16];
	int i;

	(void)state;
	fill(NAMES_MAX, true);
	for (i = 0; i < 100; i++) {
		sprintf(id, "p%06d", i);
		assert_int_equal(set_in(other, id, "x", true, 1), 0);
	}
	assert_int_equal(engine_table_nr(table), NAMES_MAX);
	assert_int_equal(table_source_nr(other), 100);
	assert_int_equal(set("y", "alive", true, 1), -ENOSPC);
}

static void test_ended_ones_share_room(void **state)
{
	(void)state;
	fill(4096, false);
	assert_int_equal(set_in(other, "p", "x", false, 1), 0);
	assert_int_equal(engine_table_nr(table), 4096);
	assert_int_equal(set("y", "ended", false, 1), -ENOSPC);
}

/* Adds one with the longest line that an engine can cause. */
static int set_long(struct table_source *to, const char *id, bool alive)
{
	static char text[NAME_TEXT_MAX + 1];
	struct name_label labels[NAME_LABELS_MAX];
	char keys[NAME_LABELS_MAX][NAME_LABEL_KEY_MAX + 1];
	const struct container_info name = { .id = id, .labels = labels,
					     .nr_labels = NAME_LABELS_MAX };
	int i;

	memset(text, 'x', NAME_LABEL_VALUE_MAX);
	for (i = 0; i < NAME_LABELS_MAX; i++) {
		memset(keys[i], 'k', NAME_LABEL_KEY_MAX);
		sprintf(keys[i] + NAME_LABEL_KEY_MAX - 2, "%02d", i);
		labels[i] = (struct name_label){ keys[i], text };
	}
	return engine_table_set(to, &name, alive);
}

static int fill_with_long_ones(struct table_source *to, bool alive)
{
	char id[16];
	int i, r = 0;

	for (i = 0; i < NAMES_MAX && r == 0; i++) {
		sprintf(id, "l%06d", i);
		r = set_long(to, id, alive);
	}
	assert_int_equal(r, -ENOSPC);
	return i;
}

/* They do not add up without end. */
static void test_bytes_are_bounded(void **state)
{
	(void)state;
	assert_in_range(fill_with_long_ones(source, true), 1000, 1700);
	/* Less than its share: one of the other's goes. */
	assert_int_equal(set_long(other, "p", true), 0);
	assert_int_equal(table_source_nr(other), 1);
}

/* A few long ones cost an engine none of its many short ones. */
static void test_bytes_are_shared(void **state)
{
	size_t nr;

	(void)state;
	fill(3000, true);
	fill_with_long_ones(other, true);
	assert_int_equal(table_source_nr(source), 3000);
	nr = table_source_nr(other);
	assert_in_range(nr, 900, 1700);
	assert_int_equal(set("y", "alive", true, 1), 0);
	assert_int_equal(set_long(source, "z", true), 0);
	assert_int_equal(table_source_nr(source), 3002);
	assert_in_range(table_source_nr(other), nr - 2, nr - 1);
}

static void test_bytes_of_ended_ones_are_shared(void **state)
{
	(void)state;
	fill(3000, false);
	fill_with_long_ones(other, false);
	assert_int_equal(table_source_nr(source), 3000);
	/* One that is alive takes from the engine that has the most. */
	assert_int_equal(set_long(source, "y", true), 0);
	assert_int_equal(table_source_nr(source), 3001);
}

#define USER (geteuid() + 1000)

static void fill_of_user(int nr, bool alive)
{
	char id[16];
	int i;

	table_source_set_user(source, 0);
	table_source_set_user(other, USER);
	for (i = 0; i < nr; i++) {
		sprintf(id, "u%06d", i);
		assert_int_equal(set_in(other, id, "x", alive, 1), 0);
	}
}

/* However many a user's engine has, root's has as much room as without it. */
static void test_ended_ones_of_root_come_first(void **state)
{
	(void)state;
	fill_of_user(4000, false);
	fill(3000, false);
	assert_int_equal(table_source_nr(source), 3000);
	/* What is alive of a user does not cost root what has ended. */
	fill_of_user(4096, true);
	assert_int_equal(table_source_nr(source), 3000);
	assert_int_equal(table_source_nr(other), 4096);
	assert_int_equal(set("y", "ended", false, 1), 0);
	assert_int_equal(table_source_nr(source), 3001);
}

static void test_live_ones_of_root_come_first(void **state)
{
	(void)state;
	fill(3000, true);
	fill_of_user(NAMES_MAX - 3000, true);
	assert_int_equal(set_in(other, "y", "x", true, 1), -ENOSPC);
	assert_int_equal(set("y", "x", true, 1), 0);
	assert_int_equal(set("z", "x", false, 1), 0);
	assert_int_equal(table_source_nr(source), 3002);
	/* It took no more room than it needed. */
	assert_int_equal(engine_table_nr(table), NAMES_MAX);
	assert_int_equal(fill_with_long_ones(other, true), 1);
	assert_int_equal(table_source_nr(source), 3002);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_changes_are_reported),
		TEST(test_a_list),
		TEST(test_live_containers_come_first),
		TEST(test_more_than_are_published),
		TEST(test_the_same_id_in_two_engines),
		TEST(test_a_list_of_one_engine),
		TEST(test_room_is_shared),
		TEST(test_ended_ones_share_room),
		TEST(test_bytes_are_bounded),
		TEST(test_bytes_are_shared),
		TEST(test_bytes_of_ended_ones_are_shared),
		TEST(test_ended_ones_of_root_come_first),
		TEST(test_live_ones_of_root_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

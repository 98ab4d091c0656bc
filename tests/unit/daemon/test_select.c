// SPDX-License-Identifier: GPL-2.0-only
/* Which texts match, and what an unknown text does. */
#include "tests/unit/policy_world.h"

#include "contmond/policy/select.h"

static const struct {
	const char *terms;
	bool matches;
} cases[] = {
	{ "name db-1", true },
	{ "name db", false },
	{ "name db-*", true },
	{ "name D*", false },
	{ "name word:DB", true },
	{ "name word:b", false },
	{ "name x y db-?", true },
	{ "not name x y", true },
	{ "not name x db-1", false },
	{ "image registry.example/*", true },
	{ "image *:[0-9]*", true },
	{ "command \"*run --cpu 2*\"", true },
	{ "command word:--cpu", true },
	{ "command word:--cpus", false },
	{ "runtime docker podman", true },
	{ "state running", true },
	{ "pod *", false },
	{ "not pod *", true },
	{ "compose_project shop", true },
	{ "compose_service *", false },
	{ "label tier", true },
	{ "label tier=back*", true },
	{ "label tier=front", false },
	{ "label tier=word:END", true },
	{ "label other", false },
	{ "not label other=x", true },
	{ "label empty=", true },
	{ "label empty=?*", false },
	{ "type cpu", true },
	{ "class high", true },
	{ "class high, type cpu", true },
	{ "class high, not type c*", false },
};

static const char groups[] =
	"[class high]\nmatch = name nothing\nmatch = type cpu\n"
	"[class low]\nmatch = name *\n"
	"[type ram]\nmatch = command word:--vm\n"
	"[type cpu]\nmatch = command word:--cpu, command word:-c\n";

static void describe(void)
{
	struct container_row *row = add_container("db-1");

	row->image = "registry.example/db:15";
	row->command = "run --cpu 2";
	row->compose_project = "shop";
	add_label(0, "tier", "back-end");
	add_label(0, "empty", "");
}

static void begin_with(const char *terms)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s[rule r]\nselect = %s\n"
		 "all = cpu_percent > 1\naction = stop\n", groups, terms);
	begin_world(text);
	describe();
}

static void test_terms(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		begin_with(cases[i].terms);
		tick_after(1000);
		if ((strcmp(finding(0, 0), "unknown") == 0) !=
		    cases[i].matches)
			fail_msg("%s: %s", cases[i].terms, finding(0, 0));
		end_world();
	}
}

/* Without its engine, neither a term nor its negation matches. */
static void test_what_is_unknown(void **state)
{
	static const char *const terms[] = {
		"name x", "not name x", "image x", "not image x",
		"not command x", "not compose_project x", "label x",
		"not label x", "type cpu", "not type cpu", "class low",
		"not class low",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(terms); i++) {
		begin_with(terms[i]);
		world.containers[0].row.image = NULL;
		world.containers[0].row.command = NULL;
		world.containers[0].row.compose_project = NULL;
		world.candidates[0].name = NULL;
		world.candidates[0].nr_labels = 0;
		world.candidates[0].is_described = false;
		tick_after(1000);
		assert_string_equal(finding(0, 0), "not_selected");
		assert_null(world.result.profiles[0].class);
		assert_null(world.result.profiles[0].type);
		end_world();
	}
}

static void test_classes(void **state)
{
	(void)state;
	begin_with("name *");
	add_container("other");
	add_container("labelled");
	add_label(2, "contmon.class", "low");
	world.containers[2].row.command = "stress -c 1";
	add_container("own");
	add_label(3, "contmon.class", "mine");
	tick_after(1000);
	assert_string_equal(world.result.profiles[0].class, "high");
	assert_string_equal(world.result.profiles[0].type, "cpu");
	assert_string_equal(world.result.profiles[1].class, "low");
	assert_null(world.result.profiles[1].type);
	assert_string_equal(world.result.profiles[2].class, "low");
	assert_string_equal(world.result.profiles[2].type, "cpu");
	assert_string_equal(world.result.profiles[3].class, "mine");
	end_world();
}

/* Whatever changes of it, a container is looked at again. */
static void test_changes_are_seen(void **state)
{
	(void)state;
	begin_with("label tier=back-end, name db-1");
	tick_after(1000);
	assert_string_equal(finding(0, 0), "unknown");
	world.containers[0].labels[0].value = "x";
	tick_after(1000);
	assert_string_equal(finding(0, 0), "not_selected");
	world.containers[0].labels[0].value = "back-end";
	tick_after(1000);
	assert_string_equal(finding(0, 0), "unknown");
	world.candidates[0].name = "renamed";
	tick_after(1000);
	assert_string_equal(finding(0, 0), "not_selected");
	end_world();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_terms),
		TEST(test_what_is_unknown),
		TEST(test_classes),
		TEST(test_changes_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

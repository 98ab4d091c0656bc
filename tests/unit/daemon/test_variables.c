// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/api.h"

static const char *const choice_keys[] = { "text", "value" };

/* The rows of a variable must be these, each of which is its own value. */
static void must_offer(const char *path, const char *parameters,
		       const char *const *expected)
{
	json_t *rows = rows_of(path, parameters);
	size_t i;

	must_have_keys(rows, choice_keys, COUNT(choice_keys));
	for (i = 0; expected[i]; i++) {
		const json_t *row = json_array_get(rows, i);

		assert_string_equal(text_at(row, "text"), expected[i]);
		assert_string_equal(text_at(row, "value"), expected[i]);
	}
	assert_int_equal(json_array_size(rows), i);
}

#define MUST_OFFER(path, parameters, ...)				\
	must_offer("/api/v1/variables/" path, parameters,		\
		   (const char *const[]){ __VA_ARGS__, NULL })

static void forget_all(void)
{
	model_clear(&world.model);
	world.status.host[0] = '\0';
}

static void test_running(void **state)
{
	(void)state;
	MUST_OFFER("containers", "", "db", "web");
	MUST_OFFER("images", "", "image:1");
	MUST_OFFER("containers", "image=image:1", "db", "web");
	MUST_OFFER("containers", "image=image:2", "(none)");
}

/* With a range, those that have ended are offered, too. */
static void test_ended(void **state)
{
	struct sample later;

	(void)state;
	world_name(&world, ID64("b"), "old db");
	assert_int_equal(model_name(&world.model, world.names), 0);
	recorder_rename(world.recorder, &world.model);
	world_sample(&later, 102);
	world_container(&later, world.web);
	world_tick(&world, &later);
	MUST_OFFER("containers", "", "web");
	MUST_OFFER("containers", "from=0", "old db", "web");
	MUST_OFFER("containers", "to=1700000200000", "old db", "web");
	MUST_OFFER("containers", "from=1700000103000", "web");
	MUST_OFFER("images", "from=0", "image:1");
	assert_int_equal(get("/api/v1/variables/containers", "from=x"), 400);
	assert_int_equal(get("/api/v1/variables/images", "from=2&to=1"), 400);
	world_forget(&world, &later);
	MUST_OFFER("containers", "", "(none)");
	MUST_OFFER("containers", "from=0", "old db", "web");
}

static void test_hosts(void **state)
{
	(void)state;
	strcpy(world.status.host, "box");
	MUST_OFFER("hosts", "", "box");
}

static void test_commands(void **state)
{
	(void)state;
	memcpy(world.now.tasks.entries[1].comm, "a\xff", 3);
	MUST_OFFER("commands", "", "a\xef\xbf\xbd", "task");
	hides_processes = true;
	assert_int_equal(get("/api/v1/variables/commands", ""), 403);
}

/* What is sent is the number: a name may belong to another device later. */
static void test_devices(void **state)
{
	struct device_io io[] = {
		{ .major = 4094, .minor = 7 }, { .major = 4094, .minor = 3 },
		{ .major = 4094, .minor = 8 }, { .major = 4094, .minor = 4 },
	};
	json_t *rows;

	(void)state;
	MUST_OFFER("devices", "", "(none)");
	world.now.containers[0].stats.devices = io;
	world.now.containers[0].stats.nr_devices = 2;
	MUST_OFFER("devices", "", "4094:3", "4094:7");
	/* There are more than are recorded one by one. */
	world.now.containers[0].stats.nr_devices = COUNT(io);
	MUST_OFFER("devices", "", "4094:3", "4094:4", "4094:7", "4094:8",
		   "others");
	world.now.containers[0].stats.devices = NULL;
	world.now.containers[0].stats.nr_devices = 0;
	rows = rows_of("/api/v1/variables/devices", "");
	assert_int_equal(json_array_size(rows), 1);
}

/* Infinity fails for an answer that has no rows, and so no fields. */
static void test_there_is_always_a_row(void **state)
{
	static const char *const names[] = {
		"commands", "containers", "devices", "hosts", "images",
	};
	char path[64];
	size_t i;

	(void)state;
	forget_all();
	for (i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "/api/v1/variables/%s", names[i]);
		must_offer(path, "", (const char *const[]){ "(none)", NULL });
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_running),
		TEST(test_ended),
		TEST(test_hosts),
		TEST(test_commands),
		TEST(test_devices),
		TEST(test_there_is_always_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

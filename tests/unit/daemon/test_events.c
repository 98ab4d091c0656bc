// SPDX-License-Identifier: GPL-2.0-only
/*
 * /api/v1/events: starts and ends of containers, and OOM kills
 *
 * wrap: store_event
 */
#include "tests/unit/api.h"

static struct sample later;
static bool was_of_user;

int __real_store_event(struct store *store, const struct store_event *event);
int __wrap_store_event(struct store *store, const struct store_event *event);

int __wrap_store_event(struct store *store, const struct store_event *event)
{
	was_of_user = event->is_of_user;
	return __real_store_event(store, event);
}

/* A tick one second later, with @nr containers */
static void tick_with(struct scope *const *scopes, size_t nr)
{
	size_t i;

	world_sample(&later, 102);
	for (i = 0; i < nr; i++)
		world_container(&later, scopes[i]);
	world_tick(&world, &later);
}

static void must_be_one(const char *parameters, const char *kind,
			const char *container)
{
	json_t *rows = rows_of("/api/v1/events", parameters), *row;

	assert_int_equal(json_array_size(rows), 1);
	row = json_array_get(rows, 0);
	assert_string_equal(text_at(row, "kind"), kind);
	assert_string_equal(text_at(row, "container"), container);
}

static void test_containers_of_the_first_sample_have_no_event(void **state)
{
	(void)state;
	store_sync(world.store);
	assert_int_equal(json_array_size(rows_of("/api/v1/events", "")), 0);
}

static void test_a_container_starts(void **state)
{
	struct scope *scopes[] = { world.web, world.db, NULL };
	json_t *row, *detail;

	(void)state;
	scopes[2] = world_scope(300, ID64("c"));
	tick_with(scopes, 3);
	must_be_one("", "container_started", "cccccccccccc");
	row = json_array_get(json_object_get(answer, "rows"), 0);
	assert_string_equal(text_at(row, "container_id"), ID64("c"));
	assert_near(number_at(row, "t"), 1700000000000 + 102000, 0.5);
	assert_true(json_is_null(json_object_get(row, "pid")));
	detail = json_loads(text_at(row, "detail"), 0, NULL);
	assert_string_equal(text_at(detail, "cgroup"),
			    "/system.slice/docker-" ID64("c") ".scope");
	json_decref(detail);
	/* It gets its name when the engine has reported it. */
	world_name(&world, ID64("c"), "cache");
	assert_int_equal(model_name(&world.model, world.names), 0);
	recorder_rename(world.recorder, &world.model);
	store_sync(world.store);
	must_be_one("", "container_started", "cache");
	world_forget(&world, &later);
	scope_unref(scopes[2]);
}

static void test_a_container_ends(void **state)
{
	static const char *const keys[] = {
		"host", "seq", "t", "kind", "container", "container_id", "pid",
		"comm", "detail",
	};

	(void)state;
	tick_with(&world.db, 1);
	must_be_one("", "container_ended", "web");
	must_have_keys(json_object_get(answer, "rows"), keys, COUNT(keys));
	must_be_of_host(json_object_get(answer, "rows"));
	world_forget(&world, &later);
}

static struct cgroup_stats memory;	/* of the container, as it was read */
static uint64_t rss_bytes;		/* of the process; 0: unknown */

static void kill_of(uint32_t uid, const struct scope *scope, int32_t pid)
{
	const struct contmon_event event = {
		.type = CONTMON_EVENT_OOM,
		.pid = pid,
		.uid = uid,
		.comm = "ja\xffva",
		.boottime_ns = world.now.boottime_ns,
		.rss_bytes = rss_bytes,
	};

	recorder_kill(world.recorder, &world.model, &event, scope, &memory);
	store_sync(world.store);
}

static void kill_in(const struct scope *scope, int32_t pid)
{
	kill_of(0, scope, pid);
}

static void test_a_process_is_killed(void **state)
{
	json_t *row, *detail;

	(void)state;
	kill_in(world.db, 42);
	must_be_one("", "oom_killed", "db");
	row = json_array_get(json_object_get(answer, "rows"), 0);
	assert_near(number_at(row, "pid"), 42, 0);
	assert_string_equal(text_at(row, "comm"), "ja\xef\xbf\xbdva");
	detail = json_loads(text_at(row, "detail"), 0, NULL);
	assert_near(number_at(detail, "memory_current_bytes"), 64 << 20, 0);
	json_decref(detail);
	/* Outside of all containers */
	kill_in(NULL, 43);
	row = json_array_get(rows_of("/api/v1/events", ""), 0);
	assert_near(number_at(row, "pid"), 43, 0);
	assert_true(json_is_null(json_object_get(row, "container")));
	assert_true(json_is_null(json_object_get(row, "detail")));
}

/* The detail of the newest event; NULL for none */
static json_t *newest_detail(void)
{
	json_t *row = json_array_get(rows_of("/api/v1/events", ""), 0);
	const char *text = json_string_value(json_object_get(row, "detail"));

	return text ? json_loads(text, 0, NULL) : NULL;
}

/* What was read at the kill is newer than the sample. */
static void test_memory_at_the_kill(void **state)
{
	json_t *detail;

	(void)state;
	memory = (struct cgroup_stats){
		.valid = CGROUP_STATS_CURRENT | CGROUP_STATS_PEAK,
		.memory_current_bytes = 5000,
		.memory_peak_bytes = 7000,
	};
	kill_in(world.db, 42);
	detail = newest_detail();
	assert_near(number_at(detail, "memory_current_bytes"), 5000, 0);
	assert_near(number_at(detail, "memory_peak_bytes"), 7000, 0);
	json_decref(detail);
	/* Each by itself: this kernel has no memory.peak. */
	memory.valid = CGROUP_STATS_CURRENT;
	kill_in(world.db, 43);
	detail = newest_detail();
	assert_near(number_at(detail, "memory_current_bytes"), 5000, 0);
	assert_near(number_at(detail, "memory_peak_bytes"), 0, 0);
	json_decref(detail);
	memory.valid = 0;
}

/* No sample has it. */
static void test_memory_of_a_short_container(void **state)
{
	struct scope *scope = world_scope(300, ID64("c"));
	json_t *detail;

	(void)state;
	kill_in(scope, 42);
	assert_null(newest_detail());
	memory = (struct cgroup_stats){
		.valid = CGROUP_STATS_CURRENT, .memory_current_bytes = 5000,
	};
	kill_in(scope, 43);
	detail = newest_detail();
	assert_near(number_at(detail, "memory_current_bytes"), 5000, 0);
	assert_null(json_object_get(detail, "memory_peak_bytes"));
	assert_null(json_object_get(detail, "memory_limit_bytes"));
	json_decref(detail);
	memory.valid = 0;
	scope_unref(scope);
}

/* As the driver reports it; it is hidden with the process. */
static void test_memory_of_the_process(void **state)
{
	json_t *detail;

	(void)state;
	rss_bytes = 9000;
	kill_in(NULL, 42);
	detail = newest_detail();
	assert_int_equal(json_object_size(detail), 1);
	assert_near(number_at(detail, "victim_rss_bytes"), 9000, 0);
	json_decref(detail);
	hides_processes = true;
	assert_null(newest_detail());
	kill_in(world.db, 43);
	detail = newest_detail();
	assert_null(json_object_get(detail, "victim_rss_bytes"));
	assert_near(number_at(detail, "memory_current_bytes"), 64 << 20, 0);
	json_decref(detail);
	rss_bytes = 0;
}

/* Of users there may be any number; in a container that is seen elsewhere. */
static void test_whose_it_was(void **state)
{
	(void)state;
	kill_of(1000, NULL, 42);
	assert_true(was_of_user);
	kill_of(0, NULL, 43);
	assert_false(was_of_user);
	kill_of(1000, world.db, 44);
	assert_false(was_of_user);
}

static void test_whom_it_was_is_hidden(void **state)
{
	json_t *row;

	(void)state;
	kill_in(world.db, 42);
	hides_processes = true;
	must_be_one("", "oom_killed", "db");
	row = json_array_get(json_object_get(answer, "rows"), 0);
	assert_true(json_is_null(json_object_get(row, "pid")));
	assert_true(json_is_null(json_object_get(row, "comm")));
}

static bool is_truncated(void)
{
	return json_is_true(json_object_get(json_object_get(answer, "meta"),
					    "truncated"));
}

static void test_which_and_how_many(void **state)
{
	char after[64];
	json_t *rows;
	double first;

	(void)state;
	kill_in(world.db, 1);
	kill_in(world.web, 2);
	kill_in(world.db, 3);
	must_be_one("container=web", "oom_killed", "web");
	assert_false(is_truncated());
	rows = rows_of("/api/v1/events", "container=db&limit=1");
	assert_int_equal(json_array_size(rows), 1);
	assert_near(number_at(json_array_get(rows, 0), "pid"), 3, 0);
	assert_true(is_truncated());
	assert_int_equal(json_array_size(rows_of("/api/v1/events",
		"kind=container_ended,container_started")), 0);
	assert_int_equal(json_array_size(rows_of("/api/v1/events",
		"kind=container_ended,oom_killed&limit=3")), 3);
	assert_false(is_truncated());
	assert_int_equal(json_array_size(rows_of("/api/v1/events", "to=5")),
			 0);
	rows = rows_of("/api/v1/events", "after=0&limit=1");
	assert_near(number_at(json_array_get(rows, 0), "pid"), 1, 0);
	/* Continue after the first: the oldest comes first. */
	rows = rows_of("/api/v1/events", "");
	first = number_at(json_array_get(rows, 2), "seq");
	snprintf(after, sizeof(after), "after=%.0f", first);
	rows = rows_of("/api/v1/events", after);
	assert_int_equal(json_array_size(rows), 2);
	assert_near(number_at(json_array_get(rows, 0), "pid"), 2, 0);
}

/* The host is chosen as elsewhere in the API. No container is called so. */
static void test_the_host(void **state)
{
	json_t *rows;

	(void)state;
	kill_in(world.db, 1);
	kill_in(NULL, 2);
	kill_in(world.web, 3);
	rows = rows_of("/api/v1/events", "container=host");
	assert_int_equal(json_array_size(rows), 1);
	assert_near(number_at(json_array_get(rows, 0), "pid"), 2, 0);
	assert_true(json_is_null(json_object_get(json_array_get(rows, 0),
						 "container")));
	rows = rows_of("/api/v1/events", "container=web,host");
	assert_int_equal(json_array_size(rows), 2);
	rows = rows_of("/api/v1/events", "container=web");
	assert_int_equal(json_array_size(rows), 1);
}

/* "| `container_started` | ..." of the table in API.md: the next kind */
static bool read_kind(FILE *file, char ret[32])
{
	char line[1024];

	while (fgets(line, sizeof(line), file) && line[0] != '#') {
		if (sscanf(line, "| `%31[a-z_]`", ret) == 1)
			return true;
	}
	return false;
}

/* The table of kinds, not that of an endpoint before it */
static FILE *open_kinds(void)
{
	FILE *file = fopen("contmond/API.md", "r");
	char line[1024];

	if (!file)
		fail_msg("run this from the top of the source");
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, "| kind | what |", 15) == 0)
			return file;
	}
	fail_msg("API.md has no table of kinds");
	return NULL;
}

static json_t *kinds_of_openapi(json_t **ret_document)
{
	*ret_document = json_load_file("contmond/openapi.json", 0, NULL);
	assert_non_null(*ret_document);
	return json_object_get(json_object_get(json_object_get(json_object_get(
		json_object_get(json_object_get(*ret_document, "components"),
				"schemas"), "Event"), "properties"), "kind"),
		"enum");
}

/* They are the same in API.md, openapi.json and the filter, in this order. */
static void test_each_kind_is_known_everywhere(void **state)
{
	char kind[32], parameter[64], all[512] = "kind: none of ";
	json_t *document, *enumerated = kinds_of_openapi(&document);
	FILE *file = open_kinds();
	size_t nr = 0;

	(void)state;
	while (read_kind(file, kind)) {
		snprintf(parameter, sizeof(parameter), "kind=%s", kind);
		assert_int_equal(get("/api/v1/events", parameter), 200);
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s",
			 nr > 0 ? "," : "", kind);
		assert_string_equal(json_string_value(
			json_array_get(enumerated, nr++)), kind);
	}
	fclose(file);
	assert_int_equal(json_array_size(enumerated), nr);
	json_decref(document);
	snprintf(all + strlen(all), sizeof(all) - strlen(all), ": x");
	assert_int_equal(get("/api/v1/events", "kind=x"), 400);
	assert_string_equal(text_at(answer, "error"), all);
}

static void test_bad_parameters(void **state)
{
	static const char *const bad[] = {
		"from=x", "to=-1", "from=2&to=1", "limit=0", "limit=20001",
		"after=-1", "after=x", "sort=t", "kind=oom_kill",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		assert_int_equal(get("/api/v1/events", bad[i]), 400);
		assert_non_null(text_at(answer, "error"));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_containers_of_the_first_sample_have_no_event),
		TEST(test_a_container_starts),
		TEST(test_a_container_ends),
		TEST(test_a_process_is_killed),
		TEST(test_memory_at_the_kill),
		TEST(test_memory_of_a_short_container),
		TEST(test_memory_of_the_process),
		TEST(test_whose_it_was),
		TEST(test_whom_it_was_is_hidden),
		TEST(test_which_and_how_many),
		TEST(test_the_host),
		TEST(test_each_kind_is_known_everywhere),
		TEST(test_bad_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

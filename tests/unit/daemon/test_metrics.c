// SPDX-License-Identifier: GPL-2.0-only
/* /metrics in both formats. */
#include "tests/unit/world.h"

#include "contmond/serve/metrics.h"

#include "contmond/model/arrived.h"

static struct world world;
static struct reply reply;

static int setup(void **state)
{
	(void)state;
	world_init(&world);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	reply_done(&reply);
	world_done(&world);
	return 0;
}

static const char *get(const char *accept)
{
	const struct request request = {
		.path = "/metrics", .accept = accept,
	};

	reply_done(&reply);
	metrics_handle(&world.facts, &request, &reply);
	assert_int_equal(reply.status, 200);
	assert_false(reply.body.failed);
	return reply.body.text;
}

#define LABELS(id, name) "{id=\"/system.slice/docker-" id ".scope\"," \
	"image=\"image:1\",name=\"" name "\"}"

/* A container of cgroup v1 has no path: its label is its id. */
static void test_container_of_v1(void **state)
{
	(void)state;
	free(world.web->cgroup);
	world.web->cgroup = NULL;
	assert_int_equal(model_update(&world.model, &world.before, &world.now,
				      world.names), 0);
	assert_contains(get("text/plain"), "container_processes{id=\""
			ID64("a") "\",image=\"image:1\",name=\"web\"");
}

static void test_text_format(void **state)
{
	const char *text = get("text/plain");

	(void)state;
	assert_string_equal(reply.content_type,
			    "text/plain; version=0.0.4; charset=utf-8");
	assert_contains(text,
		"# HELP container_cpu_usage_seconds_total CPU time used.\n"
		"# TYPE container_cpu_usage_seconds_total counter\n"
		"container_cpu_usage_seconds_total" LABELS(ID64("b"), "db")
		" 4\n"
		"container_cpu_usage_seconds_total" LABELS(ID64("a"), "web")
		" 1.5\n");
	assert_contains(text, "# TYPE container_memory_usage_bytes gauge\n");
	assert_contains(text, "\ncontmon_up 1\n");
	assert_contains(text, "\ncontmon_samples_total 2\n");
	assert_contains(text, "\ncontmon_system_ram_total_bytes 8589934592\n");
	assert_contains(text, "\ncontmon_system_cpu_seconds_total"
			"{mode=\"user\"} 0\n");
	assert_null(strstr(text, "# EOF"));
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "null"));
}

/* changes() sees each run of a container. */
static void test_start_times(void **state)
{
	(void)state;
	assert_null(strstr(get(NULL), "container_start_time_seconds{"));
	world.web->is_started = true;
	world.web->started_boottime_ns = 90 * SECOND_NS;
	world.web->started_ms = 1700000090000;
	assert_int_equal(model_update(&world.model, NULL, &world.now,
				      world.names), 0);
	assert_contains(get(NULL), "\ncontainer_start_time_seconds"
			LABELS(ID64("a"), "web") " 1700000090\n");
}

static void test_oom_kills_of_the_host(void **state)
{
	(void)state;
	assert_null(strstr(get(NULL), "contmon_system_oom_kills_total"));
	world.now.has_oom_kills = true;
	world.now.oom_kills = 3;
	assert_int_equal(model_update(&world.model, NULL, &world.now,
				      world.names), 0);
	assert_contains(get(NULL), "# TYPE contmon_system_oom_kills_total "
			"counter\ncontmon_system_oom_kills_total 3\n");
}

/* increase() sees the kill that ended a container. */
static void test_an_ended_container(void **state)
{
	struct scope *again = world_scope(300, ID64("b"));
	struct sample later;
	const char *text;

	(void)state;
	assert_contains(get(NULL), "\ncontainer_oom_events_total"
			LABELS(ID64("b"), "db") " 0\n");
	world.db->oom_kills_since = 1;
	world_sample(&later, 102);
	world_container(&later, world.web);
	assert_int_equal(model_update(&world.model, &world.now, &later,
				      world.names), 0);
	text = get(NULL);
	assert_contains(text, "\ncontainer_oom_events_total"
			LABELS(ID64("b"), "db") " 1\n");
	assert_contains(text, "\ncontainer_cpu_usage_seconds_total"
			LABELS(ID64("b"), "db") " 4\n");
	assert_contains(text, "\ncontainer_memory_usage_bytes"
			LABELS(ID64("a"), "web"));
	assert_null(strstr(text, "container_memory_usage_bytes"
			   LABELS(ID64("b"), "db")));
	assert_null(strstr(text, "container_last_seen"
			   LABELS(ID64("b"), "db")));
	/* It has begun again, and no sample has it: one line, as before. */
	assert_int_equal(arrived_add(&world.model, again, world.names), 0);
	text = strstr(get(NULL), "\ncontainer_oom_events_total"
		      LABELS(ID64("b"), "db") " 1\n");
	assert_non_null(text);
	assert_null(strstr(text + 1, "\ncontainer_oom_events_total"
			   LABELS(ID64("b"), "db")));
	scope_unref(again);
	world_sample_done(&later);
}

/* The API lists it, but not one of its numbers is known. */
static void test_a_container_without_a_sample(void **state)
{
	struct scope *scope = world_scope(300, ID64("e"));

	(void)state;
	assert_int_equal(arrived_add(&world.model, scope, world.names), 0);
	assert_null(strstr(get(NULL), ID64("e")));
	scope_unref(scope);
}

static void test_openmetrics(void **state)
{
	const char *text = get("application/openmetrics-text; version=1.0.0,"
			       "text/plain;version=0.0.4;q=0.5");

	(void)state;
	assert_string_equal(reply.content_type, "application/openmetrics-text;"
			    " version=1.0.0; charset=utf-8");
	assert_contains(text, "# TYPE container_cpu_usage_seconds counter\n"
			"container_cpu_usage_seconds_total{");
	assert_contains(text, "# TYPE contmon_samples counter\n"
			"contmon_samples_total 2\n");
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
}

static void test_the_format_that_is_preferred(void **state)
{
	static const struct {
		const char *accept;
		bool openmetrics;
	} cases[] = {
		{ "*/*", false },
		{ "application/openmetrics-text;q=0", false },
		{ "application/openmetrics-text;q=0.2, text/plain;q=0.5",
		  false },
		{ "application/openmetrics-text;version=9.0.0, "
		  "text/plain;q=0.1", false },
		{ "application/openmetrics-text", true },
		/* What Prometheus sends */
		{ "application/openmetrics-text;version=1.0.0;"
		  "escaping=allow-utf-8;q=0.5,"
		  "application/openmetrics-text;version=0.0.1;q=0.4,"
		  "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
		  "text/plain;version=0.0.4;q=0.2,*/*;q=0.1", true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const char *text = get(cases[i].accept);

		if (!strstr(text, "# EOF\n") == cases[i].openmetrics)
			fail_msg("%s", cases[i].accept);
	}
}

static void test_unknown_numbers_have_no_sample(void **state)
{
	const char *text = get(NULL);

	(void)state;
	/* db has a limit, web has none; neither has a quota. */
	assert_contains(text, "\ncontainer_spec_memory_limit_bytes"
			LABELS(ID64("b"), "db") " 268435456\n");
	assert_null(strstr(text, "container_spec_memory_limit_bytes"
			   LABELS(ID64("a"), "web")));
	assert_null(strstr(text, "throttled"));
}

static void test_labels_are_escaped(void **state)
{
	(void)state;
	world_name(&world, ID64("a"), "a\"b\\c\nd\xff");
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_contains(get(NULL), "name=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\"}");
}

#define COMPOSE "com.docker.compose."

/* They stay when the container ends; otherwise it would be another series. */
static void test_labels_of_compose(void **state)
{
	const struct name_label labels[] = {
		{ COMPOSE "project", "shop" }, { "other", "1" },
		{ COMPOSE "service", "till" },
	};
	const struct name name = {
		.id = ID64("a"), .name = "web", .image = "image:1",
		.labels = labels, .nr_labels = COUNT(labels), .restarts = 3,
	};
	static const char usage[] = "container_cpu_usage_seconds_total{id=\""
		"/system.slice/docker-" ID64("a") ".scope\",image=\"image:1\","
		"name=\"web\","
		"container_label_com_docker_compose_project=\"shop\","
		"container_label_com_docker_compose_service=\"till\"} 1.5\n";
	struct sample empty;
	const char *text;

	(void)state;
	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
	text = get(NULL);
	assert_contains(text, usage);
	assert_contains(text, "service=\"till\"} 3\n");
	world_sample(&empty, 102);
	assert_int_equal(model_update(&world.model, &world.now, &empty,
				      world.names), 0);
	assert_contains(get(NULL), usage);
	model_clear(&world.model);
	world_sample_done(&empty);
}

static void test_without_a_sample(void **state)
{
	const char *text;

	(void)state;
	model_clear(&world.model);
	strcpy(world.status.reason, "no device");
	text = get(NULL);
	assert_contains(text, "contmon_up 0\n");
	assert_null(strstr(text, "container_"));
	assert_null(strstr(text, "contmon_system_"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_container_of_v1),
		TEST(test_text_format),
		TEST(test_start_times),
		TEST(test_oom_kills_of_the_host),
		TEST(test_an_ended_container),
		TEST(test_a_container_without_a_sample),
		TEST(test_openmetrics),
		TEST(test_the_format_that_is_preferred),
		TEST(test_unknown_numbers_have_no_sample),
		TEST(test_labels_are_escaped),
		TEST(test_labels_of_compose),
		TEST(test_without_a_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

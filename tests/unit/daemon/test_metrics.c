// SPDX-License-Identifier: GPL-2.0-only
/* /metrics in both formats. */
#include "tests/unit/metrics.h"

#include "contmond/model/arrived.h"

#define LABELS_AND(id, name, more) \
	"{id=\"/system.slice/docker-" id ".scope\"," \
	"image=\"image:1\",name=\"" name "\"" more "}"
#define LABELS(id, name) LABELS_AND(id, name, "")
#define USAGE(id, name) "container_cpu_usage_seconds_total" \
	LABELS_AND(id, name, ",cpu=\"total\"")

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
		"container_cpu_usage_seconds_total"
		"{id=\"/\",cpu=\"total\"} 0\n"
		USAGE(ID64("b"), "db") " 4\n"
		USAGE(ID64("a"), "web") " 1.5\n");
	assert_contains(text, "# TYPE container_memory_usage_bytes gauge\n");
	assert_contains(text, "\ncontmon_up 1\n");
	assert_contains(text, "\ncontmon_samples_total 2\n");
	assert_contains(text, "\ncontmon_system_ram_total_bytes 8589934592\n");
	assert_contains(text, "\ncontmon_system_cpu_seconds_total"
			"{mode=\"user\"} 0\n");
	assert_contains(text, "\nmachine_cpu_cores 4\n");
	assert_contains(text, "\nmachine_memory_bytes 8589934592\n");
	assert_null(strstr(text, "# UNIT"));
	assert_null(strstr(text, "_created"));
	assert_null(strstr(text, "# EOF"));
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "null"));
}

/* changes() sees each run of a container. */
static void test_start_times(void **state)
{
	(void)state;
	assert_null(strstr(get(NULL), "container_start_time_seconds"
			   LABELS(ID64("a"), "web")));
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
	world.now.vmstat.valid = VMSTAT_OOM_KILLS;
	world.now.vmstat.oom_kills = 3;
	assert_int_equal(model_update(&world.model, NULL, &world.now,
				      world.names), 0);
	assert_contains(get(NULL), "# TYPE contmon_system_oom_kills_total "
			"counter\ncontmon_system_oom_kills_total 3\n");
}

/* Its series end at once; a record of its life stays for a while. */
static void test_an_ended_container(void **state)
{
	struct sample later;
	const char *text;

	(void)state;
	assert_contains(get(NULL), "\ncontainer_oom_events_total"
			LABELS(ID64("b"), "db") " 0\n");
	assert_null(strstr(get(NULL), "contmon_ended"));
	world.db->oom_kills_since = 1;
	world_sample(&later, 102);
	world_container(&later, world.web);
	assert_int_equal(model_update(&world.model, &world.now, &later,
				      world.names), 0);
	text = get(NULL);
	assert_null(strstr(text, "\ncontainer_oom_events_total"
			   LABELS(ID64("b"), "db")));
	assert_null(strstr(text, USAGE(ID64("b"), "db")));
	assert_contains(text, USAGE(ID64("a"), "web"));
	assert_contains(text, "# TYPE contmon_ended_oom_kills gauge\n"
			"contmon_ended_oom_kills" LABELS(ID64("b"), "db")
			" 1\n");
	assert_contains(text, "\ncontmon_ended_cpu_seconds"
			LABELS(ID64("b"), "db") " 4\n");
	assert_contains(text, "\ncontmon_ended_time_seconds"
			LABELS(ID64("b"), "db") " 1700000102\n");
	assert_null(strstr(text, "contmon_ended_exit_code"));
	world_sample_done(&later);
}

/* The engine reports it some time after the end. */
static void test_the_exit_code_of_an_ended_container(void **state)
{
	const struct container_info name = {
		.id = ID64("b"), .name = "db", .image = "image:1",
		.finished_ms = 1700000101500, .exit_code = 137,
	};
	struct sample later;
	const char *text;

	(void)state;
	world_sample(&later, 102);
	assert_int_equal(model_update(&world.model, &world.now, &later,
				      world.names), 0);
	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
	text = get(NULL);
	assert_contains(text, "\ncontmon_ended_exit_code"
			LABELS(ID64("b"), "db") " 137\n");
	assert_contains(text, "\ncontmon_ended_time_seconds"
			LABELS(ID64("b"), "db") " 1700000101.5\n");
	world_sample_done(&later);
}

/* Its OOM kills continue, so that increase() sees the one that ended it. */
static void test_a_container_that_runs_again(void **state)
{
	struct scope *again = world_scope(300, ID64("b"));
	struct sample empty, later;
	const char *text;

	(void)state;
	world.db->oom_kills_since = 1;
	world_sample(&empty, 102);
	assert_int_equal(model_update(&world.model, &world.now, &empty,
				      world.names), 0);
	/* No sample has it: what ended is still the newest. */
	assert_int_equal(arrived_add(&world.model, again, world.names), 0);
	assert_contains(get(NULL), "\ncontmon_ended_oom_kills"
			LABELS(ID64("b"), "db") " 1\n");
	world_sample(&later, 103);
	world_container(&later, again);
	assert_int_equal(model_update(&world.model, &empty, &later,
				      world.names), 0);
	text = get(NULL);
	assert_contains(text, "\ncontainer_oom_events_total"
			LABELS(ID64("b"), "db") " 1\n");
	assert_null(strstr(text, "contmon_ended_oom_kills"
			   LABELS(ID64("b"), "db")));
	scope_unref(again);
	model_clear(&world.model);
	world_sample_done(&empty);
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
	const char *text;

	(void)state;
	world.status.started_ms = 1700000000250;
	text = get("application/openmetrics-text; version=1.0.0,"
		   "text/plain;version=0.0.4;q=0.5");
	assert_string_equal(reply.content_type, "application/openmetrics-text;"
			    " version=1.0.0; charset=utf-8");
	assert_contains(text, "# TYPE container_cpu_usage_seconds counter\n"
			"# UNIT container_cpu_usage_seconds seconds\n"
			"container_cpu_usage_seconds_total{");
	assert_contains(text, "# TYPE container_memory_usage_bytes gauge\n"
			"# UNIT container_memory_usage_bytes bytes\n");
	assert_contains(text, "# TYPE contmon_samples counter\n"
			"contmon_samples_total 2\n"
			"contmon_samples_created 1700000000.25\n");
	assert_contains(text, "\nprocess_start_time_seconds 1700000000.25\n");
	assert_contains(text, "# TYPE contmon_build info\n"
			"contmon_build_info{version=");
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

static void test_labels_of_the_engine(void **state)
{
	const struct name_label labels[] = {
		{ COMPOSE "project", "shop" }, { "other", "1" },
		{ COMPOSE "service", "till" }, { "a.b", "2" }, { "a-b", "3" },
		{ "io.kubernetes.pod.name", "till-1" },
		{ "io.kubernetes.pod.namespace", "shop" },
		{ "io.kubernetes.container.name", "cash" },
	};
	const struct container_info name = {
		.id = ID64("a"), .name = "web", .image = "image:1",
		.labels = labels, .nr_labels = COUNT(labels), .restarts = 3,
	};

	(void)state;
	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
	assert_contains(get(NULL), "container_processes" LABELS_AND(ID64("a"),
		"web", ",container_label_com_docker_compose_project=\"shop\","
		"container_label_com_docker_compose_service=\"till\","
		"container=\"cash\",namespace=\"shop\",pod=\"till-1\""));
	strcpy(world.exposed.labels, "a-b,a.b");
	assert_contains(get(NULL), "container_processes" LABELS_AND(ID64("a"),
		"web", ",container_label_a_b=\"2\",container=\"cash\","
		"namespace=\"shop\",pod=\"till-1\""));
	hides_processes = true;
	assert_contains(get(NULL), "container_processes"
			LABELS(ID64("a"), "web"));
	hides_processes = false;
	world.exposed.labels[0] = '\0';
	assert_null(strstr(get(NULL), "container_label"));
}

static void put_parts(struct sample_container *container)
{
	static struct device_io devices[] = {
		{ .major = 4095, .minor = 7, .read_bytes = 5, .write_ops = 6 },
	};
	static struct netdev_interface interfaces[] = {
		{ "eth0", { .receive_bytes = 10, .transmit_drops = 2 } },
		{ "eth1", { .receive_bytes = 11 } },
	};
	struct netdev_stats *network = &container->network;

	container->stats.devices = malloc(sizeof(devices));
	memcpy(container->stats.devices, devices, sizeof(devices));
	container->stats.nr_devices = COUNT(devices);
	container->network_namespace = 5;
	network->is_valid = true;
	network->interfaces = malloc(sizeof(interfaces));
	memcpy(network->interfaces, interfaces, sizeof(interfaces));
	network->nr_interfaces = COUNT(interfaces);
	settings_init(&container->settings);
	container->settings.due_boottime_ns = 1;
	container->settings.cpu_weight = 100;
	container->settings.cpu_quota_usec = 50000;
	container->settings.cpu_period_usec = 100000;
}

/* By interface and device, and settings as cAdvisor has them */
static void test_parts(void **state)
{
	const char *text;

	(void)state;
	put_parts(&world.now.containers[0]);
	assert_int_equal(model_update(&world.model, NULL, &world.now,
				      world.names), 0);
	text = get(NULL);
#define WEB(more) LABELS_AND(ID64("a"), "web", more)
	assert_contains(text, "\ncontainer_network_receive_bytes_total"
			WEB(",interface=\"eth0\"") " 10\n"
			"container_network_receive_bytes_total"
			WEB(",interface=\"eth1\"") " 11\n");
	assert_contains(text, "\ncontainer_network_transmit_packets_dropped_"
			"total" WEB(",interface=\"eth0\"") " 2\n");
	assert_contains(text, "\ncontainer_fs_reads_bytes_total"
			WEB(",device=\"4095:7\"") " 5\n");
	assert_contains(text, "\ncontainer_fs_writes_total"
			WEB(",device=\"4095:7\"") " 6\n");
	assert_contains(text, "\ncontainer_spec_cpu_period" WEB("")
			" 100000\n");
	assert_contains(text, "\ncontainer_spec_cpu_quota" WEB("")
			" 50000\n");
	assert_contains(text, "\ncontainer_spec_cpu_shares" WEB("")
			" 2597\n");
}

static size_t nr_lines(const char *text, const char *with)
{
	size_t nr = 0;

	while ((text = strstr(text, with))) {
		nr++;
		text += strlen(with);
	}
	return nr;
}

/* A metric with two interfaces does not fit where one would. */
static void test_the_budget(void **state)
{
	static const char web[] = "name=\"web\"", db[] = "name=\"db\"";
	size_t all;
	const char *text;

	(void)state;
	put_parts(&world.now.containers[0]);
	assert_int_equal(model_update(&world.model, NULL, &world.now,
				      world.names), 0);
	text = get(NULL);
	all = nr_lines(text, web);
	assert_true(all > 40);
	assert_contains(text, "\ncontmon_metrics_series_left_out 0\n");
	assert_int_equal(nr_lines(text, "\ncontmon_metrics_series_max 1000\n"),
			 1);
	for (world.exposed.series_max = 10; world.exposed.series_max <= 40;
	     world.exposed.series_max++) {
		text = get(NULL);
		assert_true(nr_lines(text, web) <= world.exposed.series_max);
		assert_true(nr_lines(text, web) + 2 >
			    world.exposed.series_max);
		assert_true(nr_lines(text, db) <= world.exposed.series_max);
		assert_contains(text, "container_last_seen"
				LABELS(ID64("b"), "db"));
	}
	assert_null(strstr(text, "contmon_metrics_series_left_out 0\n"));
	assert_null(strstr(text, "contmon_container_vsz_sum_bytes"
			   LABELS(ID64("a"), "web")));
}

/* As of the root of the hierarchy, without the other ends of the containers */
static void test_the_host_is_a_container(void **state)
{
	struct netdev_stats *network = &world.now.host_network;
	const char *text;

	(void)state;
	world.now.system.kernel.cpu_nice_ns = SECOND_NS;
	world.now.system.kernel.cpu_irq_ns = 2 * SECOND_NS;
	world.now.system.kernel.ram_free_bytes = 4096ULL << 20;
	world.now.vmstat = (struct vmstat){
		.valid = VMSTAT_ANON | VMSTAT_INACTIVE_FILE,
		.anon_pages = 3, .inactive_file_pages = 1,
	};
	network->is_valid = true;
	network->nr_interfaces = 2;
	network->interfaces = calloc(2, sizeof(*network->interfaces));
	strcpy(network->interfaces[0].name, "veth1");
	strcpy(network->interfaces[1].name, "en\"p1");
	network->interfaces[1].counters.receive_bytes = 7;
	assert_int_equal(model_update(&world.model, NULL, &world.now,
				      world.names), 0);
	text = get(NULL);
	assert_contains(text, "_usage_seconds_total{id=\"/\",cpu=\"total\"} "
			"3\n");
	assert_contains(text, "_user_seconds_total{id=\"/\"} 1\n");
	assert_contains(text, "\ncontainer_memory_usage_bytes{id=\"/\"} "
			"4294967296\n");
	assert_contains(text, "\ncontainer_memory_working_set_bytes{id=\"/\"} "
			"4294963200\n");
	assert_contains(text, "\ncontainer_memory_rss{id=\"/\"} 12288\n");
	assert_null(strstr(text, "container_memory_cache{id=\"/\"}"));
	assert_contains(text, "\ncontainer_network_receive_bytes_total"
			"{id=\"/\",interface=\"en\\\"p1\"} 7\n");
	assert_null(strstr(text, "veth1"));
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
		TEST(test_the_exit_code_of_an_ended_container),
		TEST(test_a_container_that_runs_again),
		TEST(test_a_container_without_a_sample),
		TEST(test_openmetrics),
		TEST(test_the_format_that_is_preferred),
		TEST(test_unknown_numbers_have_no_sample),
		TEST(test_labels_are_escaped),
		TEST(test_labels_of_the_engine),
		TEST(test_parts),
		TEST(test_the_budget),
		TEST(test_the_host_is_a_container),
		TEST(test_without_a_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

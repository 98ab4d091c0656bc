// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is shown at the address and at the socket, as /proc has it.
 * wrap: hidepid_is_set listen_open sd_event_add_time_relative
 * wrap: sd_event_source_set_time_relative
 */
#include "tests/unit/world.h"

#include <arpa/inet.h>

#include "base/unix_socket.h"
#include "contmond/serve/listen.h"
#include "contmond/server.h"
#include "tests/unit/client.h"

#define WEB "/api/v1/containers?container=web&fields=command," \
	"pod_namespace,compose_project,compose_service"

static sd_event *event;
static struct server *server;
static struct world world;
static struct config config;
static bool hidden;

bool __wrap_hidepid_is_set(const char *mounts);
int __wrap_listen_open(const struct sockaddr_storage *address,
		       socklen_t length);
int __real_listen_open(const struct sockaddr_storage *address,
		       socklen_t length);

bool __wrap_hidepid_is_set(const char *mounts)
{
	assert_null(mounts);
	return hidden;
}

/* The port is any that is free. */
int __wrap_listen_open(const struct sockaddr_storage *address, socklen_t length)
{
	int fd = __real_listen_open(address, length);
	struct sockaddr_in in;

	assert_true(fd >= 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &length), 0);
	port = in.sin_port;
	return fd;
}

int __wrap_sd_event_add_time_relative(sd_event *loop, sd_event_source **ret,
				      clockid_t clock, uint64_t usec,
				      uint64_t accuracy,
				      sd_event_time_handler_t fn,
				      void *userdata);
int __real_sd_event_add_time_relative(sd_event *loop, sd_event_source **ret,
				      clockid_t clock, uint64_t usec,
				      uint64_t accuracy,
				      sd_event_time_handler_t fn,
				      void *userdata);
int __wrap_sd_event_source_set_time_relative(sd_event_source *source,
					     uint64_t usec);
int __real_sd_event_source_set_time_relative(sd_event_source *source,
					     uint64_t usec);

/* When it looks at /proc again: at once */
#define LOOK_USEC 10000000

static uint64_t sooner(uint64_t usec)
{
	return usec == LOOK_USEC ? 0 : usec;
}

int __wrap_sd_event_add_time_relative(sd_event *loop, sd_event_source **ret,
				      clockid_t clock, uint64_t usec,
				      uint64_t accuracy,
				      sd_event_time_handler_t fn,
				      void *userdata)
{
	return __real_sd_event_add_time_relative(loop, ret, clock, sooner(usec),
						 accuracy, fn, userdata);
}

int __wrap_sd_event_source_set_time_relative(sd_event_source *source,
					     uint64_t usec)
{
	return __real_sd_event_source_set_time_relative(source, sooner(usec));
}

static void configure(void)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&config.address;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	config.address_length = sizeof(*in);
	config.listen = config.host = (char *)"127.0.0.1";
	config.loopback = true;
	config.socket = strdup(in_directory("http.sock"));
	config.socket_mode = 0600;
	config.socket_group = (gid_t)-1;
}

static void add_labels(void)
{
	struct name_label labels[] = {
		{ LABEL_COMPOSE_PROJECT, "shop" },
		{ LABEL_COMPOSE_SERVICE, "front" },
		{ "io.kubernetes.pod.namespace", "tills" },
	};
	const struct container_info name = {
		.id = ID64("a"),
		.name = "web",
		.command = "run",
		.labels = labels,
		.nr_labels = COUNT(labels),
	};

	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(model_name(&world.model, world.names), 0);
}

static int setup(void **state)
{
	hidden = false;
	config = (struct config){ 0 };
	assert_int_equal(make_directory(state), 0);
	configure();
	world_init(&world);
	world.facts.kept = &world.kept;
	add_labels();
	assert_true(sd_event_new(&event) >= 0);
	assert_int_equal(server_new(event, &world.facts, &server), 0);
	return 0;
}

static int teardown(void **state)
{
	server_free(server);
	sd_event_unref(event);
	world_done(&world);
	free(config.socket);
	return remove_directory(state);
}

static void get_at_socket(const char *path)
{
	int fd = unix_connect(config.socket);
	char request[256];

	assert_true(fd >= 0);
	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n\r\n", path);
	client_send(fd, request, strlen(request));
	receive(fd);
	close(fd);
}

static void must_show_all(void)
{
	assert_int_equal(status(), 200);
	assert_contains(body(), "\"pod_namespace\":\"tills\"");
	assert_contains(body(), "\"command\":\"run\",\"compose_project\":"
			"\"shop\",\"compose_service\":\"front\"");
}

static void must_hide(void)
{
	get("/api/v1/processes", "");
	assert_int_equal(status(), 403);
	get(WEB, "");
	assert_int_equal(status(), 200);
	assert_contains(body(), "\"pod_namespace\":null");
	assert_contains(body(), "\"command\":null,\"compose_project\":null,"
			"\"compose_service\":null");
	get("/metrics", "");
	assert_int_equal(status(), 200);
	assert_null(strstr(body(), "compose"));
}

static void must_show(void)
{
	get("/api/v1/processes", "");
	assert_int_equal(status(), 200);
	get(WEB, "");
	must_show_all();
	get("/metrics", "");
	assert_contains(body(), "compose_project=\"shop\"");
}

static void test_proc_hides_processes(void **state)
{
	(void)state;
	hidden = true;
	assert_int_equal(server_open(server, &config), 0);
	must_hide();
	get_at_socket("/api/v1/processes");
	assert_int_equal(status(), 200);
	get_at_socket(WEB);
	must_show_all();
}

static void must_follow(void (*look)(void))
{
	int i;

	assert_int_equal(server_open(server, &config), 0);
	for (i = 0; i < 2; i++) {
		must_show();
		hidden = true;
		look();
		must_hide();
		hidden = false;
		look();
	}
}

static void reload(void)
{
	assert_int_equal(server_change(server, &config, &config), 0);
}

static void let_time_pass(void)
{
	run_some(event);
}

static void test_proc_changes_before_a_reload(void **state)
{
	(void)state;
	must_follow(reload);
}

static void test_proc_is_mounted_again(void **state)
{
	(void)state;
	must_follow(let_time_pass);
}

static void test_open_on_loopback(void **state)
{
	(void)state;
	config.closed_on_loopback = true;
	assert_int_equal(server_open(server, &config), 0);
	must_hide();
}

/* Whoever has the token may see everything. */
static void test_the_token(void **state)
{
	(void)state;
	hidden = true;
	config.closed_on_loopback = true;
	config.token = (char *)"0123456789abcdef";
	assert_int_equal(server_open(server, &config), 0);
	get(WEB, "Authorization: Bearer 0123456789abcdef\r\n");
	must_show_all();
	get("/api/v1/processes", "");
	assert_int_equal(status(), 401);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_proc_hides_processes),
		TEST(test_proc_changes_before_a_reload),
		TEST(test_proc_is_mounted_again),
		TEST(test_open_on_loopback),
		TEST(test_the_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The server of a small world, over real sockets on loopback. */
#ifndef TESTS_UNIT_SERVER_H
#define TESTS_UNIT_SERVER_H

#include "world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <semaphore.h>

#include "client.h"
#include "contmond/serve/http.h"
#include "contmond/serve/listen.h"
#include "contmond/serve/routes.h"

#define BIG_BYTES (24 << 20)

static sd_event *event;
static struct http *http;
static struct world world;

/* The server has come to a request for /slow; it may go on. */
static sem_t has_come, may_go;

static inline void handle(const struct request *request, struct reply *reply,
		   void *userdata)
{
	(void)userdata;
	if (strcmp(request->path, "/slow") == 0) {
		sem_post(&has_come);
		sem_wait(&may_go);
	}
	if (strcmp(request->path, "/big") == 0) {
		reply->status = 200;
		reply->body.text = calloc(1, BIG_BYTES);
		reply->body.length = BIG_BYTES;
	} else {
		routes_handle(&world.facts, request, reply);
	}
}

/* @timeout_seconds: as in struct http_options */
static inline int setup_with(unsigned int timeout_seconds)
{
	const struct http_options options = {
		.host = "127.0.0.1",
		.traffic = &world.traffic,
		.timeout_seconds = timeout_seconds,
	};
	struct sockaddr_storage address = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&address;
	socklen_t length = sizeof(*in);
	int fd;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = listen_open(&address, length);
	assert_true(fd >= 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)in, &length), 0);
	port = in->sin_port;
	sem_init(&has_come, 0, 0);
	sem_init(&may_go, 0, 0);
	world_init(&world);
	world.facts.kept = &world.kept;
	assert_true(sd_event_new(&event) >= 0);
	assert_int_equal(http_new(event, fd, &options, handle, NULL, &http),
			 0);
	return 0;
}

static inline int setup(void **state)
{
	(void)state;
	return setup_with(0);
}

/* The server waits for clients for a time that a test can wait for, too. */
static inline int setup_impatient(void **state)
{
	(void)state;
	return setup_with(3);
}

static inline int teardown(void **state)
{
	(void)state;
	http_free(http);
	sd_event_unref(event);
	world_done(&world);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define TEST_IMPATIENT(name) \
	cmocka_unit_test_setup_teardown(name, setup_impatient, teardown)

#endif /* TESTS_UNIT_SERVER_H */

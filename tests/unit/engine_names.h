/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of one engine, served by contmon-engine's server */
#ifndef TESTS_UNIT_ENGINE_NAMES_H
#define TESTS_UNIT_ENGINE_NAMES_H

#include "tests/unit/daemon.h"

#include "contmon-engine/server.h"
#include "contmon-engine/table.h"

#define ENGINE "/run/docker.sock"

static sd_event *event;
static struct engine_table *table;
static struct table_source *source;
static struct engine_server *server;
static bool answers;

static size_t describe(struct name_engine ret[NAME_ENGINES_MAX],
		       void *userdata)
{
	(void)userdata;
	ret[0] = (struct name_engine){
		.state = answers ? NAME_ENGINE_CONNECTED :
				   NAME_ENGINE_DISCONNECTED,
		.socket = ENGINE,
		.runtime = "docker",
		.user_id = 0,
		.listed = engine_table_complete(source),
	};
	return 1;
}

/* Whether the engine answers, from now on */
static void answer(bool now)
{
	answers = now;
	engine_server_tell(server);
}

static int open_server(void)
{
	return engine_server_new(event, in_directory("engine.sock"), table,
				 describe, NULL, &server);
}

static int make_table(void **state)
{
	assert_int_equal(make_directory(state), 0);
	assert_true(sd_event_new(&event) >= 0);
	table = engine_table_new();
	source = engine_table_source(table, ENGINE);
	answers = false;
	return 0;
}

/* And the server, if there is one */
static int remove_table(void **state)
{
	engine_server_free(server);
	server = NULL;
	table_source_free(source);
	engine_table_free(table);
	sd_event_unref(event);
	return remove_directory(state);
}

#endif /* TESTS_UNIT_ENGINE_NAMES_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * contmon-engine in a session with an engine that the test plays. Timeouts and
 * delays are shortened: a test that includes this wraps
 * sd_event_source_set_time_relative.
 */
#ifndef TESTS_UNIT_SESSION_H
#define TESTS_UNIT_SESSION_H

#include "fake_engine.h"

#include <jansson.h>

#include "base/clock.h"
#include "contmon-engine/engines.h"
#include "contmon-engine/table.h"

#define FASTER 20

static struct fake_engine fake;
static bool wants_layers;
static bool is_silent;	/* an engine stays silent without fake.mute */
static bool is_patient;	/* nobody waits until that is over */

int __real_sd_event_source_set_time_relative(sd_event_source *source,
					     uint64_t usec);
int __wrap_sd_event_source_set_time_relative(sd_event_source *source,
					     uint64_t usec);

int __wrap_sd_event_source_set_time_relative(sd_event_source *source,
					     uint64_t usec)
{
	bool is_long = usec >= (uint64_t)ENGINE_GONE_MS * 1000;
	const char *what = "";

	/* An engine that answers is not silent because the machine is busy. */
	sd_event_source_get_description(source, &what);
	if ((is_patient || (!fake.mute && !is_silent)) &&
	    strcmp(what, "silence") == 0)
		return __real_sd_event_source_set_time_relative(source, usec);
	return __real_sd_event_source_set_time_relative(
		source, usec / FASTER / (is_long ? 20 : 1));
}

#define VERSION "{\"Version\":\"28.2.2\",\"ApiVersion\":\"1.50\"," \
	"\"MinAPIVersion\":\"1.24\"}"
#define A "aaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbb"
#define LIST "[{\"Id\":\"" A "\",\"Names\":[\"/other/link\",\"/web\"]," \
	"\"Image\":\"nginx\",\"Command\":\"nginx -g\",\"Created\":1700000000," \
	"\"State\":\"running\",\"Labels\":{\"k\":\"v\"}}," \
	"{\"Id\":\"" B "\",\"Names\":[\"/db\"],\"Image\":\"pg\"," \
	"\"Command\":\"postgres\",\"Created\":1700000001," \
	"\"State\":\"exited\",\"Labels\":{}}]"

static inline const char *inspect(const char *id, const char *name,
				  const char *state)
{
	static char texts[8][1024];
	static unsigned int next;
	char *text = texts[next++ % 8];

	snprintf(text, sizeof(texts[0]), "{\"Id\":\"%s\",\"Name\":\"/%s\","
		 "\"Created\":\"2023-11-14T22:13:20.123456789Z\","
		 "\"Path\":\"/bin/run\",\"Args\":[\"-x\",\"y\"],"
		 "\"State\":{\"Status\":\"%s\",\"Running\":true,"
		 "\"StartedAt\":\"2023-11-14T22:13:21Z\"},"
		 "\"Config\":{\"Image\":\"img:1\",\"Labels\":{\"k\":\"v\"}}}",
		 id, name, state);
	return text;
}

static sd_event *event;
static const char *sockets = "docker.sock";	/* may be a pattern */
static struct engine_table *table;
static struct engines *engines;
static bool connected;
static int nr_changes, nr_removals, nr_lists;

static inline void on_engines(void *userdata)
{
	struct name_engine all[NAME_ENGINES_MAX];

	(void)userdata;
	connected = engines_describe(engines, all) > 0 &&
		    all[0].state == NAME_ENGINE_CONNECTED;
}

static inline void on_changed(const struct table_entry *entry, void *userdata)
{
	json_auto_t *object = json_loads(entry->line, 0, NULL);

	(void)userdata;
	assert_non_null(object);
	assert_int_equal(entry->line[strlen(entry->line) - 1], '\n');
	nr_changes++;
}

static inline void on_removed(const char *id, const char *engine,
			      void *userdata)
{
	(void)id;
	(void)engine;
	(void)userdata;
	nr_removals++;
}

static inline void on_replaced(void *userdata)
{
	(void)userdata;
	nr_lists++;
}

static inline int setup(void **state)
{
	const struct table_listener listener = { on_changed, on_removed,
						 on_replaced, NULL };
	static struct engines_socket_path place;
	const struct engines_config config = { &place, 1, wants_layers };
	static char path[512];

	assert_int_equal(make_directory(state), 0);
	memset(&fake, 0, sizeof(fake));
	fake.version = VERSION;
	fake.list = LIST;
	fake.inspect[0].id = A;
	fake.inspect[0].body = inspect(A, "web", "running");
	is_silent = is_patient = false;
	connected = false;
	nr_changes = nr_removals = nr_lists = 0;
	assert_true(sd_event_new(&event) >= 0);
	table = engine_table_new();
	engine_table_listen(table, &listener);
	strcpy(path, in_directory(sockets));
	place = (struct engines_socket_path){ path, true };
	return engines_new(event, &config, table, on_engines, NULL, &engines);
}

static inline int teardown(void **state)
{
	engines_free(engines);
	fake_engine_stop(&fake);
	engine_table_free(table);
	sd_event_unref(event);
	return remove_directory(state);
}

static inline void start(void)
{
	fake_engine_start(&fake, event, in_directory("docker.sock"));
}

static inline bool is_connected(void)
{
	return connected && fake.events >= 0;
}

static inline bool is_inspected(void)
{
	return is_connected() && fake.nr_inspections > 0 && nr_changes > 0;
}

static inline bool is_removed(void)
{
	return nr_removals > 0;
}

static inline bool is_lost(void)
{
	return !connected;
}

static inline const struct table_entry *entry(const char *id)
{
	const struct table_entry *found;
	struct table_place place;
	int alive;

	for (alive = 0; alive < 2; alive++) {
		place = (struct table_place){ 0 };
		while ((found = engine_table_next(table, &place, alive))) {
			if (strcmp(found->id, id) == 0)
				return found;
			table_place_of(found, &place);
		}
	}
	return NULL;
}

static inline json_t *record(const char *id)
{
	const struct table_entry *found = entry(id);

	return found ? json_loads(found->line, 0, NULL) : NULL;
}

static inline void must_be(const char *id, const char *key, const char *value)
{
	json_auto_t *object = record(id);

	assert_non_null(object);
	assert_string_equal(json_string_value(json_object_get(object, key)),
			    value);
}

static inline void must_be_number(const char *id, const char *key,
				  int64_t value)
{
	json_auto_t *object = record(id);

	assert_non_null(object);
	assert_int_equal(json_integer_value(json_object_get(object, key)),
			 value);
}

static inline void must_be_unknown(const char *id, const char *key)
{
	json_auto_t *object = record(id);

	assert_non_null(object);
	assert_null(json_object_get(object, key));
}

static inline void send_text(const char *text)
{
	fake_chunk(&fake, fake.events, text, strlen(text));
}

#define EVENT(action, id) "{\"status\":\"" action "\",\"id\":\"" id "\"," \
	"\"Type\":\"container\",\"Action\":\"" action "\"," \
	"\"Actor\":{\"ID\":\"" id "\",\"Attributes\":{}}}\n"

#endif /* TESTS_UNIT_SESSION_H */

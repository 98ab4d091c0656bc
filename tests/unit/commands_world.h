/* SPDX-License-Identifier: GPL-2.0-only */
/* A store that is fed with what commands used, and asked for it */
#ifndef COMMANDS_WORLD_H
#define COMMANDS_WORLD_H

#include "tests/unit/store.h"

static char path[512];

/* The first tick of contmond's run */
static int64_t first_s;

/* Only the host is in the ticks; nothing uses CPU; procfs hides processes. */
static bool without_web, is_idle, is_hidden;

/* The tick that does not know the CPU of the container; -1: all do */
static int64_t no_cpu_s;

/* Seconds by which the wall clock was set */
static double set_s;

static const char *script;

/* CPU of the container: more than that of its commands, as nobody sees all */
static double web_cores;

static inline int begin(void **state)
{
	int r = begin_test(state);

	first_s = 0;
	without_web = is_idle = is_hidden = false;
	no_cpu_s = -1;
	set_s = 0;
	script = "script";
	web_cores = 0;
	snprintf(path, sizeof(path), "%s", in_directory("store.db"));
	open_store(path, 0);
	return r;
}

struct noted {
	char name[80];
	double living, exited;
};

static struct noted noted[32];
static size_t nr_noted;

static inline int note(const struct past_command *command, void *userdata)
{
	struct noted *one = &noted[nr_noted++];

	(void)userdata;
	assert_true(nr_noted <= COUNT(noted));
	snprintf(one->name, sizeof(one->name), "%s/%s", command->container,
		 command->comm);
	one->living = command->living_cores;
	one->exited = command->exited_cores;
	return 0;
}

/*
 * A service that lives, a script of which ever new processes end: what they
 * used in the last @seconds
 */
static inline void tick_after(int64_t t_s, double seconds, bool may_lack_exits)
{
	const struct box box = { "web", 1, 1 };
	const int64_t t_ms = T0 + t_s * 1000 + (int64_t)(set_s * 1000);
	char id[32];
	struct container_row row = row_of(&box, id);
	struct system_row host = { .t = (double)t_ms, .nr_cpus = 4 };
	const struct store_command commands[] = {
		{ script, 0, 0.75 * seconds }, { "service", 0.5 * seconds, 0 },
	};
	const struct store_command daemon = { "init", 0.25 * seconds,
					      0.125 * seconds };
	const struct store_container container = {
		.cgroup_id = 1, .row = &row,
		.commands = { commands, is_idle ? 0 : 2, may_lack_exits },
	};
	const struct store_tick tick = {
		.t_ms = t_ms,
		.boottime_ns = (uint64_t)(BOOT0 + t_s * 1000) * NS_PER_MS,
		.system = &host, .containers = &container,
		.nr_containers = !without_web,
		.commands = { &daemon, is_idle ? 0 : 1, false },
		.hides_commands = is_hidden,
	};

	row.cpu_seconds_total += web_cores * (double)t_s;
	if (t_s == no_cpu_s)
		row.cpu_seconds_total = NAN;
	assert_int_equal(store_tick(store, &tick), 0);
}

/* The first tick of a run has no time in which CPU was used. */
static inline void feed(int64_t from_s, int64_t to_s, int64_t unknown_at_s)
{
	int64_t t;

	for (t = from_s; t < to_s; t++) {
		tick_after(t, t == first_s ? 0 : 1, t == unknown_at_s);
		if (t % 100 == 0)
			store_sync(store);
	}
	store_sync(store);
}

static inline int commands_at(int64_t t_s, const char *list,
		       struct past_moment *moment)
{
	nr_noted = 0;
	return store_commands(store, T0 + t_s * 1000, list, note, NULL,
			      moment);
}

static inline void must_be_all(const struct past_moment *moment)
{
	assert_int_equal(nr_noted, 3);
	assert_true(moment->commands_known);
	assert_string_equal(noted[0].name, "host/init");
	assert_near(noted[0].living, 0.25, 1e-9);
	assert_near(noted[0].exited, 0.125, 1e-9);
	assert_string_equal(noted[1].name, "web/script");
	assert_near(noted[1].living, 0, 1e-9);
	assert_near(noted[1].exited, 0.75, 1e-9);
	assert_string_equal(noted[2].name, "web/service");
	assert_near(noted[2].living, 0.5, 1e-9);
}

static inline int change(const char *sql)
{
	sqlite3 *sqlite;
	int changes;

	assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	changes = sqlite3_changes(sqlite);
	sqlite3_close(sqlite);
	return changes;
}

static inline void run_sql(const char *sql)
{
	close_store();
	assert_true(change(sql) > 0);
	open_store(path, 0);
}

#define NO_TICKS "DELETE FROM span WHERE tier = 0 AND layout IS NULL"

static inline void must_be_unknown(int64_t t_s, int64_t width_ms)
{
	struct past_moment moment;

	assert_int_equal(commands_at(t_s, NULL, &moment), 0);
	assert_int_equal(moment.width_ms, width_ms);
	assert_int_equal(nr_noted, 0);
	assert_false(moment.commands_known);
	assert_int_equal(status_of().damaged, 0);
}

#endif /* COMMANDS_WORLD_H */

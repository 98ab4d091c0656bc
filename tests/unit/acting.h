/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * contmon-engine acts on a container of an engine that the test plays, and on
 * cgroups that are directories of the test.
 */
#ifndef TESTS_UNIT_ACTING_H
#define TESTS_UNIT_ACTING_H

#include "session.h"

#include "base/act_protocol.h"
#include "contmon-engine/acts.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define STARTED "2023-11-14T22:13:21Z"
#define STARTED_MS "1700000001000"
#define LATER "2023-11-14T23:00:00Z"
#define ANONYMOUS "{\"Type\":\"volume\",\"Name\":\"" OTHER "\"}"

/* The container; NULL or false for what is usual */
static struct box {
	const char *state;
	const char *started;
	const char *name;
	const char *labels;
	const char *signal;
	const char *mounts;
	const char *policy;
	bool auto_remove;
	int exit_code;
	int pid;
	char body[2048];
} box;

static struct acts *acts;
static struct acts_config config;
static struct buffer said;
static struct buffer told;

static inline void show(void)
{
	snprintf(box.body, sizeof(box.body), "{\"Id\":\"" ID "\","
		 "\"Name\":\"/%s\",\"Created\":\"" STARTED "\","
		 "\"State\":{\"Status\":\"%s\",\"StartedAt\":\"%s\","
		 "\"FinishedAt\":\"%s\",\"ExitCode\":%d,\"Pid\":%d},"
		 "\"Config\":{\"Image\":\"busybox\","
		 "\"StopSignal\":\"%s\",\"Labels\":{%s}},"
		 "\"HostConfig\":{\"AutoRemove\":%s,\"RestartPolicy\":"
		 "{\"Name\":\"%s\"}},\"Mounts\":[%s]}", box.name ?: "web",
		 box.state, box.started ?: STARTED, LATER, box.exit_code,
		 box.pid, box.signal ?: "", box.labels ?: "",
		 box.auto_remove ? "true" : "false",
		 box.policy ?: "no", box.mounts ?: "");
	fake.inspect[0].id = ID;
	fake.inspect[0].body = box.body;
}

static inline void become(const char *state)
{
	box.state = state;
	show();
}

static inline void vanish(void)
{
	fake.inspect[0].id = NULL;
}

/* What a good engine does */
static inline int obey(const char *method, const char *path)
{
	if (strcmp(method, "DELETE") == 0)
		vanish();
	else if (strstr(path, "/stop?") || strstr(path, "/kill"))
		become("exited");
	else if (strstr(path, "/unpause"))
		become("running");
	else if (strstr(path, "/pause"))
		become("paused");
	else if (strstr(path, "/restart?"))
		box.started = LATER, show();
	return 204;
}

static inline void on_said(uint64_t client, const struct buffer *lines,
			   void *userdata)
{
	(void)userdata;
	assert_int_equal(client, 1);
	buffer_append(&said, lines);
}

static inline void on_told(const struct buffer *line, void *userdata)
{
	(void)userdata;
	buffer_append(&told, line);
}

static inline void begin_acts(void)
{
	const struct acts_listener listener = { on_said, on_told, NULL };

	assert_int_equal(acts_new(event, &config, engines, table, &acts), 0);
	acts_listen(acts, &listener);
}

/* As if it were killed and started again; @ms passed meanwhile */
static inline void begin_acts_again(void)
{
	acts_free(acts);
	begin_acts();
}

static inline int setup_acts(void **state)
{
	static char file[512], cgroups[512];

	assert_int_equal(setup(state), 0);
	memset(&box, 0, sizeof(box));
	become("running");
	fake.act = obey;
	strcpy(file, in_directory("acts.json"));
	strcpy(cgroups, in_directory("cgroups"));
	assert_int_equal(mkdir(cgroups, 0700), 0);
	config = (struct acts_config){ file, cgroups, 100, 1000, 0 };
	start();
	run_until(event, is_connected);
	fake.requests[0] = '\0';
	begin_acts();
	return 0;
}

static inline int teardown_acts(void **state)
{
	acts_free(acts);
	acts = NULL;
	buffer_done(&said);
	buffer_done(&told);
	return teardown(state);
}

static inline const char *text_of(const struct buffer *buffer)
{
	return buffer->length ? buffer->text : "";
}

static inline bool is_finished(void)
{
	return strstr(text_of(&said), "\"op\":\"finished\"");
}

static inline bool is_asked(void)
{
	return strstr(fake.requests, "POST");
}

static inline int stay_silent(const char *method, const char *path)
{
	(void)method;
	(void)path;
	return 0;
}

static inline bool is_undone(void)
{
	return strstr(text_of(&told), "\"result\":\"done\"");
}

static inline bool is_failure_told(void)
{
	return strstr(text_of(&told), "\"result\":\"failed\"");
}

static inline void say(const char *line)
{
	const struct asker asker = { 1, getpid(), 1000 };

	buffer_done(&said);
	acts_ask(acts, &asker, line, strlen(line));
}

/* Asks and waits for the end. Returns all answers. */
static inline const char *ask(const char *line)
{
	say(line);
	run_until(event, is_finished);
	return text_of(&said);
}

#define ON(id, steps, more) "{\"op\":\"act\",\"decision\":\"" id "\"," \
	"\"container\":\"" ID "\",\"started_ms\":" STARTED_MS "," \
	"\"steps\":[" steps "]" more "}"
#define ON_ENDED(id, steps) "{\"op\":\"act\",\"decision\":\"" id "\"," \
	"\"container\":\"" ID "\",\"steps\":[" steps "]}"
#define UNDO(id) "{\"op\":\"undo\",\"decision\":\"" id "\"}"
#define STOP "\"stop\""
#define KILL "\"kill\""
#define REMOVE "\"remove\""

/* A cgroup without a process is of unknown age. */
static inline void join_cgroup(const char *directory)
{
	char file[512], pid[32];

	snprintf(file, sizeof(file), "%s/cgroup.procs", directory);
	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	write_file(file, pid);
}

/* The last answer must have this result, and this code, NULL: none */
static inline void must_finish(const char *line, const char *result,
			       const char *code)
{
	const char *answers = ask(line), *last = answers, *next;
	json_auto_t *json = NULL;
	const char *is;

	while ((next = strstr(last + 1, "{\"op\"")))
		last = next;
	json = json_loads(last, JSON_DISABLE_EOF_CHECK, NULL);
	is = json_string_value(json_object_get(json, "result"));
	if (!is || strcmp(is, result) != 0)
		fail_msg("%s: %s", line, answers);
	is = json_string_value(json_object_get(json, "code"));
	if (code ? !is || strcmp(is, code) != 0 : is != NULL)
		fail_msg("%s: %s", line, answers);
}

/* Nothing but inspections and signs of life was asked of the engine. */
static inline void must_do_nothing(const struct fake_engine *engine)
{
	if (strstr(engine->requests, "POST") ||
	    strstr(engine->requests, "DELETE"))
		fail_msg("%s", engine->requests);
}

static inline int nr_of(const char *text, const char *part)
{
	int nr = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		nr++;
	}
	return nr;
}

#endif /* TESTS_UNIT_ACTING_H */

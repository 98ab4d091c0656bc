// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "base/names_protocol.h"

static const struct name_label labels[] = { { "k", "v" }, { "empty", "" } };

static struct buffer line;
static struct names_message message;

static int teardown(void **state)
{
	(void)state;
	names_message_done(&message);
	buffer_done(&line);
	return 0;
}

static int read_text(const char *text)
{
	names_message_done(&message);
	return names_read(text, strlen(text), &message);
}

/* Parses @line, which must be a single line. */
static void read_line(void)
{
	assert_false(line.failed);
	assert_ptr_equal(strchr(line.text, '\n'), line.text + line.length - 1);
	names_message_done(&message);
	assert_int_equal(names_read(line.text, line.length - 1, &message), 0);
}

static void test_all_known_names_arrive(void **state)
{
	static const struct container_info name = {
		.id = "0123", .name = "web", .image = "nginx",
		.image_id = "sha256:0", .command = "nginx -g \"daemon off;\"",
		.runtime = "docker", .engine = "/run/docker.sock",
		.engine_version = "28.2.2", .cgroup = "/batch/job-7/0123",
		.state = "exited", .health = "healthy",
		.created_ms = 1700000000123, .started_ms = 1700000001000,
		.finished_ms = 1700000002000, .began_ms = 1700000001500,
		.exit_code = 0,
		.oom_killed = 1, .restarts = 3, .anonymous_volumes = 1,
		.user_id = 1000, .layer_bytes = 0, .layer_ms = 1700000003000,
		.labels = labels, .nr_labels = COUNT(labels),
	};
	const struct container_info *got = &message.name;
	const char **text;
	size_t i;

	(void)state;
	names_write_set(&line, &name);
	read_line();
	assert_int_equal(message.op, NAMES_SET);
	for (i = 0; (text = name_text((struct container_info *)&name, i)); i++)
		assert_string_equal(*name_text(&message.name, i), *text);
	assert_int_equal(i, 11);
	assert_int_equal(got->created_ms, name.created_ms);
	assert_int_equal(got->started_ms, name.started_ms);
	assert_int_equal(got->finished_ms, name.finished_ms);
	assert_int_equal(got->began_ms, name.began_ms);
	assert_int_equal(got->exit_code, 0);
	assert_int_equal(got->oom_killed, 1);
	assert_int_equal(got->restarts, 3);
	assert_int_equal(got->anonymous_volumes, 1);
	assert_int_equal(got->user_id, 1000);
	assert_int_equal(got->layer_bytes, 0);
	assert_int_equal(got->layer_ms, 1700000003000);
	assert_int_equal(got->nr_labels, 2);
	assert_string_equal(got->labels[0].key, "k");
	assert_string_equal(got->labels[0].value, "v");
	assert_string_equal(got->labels[1].value, "");
}

static void test_the_unknown_stays_unknown(void **state)
{
	static const struct container_info name = {
		.id = "0123", .name = "", .exit_code = -1, .oom_killed = -1,
		.restarts = -1, .anonymous_volumes = -1, .user_id = -1,
		.layer_bytes = -1,
	};
	const struct container_info *got = &message.name;

	(void)state;
	names_write_set(&line, &name);
	assert_string_equal(line.text, "{\"op\":\"set\",\"id\":\"0123\","
			    "\"name\":null}\n");
	read_line();
	assert_string_equal(got->id, "0123");
	assert_null(got->name);
	assert_null(got->image);
	assert_int_equal(got->created_ms, 0);
	assert_int_equal(got->exit_code, -1);
	assert_int_equal(got->oom_killed, -1);
	assert_int_equal(got->restarts, -1);
	assert_int_equal(got->anonymous_volumes, -1);
	assert_int_equal(got->user_id, -1);
	assert_int_equal(got->layer_bytes, -1);
	assert_int_equal(got->layer_ms, 0);
	assert_int_equal(got->nr_labels, 0);
}

static void test_texts_are_adapted(void **state)
{
	static struct name_label many[NAME_LABELS_MAX + 5];
	static char key[NAME_LABEL_KEY_MAX + 2], text[2 * NAME_TEXT_MAX];
	struct container_info name = {
		.id = "0123", .name = text, .image = "a\xff", .labels = many,
		.nr_labels = COUNT(many),
	};
	static char keys[COUNT(many)][8];
	size_t i;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	memset(key, 'k', sizeof(key) - 1);
	for (i = 0; i < COUNT(many); i++) {
		sprintf(keys[i], "%zu", i);
		many[i] = (struct name_label){ keys[i], text };
	}
	many[1].key = key;
	many[2].key = "\xff";
	names_write_set(&line, &name);
	assert_true(line.length < NAMES_LINE_MAX);
	read_line();
	assert_int_equal(strlen(message.name.name), NAME_TEXT_MAX);
	assert_string_equal(message.name.image, "a\xef\xbf\xbd");
	assert_int_equal(message.name.nr_labels, NAME_LABELS_MAX - 2);
	assert_int_equal(strlen(message.name.labels[0].value),
			 NAME_LABEL_VALUE_MAX);
}

static void test_other_messages(void **state)
{
	(void)state;
	names_write_hello(&line);
	read_line();
	assert_int_equal(message.op, NAMES_HELLO);
	assert_int_equal(message.version, NAMES_VERSION);
	buffer_done(&line);
	names_write_remove(&line, "0123", "/run/\"docker.sock");
	read_line();
	assert_int_equal(message.op, NAMES_REMOVE);
	assert_string_equal(message.name.id, "0123");
	assert_string_equal(message.name.engine, "/run/\"docker.sock");
	buffer_done(&line);
	names_write_engine(&line, true);
	read_line();
	assert_int_equal(message.op, NAMES_ENGINE);
	assert_true(message.connected);
	buffer_done(&line);
	names_write_reset(&line);
	read_line();
	assert_int_equal(message.op, NAMES_RESET);
	buffer_done(&line);
	names_write_sync(&line);
	read_line();
	assert_int_equal(message.op, NAMES_SYNC);
}

static void test_engines(void **state)
{
	static const struct name_engine all[] = {
		{ .state = NAME_ENGINE_CONNECTED, .socket = "/run/docker.sock",
		  .runtime = "docker", .version = "28.2.2",
		  .api_version = "1.50", .user_id = 0, .listed = true },
		{ .state = NAME_ENGINE_DENIED, .socket = "/run/\xff/\"x",
		  .reason = "no right", .user_id = -1, .is_directory = true },
	};
	const struct name_engine *got = message.engines;

	(void)state;
	names_write_engines(&line, all, COUNT(all));
	read_line();
	assert_int_equal(message.op, NAMES_ENGINES);
	assert_int_equal(message.nr_engines, 2);
	assert_int_equal(got[0].state, NAME_ENGINE_CONNECTED);
	assert_string_equal(got[0].socket, "/run/docker.sock");
	assert_string_equal(got[0].runtime, "docker");
	assert_string_equal(got[0].version, "28.2.2");
	assert_string_equal(got[0].api_version, "1.50");
	assert_string_equal(got[0].reason, "");
	assert_int_equal(got[0].user_id, 0);
	assert_true(got[0].listed);
	assert_false(got[0].is_directory);
	assert_int_equal(got[1].state, NAME_ENGINE_DENIED);
	assert_string_equal(got[1].socket, "/run/\xef\xbf\xbd/\"x");
	assert_string_equal(got[1].reason, "no right");
	assert_int_equal(got[1].user_id, -1);
	assert_false(got[1].listed);
	assert_true(got[1].is_directory);
	buffer_done(&line);
	names_write_engines(&line, NULL, 0);
	read_line();
	assert_int_equal(message.nr_engines, 0);
	assert_int_equal(read_text("{\"op\":\"engines\"}"), -EBADMSG);
	assert_int_equal(read_text("{\"op\":\"engines\",\"engines\":[5]}"),
			 -EBADMSG);
	assert_int_equal(read_text("{\"op\":\"engines\",\"engines\":"
				   "[{\"socket\":\"/s\",\"state\":\"new\"}]}"),
			 0);
	assert_int_equal(got[0].state, NAME_ENGINE_DISCONNECTED);
}

static void test_the_summary(void **state)
{
	struct name_engine all[3] = {
		{ .state = NAME_ENGINE_DENIED, .is_directory = true },
		{ .state = NAME_ENGINE_CONNECTED },
		{ .state = NAME_ENGINE_CONNECTED },
	};

	(void)state;
	assert_string_equal(name_engines_summary(all, 0), "none");
	assert_string_equal(name_engines_summary(all, 1), "none");
	assert_string_equal(name_engines_summary(all, 3), "connected");
	all[2].state = NAME_ENGINE_DISCONNECTED;
	assert_string_equal(name_engines_summary(all, 3), "partial");
	assert_string_equal(name_engines_summary(all + 2, 1), "disconnected");
	/* A socket that may not be opened is one of an engine. */
	all[2].state = NAME_ENGINE_DENIED;
	assert_string_equal(name_engines_summary(all, 3), "partial");
}

static void test_new_keys_are_ignored(void **state)
{
	(void)state;
	assert_int_equal(read_text("{\"op\":\"new\",\"id\":5}"), 0);
	assert_int_equal(message.op, NAMES_UNKNOWN);
	assert_int_equal(read_text("{\"op\":\"set\",\"id\":\"a\",\"new\":[1],"
				   "\"name\":\"x\"}"), 0);
	assert_string_equal(message.name.name, "x");
}

static void test_invalid_input(void **state)
{
	static const char *const texts[] = {
		"", "{", "5", "null", "[]", "{}", "{\"op\":5}",
		"{\"op\":\"set\"}", "{\"op\":\"set\",\"id\":5}",
		"{\"op\":\"set\",\"id\":\"\"}",
		"{\"op\":\"set\",\"id\":\"../x\"}",
		"{\"op\":\"set\",\"id\":\"a\",\"labels\":{\"k\":5}}",
		"{\"op\":\"remove\"}", "{\"op\":\"remove\",\"id\":\"a b\"}",
		"{\"op\":\"hello\"}", "{\"op\":\"hello\",\"version\":\"1\"}",
		"{\"op\":\"engine\"}", "{\"op\":\"engine\",\"connected\":1}",
		"{\"op\":\"sync\"} x",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++)
		assert_int_equal(read_text(texts[i]), -EBADMSG);
}

static void test_ids(void **state)
{
	char longest[NAME_ID_MAX + 2];

	(void)state;
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_false(names_is_id(longest));
	assert_true(names_is_id(longest + 1));
	assert_true(names_is_id("Az09_.-"));
	assert_false(names_is_id("a/b"));
	assert_false(names_is_id("a\"b"));
	assert_false(names_is_id(""));
	assert_false(names_is_id(NULL));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
		TEST(test_all_known_names_arrive),
		TEST(test_the_unknown_stays_unknown),
		TEST(test_texts_are_adapted),
		TEST(test_other_messages),
		TEST(test_engines),
		TEST(test_the_summary),
		TEST(test_new_keys_are_ignored),
		TEST(test_invalid_input),
		TEST(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

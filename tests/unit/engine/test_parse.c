// SPDX-License-Identifier: GPL-2.0-only
/* What the container engine says, sense and nonsense. */
#include "tests/unit/daemon.h"

#include <jansson.h>

#include "contmon-engine/parse.h"

#define OFFER(newest, oldest) "{\"ApiVersion\":\"" newest "\"," \
	"\"MinAPIVersion\":\"" oldest "\"}"

static void test_versions(void **state)
{
	static const struct {
		const char *text;
		int error;
		unsigned int minor;
	} cases[] = {
		{ OFFER("1.41", "1.24"), 0, 41 },
		{ "{\"ApiVersion\":\"1.24\"}", 0, 24 },
		{ OFFER("1.99", "1.44"), 0, 51 },
		/* an engine that has given up all that we know */
		{ OFFER("1.99", "1.60"), 0, 60 },
		{ "{\"ApiVersion\":\"1.23\"}", -EPROTO, 0 },
		{ "{\"ApiVersion\":\"2.0\"}", -EPROTO, 0 },
		{ "{\"ApiVersion\":\"x\"}", -EBADMSG, 0 },
		{ "{\"ApiVersion\":1.5}", -EBADMSG, 0 },
		{ OFFER("1.50", "x"), -EBADMSG, 0 },
		{ "{}", -EBADMSG, 0 },
		{ "", -EBADMSG, 0 },
		{ "[1]", -EBADMSG, 0 },
	};
	struct api_version version;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(parse_version(cases[i].text,
					       strlen(cases[i].text),
					       &version), cases[i].error);
		if (!cases[i].error)
			assert_int_equal(version.minor, cases[i].minor);
	}
}

static void test_times(void **state)
{
	(void)state;
	assert_int_equal(parse_time_ms("2023-11-14T22:13:20Z"), 1700000000000);
	assert_int_equal(parse_time_ms("2023-11-14T22:13:20.5Z"),
			 1700000000500);
	assert_int_equal(parse_time_ms("2023-11-15T00:13:20.123456789+02:00"),
			 1700000000123);
	assert_int_equal(parse_time_ms("2023-11-14T16:43:20-05:30"),
			 1700000000000);
	assert_int_equal(parse_time_ms("0001-01-01T00:00:00Z"), 0);
	assert_int_equal(parse_time_ms("yesterday"), 0);
	assert_int_equal(parse_time_ms(""), 0);
	assert_int_equal(parse_time_ms(NULL), 0);
}

static int must_not_be_called(struct description *description, void *userdata)
{
	(void)description;
	(void)userdata;
	fail();
	return 0;
}

static void test_lists_that_make_no_sense(void **state)
{
	static const char *const lists[] = {
		"", "{}", "[", "[{}]", "[1]", "[{\"Id\":5}]",
		"[{\"Id\":\"../x\"}]", "[{\"Id\":\"\"}]",
		"[{\"Id\":\"a\\u0000\"}]",
		"null", "\"x\"", "<html>",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(lists); i++)
		assert_int_equal(parse_list(lists[i], strlen(lists[i]),
					    must_not_be_called, NULL),
				 -EBADMSG);
}

static int keep_record(struct description *description, void *userdata)
{
	char **record = userdata;

	*record = strdup(description->record);
	description_done(description);
	return 0;
}

static void test_times_of_lists(void **state)
{
	static const struct {
		const char *list;
		const char *created;
	} rows[] = {
		{ "[{\"Id\":\"a\",\"Created\":7}]", "\"created_ms\":7000}" },
		{ "[{\"Id\":\"a\",\"Created\":-7}]", NULL },
		{ "[{\"Id\":\"a\",\"Created\":9223372036854775807}]",
		  NULL },
	};
	char *record = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(parse_list(rows[i].list, strlen(rows[i].list),
					    keep_record, &record), 0);
		if (rows[i].created)
			assert_contains(record, rows[i].created);
		else
			assert_null(strstr(record, "created_ms"));
		free(record);
	}
}

static void test_inspections(void **state)
{
	static const char *const texts[] = {
		"", "null", "[]", "{}", "{\"Id\":5}", "{\"Id\":\"a b\"}",
	};
	static const char least[] = "{\"Id\":\"abc\",\"Name\":5,\"Args\":5,"
		"\"State\":[],\"Config\":{\"Labels\":null}}";
	struct description description = { 0 };
	json_t *object;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++)
		assert_int_equal(parse_inspect(texts[i], strlen(texts[i]),
					       &description), -EBADMSG);
	assert_null(description.id);
	assert_int_equal(parse_inspect(least, sizeof(least) - 1,
				       &description), 0);
	assert_string_equal(description.id, "abc");
	assert_false(description.alive);
	object = json_loads(description.record, 0, NULL);
	assert_int_equal(json_object_size(object), 2);	/* op and id */
	json_decref(object);
	description_done(&description);
}

static void test_events_that_make_no_sense(void **state)
{
	static const char *const texts[] = { "", "{", "[]", "5", "null" };
	char id[NAME_ID_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++)
		assert_int_equal(parse_event(texts[i], strlen(texts[i]), id),
				 -EBADMSG);
	assert_int_equal(parse_event("{}", 2, id), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_lists_that_make_no_sense),
		cmocka_unit_test(test_times_of_lists),
		cmocka_unit_test(test_inspections),
		cmocka_unit_test(test_events_that_make_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

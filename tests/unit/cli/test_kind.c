// SPDX-License-Identifier: GPL-2.0-only
/* What is the same, what differs, and what is sent then */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "contmon/grafana/kind.h"

static json_t *read_json(const char *text)
{
	json_error_t error;
	json_t *value = json_loads(text, 0, &error);

	if (!value)
		fail_msg("%s: %s", text, error.text);
	return value;
}

/* @place: NULL if they are the same */
static void check(const struct grafana_kind *kind, const char *wanted,
		  const char *stored, const char *place)
{
	json_t *mine = read_json(wanted), *theirs = read_json(stored);
	struct grafana_place found = { 0 };
	bool differs = kind->differs(mine, theirs, &found);

	if (differs != (place != NULL) ||
	    strcmp(found.text, place ?: "") != 0)
		fail_msg("%s and %s differ: %d, at %s", wanted, stored, differs,
			 found.text);
	json_decref(mine);
	json_decref(theirs);
}

/* @stored: NULL to create it */
static void check_body(const struct grafana_kind *kind, const char *wanted,
		       const char *stored, const char *want)
{
	json_t *mine = read_json(wanted), *expected = read_json(want);
	json_t *theirs = stored ? read_json(stored) : NULL;
	json_t *body = kind->body(mine, theirs);

	if (!json_equal(body, expected))
		fail_msg("%s is sent as %s", wanted, json_dumps(body, 0));
	json_decref(mine);
	json_decref(theirs);
	json_decref(expected);
	json_decref(body);
}

static void check_locked(const struct grafana_kind *kind, const char *stored,
			 bool locked)
{
	json_t *theirs = read_json(stored);

	if ((kind->is_locked && kind->is_locked(theirs)) != locked)
		fail_msg("%s: locked or not", stored);
	json_decref(theirs);
}

static void test_sources(void **state)
{
	const struct grafana_kind *kind = &grafana_source;
	const char *wanted = "{\"uid\": \"u\", \"url\": \"x\","
		" \"jsonData\": {\"a\": 1},"
		" \"secureJsonData\": {\"t\": \"s\"}}";
	const char *stored = "{\"uid\": \"u\", \"id\": 7, \"version\": 3,"
		" \"url\": \"x\", \"jsonData\": {\"a\": 1, \"b\": 2},"
		" \"secureJsonFields\": {\"t\": true}}";

	(void)state;
	check(kind, wanted, stored, NULL);
	check(kind, wanted, "{\"uid\": \"u\", \"url\": \"x\","
	      " \"jsonData\": {\"a\": 1}, \"secureJsonFields\": {}}",
	      "secureJsonData");
	check(kind, wanted, "{\"uid\": \"u\", \"url\": \"y\"}", "url");
	check(kind, wanted, "{\"uid\": \"u\", \"url\": \"x\","
	      " \"jsonData\": {\"a\": 2}}", "jsonData.a");
	check_body(kind, wanted, NULL, wanted);
	check_body(kind, wanted, stored, "{\"uid\": \"u\", \"id\": 7,"
		   " \"version\": 3, \"url\": \"x\","
		   " \"jsonData\": {\"a\": 1, \"b\": 2},"
		   " \"secureJsonFields\": {\"t\": true},"
		   " \"secureJsonData\": {\"t\": \"s\"}}");
	check_locked(kind, stored, false);
	check_locked(kind, "{\"readOnly\": true}", true);
}

static void test_folders(void **state)
{
	const char *wanted = "{\"uid\": \"u\", \"title\": \"T\"}";

	(void)state;
	check(&grafana_folder, wanted, "{\"title\": \"T\", \"version\": 2}",
	      NULL);
	check(&grafana_folder, wanted, "{\"title\": \"U\"}", "title");
	check_body(&grafana_folder, wanted, NULL, wanted);
	check_body(&grafana_folder, wanted, "{\"title\": \"U\","
		   " \"version\": 2}", "{\"uid\": \"u\", \"title\": \"T\","
		   " \"version\": 2}");
}

#define BOARD(content) "{\"uid\": \"u\", \"folderUid\": \"f\","		\
	" \"dashboard\": {\"uid\": \"u\", \"schemaVersion\": 41, " content "}}"
#define STORED(schema, folder, content)					\
	"{\"meta\": {\"folderUid\": \"" folder "\"}, \"dashboard\":"	\
	" {\"uid\": \"u\", \"id\": 5, \"version\": 9,"			\
	" \"schemaVersion\": " schema ", " content "}}"

static void test_dashboards(void **state)
{
	const struct grafana_kind *kind = &grafana_dashboard;
	const char *wanted = BOARD("\"version\": 1, \"title\": \"T\"");

	(void)state;
	check(kind, wanted, STORED("41", "f", "\"title\": \"T\""), NULL);
	check(kind, wanted, STORED("41", "f", "\"title\": \"U\""), "title");
	check(kind, wanted, STORED("41", "f", "\"title\": \"T\", \"a\": 1"),
	      "a");
	check(kind, wanted, STORED("41", "g", "\"title\": \"T\""),
	      "folderUid");
	check(kind, wanted, STORED("42", "f", "\"title\": \"T\", \"a\": 1"),
	      NULL);
	check(kind, wanted, STORED("42", "f", "\"title\": \"U\""), "title");
	check(kind, wanted, STORED("40", "f", "\"title\": \"T\""),
	      "schemaVersion");
	check_body(kind, wanted, NULL, "{\"dashboard\": {\"uid\": \"u\","
		   " \"schemaVersion\": 41, \"title\": \"T\"},"
		   " \"folderUid\": \"f\", \"overwrite\": false,"
		   " \"message\": \"contmon grafana push\"}");
	check_body(kind, wanted, STORED("41", "f", "\"title\": \"U\""),
		   "{\"dashboard\": {\"uid\": \"u\", \"schemaVersion\": 41,"
		   " \"version\": 9, \"title\": \"T\"}, \"folderUid\": \"f\","
		   " \"overwrite\": false,"
		   " \"message\": \"contmon grafana push\"}");
	check_locked(kind, STORED("41", "f", "\"title\": \"T\""), false);
	check_locked(kind, "{\"meta\": {\"provisioned\": true}}", true);
}

static void test_rules(void **state)
{
	const struct grafana_kind *kind = &grafana_rule;
	const char *wanted = "{\"uid\": \"u\", \"for\": \"120s\","
		" \"labels\": {}, \"data\": [{\"model\": {\"a\": 1}}]}";
	const char *stored = "{\"uid\": \"u\", \"id\": 4, \"for\": \"2m\","
		" \"isPaused\": true, \"provenance\": \"api\","
		" \"updated\": \"now\", \"data\": [{\"model\": {\"a\": 1}}]}";

	(void)state;
	check(kind, wanted, stored, NULL);
	check(kind, wanted, "{\"uid\": \"u\", \"for\": \"3m\"}", "for");
	check(kind, wanted, "{\"uid\": \"u\", \"for\": \"2m\","
	      " \"labels\": {\"l\": \"m\"}}", "labels.l");
	check(kind, wanted, "{\"uid\": \"u\", \"for\": \"2m\","
	      " \"data\": [{\"model\": {\"a\": 1, \"b\": 2}}]}",
	      "data[0].model.b");
	check_body(kind, wanted, NULL, wanted);
	check_body(kind, wanted, stored, "{\"uid\": \"u\", \"id\": 4,"
		   " \"for\": \"120s\", \"isPaused\": true, \"labels\": {},"
		   " \"data\": [{\"model\": {\"a\": 1}}]}");
	check_locked(kind, stored, false);
	check_locked(kind, "{\"provenance\": \"file\"}", true);
}

static void test_groups(void **state)
{
	const struct grafana_kind *kind = &grafana_rule_group;
	const char *wanted = "{\"uid\": \"f/T\", \"folderUid\": \"f\","
		" \"title\": \"T\", \"interval\": 30}";

	(void)state;
	check(kind, wanted, "{\"interval\": 30, \"rules\": [1]}", NULL);
	check(kind, wanted, "{\"interval\": 60}", "interval");
	check_body(kind, wanted, "{\"interval\": 60, \"rules\": [1]}",
		   "{\"folderUid\": \"f\", \"title\": \"T\","
		   " \"interval\": 30}");
	check_locked(kind, "{\"rules\": [{\"provenance\": \"file\"}]}", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_dashboards),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * contmond.conf(5), contmond.conf and config.c must have the same keys, ranges
 * and defaults. The keys of config.c are read from its error message. The keys
 * of contmond come first, those of a target follow.
 */
#include "tests/unit/daemon.h"

#include <inttypes.h>

#include "contmond/config.h"

#define PAGE "contmond/contmond.conf.5"
#define SHIPPED "contmond/contmond.conf"
#define MAX_KEYS 32
/* The beginning of a section that is complete */
#define TARGET "[forward t]\ntype = json\nurl = http://h/\n"

struct key {
	char name[64];
	char value[256];	/* its default */
	char range[256];
};

/* The keys of one of the three, in its order */
struct keys {
	struct key all[MAX_KEYS];
	size_t nr;
};

static struct key *add(struct keys *keys, const char *name)
{
	struct key *key = &keys->all[keys->nr++];

	assert_true(keys->nr <= MAX_KEYS);
	snprintf(key->name, sizeof(key->name), "%s", name);
	return key;
}

static FILE *open_source(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		fail_msg("%s: run this from the top of the source", path);
	return file;
}

static void read_page(struct keys *ret)
{
	FILE *file = open_source(PAGE);
	struct key *key = NULL;
	char line[256], name[64];

	while (fgets(line, sizeof(line), file)) {
		int end = 0;

		sscanf(line, ".BR %63[a-z_] \" = \" %n", name, &end);
		if (end > 0)
			key = add(ret, name);
		if (!key)
			continue;
		sscanf(line, "Range: %255[^\n]", key->range);
		sscanf(line, "Default: %255[^\n]", key->value);
	}
	fclose(file);
}

/* The range of a number is at the end of the comment before it: ": 1 to 5." */
static void read_shipped(struct keys *ret)
{
	FILE *file = open_source(SHIPPED);
	char line[256], name[64], value[256], range[256] = "";
	uint64_t min, max;

	while (fgets(line, sizeof(line), file)) {
		const char *colon = strrchr(line, ':');

		if (sscanf(line, "#%63[a-z_] = %255[^\n]", name, value) == 2) {
			struct key *key = add(ret, name);

			strcpy(key->value, value);
			strcpy(key->range, range);
		}
		if (line[0] != '#' || line[1] != ' ')
			range[0] = '\0';
		else if (colon && sscanf(colon, ": %" SCNu64 " to %" SCNu64,
					 &min, &max) == 2)
			snprintf(range, sizeof(range),
				 "%" PRIu64 " to %" PRIu64, min, max);
	}
	fclose(file);
}

static void load_bad(const char *text, char **ret_errors)
{
	struct config config;

	assert_int_equal(config_load(write_file("contmond.conf", text),
				     &config, ret_errors), -EINVAL);
}

static void read_message(const char *text, const char *before,
			 struct keys *ret)
{
	char *errors = NULL, *list, *name;

	load_bad(text, &errors);
	list = strstr(errors, before);
	assert_non_null(list);
	list += strlen(before);
	while ((name = strsep(&list, ", \n"))) {
		if (*name)
			add(ret, name);
	}
	free(errors);
}

static size_t read_code(struct keys *ret)
{
	size_t nr;

	read_message("unknown = 1\n", "the keys are ", ret);
	nr = ret->nr;
	read_message(TARGET "unknown = 1\n", "keys of a target are ", ret);
	return nr;
}

static void test_the_same_keys(void **state)
{
	struct keys page = { 0 }, shipped = { 0 }, code = { 0 };
	size_t i;

	(void)state;
	read_page(&page);
	read_shipped(&shipped);
	read_code(&code);
	for (i = 0; i < code.nr; i++) {
		assert_string_equal(page.all[i].name, code.all[i].name);
		assert_string_equal(shipped.all[i].name, code.all[i].name);
	}
	assert_int_equal(page.nr, code.nr);
	assert_int_equal(shipped.nr, code.nr);
}

/*
 * A key without a default is "none" in the page, and has an example in the
 * file.
 */
static bool has_default(const struct key *key)
{
	assert_string_not_equal(key->value, "");
	return strcmp(key->value, "none") != 0;
}

static struct config load(const char *text)
{
	struct config config;
	char *errors = NULL;

	if (config_load(write_file("contmond.conf", text), &config,
			&errors) < 0)
		fail_msg("%s: %s", text, errors);
	return config;
}

static void assert_same_text(const char *a, const char *b)
{
	assert_string_equal(a ?: "(none)", b ?: "(none)");
}

static void test_the_same_defaults(void **state)
{
	struct keys page = { 0 }, shipped = { 0 };
	struct keys code = { 0 };
	struct config written, unwritten;
	char text[2048] = "";
	size_t i, nr = read_code(&code);

	(void)state;
	read_page(&page);
	read_shipped(&shipped);
	for (i = 0; i < page.nr; i++) {
		const struct key *key = &page.all[i];

		if (i == nr)
			strcat(text, TARGET);
		if (!has_default(key))
			continue;
		assert_string_equal(shipped.all[i].value, key->value);
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s = %s\n", key->name, key->value);
	}
	written = load(text);
	unwritten = load(TARGET);
	assert_same_text(written.listen, unwritten.listen);
	assert_same_text(written.token, unwritten.token);
	assert_same_text(written.store_path, unwritten.store_path);
	assert_same_text(written.log_file, unwritten.log_file);
	assert_true(options_equal(written.targets, unwritten.targets));
	assert_int_equal(written.interval_ms, unwritten.interval_ms);
	assert_int_equal(written.store_max_bytes, unwritten.store_max_bytes);
	config_done(&written);
	config_done(&unwritten);
}

static void must_take(const struct key *key, uint64_t number,
		      const char *before)
{
	struct config config;
	char text[128];

	snprintf(text, sizeof(text), "%s%s = %" PRIu64, before, key->name,
		 number);
	config = load(text);
	config_done(&config);
}

static void must_refuse(const struct key *key, uint64_t number, uint64_t min,
			uint64_t max, const char *before)
{
	char text[128], why[256], *errors = NULL;

	snprintf(text, sizeof(text), "%s%s = %" PRIu64, before, key->name,
		 number);
	snprintf(why, sizeof(why), "contmond.conf:%d: %s: not a number from "
		 "%" PRIu64 " to %" PRIu64 "\n", *before ? 4 : 1,
		 text + strlen(before), min, max);
	load_bad(text, &errors);
	assert_contains(errors, why);
	free(errors);
}

static void test_the_same_ranges(void **state)
{
	struct keys page = { 0 }, shipped = { 0 }, code = { 0 };
	size_t i, nr = 0, nr_first = read_code(&code);

	(void)state;
	read_page(&page);
	read_shipped(&shipped);
	for (i = 0; i < page.nr; i++) {
		const struct key *key = &page.all[i];
		const char *before = i < nr_first ? "" : TARGET;
		uint64_t min, max;

		assert_string_not_equal(key->range, "");
		if (sscanf(key->range, "%" SCNu64 " to %" SCNu64, &min,
			   &max) != 2)
			continue;
		assert_string_equal(shipped.all[i].range, key->range);
		must_take(key, min, before);
		must_take(key, max, before);
		must_refuse(key, min - 1, min, max, before);
		must_refuse(key, max + 1, min, max, before);
		nr++;
	}
	assert_true(nr >= 5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_the_same_keys),
		TEST(test_the_same_defaults),
		TEST(test_the_same_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

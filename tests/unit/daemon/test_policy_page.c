// SPDX-License-Identifier: GPL-2.0-only
/*
 * contmon-policy(5) and keys.c must have the same keys, ranges and defaults.
 * Those of keys.c are read from its error messages.
 */
#include "tests/unit/policy_world.h"

#define PAGE "contmond/contmon-policy.5"
#define MAX_KEYS 64

/* @section: as in the page, "policy", "class" (also for types) or "rule" */
struct key {
	char section[16];
	char name[64];
	char range[64];
	char value[64];		/* its default */
};

static struct key keys[MAX_KEYS];
static size_t nr_keys;

/* The page */

static struct key *add_key(const char *section, const char *name)
{
	struct key *key = &keys[nr_keys++];

	assert_true(nr_keys <= MAX_KEYS);
	*key = (struct key){ 0 };
	snprintf(key->section, sizeof(key->section), "%s", section);
	snprintf(key->name, sizeof(key->name), "%s", name);
	return key;
}

/* ".BR a = b" or ".BR a, b = c": returns how many keys it has */
static size_t read_keys(const char *line, const char *section)
{
	char one[64], other[64];

	if (sscanf(line, ".BR %63[a-z_] \", \" %63[a-z_] \" = \"", one,
		   other) == 2 && strstr(line, " = ")) {
		add_key(section, one);
		add_key(section, other);
		return 2;
	}
	if (sscanf(line, ".BR %63[a-z_] \" =", one) != 1 ||
	    !strstr(line, " = "))
		return 0;
	add_key(section, one);
	return 1;
}

/* "1 to 60, 1 to 1000" of the last @nr keys, or the same for all of them */
static void share(const char *text, size_t nr, size_t offset)
{
	char copy[128], *rest = copy;
	size_t i;

	snprintf(copy, sizeof(copy), "%s", text);
	copy[strcspn(copy, "\n")] = '\0';
	for (i = nr_keys - nr; i < nr_keys; i++) {
		const char *part = rest;

		if (nr > 1 && strstr(rest, ", "))
			part = strsep(&rest, ",");
		snprintf((char *)&keys[i] + offset, sizeof(keys[i].range),
			 "%s", part + strspn(part, " "));
	}
}

static void read_page(void)
{
	FILE *file = fopen(PAGE, "r");
	char line[256], section[16] = "";
	size_t nr = 0;

	if (!file)
		fail_msg(PAGE ": run this from the top of the source");
	nr_keys = 0;
	while (fgets(line, sizeof(line), file)) {
		size_t more;

		if (strncmp(line, ".SH", 3) == 0 &&
		    sscanf(line, ".SH%*[ \"][%15[a-z]", section) != 1)
			section[0] = '\0';
		if (!section[0])
			continue;
		more = read_keys(line, section);
		if (strncmp(line, ".TP", 3) == 0)
			nr = 0;
		nr += more;
		if (strncmp(line, "Range: ", 7) == 0)
			share(line + 7, nr, offsetof(struct key, range));
		if (strncmp(line, "Default: ", 9) == 0)
			share(line + 9, nr, offsetof(struct key, value));
	}
	fclose(file);
}

/* The code */

/* The only mistake of a text; valid until the next call */
static const char *mistake(const char *format, ...)
{
	static char result[1024];
	struct policy_errors errors = { 0 };
	struct policy *policy;
	const char *path;
	va_list arguments;
	char text[512];
	int r;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	path = write_file("a.conf", text);
	r = policy_load(&path, 1, &policy, &errors);
	if (r == 0)
		fail_msg("accepted: %s", text);
	assert_int_equal(errors.nr, 1);
	snprintf(result, sizeof(result), "%s", errors.all[0].text);
	policy_errors_done(&errors);
	return result;
}

static const char *head(const char *section)
{
	if (strcmp(section, "class") == 0)
		return "class x";
	return strcmp(section, "rule") == 0 ? "rule x" : section;
}

static void compare_keys(const char *section)
{
	const char *list = mistake("[%s]\nunknown = 1\n", head(section));
	char expected[1024] = "";
	size_t i;

	for (i = 0; i < nr_keys; i++) {
		if (strcmp(keys[i].section, section) == 0)
			snprintf(expected + strlen(expected),
				 sizeof(expected) - strlen(expected), "%s%s",
				 expected[0] ? ", " : "", keys[i].name);
	}
	assert_non_null(strstr(list, "the keys are "));
	assert_string_equal(strstr(list, "the keys are ") + 13, expected);
}

static void test_the_same_keys(void **state)
{
	(void)state;
	read_page();
	compare_keys("policy");
	compare_keys("protect");
	compare_keys("class");
	compare_keys("rule");
}

static void test_the_same_ranges(void **state)
{
	size_t i, nr = 0;

	(void)state;
	read_page();
	for (i = 0; i < nr_keys; i++) {
		char range[80];

		if (!strstr(keys[i].range, " to "))
			continue;
		snprintf(range, sizeof(range), "from %s", keys[i].range);
		assert_contains(mistake("[%s]\n%s = ?\n", head(keys[i].section),
					keys[i].name), range);
		nr++;
	}
	assert_int_equal(nr, 13);
}

/* A policy with a rule that has all the defaults of the page */
static struct policy *load_defaults(void)
{
	char text[2048] = "[policy]\n";
	bool in_rule = false;
	size_t i;

	for (i = 0; i < nr_keys; i++) {
		const char *value = keys[i].value;
		bool is_rule = strcmp(keys[i].section, "rule") == 0;

		if (!value[0] || strcmp(keys[i].section, "class") == 0 ||
		    (is_rule && strcmp(keys[i].name, "grace") != 0))
			continue;
		if (is_rule && !in_rule)
			strcat(text, "[rule x]\nselect = name a\n"
			       "all = cpu_percent > 1\naction = stop\n");
		in_rule = is_rule;
		sprintf(text + strlen(text), "%s = %s\n", keys[i].name, value);
	}
	return load_policy(text);
}

static void test_the_same_defaults(void **state)
{
	struct policy *written, *unwritten;

	(void)state;
	read_page();
	written = load_defaults();
	unwritten = load_policy("[rule x]\nselect = name a\n"
				"all = cpu_percent > 1\naction = stop\n");
	assert_int_equal(written->dry_run, unwritten->dry_run);
	assert_int_equal(written->budget_per_minute,
			 unwritten->budget_per_minute);
	assert_int_equal(written->budget_per_hour, unwritten->budget_per_hour);
	assert_int_equal(written->cool_down_ms, unwritten->cool_down_ms);
	assert_int_equal(written->give_up_after, unwritten->give_up_after);
	assert_int_equal(written->min_age_ms, unwritten->min_age_ms);
	assert_int_equal(written->warn_ms, unwritten->warn_ms);
	assert_int_equal(written->rules[0].grace_ms,
			 unwritten->rules[0].grace_ms);
	assert_int_equal(written->rules[0].warn_ms, written->warn_ms);
	assert_int_equal(written->rules[0].cool_down_ms,
			 written->cool_down_ms);
	assert_int_equal(unwritten->rules[0].hold_ms, 600000);
	policy_free(written);
	policy_free(unwritten);
}

static void test_every_finding_is_named(void **state)
{
	static char page[65536];
	FILE *file = fopen(PAGE, "r");
	size_t i, length;

	(void)state;
	assert_non_null(file);
	length = fread(page, 1, sizeof(page) - 1, file);
	page[length] = '\0';
	fclose(file);
	for (i = 0; i < POLICY_NR_FINDINGS; i++)
		assert_contains(strstr(page, "A finding is one of"),
				policy_finding_name((enum policy_finding)i));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_the_same_keys),
		TEST(test_the_same_ranges),
		TEST(test_the_same_defaults),
		TEST(test_every_finding_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Which part of a title the name may be */
#include "tests/unit/daemon.h"

#include "contmond/model/title.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SHORT "0123456789ab"

static const struct {
	const char *title, *id;
	int64_t user_id;
	const char *name;
} cases[] = {
	{ "web", ID, 0, "web" },
	{ "web@1000", ID, 1000, "web" },
	{ "web@1000", ID, -1, "web" },
	/* An id of LXC may be any text. */
	{ "web@1000@0", "web@1000", 0, "web@1000" },
	{ "web@1000@0", "web@1000", -1, "web@1000" },
	{ "web@1000@0-web@1000", "web@1000", 0, "web@1000" },
	{ "web@1000", "web@1000", 0, "web@1000" },
	{ "web@0", "web@0", 0, "web@0" },
	{ "web@", ID, 1000, "web@" },
	{ "web@1000x", ID, 1000, "web@1000x" },
	/* Those that would not be unique */
	{ "web-" SHORT, ID, 0, "web" },
	{ "web-" SHORT "-77", ID, 0, "web" },
	{ "web-" SHORT "-77-77", ID, 0, "web" },
	{ "web@1000-" SHORT, ID, 1000, "web" },
	{ "web@1000-" SHORT, ID, -1, "web" },
	{ "web@1000-" SHORT "-77-77", ID, 1000, "web" },
	{ "host-host", "host", 0, "host" },
	{ SHORT "@1000-" SHORT, ID, 1000, SHORT },
	/* Names that end in a similar way */
	{ "web-1", ID, 0, "web-1" },
	{ "web-1@1000", ID, 1000, "web-1" },
	{ "web-1-2@1000-" SHORT "-7", ID, 1000, "web-1-2" },
	{ "web-" SHORT, "fedcba9876543210", 0, "web-" SHORT },
	{ "web-" SHORT "x", ID, 0, "web-" SHORT "x" },
	{ "-" SHORT, ID, 0, "-" SHORT },
	{ SHORT, ID, 0, SHORT },
	{ "a-b", "a-b", 0, "a-b" },
	{ "web-" SHORT, NULL, 0, "web-" SHORT },
	{ "web-", "", 0, "web-" },
	{ "12345", ID, 0, "12345" },
	{ "", ID, 0, "" },
};

static void test_the_name_in_a_title(void **state)
{
	char name[128];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(name, sizeof(name), "%.*s",
			 (int)title_name_length(cases[i].title, cases[i].id,
						cases[i].user_id),
			 cases[i].title);
		assert_string_equal(name, cases[i].name);
	}
}

static void must_be(const char *text, int64_t user_id, const char *want)
{
	char *title = title_of(text, user_id);

	assert_string_equal(title, want);
	free(title);
}

/* None of root's is that of a user's, whatever they are called. */
static void test_titles(void **state)
{
	(void)state;
	must_be("web", 0, "web");
	must_be("web", 1000, "web@1000");
	must_be("web@1000", 0, "web@1000@0");
	must_be("web@1000", 7, "web@1000@7");
	must_be("web@1000@0", 0, "web@1000@0@0");
	must_be("web@", 0, "web@");
	must_be("@7", 0, "@7");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_name_in_a_title),
		cmocka_unit_test(test_titles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

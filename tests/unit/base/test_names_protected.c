// SPDX-License-Identifier: GPL-2.0-only
/* Which containers are never acted on, and why. */
#include "tests/unit/daemon.h"

#include "base/names_protected.h"

static const struct {
	const char *name, *image, *label, *value, *why;
} cases[] = {
	{ "web", "nginx:1", NULL, NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL },
	{ "grafana", "nginx", NULL, NULL, "the word grafana in its name" },
	{ "Shop-Grafana-1", NULL, NULL, NULL, "the word grafana in its name" },
	{ "web", "grafana/grafana:11.2", NULL, NULL,
	  "the word grafana in its image" },
	{ "notgrafana", "xgrafana2", NULL, NULL, NULL },
	{ "contmon", NULL, NULL, NULL, "the word contmon in its name" },
	{ "contmon-engine", NULL, NULL, NULL, "the word contmon in its name" },
	{ "a", "contmond:1", NULL, NULL, "the word contmond in its image" },
	{ "conmon", "mycontmons", NULL, NULL, NULL },
	{ "contmon-load-1", "contmon-load", LABEL_LOAD, "1", NULL },
	{ "contmon-load-1", "grafana", LABEL_LOAD, "1",
	  "the word grafana in its image" },
	{ "web", NULL, LABEL_PROTECT, "", "label contmon.protect" },
	{ "web", NULL, LABEL_PROTECT, "true", "label contmon.protect" },
	{ "web", NULL, LABEL_PROTECT, "nope", "label contmon.protect" },
	{ "web", NULL, LABEL_PROTECT, "false", NULL },
	{ "web", NULL, LABEL_PROTECT, "No", NULL },
	{ "web", NULL, LABEL_PROTECT, "0", NULL },
	{ "web", NULL, LABEL_POLICY, "off", "label contmon.policy=off" },
	{ "web", NULL, LABEL_POLICY, "on", NULL },
};

static void test_why(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const struct name_label label = { cases[i].label,
						  cases[i].value };
		const struct container_info name = {
			.name = cases[i].name,
			.image = cases[i].image,
			.labels = &label,
			.nr_labels = label.key ? 1 : 0,
		};
		const char *why = name_protection(&name);

		assert_string_equal(why ?: "none", cases[i].why ?: "none");
		assert_int_equal(name_is_left_alone(&name),
				 why && strstr(why, "=off"));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Layouts as text, and numbers as integers */
#include "tests/unit/daemon.h"

#include "contmond/store/layout.h"

static void test_layouts(void **state)
{
	static const char *const bad[] = { "a", "a gauge 1", "a gauge 0/1\n",
		"a other 1/1\n", "system_a gauge 1/1\nb gauge 1/1\n",
		"a gauge 1/-1", "" };
	struct layout *layout = layout_new(), *read;
	char *text = layout_text(layout), *again;
	size_t i;

	(void)state;
	assert_int_equal(layout_parse(text, &read), 0);
	again = layout_text(read);
	assert_string_equal(text, again);
	assert_int_equal(read->nr_container, layout->nr_container);
	assert_true(layout_find(layout, "processes") >= 0);
	assert_true(layout_find(layout, "system_processes") >= 0);
	assert_true(layout_find(layout, "device1_read_bytes_total") >= 0);
	assert_true(layout_find(layout, "device3_write_ops_total") >= 0);
	assert_true(layout_find(layout, "others_write_ops_total") >= 0);
	assert_true(layout_find(layout,
				"others_read_limit_ops_per_second") < 0);
	assert_true(layout_find(layout, "device1_read_ops_per_second") < 0);
	assert_true(layout_find(layout, "device1_discard_ops_total") < 0);
	assert_true(layout_find(layout,
				"device1_read_limit_ops_per_second") >= 0);
	assert_true(layout_find(layout,
				"device1_read_max_ops_per_second") < 0);
	/*
	 * Metrics made from others are not kept, nor those only of the present.
	 */
	assert_true(layout_find(layout, "memory_active_anon_bytes") < 0);
	assert_true(layout_find(layout, "cpu_cores") < 0);
	assert_true(layout_find(layout, "memory_limit_percent") < 0);
	for (i = 0; i < COUNT(bad); i++) {
		struct layout *none = NULL;

		assert_int_equal(layout_parse(bad[i], &none), -EBADMSG);
		assert_null(none);
	}
	free(text);
	free(again);
	layout_free(read);
	layout_free(layout);
}

/* Each line is looked for to the end of the text. */
static void test_a_text_that_is_too_long(void **state)
{
	static const char line[] = "processes gauge 1/1\n";
	static char text[200000];
	struct layout *layout;

	(void)state;
	memset(text, ' ', sizeof(text) - sizeof(line));
	strcpy(text + sizeof(text) - sizeof(line), line);
	assert_int_equal(layout_parse(text, &layout), -EBADMSG);
	assert_int_equal(layout_parse(text + sizeof(text) - 100, &layout), 0);
	layout_free(layout);
}

static void test_integers(void **state)
{
	const struct kept total = { .kind = KEPT_TOTAL, .numerator = 1,
				    .denominator = 1000 };
	const struct kept pages = { .kind = KEPT_GAUGE, .numerator = 4096,
				    .denominator = 1 };
	int64_t v = -1;

	(void)state;
	assert_true(kept_integer(&total, 1.9996, &v));
	assert_int_equal(v, 1999);	/* never ahead of the truth */
	assert_true(kept_integer(&total, 0.001, &v));
	assert_int_equal(v, 1);
	assert_true(kept_integer(&pages, 8192, &v));
	assert_int_equal(v, 2);
	assert_near(kept_number(&pages, 2), 8192, 1e-9);
	assert_false(kept_integer(&pages, NAN, &v));
	assert_false(kept_integer(&total, INFINITY, &v));
	assert_false(kept_integer(&total, -1e300, &v));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_a_text_that_is_too_long),
		cmocka_unit_test(test_integers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

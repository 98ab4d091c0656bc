// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "base/text.h"

static void test_numbers_are_whole(void **state)
{
	static const struct {
		const char *text;
		int error;
	} cases[] = {
		{ "5", 0 }, { "10", 0 }, { "010", 0 }, { "", -EINVAL },
		{ "-5", -EINVAL }, { "+5", -EINVAL }, { " 5", -EINVAL },
		{ "5 ", -EINVAL }, { "5x", -EINVAL }, { "0x5", -EINVAL },
		{ "1e1", -EINVAL }, { "4", -ERANGE }, { "11", -ERANGE },
		{ "99999999999999999999999", -ERANGE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		uint64_t value = 77;

		assert_int_equal(text_to_u64(cases[i].text, 5, 10, &value),
				 cases[i].error);
		if (cases[i].error)
			assert_int_equal(value, 77);
	}
}

static void test_lists_have_whole_words(void **state)
{
	(void)state;
	assert_true(text_in_list("a,b,c", "a"));
	assert_true(text_in_list("a,b,c", "b"));
	assert_true(text_in_list("a,b,c", "c"));
	assert_true(text_in_list(",,x", "x"));
	assert_true(text_in_list("x,a,b,y", "a,b"));
	assert_true(text_in_list("a,b", "a,b"));
	assert_false(text_in_list("a,bc", "a,b"));
	assert_false(text_in_list("xa,b", "a,b"));
	assert_false(text_in_list("ab", "a"));
	assert_false(text_in_list("a", "ab"));
	assert_false(text_in_list("", "a"));
	assert_false(text_in_list("a,b", ""));
}

static void test_a_copy(void **state)
{
	bool failed = false;
	char *copy = text_copy("text", &failed);

	(void)state;
	assert_string_equal(copy, "text");
	free(copy);
	assert_null(text_copy(NULL, &failed));
	assert_false(failed);
}

static void test_ends(void **state)
{
	(void)state;
	assert_true(text_ends_with("a_total", "_total"));
	assert_true(text_ends_with("_total", "_total"));
	assert_true(text_ends_with("", ""));
	assert_false(text_ends_with("total", "_total"));
	assert_false(text_ends_with("a_total_", "_total"));
}

static void test_words_are_whole(void **state)
{
	(void)state;
	assert_true(text_has_word("grafana", "grafana"));
	assert_true(text_has_word("My-Grafana_1", "grafana"));
	assert_true(text_has_word("docker.io/grafana/grafana:11", "GRAFANA"));
	assert_true(text_has_word("highest high", "high"));
	assert_true(text_has_word("stress --cpu 2", "--cpu"));
	assert_true(text_has_word("stress --cpu=2", "--cpu"));
	assert_true(text_has_word("\xc3\xa9high\xc3\xa9", "high"));
	assert_false(text_has_word("highest", "high"));
	assert_false(text_has_word("thigh", "high"));
	assert_false(text_has_word("grafana2", "grafana"));
	assert_false(text_has_word("gra-fana", "grafana"));
	assert_false(text_has_word("", "grafana"));
	assert_false(text_has_word("grafana", ""));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_are_whole),
		cmocka_unit_test(test_lists_have_whole_words),
		cmocka_unit_test(test_a_copy),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_words_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Lists of words for many look-ups */
#include "tests/unit/daemon.h"

#include "base/text.h"
#include "base/words.h"

static bool has(const char *list, const char *item)
{
	struct words words;
	bool found;

	assert_int_equal(words_init(&words, list), 0);
	found = words_have(&words, item);
	words_done(&words);
	return found;
}

static void test_whole_words(void **state)
{
	(void)state;
	assert_true(has("b,c,a", "a"));
	assert_true(has("b,c,a", "b"));
	assert_true(has(",,x,", "x"));
	assert_true(has("x,a,b,y", "a,b"));
	assert_true(has("a b,a!b,a,b", "a"));
	assert_false(has("ab,a b", "a"));
	assert_false(has("a", "ab"));
	assert_false(has(",,", ""));
	assert_false(has("", "a"));
	assert_true(has(NULL, "a"));
}

/* For any list, the results must equal those of a plain search. */
static void test_any_list(void **state)
{
	static const char letters[] = "ab,,!";
	unsigned int seed = 1;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		char list[32], item[6];
		size_t j, nr = (size_t)rand_r(&seed) % (sizeof(list) - 1);
		size_t length = 1 + (size_t)rand_r(&seed) % 4;

		for (j = 0; j < nr; j++)
			list[j] = letters[rand_r(&seed) % 5];
		list[nr] = '\0';
		for (j = 0; j < length; j++)
			item[j] = letters[rand_r(&seed) % 5];
		item[length] = '\0';
		/*
		 * An item that begins or ends with an empty word is not valid.
		 */
		if (item[0] == ',' || item[length - 1] == ',')
			continue;
		if (has(list, item) != text_in_list(list, item))
			fail_msg("%s in %s", item, list);
	}
}

/* As many words as a request can have must not take long. */
static void test_long_lists(void **state)
{
	static char list[1 << 14], item[600];
	struct words words;
	int i;

	(void)state;
	for (i = 0; i < (int)sizeof(list) - 1; i++)
		list[i] = i % 2 ? ',' : 'a';
	assert_int_equal(words_init(&words, list), 0);
	for (i = 0; i < 300000; i++)
		assert_false(words_have(&words, "ab"));
	words_done(&words);
	memset(list, ',', sizeof(list) - 1);
	assert_int_equal(words_init(&words, list), 0);
	assert_int_equal(words.nr, 0);
	words_done(&words);
	memset(item, 'x', sizeof(item) - 1);
	assert_true(has(item, item));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_words),
		cmocka_unit_test(test_any_list),
		cmocka_unit_test(test_long_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

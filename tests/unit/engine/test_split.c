// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include <malloc.h>

#include "contmon-engine/large.h"
#include "contmon-engine/split.h"

#define ROOT 0
#define USER (geteuid() + 1000)

static char seen[8192];
static size_t longest;
static int nr_values, nr_too_long;

static int on_value(const char *text, size_t length, void *userdata)
{
	(void)userdata;
	if (!text) {
		nr_too_long++;
		return 0;
	}
	nr_values++;
	if (length > longest)
		longest = length;
	if (strlen(seen) + length + 2 < sizeof(seen)) {
		strncat(seen, text, length);
		strcat(seen, "|");
	}
	return strcmp(text, "\"stop\"") == 0 ? -ECANCELED : 0;
}

static int setup(void **state)
{
	(void)state;
	seen[0] = '\0';
	longest = 0;
	nr_values = nr_too_long = 0;
	return 0;
}

/* Feeds @text in pieces of @piece bytes; returns the first error. */
static int run(enum split_form form, const char *const *keys, const char *text,
	       size_t piece)
{
	struct split *split = split_new(form, keys, ROOT, on_value, NULL);
	size_t left = strlen(text);
	int r = 0;

	for (; r == 0 && left > 0; text += piece, left -= piece) {
		if (piece > left)
			piece = left;
		r = split_feed(split, text, piece);
	}
	if (r == 0)
		r = split_end(split);
	split_free(split);
	return r;
}

struct row {
	const char *text;
	int r;
	const char *seen;
};

static void check(enum split_form form, const char *const *keys,
		  const struct row *rows, size_t nr)
{
	size_t i, piece;

	for (i = 0; i < nr; i++) {
		for (piece = 1; piece <= strlen(rows[i].text) + 1; piece++) {
			seen[0] = '\0';
			assert_int_equal(run(form, keys, rows[i].text, piece),
					 rows[i].r);
			assert_string_equal(seen, rows[i].seen);
		}
	}
}

static void test_arrays(void **state)
{
	static const struct row rows[] = {
		{ "[]", 0, "" },
		{ " [ ] \n", 0, "" },
		{ "[1,\"a,b]\",null,{\"k\":[1,{}]},[[]]]", 0,
		  "1|\"a,b]\"|null|{\"k\":[1,{}]}|[[]]|" },
		{ "[ {\n\"k\": 1 }\n, 2 ]", 0, "{\n\"k\": 1 }\n|2 |" },
		{ "[1,,2,]", 0, "1|2|" },
		{ "[1]garbage[", 0, "1|" },
		{ "[{\"a\":]},2]", 0, "{\"a\":]}|2|" },
		{ "[1,2", -EBADMSG, "1|" },
		{ "", -EBADMSG, "" },
		{ "{}", -EBADMSG, "" },
		{ "null", -EBADMSG, "" },
		{ "[1,\"stop\",2]", -ECANCELED, "1|\"stop\"|" },
	};

	(void)state;
	check(SPLIT_ARRAY, NULL, rows, COUNT(rows));
}

static void test_lines(void **state)
{
	static const struct row rows[] = {
		{ "{\"a\":1}\n\n{\"b\":2}\r\n5\n", 0,
		  "{\"a\":1}|{\"b\":2}\r|5|" },
		/* An invalid value ends with its line. */
		{ "{\"a\":\"x\n{\"b\":2}\n[[\n\\\n3\n", 0,
		  "{\"a\":\"x|{\"b\":2}|[[|\\|3|" },
		/* Without an end it may be just the beginning of one. */
		{ "1\n2", 0, "1|" },
	};

	(void)state;
	check(SPLIT_LINES, NULL, rows, COUNT(rows));
}

static void test_one_value(void **state)
{
	static const struct row rows[] = {
		{ " {\"a\":[1,2]}\n", 0, "{\"a\":[1,2]}\n|" },
		{ "1,2]", 0, "1,2]|" },
		{ "", -EBADMSG, "" },
		{ " \n", -EBADMSG, "" },
	};

	(void)state;
	check(SPLIT_WHOLE, NULL, rows, COUNT(rows));
}

static void test_wanted_members(void **state)
{
	static const char *const keys[] = { "Id", "Names", NULL };
	static const struct row rows[] = {
		{ "[{\"Id\":\"a\",\"Ports\":[{\"Id\":1},{}],\"Names\":[\"x\","
		  "\"y\"],\"Z\":{\"Id\":\"b\"}}]", 0,
		  "{\"Id\":\"a\",\"Names\":[\"x\",\"y\"]}|" },
		{ "[{\"Z\":\"}\\\"]\",\"Id\":{\"Z\":1,\"Q\":[1,2]}}]", 0,
		  "{\"Id\":{\"Z\":1,\"Q\":[1,2]}}|" },
		{ "[{\"Z\":1},{\"Idx\":1},{\"I\":1},{}]", 0, "{}|{}|{}|{}|" },
		{ "[[\"Z\",{\"Z\":1}],\"Z\"]", 0, "[\"Z\",{\"Z\":1}]|\"Z\"|" },
	};

	(void)state;
	check(SPLIT_ARRAY, keys, rows, COUNT(rows));
}

static void test_characters_of_strings(void **state)
{
	static const struct row rows[] = {
		{ "\"a\\u0000b\"", 0, "\"a\\ufffdb\"|" },
		{ "{\"\\u0000\":1}", 0, "{\"\\ufffd\":1}|" },
		{ "\"\\ud83d\\ude00\"", 0, "\"\\ud83d\\ude00\"|" },
		{ "\"\\ud83d\"", 0, "\"\\ufffd\"|" },
		{ "\"\\ud83dx\\ude00\"", 0, "\"\\ufffdx\\ufffd\"|" },
		{ "\"\\ud83d\\n\"", 0, "\"\\ufffd\\n\"|" },
		{ "\"\\ud83d\\ud83d\\ude00\"", 0,
		  "\"\\ufffd\\ud83d\\ude00\"|" },
		{ "\"\\\\u0000\\\"\\u00e4\"", 0, "\"\\\\u0000\\\"\\u00e4\"|" },
		{ "\"a\nb\001\"", 0, "\"a b \"|" },
		/* An invalid escape does not hide the end of the string. */
		{ "\"\\u12\",\"\\x\"", 0, "\"\\u12\",\"\\x\"|" },
	};

	(void)state;
	check(SPLIT_WHOLE, NULL, rows, COUNT(rows));
}

static void test_long_strings_are_cut(void **state)
{
	size_t length = SPLIT_STRING_MAX + 100, i;
	char *text = malloc(3 * length);

	(void)state;
	/* Characters of two bytes, at an odd offset */
	strcpy(text, "\"x");
	for (i = 0; i < length / 2; i++)
		strcat(text, "\xc3\xa4");
	strcat(text, "\\n\"");
	assert_int_equal(run(SPLIT_WHOLE, NULL, text, 7), 0);
	assert_int_equal(strlen(seen), SPLIT_STRING_MAX + 2 + 2);
	assert_string_equal(seen + strlen(seen) - 4, "\xc3\xa4\"|");
	/* Escapes */
	seen[0] = '\0';
	strcpy(text, "\"xx");
	for (i = 0; i < length / 4; i++)
		strcat(text, i % 2 ? "\\u00e4" : "\\n");
	strcat(text, "x\"");
	assert_int_equal(run(SPLIT_WHOLE, NULL, text, 7), 0);
	assert_int_equal(strlen(seen), SPLIT_STRING_MAX - 4 + 2 + 1);
	assert_string_equal(seen + strlen(seen) - 4, "\\n\"|");
	free(text);
}

/* It does not affect others. */
static void test_a_value_that_is_too_long(void **state)
{
	size_t size = SPLIT_VALUE_MAX + 100;
	char *text = malloc(size + 100);

	(void)state;
	strcpy(text, "[1,[");
	memset(text + 4, ' ', size);
	strcpy(text + size, "],2]");
	assert_int_equal(run(SPLIT_ARRAY, NULL, text, 4096), 0);
	assert_string_equal(seen, "1|2|");
	assert_int_equal(nr_too_long, 1);
	assert_int_equal(run(SPLIT_WHOLE, NULL, text, 4096), -EMSGSIZE);
	free(text);
}

/* The longest value there may be, and the shortest that is too long */
static void test_the_edge_of_long_values(void **state)
{
	static const struct {
		size_t length;
		int nr_values, r;
	} cases[] = {
		{ SPLIT_VALUE_MAX - 1, 3, 0 },
		{ SPLIT_VALUE_MAX, 3, 0 },
		{ SPLIT_VALUE_MAX + 1, 2, -EMSGSIZE },
	};
	static char text[SPLIT_VALUE_MAX + 100];
	static const size_t pieces[] = { 4093, SPLIT_VALUE_MAX + 100 };
	size_t i, j;

	for (i = 0; i < 2 * COUNT(cases); i++) {
		size_t length = cases[i / 2].length, piece = pieces[i % 2];

		setup(state);
		strcpy(text, "[1,");
		memset(text + 3, '7', length);
		strcpy(text + 3 + length, ",2]");
		assert_int_equal(run(SPLIT_ARRAY, NULL, text, piece), 0);
		assert_int_equal(nr_values, cases[i / 2].nr_values);
		assert_int_equal(nr_too_long, 3 - nr_values);
		assert_int_equal(longest, nr_values == 3 ? length : 1);
		assert_string_equal(seen, "1|2|");
		text[3 + length] = '\0';
		assert_int_equal(run(SPLIT_WHOLE, NULL, text + 3, piece),
				 cases[i / 2].r);
	}
	/* A string as long is cut, and its value stays. */
	for (j = 0; j < COUNT(cases); j++) {
		size_t length = cases[j].length;

		setup(state);
		strcpy(text, "[{\"k\":\"");
		memset(text + 7, 'x', length);
		strcpy(text + 7 + length, "\",\"n\":5}]");
		assert_int_equal(run(SPLIT_ARRAY, NULL, text, 4093), 0);
		assert_int_equal(nr_values, 1);
		assert_int_equal(nr_too_long, 0);
		assert_int_equal(longest, SPLIT_STRING_MAX +
				 strlen("{\"k\":\"\",\"n\":5}"));
		assert_string_equal(seen + strlen(seen) - 10, "x\",\"n\":5}|");
	}
}

/* A list of 32 MiB, most of it not wanted, or long strings */
static void test_memory_is_bounded(void **state)
{
	static const char *const keys[] = { "Id", "Labels", NULL };
	struct split *split = split_new(SPLIT_ARRAY, keys, ROOT, on_value,
					NULL);
	static char junk[32 * 1024];
	size_t before = mallinfo2().uordblks, most = 0;
	int i;

	(void)state;
	memset(junk, 'x', sizeof(junk));
	assert_int_equal(split_feed(split, "[", 1), 0);
	for (i = 0; i < 512; i++) {
		static const char head[] = "{\"Id\":\"a\",\"Ports\":[\"",
			middle[] = "\"],\"Labels\":{\"k\":\"", tail[] = "\"}},";

		split_feed(split, head, sizeof(head) - 1);
		split_feed(split, junk, sizeof(junk));
		split_feed(split, middle, sizeof(middle) - 1);
		split_feed(split, junk, sizeof(junk));
		assert_int_equal(split_feed(split, tail, sizeof(tail) - 1), 0);
		if (mallinfo2().uordblks - before > most)
			most = mallinfo2().uordblks - before;
	}
	assert_int_equal(split_feed(split, "]", 1), 0);
	assert_int_equal(split_end(split), 0);
	split_free(split);
	assert_int_equal(nr_values, 512);
	assert_true(longest < SPLIT_STRING_MAX + 100);
	assert_true(most < 64 * 1024);
}

/* Streams that never end cannot take all memory, nor that of short values. */
static void test_large_values_at_once(void **state)
{
	struct split *splits[LARGE_MAX + 1];
	static char text[SPLIT_LARGE + 100];
	size_t i, last = LARGE_MAX;

	(void)state;
	memset(text, '1', sizeof(text));
	for (i = 0; i <= last; i++) {
		splits[i] = split_new(SPLIT_LINES, NULL, ROOT, on_value,
				      NULL);
		assert_int_equal(split_feed(splits[i], text, sizeof(text)), 0);
	}
	assert_int_equal(split_feed(splits[last], "\n", 1), 0);
	assert_int_equal(nr_too_long, 1);
	assert_int_equal(split_feed(splits[last], "5\n", 2), 0);
	assert_int_equal(nr_values, 1);
	/* There is room again when one has ended, or is given up. */
	assert_int_equal(split_feed(splits[0], "\n", 1), 0);
	split_free(splits[1]);
	assert_int_equal(nr_values, 2);
	for (i = 0; i < 3; i++) {
		assert_int_equal(split_feed(splits[last], text, sizeof(text)),
				 0);
		assert_int_equal(split_feed(splits[last], "\n", 1), 0);
	}
	assert_int_equal(nr_values, 5);
	assert_int_equal(nr_too_long, 1);
	split_free(splits[0]);
	for (i = 2; i <= last; i++)
		split_free(splits[i]);
}

static struct split *long_value(uid_t user)
{
	static char text[SPLIT_LARGE + 100];
	struct split *split = split_new(SPLIT_LINES, NULL, user, on_value,
					NULL);

	memset(text, '1', sizeof(text));
	assert_int_equal(split_feed(split, text, sizeof(text)), 0);
	return split;
}

/* Returns whether it was complete. */
static bool end_line(struct split *split)
{
	int before = nr_values;

	assert_int_equal(split_feed(split, "\n", 1), 0);
	return nr_values > before;
}

/* Their values never end. Root's do, and those of somebody else. */
static void test_two_users_take_all_places(void **state)
{
	struct split *theirs[LARGE_MAX], *roots[LARGE_MAX], *other;
	uid_t i;

	(void)state;
	for (i = 0; i < LARGE_MAX; i++)
		theirs[i] = long_value(USER + i % 2);
	other = long_value(USER + 2);
	assert_true(end_line(other));
	split_free(other);
	for (i = 0; i < LARGE_MAX; i++)
		roots[i] = long_value(ROOT);
	for (i = 0; i < LARGE_MAX; i++)
		assert_true(end_line(roots[i]));
	/* What they had is given up, and they go on with what comes. */
	for (i = 0; i < LARGE_MAX; i++) {
		assert_false(end_line(theirs[i]));
		assert_int_equal(split_feed(theirs[i], "5", 1), 0);
		assert_true(end_line(theirs[i]));
	}
	assert_int_equal(nr_too_long, LARGE_MAX);
	for (i = 0; i < LARGE_MAX; i++) {
		split_free(theirs[i]);
		split_free(roots[i]);
	}
}

/* Nobody's value is given up for one of a user who has as many. */
static void test_as_many_places_for_each(void **state)
{
	struct split *splits[LARGE_MAX], *one_more;
	uid_t i;

	(void)state;
	for (i = 0; i < LARGE_MAX; i++)
		splits[i] = long_value(USER + i % 4);
	for (i = 0; i < 4; i++) {
		one_more = long_value(USER + i);
		assert_false(end_line(one_more));
		split_free(one_more);
	}
	for (i = 0; i < LARGE_MAX; i++) {
		assert_true(end_line(splits[i]));
		split_free(splits[i]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, setup)
		TEST(test_arrays),
		TEST(test_lines),
		TEST(test_one_value),
		TEST(test_wanted_members),
		TEST(test_characters_of_strings),
		TEST(test_long_strings_are_cut),
		TEST(test_a_value_that_is_too_long),
		TEST(test_the_edge_of_long_values),
		TEST(test_memory_is_bounded),
		TEST(test_large_values_at_once),
		TEST(test_two_users_take_all_places),
		TEST(test_as_many_places_for_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

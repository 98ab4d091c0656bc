// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far a command is: when it is shown, and what is left of it
 *
 * wrap: isatty clock_monotonic_ns
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "contmon/cli/progress.h"
#include "tests/unit/capture.h"

static bool is_terminal;
static uint64_t now_ns;

int __wrap_isatty(int fd);
int __wrap_isatty(int fd)
{
	assert_int_equal(fd, STDERR_FILENO);
	return is_terminal;
}

uint64_t __wrap_clock_monotonic_ns(void);
uint64_t __wrap_clock_monotonic_ns(void)
{
	return now_ns;
}

static struct cli_progress progress;

static int setup(void **state)
{
	(void)state;
	is_terminal = true;
	now_ns = 100 * NS_PER_SECOND;
	progress = (struct cli_progress){ 0 };
	cli_progress_begin(&progress);
	return 0;
}

static bool is_due_after(uint64_t ms)
{
	now_ns += ms * NS_PER_MS;
	return cli_progress_is_due(&progress);
}

/* Who gets an answer soon needs none of it. */
static void test_only_who_waits_sees_it(void **state)
{
	(void)state;
	assert_false(is_due_after(0));
	assert_false(is_due_after(2999));
	assert_true(is_due_after(1));
	/* Then four times a second, however often it is asked. */
	assert_false(is_due_after(0));
	assert_false(is_due_after(249));
	assert_true(is_due_after(1));
	assert_true(is_due_after(60000));
	assert_false(is_due_after(100));
}

static void test_never_without_a_terminal(void **state)
{
	(void)state;
	is_terminal = false;
	cli_progress_begin(&progress);
	assert_false(is_due_after(3600000));
}

static char shown[1024];

/* What a terminal of 80 columns has after @shown, without blanks at the end */
static const char *screen(void)
{
	static char line[81];
	size_t column = 0;
	const char *c;

	memset(line, ' ', 80);
	for (c = shown; *c; c++) {
		assert_int_not_equal(*c, '\n');
		if (*c == '\r')
			column = 0;
		else
			line[column++] = *c;
		assert_in_range(column, 0, 80);
	}
	for (column = 80; column > 0 && line[column - 1] == ' '; column--)
		line[column - 1] = '\0';
	return line;
}

/* Every call of @show writes to the same line. */
static void catch(void (*show)(void))
{
	FILE *file;
	int saved = capture_begin(stderr, &file);

	show();
	capture_end(stderr, saved, file, shown, sizeof(shown));
}

static void show_one(void)
{
	cli_progress_show(&progress, "%3d%%  %d rows", 7, 12345);
}

static void show_two(void)
{
	cli_progress_show(&progress, "reading  %d rows of many", 99999);
	show_one();
}

static void show_long(void)
{
	cli_progress_show(&progress, "%70s", "long");
	cli_progress_end(&progress);
}

static void end(void)
{
	cli_progress_end(&progress);
}

static void end_after_two(void)
{
	show_two();
	end();
}

static void test_one_line(void **state)
{
	(void)state;
	catch(show_one);
	assert_string_equal(screen(), "  7%  12345 rows");
	/* A shorter line leaves nothing of a longer one. */
	catch(show_two);
	assert_string_equal(screen(), "  7%  12345 rows");
	catch(end_after_two);
	assert_string_equal(screen(), "");
	catch(show_long);
	assert_string_equal(screen(), "");
	assert_int_equal(shown[strlen(shown) - 1], '\r');
}

/* A command that was fast leaves standard error as it was. */
static void test_nothing_was_shown(void **state)
{
	(void)state;
	catch(end);
	assert_string_equal(shown, "");
	catch(end_after_two);
	catch(end);
	assert_string_equal(shown, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, setup)
		TEST(test_only_who_waits_sees_it),
		TEST(test_never_without_a_terminal),
		TEST(test_one_line),
		TEST(test_nothing_was_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

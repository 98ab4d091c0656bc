// SPDX-License-Identifier: GPL-2.0-only
/*
 * The screen on a file instead of a terminal: what ncurses shows, and how many
 * bytes that takes.
 *
 * wrap: calloc
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contmon/top/screen.h"

static FILE *terminal;
static int before;	/* the old standard output */
static bool has_no_memory;

void *__real_calloc(size_t nr, size_t size);
void *__wrap_calloc(size_t nr, size_t size);

void *__wrap_calloc(size_t nr, size_t size)
{
	return has_no_memory ? NULL : __real_calloc(nr, size);
}

/* Tests write to the terminal, and messages go to the old standard output. */
static void turn_to(int fd)
{
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
}

/* ncurses can only be initialised once in a program. */
static int begin(void **state)
{
	(void)state;
	terminal = tmpfile();
	before = dup(STDOUT_FILENO);
	turn_to(fileno(terminal));
	setenv("TERM", "xterm", 1);
	assert_int_equal(screen_begin(), 0);
	refresh();
	turn_to(before);
	return 0;
}

static int end(void **state)
{
	(void)state;
	turn_to(fileno(terminal));
	screen_end();
	delscreen(set_term(NULL));
	turn_to(before);
	fclose(terminal);
	close(before);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	turn_to(fileno(terminal));
	has_no_memory = false;
	resizeterm(5, 20);
	screen_clear();
	screen_show();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	turn_to(before);
	return 0;
}

/* Returns how many bytes the terminal received when the screen was shown */
static long show(void)
{
	off_t at = lseek(STDOUT_FILENO, 0, SEEK_CUR);

	screen_show();
	return (long)(lseek(STDOUT_FILENO, 0, SEEK_CUR) - at);
}

static void assert_shows(int y, const char *text)
{
	char line[128];

	mvinnstr(y, 0, line, sizeof(line) - 1);
	assert_string_equal(line, text);
}

static attr_t attributes_at(int y, int x)
{
	return mvinch(y, x) & A_ATTRIBUTES;
}

static void test_fields(void **state)
{
	(void)state;
	screen_line(0);
	screen_field(5, false, "ab");
	screen_field(5, true, "cd");
	screen_field(4, true, "12345");
	screen_line(1);
	screen_skip_to(3);
	screen_text("x");
	screen_skip_to(2);	/* is already passed */
	screen_repeat('|', 3);
	screen_field(1, false, "yz");
	screen_field(0, false, "not this");
	show();
	assert_shows(0, "ab      cd123+      ");
	assert_shows(1, "   x|||y            ");
	assert_shows(2, "                    ");
}

static void test_right_edge(void **state)
{
	(void)state;
	screen_line(0);
	screen_text("0123456789012345");
	screen_field(10, true, "abcdef");
	screen_line(1);
	screen_text("012345678901234567890123");
	screen_text("more");
	screen_line(4);
	screen_repeat('z', 30);
	screen_line(5);
	screen_text("below");
	screen_line(-1);
	screen_text("above");
	show();
	assert_shows(0, "0123456789012345abc+");
	assert_shows(1, "01234567890123456789");
	assert_shows(2, "                    ");
	assert_shows(4, "zzzzzzzzzzzzzzzzzzzz");
}

static void test_whole_or_nothing(void **state)
{
	(void)state;
	screen_line(0);
	assert_true(screen_whole("0123456789012345"));
	assert_false(screen_whole("abcde"));
	assert_true(screen_whole("abcd"));
	assert_false(screen_whole("e"));
	show();
	assert_shows(0, "0123456789012345abcd");
}

static void test_wide_characters(void **state)
{
	(void)state;
	screen_line(0);
	screen_field(4, false, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2");
	screen_text("|");
	screen_field(4, true, "\xc3\xbc");
	screen_text("|");
	show();
	/* Two columns each; half a character is replaced by a blank. */
	assert_shows(0, "\xe6\xbc\xa2+ |   \xc3\xbc|          ");
}

static void test_attributes(void **state)
{
	(void)state;
	screen_line(0);
	screen_look(A_BOLD);
	screen_text("ab");
	screen_look(A_NORMAL);
	screen_text("c");
	screen_line(1);
	screen_text("plain");
	screen_look(A_REVERSE);
	screen_text("d");
	screen_fill();
	screen_line(2);
	screen_look(A_REVERSE);
	screen_text("e");
	show();
	assert_int_equal(attributes_at(0, 1), A_BOLD);
	assert_int_equal(attributes_at(0, 2), A_NORMAL);
	assert_int_equal(attributes_at(0, 19), A_NORMAL);
	assert_int_equal(attributes_at(1, 4), A_NORMAL);
	assert_int_equal(attributes_at(1, 5), A_REVERSE);
	assert_int_equal(attributes_at(1, 19), A_REVERSE);
	assert_int_equal(attributes_at(2, 0), A_REVERSE);
	assert_int_equal(attributes_at(2, 1), A_NORMAL);

	/* Only what is to the right of it changes. */
	screen_clear();
	screen_line(2);
	screen_look(A_REVERSE);
	screen_text("e");
	screen_fill();
	show();
	assert_int_equal(attributes_at(2, 19), A_REVERSE);
}

static void draw(const char *second, attr_t look)
{
	screen_clear();
	screen_line(0);
	screen_text("first");
	screen_line(1);
	screen_look(look);
	screen_text(second);
}

static void test_only_changes_are_sent(void **state)
{
	(void)state;
	draw("second", A_NORMAL);
	show();
	draw("second", A_NORMAL);
	assert_int_equal(show(), 0);
	draw("sixth", A_NORMAL);
	assert_in_range(show(), 1, 20);
	assert_shows(0, "first               ");
	assert_shows(1, "sixth               ");
	draw("sixth", A_BOLD);
	assert_in_range(show(), 1, 30);
	assert_int_equal(attributes_at(1, 0), A_BOLD);
	screen_clear();
	show();
	assert_shows(0, "                    ");
	assert_shows(1, "                    ");
}

static void test_redraw(void **state)
{
	(void)state;
	draw("second", A_NORMAL);
	show();
	draw("second", A_NORMAL);
	screen_redraw();
	assert_true(show() > 11);
}

static void test_resized(void **state)
{
	(void)state;
	draw("second", A_NORMAL);
	show();
	resizeterm(3, 10);
	screen_clear();
	show();
	assert_shows(1, "          ");
	draw("2nd of fewer", A_NORMAL);
	show();
	assert_shows(0, "first     ");
	assert_shows(1, "2nd of few");
	resizeterm(6, 30);
	draw("again", A_NORMAL);
	show();
	assert_shows(0, "first                         ");
	assert_shows(1, "again                         ");
}

/* A line has a limited number of attributes. */
static void test_too_many_attributes(void **state)
{
	int i;

	(void)state;
	resizeterm(2, 300);
	screen_clear();
	screen_line(0);
	for (i = 0; i < 300; i++) {
		screen_look(i % 2 ? A_BOLD : A_NORMAL);
		screen_text("x");
	}
	show();
	assert_int_equal(attributes_at(0, 99), A_BOLD);
	assert_int_equal(mvinch(0, 299) & A_CHARTEXT, 'x');
}

static void test_no_memory(void **state)
{
	(void)state;
	has_no_memory = true;
	resizeterm(4, 30);
	draw("second", A_NORMAL);
	screen_field(3, true, "x");
	screen_repeat('x', 3);
	screen_skip_to(9);
	screen_fill();
	show();
	has_no_memory = false;
	draw("second", A_NORMAL);
	show();
	assert_shows(1, "second                        ");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fields),
		TEST(right_edge),
		TEST(whole_or_nothing),
		TEST(wide_characters),
		TEST(attributes),
		TEST(only_changes_are_sent),
		TEST(redraw),
		TEST(resized),
		TEST(too_many_attributes),
		TEST(no_memory),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("screen", tests, begin, end);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What a reader gets of files, and that a mistake costs only its line. */
#include "tests/unit/daemon.h"

#include "base/buffer.h"
#include "base/ini.h"

static struct buffer got;

static void add(const struct ini_place *place, const char *format, ...)
{
	va_list arguments;
	char text[300];

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	buffer_printf(&got, "%s:%u %s\n", strrchr(place->file, '/') + 1,
		      place->line, text);
}

static void on_section(const struct ini_place *place, const char *name,
		       void *userdata)
{
	(void)userdata;
	add(place, "[%s]", name ?: "?");
}

static void on_key(const struct ini_place *place, const char *name,
		   const char *value, void *userdata)
{
	(void)userdata;
	add(place, "%s=%s", name, value);
}

static void on_refused(const struct ini_place *place, const char *why,
		       void *userdata)
{
	(void)userdata;
	add(place, "! %s", why);
}

static const struct ini_reader reader = { on_section, on_key, on_refused,
					  NULL };

static void must_read(const char *text, const char *expected)
{
	ini_read_file(&reader, write_file("a.conf", text));
	assert_string_equal(got.text ?: "", expected);
	buffer_done(&got);
	got = (struct buffer){ 0 };
}

static void test_lines(void **state)
{
	(void)state;
	must_read("", "");
	must_read("# comment\n\n ; comment\n[a b]\nkey = value ; comment\n"
		  "[empty] ; comment\n[last]\nk:v w",
		  "a.conf:4 [a b]\na.conf:5 key=value\na.conf:6 [empty]\n"
		  "a.conf:7 [last]\na.conf:8 k=v w\n");
	must_read("\xef\xbb\xbf[a]\r\nb = c\r\n",
		  "a.conf:1 [a]\na.conf:2 b=c\n");
}

static void test_a_mistake_costs_its_line(void **state)
{
	static const char neither[] =
		"neither a section, 'key = value' nor a comment";
	char text[600], expected[700];

	(void)state;
	snprintf(text, sizeof(text), "word\n[a\n[a] b\n c = d\nlong = %0191d\n"
		 "long = %0192d\n[b]\nc = d\n", 1, 1);
	snprintf(expected, sizeof(expected),
		 "a.conf:1 ! %s\na.conf:2 ! %s\na.conf:2 [?]\n"
		 "a.conf:3 ! %s\na.conf:3 [?]\n"
		 "a.conf:4 ! begins with a blank\na.conf:5 long=%0191d\n"
		 "a.conf:6 ! longer than 198 bytes\na.conf:7 [b]\n"
		 "a.conf:8 c=d\n", neither, neither, neither, 1);
	must_read(text, expected);
}

static void test_files_of_a_directory(void **state)
{
	(void)state;
	write_file("20.conf", "a = 3\n");
	write_file("Z.conf", "a = 4\n");
	write_file("100.conf", "a = 1\n");
	write_file("a.conf~", "a = 0\n");
	write_file(".b.conf", "a = 0\n");
	assert_int_equal(ini_read_directory(&reader, test_directory), 0);
	assert_string_equal(got.text, "100.conf:1 a=1\n20.conf:1 a=3\n"
			    "Z.conf:1 a=4\n");
	buffer_done(&got);
	got = (struct buffer){ 0 };
	assert_int_equal(ini_read_directory(&reader, in_directory("none")),
			 -ENOENT);
	assert_int_equal(ini_read_directory(&reader, in_directory("20.conf")),
			 0);
	assert_string_equal(got.text, "20.conf:0 ! Not a directory\n");
	buffer_done(&got);
	got = (struct buffer){ 0 };
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_lines),
		TEST(test_a_mistake_costs_its_line),
		TEST(test_files_of_a_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Destinations of log lines: stderr, the journal, a file.
 *
 * wrap: sd_journal_sendv clock_realtime_ns
 */
#include "tests/unit/daemon.h"

#include <sys/uio.h>
#include <syslog.h>

#include "base/clock.h"
#include "base/log.h"

/* The last entry of the journal, one line per field */
static char entry[4096];
static int journal_error;

int __wrap_sd_journal_sendv(const struct iovec *parts, int nr);
uint64_t __wrap_clock_realtime_ns(void);

int __wrap_sd_journal_sendv(const struct iovec *parts, int nr)
{
	int i;

	entry[0] = '\0';
	for (i = 0; i < nr; i++) {
		strncat(entry, parts[i].iov_base, parts[i].iov_len);
		strcat(entry, "\n");
	}
	return journal_error;
}

uint64_t __wrap_clock_realtime_ns(void)
{
	return 1700000000 * NS_PER_SECOND + 5 * NS_PER_MS;
}

/* Contents of a file in the test's directory */
static const char *content(const char *name)
{
	static char text[4096];
	FILE *file = fopen(in_directory(name), "r");

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

/* stderr, as a file that may be the journal's stream */
static int saved_stderr;

static int setup(void **state)
{
	assert_int_equal(make_directory(state), 0);
	fflush(stderr);
	saved_stderr = dup(STDERR_FILENO);
	assert_non_null(freopen(in_directory("stderr"), "w", stderr));
	setvbuf(stderr, NULL, _IONBF, 0);
	entry[0] = '\0';
	journal_error = 0;
	unsetenv("JOURNAL_STREAM");
	return 0;
}

static int teardown(void **state)
{
	log_use(-1);
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	return remove_directory(state);
}

static void make_journal(void)
{
	struct stat st;
	char text[64];

	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(text, sizeof(text), "%llu:%llu",
		 (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", text, 1);
}

static void test_stderr(void **state)
{
	(void)state;
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_open("me");
	log_err("a %s", "b\nc");
	assert_string_equal(content("stderr"), "me: a b?c\n");
	assert_string_equal(entry, "");
}

/* Bytes that are no text, and controls that have two bytes in UTF-8 */
static void test_hostile_values(void **state)
{
	(void)state;
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_open("me");
	log_err("a %s", "\033[2J\xff\xe2\x82\xac\x7f\xc2\x9b\xc3\xa9\xc3");
	assert_string_equal(content("stderr"), "me: a ?[2J?\xe2\x82\xac???"
			    "\xc3\xa9?\n");
}

static void test_the_journal_gets_fields(void **state)
{
	static const struct log_field fields[] = {
		{ "MESSAGE_ID", "0123" },
		{ "CONTMON_CONTAINER", "web" },
		{ NULL, NULL },
	};

	(void)state;
	make_journal();
	log_open("me");
	log_with(LOG_WARNING, fields, "lost %d", 3);
	assert_string_equal(entry, "PRIORITY=4\nMESSAGE=lost 3\n"
			    "MESSAGE_ID=0123\nCONTMON_CONTAINER=web\n");
	log_info("plain");
	assert_string_equal(entry, "PRIORITY=6\nMESSAGE=plain\n");
	assert_string_equal(content("stderr"), "");
}

static void test_without_its_socket_the_stream_is_used(void **state)
{
	(void)state;
	make_journal();
	log_open("me");
	journal_error = -ENOENT;
	log_err("text");
	assert_string_equal(content("stderr"), "<3>text\n");
}

static void test_a_file(void **state)
{
	int fd;

	(void)state;
	make_journal();
	log_open("me");
	fd = log_open_file(in_directory("log"));
	assert_true(fd >= 0);
	log_use(fd);
	log_err("one");
	log_warn("two");
	log_info("three");
	assert_string_equal(content("log"),
			    "2023-11-14T22:13:20.005Z error: one\n"
			    "2023-11-14T22:13:20.005Z warning: two\n"
			    "2023-11-14T22:13:20.005Z info: three\n");
	assert_string_equal(entry, "");
	log_use(-1);
	log_info("four");
	assert_string_equal(entry, "PRIORITY=6\nMESSAGE=four\n");
}

static void test_a_renamed_file_is_left(void **state)
{
	(void)state;
	log_open("me");
	log_use(log_open_file(in_directory("log")));
	log_info("one");
	assert_int_equal(rename(in_directory("log"), in_directory("log.1")),
			 0);
	log_info("two");
	log_use(log_open_file(in_directory("log")));
	log_info("three");
	assert_string_equal(content("log.1"),
			    "2023-11-14T22:13:20.005Z info: one\n"
			    "2023-11-14T22:13:20.005Z info: two\n");
	assert_string_equal(content("log"),
			    "2023-11-14T22:13:20.005Z info: three\n");
}

static void test_what_cannot_be_opened_or_written(void **state)
{
	(void)state;
	assert_int_equal(log_open_file(test_directory), -EISDIR);
	assert_int_equal(mkfifo(in_directory("pipe"), 0600), 0);
	assert_int_equal(log_open_file(in_directory("pipe")), -ENXIO);
	log_open("me");
	log_use(log_open_file("/dev/full"));
	log_info("text");
	assert_string_equal(content("stderr"), "me: text\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_stderr),
		TEST(test_hostile_values),
		TEST(test_the_journal_gets_fields),
		TEST(test_without_its_socket_the_stream_is_used),
		TEST(test_a_file),
		TEST(test_a_renamed_file_is_left),
		TEST(test_what_cannot_be_opened_or_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

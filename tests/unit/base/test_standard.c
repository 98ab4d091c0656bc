// SPDX-License-Identifier: GPL-2.0-only
/* What happens to output that nobody can read; each case in a process */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/standard.h"

static char said[512];

/* Of a program that prints something, and would exit with @status */
static int end_with(void (*prepare)(void), int status)
{
	int ends[2], result;
	ssize_t length;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGPIPE, SIG_IGN);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		prepare();
		printf("something\n");
		_exit(standard_end(status));
	}
	close(ends[1]);
	length = read(ends[0], said, sizeof(said) - 1);
	said[length > 0 ? length : 0] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_true(WIFEXITED(result));
	return WEXITSTATUS(result);
}

static void lead_to(const char *path)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		_exit(99);
	close(fd);
}

static void lead_to_null(void)
{
	lead_to("/dev/null");
}

static void lead_to_full(void)
{
	lead_to("/dev/full");
}

static void lead_to_nobody(void)
{
	int ends[2];

	if (pipe(ends) < 0 || dup2(ends[1], STDOUT_FILENO) < 0)
		_exit(99);
	close(ends[0]);
	close(ends[1]);
}

/* The first file would be standard input, the second standard output. */
static void close_all(void)
{
	int fd;

	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	standard_reserve();
	fd = open("/dev/null", O_WRONLY);
	if (fd <= STDERR_FILENO)
		_exit(99);
}

static void test_success(void **state)
{
	(void)state;
	assert_int_equal(end_with(lead_to_null, 0), 0);
	assert_int_equal(end_with(lead_to_null, 2), 2);
	assert_string_equal(said, "");
}

static void test_a_full_disk(void **state)
{
	(void)state;
	assert_int_equal(end_with(lead_to_full, 0), 1);
	assert_non_null(strstr(said, "standard output: No space left on "
			       "device\n"));
	assert_int_equal(end_with(lead_to_full, 2), 2);
}

static void test_a_reader_that_has_gone(void **state)
{
	(void)state;
	assert_int_equal(end_with(lead_to_nobody, 0), 1);
	assert_string_equal(said, "");
}

static void test_closed_streams(void **state)
{
	(void)state;
	assert_int_equal(end_with(close_all, 0), 1);
	assert_non_null(strstr(said, "standard output: Bad file "
			       "descriptor\n"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_success),
		cmocka_unit_test(test_a_full_disk),
		cmocka_unit_test(test_a_reader_that_has_gone),
		cmocka_unit_test(test_closed_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

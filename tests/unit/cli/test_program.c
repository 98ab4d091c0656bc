// SPDX-License-Identifier: GPL-2.0-only
/* Programs that load containers: how they end */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "contmon/load/program.h"
#include "contmon/load/stop.h"

static void must_end(const char *script, uint64_t limit_ms, bool may_stop,
		     int status, const char *why)
{
	_cleanup_command_ struct load_command command = { 0 };
	_cleanup_answer_ struct load_answer answer = { 0 };

	load_command_add(&command, "sh");
	load_command_add(&command, "-c");
	load_command_add(&command, "%s", script);
	command.limit_ms = limit_ms;
	command.may_stop = may_stop;
	assert_int_equal(load_program_run(&command, &answer), status);
	assert_string_equal(load_answer_why(&answer), why);
}

/* Whatever it has started must end with it. */
static void must_be_gone(const char *script, uint64_t limit_ms, bool may_stop,
			 int status, const char *why)
{
	int ends[2];
	char byte;

	assert_int_equal(pipe(ends), 0);
	must_end(script, limit_ms, may_stop, status, why);
	close(ends[1]);
	/* The end of the file comes when no process has the other end. */
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
}

static void test_ends(void **state)
{
	(void)state;
	must_end("echo no >&2; exit 3", 0, false, 3, "no");
	must_end("kill -9 $$", 0, false, -EINTR, "killed");
}

static void test_limits(void **state)
{
	(void)state;
	must_be_gone("sleep 1000; :", 1, false, -ETIMEDOUT,
		     "no answer in time");
	must_be_gone("trap '' TERM; sleep 1000; sleep 1000", 1, false,
		     -ETIMEDOUT, "no answer in time");
}

static void test_requests_to_stop(void **state)
{
	(void)state;
	load_stop_init();
	raise(SIGTERM);
	must_be_gone("sleep 1000; :", 0, true, -ECANCELED, "interrupted");
	raise(SIGTERM);
	must_end("exit 0", 0, false, 0, "it failed without saying why");
	assert_true(load_stop_wait(0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_requests_to_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

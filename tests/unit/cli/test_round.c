// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a round makes no more containers. The programs that it runs and the
 * memory of the host are those of this test.
 *
 * wrap: load_program_run contmon_open contmon_close contmon_get_system
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contmon.h"
#include "contmon/cli/error.h"
#include "contmon/load/program.h"
#include "contmon/load/round.h"

static const char *listed;	/* by "docker ps"; NULL: it fails */
static int nr_run, nr_bad;	/* containers; those of them that fail, first */
static uint64_t available_bytes;
static int system_error;
static bool is_closed;		/* the device, to this user */

int __wrap_load_program_run(const struct load_command *command,
			    struct load_answer *ret);
int __wrap_contmon_open(const char *path, struct contmon **ret);
void __wrap_contmon_close(struct contmon *c);
int __wrap_contmon_get_system(struct contmon *c, uint64_t fields,
			      uint32_t flags, struct contmon_system *ret);

int __wrap_load_program_run(const struct load_command *command,
			    struct load_answer *ret)
{
	bool lists = strcmp(command->words[1], "ps") == 0;

	ret->out = strdup(lists && listed ? listed : "1234\n");
	ret->error = strdup("Error: no");
	if (lists)
		ret->status = listed ? 0 : 1;
	else
		ret->status = ++nr_run <= nr_bad ? 1 : 0;
	return ret->status;
}

int __wrap_contmon_open(const char *path, struct contmon **ret)
{
	const char *source = getenv("CONTMON_SOURCE");

	assert_null(path);
	if (is_closed && (!source || strcmp(source, "procfs") != 0))
		return -EACCES;
	*ret = NULL;
	return 0;
}

void __wrap_contmon_close(struct contmon *c)
{
	assert_null(c);
}

int __wrap_contmon_get_system(struct contmon *c, uint64_t fields,
			      uint32_t flags, struct contmon_system *ret)
{
	(void)c;
	assert_int_equal(fields, CONTMON_SYSTEM_MEMORY);
	assert_int_equal(flags, 0);
	ret->kernel.ram_total_bytes = 1000;
	ret->kernel.ram_available_bytes = available_bytes;
	return system_error;
}

/* Returns how many containers a round of @count makes */
static int make(uint64_t count, int want_status)
{
	struct load load = {
		.options.json = true,
		.options.no_headings = true,
		.count = count,
		.prefix = "load",
		.session = "0123abcd",
		.deadline_ns = UINT64_MAX,
	};
	uint64_t nr = 99;

	load_mix_init(&load.mix);
	nr_run = 0;
	assert_int_equal(load_round(&load, &nr), want_status);
	return (int)nr;
}

static int setup(void **state)
{
	(void)state;
	listed = "";
	nr_bad = 0;
	available_bytes = 500;
	system_error = 0;
	is_closed = false;
	unsetenv("CONTMON_SOURCE");
	return 0;
}

static void test_all(void **state)
{
	(void)state;
	assert_int_equal(make(10, CLI_OK), 10);
	assert_int_equal(nr_run, 10);
}

static void test_memory(void **state)
{
	(void)state;
	available_bytes = 99;
	assert_int_equal(make(10, CLI_FAILURE), 0);
	available_bytes = 100;
	assert_int_equal(make(10, CLI_OK), 10);
	/* Unknown is not short. */
	available_bytes = 0;
	system_error = -EPERM;
	assert_int_equal(make(10, CLI_OK), 10);
}

/* Who may not open the device may read procfs. */
static void test_a_closed_device(void **state)
{
	(void)state;
	is_closed = true;
	available_bytes = 99;
	assert_int_equal(make(10, CLI_FAILURE), 0);
}

static void test_failures(void **state)
{
	(void)state;
	nr_bad = 2;
	assert_int_equal(make(10, CLI_FAILURE), 8);
	nr_bad = 10;
	assert_int_equal(make(10, CLI_FAILURE), 0);
	assert_int_equal(nr_run, 3);
}

static void test_room(void **state)
{
	static char lines[2 * LOAD_CONTAINERS_MAX + 1];
	int i;

	(void)state;
	for (i = 0; i < LOAD_CONTAINERS_MAX; i++)
		memcpy(lines + 2 * (size_t)i, "x\n", 3);
	listed = lines;
	assert_int_equal(make(10, CLI_FAILURE), 0);
	assert_int_equal(nr_run, 0);
	lines[2 * LOAD_CONTAINERS_MAX - 6] = 0;
	assert_int_equal(make(10, CLI_FAILURE), 3);
	assert_int_equal(make(3, CLI_OK), 3);
	listed = NULL;
	assert_int_equal(make(10, CLI_FAILURE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_all, setup),
		cmocka_unit_test_setup(test_memory, setup),
		cmocka_unit_test_setup(test_a_closed_device, setup),
		cmocka_unit_test_setup(test_failures, setup),
		cmocka_unit_test_setup(test_room, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

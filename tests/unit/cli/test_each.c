// SPDX-License-Identifier: GPL-2.0-only
/* The past part by part: no sample is left out. See also test_export.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "contmon/past/each.h"
#include "tests/unit/past_world.h"
#include "tests/unit/remove_tree.h"

#define NR_ONCE 5001	/* more than the rows of a part */

static char directory[] = "/tmp/contmon-each-XXXXXX";
static char file[64];

static int begin(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(file, sizeof(file), "%s/past.db", directory);
	return 0;
}

static int end(void **state)
{
	(void)state;
	return remove_tree(directory);
}

/* So many containers were sampled once. */
static void record_once(void)
{
	static struct container_row rows[NR_ONCE];
	static struct store_container containers[NR_ONCE];
	static char names[NR_ONCE][16];
	const struct store_options options = { .path = file,
					       .boot_id = "boot-1" };
	const struct system_row system = past_host(PAST_BEGIN_MS);
	const struct store_tick tick = {
		.t_ms = PAST_BEGIN_MS,
		.boottime_ns = NS_PER_SECOND,
		.system = &system,
		.containers = containers,
		.nr_containers = NR_ONCE,
	};
	struct store *store;
	size_t i;

	for (i = 0; i < NR_ONCE; i++) {
		rows[i] = past_web(0);
		snprintf(names[i], sizeof(names[i]), "web-%zu", i);
		rows[i].container = rows[i].id = rows[i].cgroup = names[i];
		containers[i] = (struct store_container){
			.cgroup_id = 100 + i,
			.row = &rows[i],
		};
	}
	assert_int_equal(store_open(&options, &store), 0);
	assert_int_equal(store_tick(store, &tick), 0);
	store_close(store);
}

static int count_rows(const struct cli_past_rows *rows, int64_t end_ms,
		      void *userdata)
{
	size_t *nr = userdata;

	(void)end_ms;
	*nr += rows->nr;
	return rows->truncated ? -EOVERFLOW : 0;
}

static void test_a_moment_with_more_rows_than_a_part(void **state)
{
	const struct cli_past_range range = {
		.from_ms = PAST_BEGIN_MS - 1000,
		.to_ms = PAST_BEGIN_MS + 1000,
	};
	struct store *store;
	size_t nr = 0;
	char *why;

	(void)state;
	record_once();
	assert_int_equal(store_open_reader(file, &store, &why), 0);
	assert_int_equal(cli_past_each(store, &range, count_rows, &nr), 0);
	assert_int_equal(nr, NR_ONCE);
	store_close(store);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_a_moment_with_more_rows_than_a_part, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

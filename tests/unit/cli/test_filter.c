// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which rows are shown, and which filters the source applies.
 *
 * wrap: open close ioctl mmap munmap sysinfo
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_free
 * wrap: contmon_paths_root stat
 * wrap: contmon_has_cgroup1 contmon_identify_process
 * wrap: contmon_limits_new contmon_limits_get contmon_limits_free
 */
#include "tests/unit/listed.h"

#include "contmon/names/owners.h"
#include "contmon/rows/filter.h"

static void test_filters(void **state)
{
	(void)state;
	assert_prints("ps -o pid --no-headings --container we", "  7\n 10\n");
	assert_prints("ps -o pid --no-headings --container host", "  1\n  4\n");
	assert_prints("ps -o pid --no-headings --state RZ", "");
	assert_prints("ps -o pid --no-headings --state SR 4", "  4\n");
	assert_prints("ps -o pid --no-headings --name ak 4", "  4\n");
	assert_prints("ps -o pid --no-headings --name f*k 4", "");
	assert_prints("ps -o pid --no-headings --name f*k? 4", "  4\n");
	assert_prints("ps -o pid --no-headings --user root 4", "  4\n");
	assert_prints("ps -o pid --no-headings --user 1234567 4", "");
	assert_prints("containers -o container --no-headings --container d",
		      "db\n");
	assert_prints("containers -o container --no-headings --name *web",
		      "web\n");
	assert_prints("containers -o cgroup --no-headings -a --name b\"",
		      "/a,\"b\"\\x0a\\x1b[2J\n");
}

static void test_a_build_is_found_as_it_is_shown(void **state)
{
	const char *here[ARRAY_SIZE(paths)];

	(void)state;
	memcpy(here, paths, sizeof(here));
	here[5] = "/buildkit/l3sxo3k7mqj6rhbvr7u1m1v5q";
	fake_paths.v = here;
	assert_prints("containers -o container --no-headings "
		      "--container build-l3sxo3k7mqj6", "build-l3sxo3k7mqj6\n");
	assert_prints("containers -o short-id --no-headings --container l3sx",
		      "l3sxo3k7mqj6\n");
	assert_prints("containers -o short-id --no-headings --name build",
		      "l3sxo3k7mqj6\n");
}

/* A container that is called "host" is not the host. */
static void test_a_container_called_host(void **state)
{
	const char *here[ARRAY_SIZE(paths)];

	(void)state;
	memcpy(here, paths, sizeof(here));
	here[3] = "/lxc.payload.host";
	here[4] = "/lxc.payload.host/init";
	fake_paths.v = here;
	assert_prints("ps -o pid,container --no-headings --container host",
		      "  1 host\n  4 host\n");
	assert_prints("ps -o pid,container --no-headings "
		      "--container host-host",
		      "  7 host-host\n 10 host-host\n");
	assert_prints("containers -o container,id --no-headings "
		      "--container host-host", "host-host host\n");
	here[3] = "/lxc.payload.hostel";
	here[4] = "/lxc.payload.hostel/init";
	assert_prints("ps -o pid --no-headings --container host",
		      "  1\n  4\n");
}

static void test_filters_that_are_invalid(void **state)
{
	(void)state;
	assert_refuses("ps --state Q",
		       "contmon: --state Q: not letters of RSDTtXZPI\n");
	assert_refuses("ps --user no-such-user",
		       "contmon: --user no-such-user: no such user\n");
}

static void test_size_of_committed_memory(void **state)
{
	(void)state;
	assert_prints("ps -o pid --no-headings --min-rss 24K 4", "  4\n");
	assert_prints("ps -o pid --no-headings --min-rss 25K 4", "");
	fake.task_known = 0;
	assert_prints("ps -o pid --no-headings --min-rss 1 4", "");
	assert_refuses("ps --min-rss many",
		       "contmon: --min-rss many: not a size, such as 64M\n");
}

/* The source must filter as far as it can. */
static void test_source_is_asked_to_filter(void **state)
{
	const struct contmon_snapshot_tasks *arg = &fake.tasks_arg;
	const uint32_t filters = CONTMON_FILTER_UID | CONTMON_FILTER_RSS |
				 CONTMON_FILTER_CGROUP;
	const char *line = "ps -o pid --no-headings --user root --min-rss 1K "
			   "--container web";

	(void)state;
	assert_prints(line, "  7\n 10\n");
	assert_int_equal(arg->flags & filters, 0);
	fake.info.features = CONTMON_FEATURE_FILTERS;
	assert_prints(line, "  7\n 10\n");
	assert_int_equal(arg->flags & filters, filters);
	assert_int_equal(arg->uid, 0);
	assert_int_equal(arg->min_rss_bytes, 1024);
	assert_int_equal(arg->cgroup_id, 3);

	/*
	 * No filter for the host, nor for several containers: only one cgroup
	 * can be given.
	 */
	capture(cli_ps, "ps --container host");
	assert_int_equal(arg->flags & filters, 0);
	capture(cli_ps, "ps");
	assert_int_equal(arg->flags & filters, 0);
}

/* Only one cgroup can be given to the source; for several, all is read. */
static void test_source_is_not_asked_for_one_of_several(void **state)
{
	struct cli_filter filter = { .container = "" };
	struct contmon_query query = { 0 };
	struct cli_owners owners = { 0 };
	struct contmon *c;

	(void)state;
	assert_int_equal(contmon_open("/fake", &c), 0);
	assert_int_equal(cli_owners_init(&owners), 0);
	cli_filter_query(&filter, c, owners.cgroups, &query);
	assert_int_equal(query.flags, 0);
	filter.container = "d";
	cli_filter_query(&filter, c, owners.cgroups, &query);
	assert_int_equal(query.flags, CONTMON_FILTER_CGROUP);
	assert_int_equal(query.cgroup_id, 5);
	cli_owners_done(&owners);
	contmon_close(c);
}

static void test_unknown_values_pass_no_filter(void **state)
{
	(void)state;
	fake.task_known = 0;
	assert_prints("ps -o pid --no-headings --user root 4", "");
	assert_prints("ps -o pid --no-headings --container host", "");
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(filters),
		TEST(a_build_is_found_as_it_is_shown),
		TEST(a_container_called_host),
		TEST(filters_that_are_invalid),
		TEST(size_of_committed_memory),
		TEST(source_is_asked_to_filter),
		TEST(source_is_not_asked_for_one_of_several),
		TEST(unknown_values_pass_no_filter),
	};

	return cmocka_run_group_tests_name("cli_filter", tests, NULL, NULL);
}

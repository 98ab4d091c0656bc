// SPDX-License-Identifier: GPL-2.0-only
/* GET_INFO: the driver's description of itself. */

static struct contmon_get_info get_info(void)
{
	struct contmon_get_info info = {.size = sizeof(info)};

	REQUIRE_RC(call(CONTMON_GET_INFO, &info), 0);
	return info;
}

/* The groups of a task that has all; DELAY only if it is switched on. */
static __u64 usual_fields(void)
{
	__u64 fields = get_info().task_fields;
	FILE *file = fopen("/proc/sys/kernel/task_delayacct", "re");
	int on = file ? fgetc(file) : '0';

	if (file)
		fclose(file);
	return on == '1' ? fields : fields & ~CONTMON_TASK_DELAY;
}

TEST(info_has_versions_and_limits)
{
	struct contmon_get_info info = get_info();

	CHECK_EQ(info.api_version, CONTMON_API_VERSION);
	CHECK_EQ(info.features,
		 CONTMON_FEATURE_THREADS | CONTMON_FEATURE_FILTERS |
			 CONTMON_FEATURE_EXITED | CONTMON_FEATURE_EVENTS |
			 CONTMON_FEATURE_CMDLINE | CONTMON_FEATURE_POPULATED);
	CHECK_EQ(info.task_entry_size, sizeof(struct contmon_task));
	CHECK_EQ(info.cgroup_entry_size, sizeof(struct contmon_cgroup));
	CHECK(info.max_entry_size >= info.task_entry_size);
	CHECK(info.max_entry_size >= info.cgroup_entry_size);
	CHECK_EQ(info.max_entry_size % 8, 0);
	CHECK(info.max_entries >= 1);
	CHECK(info.max_mapping_bytes >= page_size());
	CHECK_EQ(info.nr_cpus, sysconf(_SC_NPROCESSORS_ONLN));
}

TEST(info_has_the_groups_that_exist)
{
	struct contmon_get_info info = get_info();

	CHECK_EQ(info.task_fields & ~CONTMON_TASK_ALL, 0);
	CHECK_EQ(info.cgroup_fields & ~CONTMON_CGROUP_ALL, 0);
	CHECK(info.task_fields & CONTMON_TASK_BASE);
	CHECK(info.cgroup_fields & CONTMON_CGROUP_BASE);
	CHECK_EQ(!!(info.task_fields & CONTMON_TASK_RUNQ),
		 access("/proc/self/schedstat", F_OK) == 0);
	CHECK_EQ(!!(info.cgroup_fields & CONTMON_CGROUP_EXITED),
		 !!(info.features & CONTMON_FEATURE_EXITED));
}

static void check_clock(clockid_t clock, __u64 before, __u64 reported)
{
	CONTEXT("clock %d", clock);
	CHECK(reported >= before);
	CHECK(reported <= now_ns(clock));
}

TEST(info_reads_three_clocks_at_once)
{
	__u64 boottime = now_ns(CLOCK_BOOTTIME);
	__u64 monotonic = now_ns(CLOCK_MONOTONIC);
	__u64 realtime = now_ns(CLOCK_REALTIME);
	struct contmon_get_info info = get_info();

	check_clock(CLOCK_BOOTTIME, boottime, info.now_boottime_ns);
	check_clock(CLOCK_MONOTONIC, monotonic, info.now_monotonic_ns);
	check_clock(CLOCK_REALTIME, realtime, info.now_realtime_ns);
	CHECK(info.loaded_boottime_ns > 0);
	CHECK(info.loaded_boottime_ns <= info.now_boottime_ns);
}

TEST(info_has_an_id_of_this_load_of_the_driver)
{
	struct contmon_get_info one = get_info(), two = get_info();

	CHECK(memcmp(one.instance_id, two.instance_id, 16) == 0);
	CHECK_EQ(one.loaded_boottime_ns, two.loaded_boottime_ns);
	/* The mark of a random UUID in its 16 bytes: RFC 9562, 5.4. */
	CHECK_EQ(one.instance_id[6] >> 4, 4);
	CHECK_EQ(one.instance_id[8] >> 6, 2);
	CHECK(one.release[0]);
	CHECK(memchr(one.release, 0, sizeof(one.release)));
}

TEST(info_ends_its_release_with_zeros)
{
	struct contmon_get_info info = get_info();
	size_t i;

	for (i = strlen((char *)info.release); i < sizeof(info.release); i++)
		CHECK_EQ(info.release[i], 0);
}

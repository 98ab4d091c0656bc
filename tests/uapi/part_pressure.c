// SPDX-License-Identifier: GPL-2.0-only
/* SNAPSHOT_CGROUPS: pressure totals, against the cgroup's own files. */

/* "some" and "full" of one file; reading it updates the kernel's totals */
struct pressure {
	__u64 some_us;
	__u64 full_us;
};

static struct pressure read_pressure(const char *resource)
{
	unsigned long long some, full = 0;
	struct pressure pressure;
	char path[160];
	FILE *file;
	int nr;

	snprintf(path, sizeof(path), "%s/%s.pressure", made, resource);
	file = fopen(path, "re");
	if (!file)
		skip("this kernel keeps no pressure: %s", strerror(errno));
	nr = fscanf(file, "some %*s %*s %*s total=%llu\n"
		    "full %*s %*s %*s total=%llu", &some, &full);
	fclose(file);
	REQUIRE(nr >= 1);
	pressure = (struct pressure){ some, full };
	return pressure;
}

static void check_total(__u64 before_us, __u64 ns, __u64 after_us)
{
	CHECK(ns / 1000 >= before_us);
	CHECK(ns / 1000 <= after_us);
}

/* More tasks than processors that want to run, so that some of them wait */
static void work_join_and_crowd(void)
{
	long nr = 2 * sysconf(_SC_NPROCESSORS_ONLN);

	move_to_cgroup(getpid());
	while (--nr > 0)
		if (fork() == 0)
			break;
	burn(100);
}

TEST(container_shows_its_pressure_as_the_files_do)
{
	static const char *const resources[] = { "cpu", "io", "memory" };
	struct pressure before[3], after[3];
	const struct contmon_cgroup *c;
	char path[128];
	pid_t pid;
	int i;

	make_cgroup();
	pid = child_start(work_join_and_crowd);
	for (i = 0; i < 3; i++)
		before[i] = read_pressure(resources[i]);
	c = made_container();
	for (i = 0; i < 3; i++)
		after[i] = read_pressure(resources[i]);
	CHECK(c->valid & CONTMON_CGROUP_PSI);
	check_total(before[0].some_us, c->psi_cpu_some_ns, after[0].some_us);
	check_total(before[0].full_us, c->psi_cpu_full_ns, after[0].full_us);
	check_total(before[1].some_us, c->psi_io_some_ns, after[1].some_us);
	check_total(before[1].full_us, c->psi_io_full_ns, after[1].full_us);
	check_total(before[2].some_us, c->psi_memory_some_ns,
		      after[2].some_us);
	check_total(before[2].full_us, c->psi_memory_full_ns,
		      after[2].full_us);
	CHECK(c->psi_cpu_some_ns > 0);
	made_file(path, sizeof(path), "cgroup.kill");
	write_file(path, "1");
	waitpid(pid, NULL, 0);
	remove_cgroup();
}

static void keep_pressure(const char *text)
{
	char path[128];

	made_file(path, sizeof(path), "cgroup.pressure");
	write_file(path, text);
}

/* Totals that stopped would look like those of an idle cgroup. */
TEST(container_shows_no_pressure_when_none_is_kept)
{
	make_cgroup();
	read_pressure("cpu");
	CHECK(made_container()->valid & CONTMON_CGROUP_PSI);
	keep_pressure("0");
	CHECK(!(made_container()->valid & CONTMON_CGROUP_PSI));
	keep_pressure("1");
	CHECK(made_container()->valid & CONTMON_CGROUP_PSI);
	remove_cgroup();
}

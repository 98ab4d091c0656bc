// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup1_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "flat.h"

#define NS_PER_USEC 1000
#define USEC_PER_SECOND 1000000

void cgroup1_parse_usage(char *text, struct cgroup_stats *stats)
{
	uint64_t ns;

	if (!flat_number(text, &ns))
		return;
	stats->cpu_usec = ns / NS_PER_USEC;
	stats->valid |= CGROUP_STATS_CPU;
}

static uint64_t usec_of_ticks(uint64_t ticks)
{
	return ticks * USEC_PER_SECOND / (uint64_t)sysconf(_SC_CLK_TCK);
}

void cgroup1_parse_modes(char *text, struct cgroup_stats *stats)
{
	static const struct wanted wanted[] = {
		WANTED("user", cpu_user_usec, 0),
		WANTED("system", cpu_system_usec, CGROUP_STATS_CPU_MODES),
	};
	struct cgroup_stats ticks = { 0 };

	flat_parse(text, wanted, ARRAY_SIZE(wanted), &ticks);
	stats->cpu_user_usec = usec_of_ticks(ticks.cpu_user_usec);
	stats->cpu_system_usec = usec_of_ticks(ticks.cpu_system_usec);
	stats->valid |= ticks.valid;
}

void cgroup1_parse_cpu(char *text, struct cgroup_stats *stats)
{
	static const struct wanted wanted[] = {
		WANTED("nr_periods", cpu_periods, 0),
		WANTED("nr_throttled", cpu_throttled_periods, 0),
		WANTED("throttled_time", cpu_throttled_usec,
		       CGROUP_STATS_THROTTLED),
	};

	flat_parse(text, wanted, ARRAY_SIZE(wanted), stats);
	stats->cpu_throttled_usec /= NS_PER_USEC;
}

/* With the cgroups below, in the order of the file */
void cgroup1_parse_memory(char *text, struct cgroup_stats *stats)
{
	static const struct wanted wanted[] = {
		WANTED("total_cache", memory_file_bytes, 0),
		WANTED("total_rss", memory_anon_bytes, 0),
		WANTED("total_rss_huge", memory.anon_huge_bytes, 0),
		WANTED("total_shmem", memory_shmem_bytes, 0),
		WANTED("total_mapped_file", memory.file_mapped_bytes, 0),
		WANTED("total_dirty", memory.file_dirty_bytes, 0),
		WANTED("total_writeback", memory.file_writeback_bytes, 0),
		WANTED("total_workingset_refault_anon", memory.refaults_anon,
		       0),
		WANTED("total_workingset_refault_file", memory.refaults_file,
		       0),
		WANTED("total_swap", memory.swap_bytes, 0),
		WANTED("total_swapcached", memory.swap_cached_bytes, 0),
		WANTED("total_pgfault", memory.faults, 0),
		WANTED("total_pgmajfault", memory.major_faults, 0),
		WANTED("total_inactive_anon", memory.inactive_anon_bytes, 0),
		WANTED("total_active_anon", memory.active_anon_bytes, 0),
		WANTED("total_inactive_file", memory.inactive_file_bytes,
		       CGROUP_STATS_MEMORY),
		WANTED("total_active_file", memory.active_file_bytes, 0),
		WANTED("total_unevictable", memory.unevictable_bytes, 0),
	};

	flat_parse(text, wanted, ARRAY_SIZE(wanted), stats);
}

void cgroup1_parse_oom_control(char *text, struct cgroup_stats *stats)
{
	static const struct wanted wanted[] = {
		WANTED("oom_kill", oom_kills, CGROUP_STATS_OOM_KILLS),
	};

	flat_parse(text, wanted, ARRAY_SIZE(wanted), stats);
}

/* A kind of IO: of a device, and its sum */
struct kind {
	const char *name;
	size_t of_device;
	size_t sum;
	unsigned int group;
};

#define KIND(name, member, group)					\
	{ name, offsetof(struct device_io, member),			\
	  offsetof(struct cgroup_stats, member), group }
#define NR_KINDS 3

static struct device_io *device_of(struct cgroup_stats *stats,
				   unsigned int major, unsigned int minor)
{
	const struct device_io unused = { .major = major, .minor = minor };
	size_t i;

	for (i = 0; i < stats->nr_devices; i++) {
		if (stats->devices[i].major == major &&
		    stats->devices[i].minor == minor)
			return &stats->devices[i];
	}
	cgroup_stats_add(stats, &unused);
	return i < stats->nr_devices ? &stats->devices[i] : NULL;
}

static void add(void *numbers, size_t offset, uint64_t value)
{
	*(uint64_t *)((char *)numbers + offset) += value;
}

/* "8:0 Read 4096"; other kinds are parts or sums of these, as is "Total". */
static void parse_io_line(const char *line, const struct kind *kinds,
			  struct cgroup_stats *stats)
{
	unsigned int major, minor;
	struct device_io *device;
	uint64_t value;
	char name[16];
	size_t i;

	if (sscanf(line, "%u:%u %15s %" SCNu64, &major, &minor, name,
		   &value) != 4)
		return;
	for (i = 0; i < NR_KINDS; i++) {
		if (strcmp(kinds[i].name, name) != 0)
			continue;
		device = device_of(stats, major, minor);
		if (device)
			add(device, kinds[i].of_device, value);
		add(stats, kinds[i].sum, value);
		stats->valid |= kinds[i].group;
	}
}

static void parse_io(char *text, const struct kind *kinds,
		     struct cgroup_stats *stats)
{
	char *line;

	while ((line = strsep(&text, "\n")))
		parse_io_line(line, kinds, stats);
}

void cgroup1_parse_io_bytes(char *text, struct cgroup_stats *stats)
{
	static const struct kind kinds[NR_KINDS] = {
		KIND("Read", read_bytes, CGROUP_STATS_IO),
		KIND("Write", write_bytes, CGROUP_STATS_IO),
		KIND("Discard", discard_bytes, CGROUP_STATS_DISCARDS),
	};

	parse_io(text, kinds, stats);
}

void cgroup1_parse_io_ops(char *text, struct cgroup_stats *stats)
{
	static const struct kind kinds[NR_KINDS] = {
		KIND("Read", read_ops, CGROUP_STATS_IO_OPS),
		KIND("Write", write_ops, CGROUP_STATS_IO_OPS),
		KIND("Discard", discard_ops, CGROUP_STATS_DISCARD_OPS),
	};

	parse_io(text, kinds, stats);
}

/* Beside v2, whose own freezer is not in use then */
void cgroup1_parse_freezer(char *text, struct cgroup_stats *stats)
{
	if (strcmp(text, "FROZEN\n") == 0)
		stats->frozen = 1;
	else if (strcmp(text, "THAWED\n") != 0 &&
		 strcmp(text, "FREEZING\n") != 0)
		return;
	stats->valid |= CGROUP_STATS_FROZEN;
}

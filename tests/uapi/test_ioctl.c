// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver against its contract, <linux/contmon.h>: raw ioctls, no library.
 *
 * One program made of several parts, so that it can be compiled a second time
 * for 32 bits. Each part has tests that register themselves and run in the
 * order of this list.
 *
 * Usage: test_ioctl [PART-OF-A-TEST'S-NAME]
 */
/* Inode numbers of cgroups are wider than 32 bits. */
#define _FILE_OFFSET_BITS 64
#define _TIME_BITS 64

#include "device.h"

#include "part_args.c"
#include "part_info.c"
#include "part_array.c"
#include "part_groups.c"
#include "part_task.c"
#include "part_usage.c"
#include "part_waits.c"
#include "part_snapshot.c"
#include "part_filter.c"
#include "part_mapping.c"
#include "part_containers.c"
#include "part_memcg.c"
#include "part_parts.c"
#include "part_namespaces.c"
#include "part_rights.c"
#include "part_exited.c"
#include "part_container_cpu.c"
#include "part_pressure.c"
#include "part_cmdline.c"
#include "part_watch.c"
#include "part_streams.c"
#include "part_stuck.c"
#include "part_exit.c"
#include "part_kept.c"
#include "part_paths.c"
#include "part_depth.c"
#include "part_storms.c"
#include "part_limits.c"
#include "part_oom.c"
#include "part_cgroup1.c"
#include "part_system.c"
#include "part_alloc.c"
#include "part_resident.c"

static const char *program_name;

/* Only a 32-bit program is a 32-bit caller. */
TEST(program_is_as_wide_as_its_name_says)
{
	CHECK_EQ(sizeof(void *), strstr(program_name, "compat32") ? 4 : 8);
}

int main(int argc, char **argv)
{
	program_name = argv[0];
	if (device_open())
		return FAILED;
	return harness_main(argc > 1 ? argv[1] : NULL);
}

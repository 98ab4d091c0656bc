// SPDX-License-Identifier: GPL-2.0-only
/* JSON has every member of the driver's records. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "contmon/table/record.h"

/* Members must follow each other without a gap, up to the end. */
static void assert_complete(const struct cli_member *member, size_t offset,
			    size_t end)
{
	static const size_t sizes[] = {
		[CLI_U32] = 4,	   [CLI_S32] = 4,    [CLI_U64] = 8,
		[CLI_LIMIT] = 8,   [CLI_STATE] = 4,  [CLI_COMM] = 16,
		[CLI_RELEASE] = 32, [CLI_UUID] = 16, [CLI_U32_3] = 12,
	};

	for (; member->name; member++) {
		assert_int_equal(member->offset, offset);
		offset += sizes[member->type];
	}
	assert_int_equal(offset, end);
}

static void test_no_member_is_left_out(void **state)
{
	(void)state;
	assert_complete(cli_task_members, 0, sizeof(struct contmon_task));
	assert_complete(cli_cgroup_members, 0,
			sizeof(struct contmon_cgroup));
	assert_complete(cli_info_members, 8, sizeof(struct contmon_get_info));
	assert_complete(cli_system_members, 8,
			sizeof(struct contmon_get_system));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_member_is_left_out),
	};

	return cmocka_run_group_tests_name("cli_record", tests, NULL, NULL);
}

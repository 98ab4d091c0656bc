// SPDX-License-Identifier: GPL-2.0-only
/* Rates between two records. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "contmon/table/rates.h"

#define SECOND 1000000000ULL

static void test_counters_that_go_backwards_are_unknown(void **state)
{
	struct contmon_task old = { .valid = CONTMON_TASK_ALL,
				    .runtime_ns = 5, .read_bytes = 5 };
	struct contmon_task now = { .valid = CONTMON_TASK_ALL,
				    .runtime_ns = 4, .read_bytes = 1005 };
	struct cli_rates rates = cli_task_rates(&old, &now, SECOND, 1);

	(void)state;
	assert_false(rates.cpu_known);
	assert_true(rates.read_known);
	assert_int_equal(rates.read_bytes, 1000);
	rates = cli_task_rates(&old, &now, 0, 1);
	assert_false(rates.read_known);
	now.valid = CONTMON_TASK_BASE;
	rates = cli_task_rates(&old, &now, SECOND, 1);
	assert_false(rates.read_known);
}

/* A counter that went backwards has no rate, but does not affect others. */
static void test_other_rates_stay_known(void **state)
{
	struct contmon_task old = { .valid = CONTMON_TASK_ALL,
				    .read_bytes = 5, .write_bytes = 5 };
	struct contmon_task now = { .valid = CONTMON_TASK_ALL,
				    .read_bytes = 4, .write_bytes = 105 };
	struct cli_rates rates = cli_task_rates(&old, &now, SECOND, 1);

	(void)state;
	assert_false(rates.read_known);
	assert_true(rates.write_known);
	assert_int_equal(rates.write_bytes, 100);
	now.read_bytes = 6;
	now.write_bytes = 4;
	rates = cli_task_rates(&old, &now, SECOND, 1);
	assert_true(rates.read_known);
	assert_int_equal(rates.read_bytes, 1);
	assert_false(rates.write_known);
}

static void test_other_rates_of_cgroups_stay_known(void **state)
{
	struct contmon_cgroup old = { .valid = CONTMON_CGROUP_ALL,
				      .read_bytes_sum = 700,
				      .psi_io_some_ns = 7 };
	struct contmon_cgroup now = { .valid = CONTMON_CGROUP_ALL,
				      .exited_write_bytes = 50,
				      .psi_cpu_some_ns = SECOND };
	struct cli_rates rates = cli_cgroup_rates(&old, NULL, &now,
						  2 * SECOND, 1);

	(void)state;
	assert_false(rates.read_known);
	assert_true(rates.write_known);
	assert_int_equal(rates.write_bytes, 25);
	assert_true(rates.psi_cpu.known);
	assert_float_equal(rates.psi_cpu.share, 0.5, 1e-9);
	assert_false(rates.psi_io.known);
	assert_true(rates.psi_memory.known);
	/* One total is known, but not the whole group. */
	now.valid = CONTMON_CGROUP_BASE | CONTMON_CGROUP_PART_PSI_CPU_SOME;
	rates = cli_cgroup_rates(&old, NULL, &now, 2 * SECOND, 1);
	assert_true(rates.psi_cpu.known);
	assert_false(rates.psi_memory.known);
}

/* When a process ends, its sum moves from the living to the ended. */
static void test_io_includes_ended_processes(void **state)
{
	struct contmon_cgroup old = { .valid = CONTMON_CGROUP_ALL,
					 .write_bytes_sum = 700 };
	struct contmon_cgroup now = { .valid = CONTMON_CGROUP_ALL,
					 .write_bytes_sum = 0,
					 .exited_write_bytes = 750,
					 .psi_io_some_ns = SECOND / 4 };
	struct cli_rates rates = cli_cgroup_rates(&old, NULL, &now,
						     2 * SECOND, 1);

	(void)state;
	assert_true(rates.write_known);
	assert_int_equal(rates.write_bytes, 25);
	assert_float_equal(rates.psi_io.share, 0.125, 1e-9);	/* of 2 s */
	now.valid &= ~CONTMON_CGROUP_EXITED;
	rates = cli_cgroup_rates(&old, NULL, &now, SECOND, 1);
	assert_false(rates.read_known);
	assert_false(rates.write_known);
}

/*
 * The share at @second, if the kernel adds @lump_ns every 2 s, the last time at
 * 10 s, and samples are @step_ms apart.
 */
static double pressure_at(uint64_t second, uint64_t step_ms, uint64_t lump_ns)
{
	struct contmon_cgroup old, now = { 0 };
	struct cli_rates rates = { 0 };
	uint64_t ms;

	for (ms = 0; ms <= second * 1000; ms += step_ms) {
		old = now;
		now.valid = CONTMON_CGROUP_ALL;
		now.psi_cpu_some_ns = lump_ns * ((ms < 10000 ? ms : 10000) /
						 2000);
		if (ms == 0)
			continue;
		rates = cli_cgroup_rates(&old, &rates, &now,
					    step_ms * 1000000, 1);
		assert_int_equal(rates.psi_cpu.known, ms >= 2000);
		assert_true(rates.psi_cpu.share <= 1);
	}
	return rates.psi_cpu.share;
}

static void test_pressure_comes_in_lumps(void **state)
{
	static const uint64_t steps_ms[] = { 100, 500, 1000, 2000 };
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		uint64_t step_ms = steps_ms[i];

		assert_float_equal(pressure_at(8, step_ms, SECOND), 0.5, 1e-9);
		assert_float_equal(pressure_at(9, step_ms, SECOND), 0.5, 1e-9);
		assert_float_equal(pressure_at(20, step_ms, SECOND), 0, 1e-9);
	}
	assert_float_equal(pressure_at(8, 4000, SECOND), 0.5, 1e-9);
	assert_float_equal(pressure_at(9, 100, 3 * SECOND), 1, 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counters_that_go_backwards_are_unknown),
		cmocka_unit_test(test_other_rates_stay_known),
		cmocka_unit_test(test_other_rates_of_cgroups_stay_known),
		cmocka_unit_test(test_io_includes_ended_processes),
		cmocka_unit_test(test_pressure_comes_in_lumps),
	};

	return cmocka_run_group_tests_name("cli_rates", tests, NULL, NULL);
}

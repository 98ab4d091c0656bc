// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/api.h"

static const char *const system_keys[] = {
	"t", "nr_cpus", "cpu_percent", "cpu_user_percent", "cpu_nice_percent",
	"cpu_system_percent", "cpu_iowait_percent", "cpu_irq_percent",
	"cpu_softirq_percent", "cpu_steal_percent", "cpu_idle_percent",
	"load1", "load5", "load15", "ram_total_bytes", "ram_free_bytes",
	"ram_available_bytes", "ram_used_bytes", "ram_used_percent",
	"swap_total_bytes", "swap_used_bytes", "reserved_bytes",
	"committed_bytes", "processes", "threads", "processes_running",
	"processes_sleeping", "processes_uninterruptible",
	"processes_stopped", "processes_zombie", "processes_idle",
	"containers", "oom_kills_total",
};

static void test_keys(void **state)
{
	(void)state;
	must_have_keys(rows_of("/api/v1/system", ""), system_keys,
		       COUNT(system_keys));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

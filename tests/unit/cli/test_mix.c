// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "contmon/cli/error.h"
#include "contmon/load/mix.h"

#define NR(a) (sizeof(a) / sizeof((a)[0]))

static void test_default(void **state)
{
	struct load_mix mix;
	int i;

	(void)state;
	load_mix_init(&mix);
	for (i = 0; i < 2 * NR_LOAD_TYPES; i++)
		assert_int_equal(load_mix_next(&mix), i % NR_LOAD_TYPES);
}

/* Any number of containers has each type within one of its share. */
static void assert_shares(const char *text, const int64_t *shares)
{
	int64_t made[NR_LOAD_TYPES] = { 0 }, total = 0, off;
	struct load_mix mix;
	int i, nr;

	assert_int_equal(load_mix_parse(text, &mix), CLI_GO_ON);
	for (i = 0; i < NR_LOAD_TYPES; i++)
		total += shares[i];
	for (nr = 1; nr <= 500; nr++) {
		made[load_mix_next(&mix)]++;
		for (i = 0; i < NR_LOAD_TYPES; i++) {
			off = made[i] * total - shares[i] * nr;
			assert_in_range(off + total, 1, 2 * total - 1);
		}
	}
}

static void test_shares(void **state)
{
	(void)state;
	assert_shares("net", (int64_t[NR_LOAD_TYPES]){ [LOAD_NET] = 1 });
	assert_shares("cpu=4,ram=3,disk=2,io=1",
		      (int64_t[NR_LOAD_TYPES]){ 4, 3, 2, 1 });
	assert_shares("oom=1000,fork=1,mixed",
		      (int64_t[NR_LOAD_TYPES]){ [LOAD_OOM] = 1000,
						[LOAD_FORK] = 1,
						[LOAD_MIXED] = 1 });
}

static void test_spread(void **state)
{
	static const enum load_type want[] = { LOAD_CPU, LOAD_RAM, LOAD_CPU,
					       LOAD_CPU, LOAD_RAM, LOAD_CPU };
	struct load_mix mix;
	size_t i;

	(void)state;
	assert_int_equal(load_mix_parse("ram=2,cpu=4", &mix), CLI_GO_ON);
	for (i = 0; i < NR(want); i++)
		assert_int_equal(load_mix_next(&mix), want[i]);
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
		"", ",", "cpu,", ",cpu", "gpu", "CPU", "cpu=", "cpu=0",
		"cpu=-1", "cpu=1.5", "cpu=1001", "cpu=1=1", "cpu,ram,cpu=2",
		" cpu", "cpu, ram", "=1",
	};
	struct load_mix mix, before;
	size_t i;

	(void)state;
	load_mix_init(&mix);
	before = mix;
	for (i = 0; i < NR(texts); i++) {
		assert_int_equal(load_mix_parse(texts[i], &mix), CLI_USAGE);
		assert_memory_equal(&mix, &before, sizeof(mix));
	}
}

static void test_workloads(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < NR_LOAD_TYPES; i++) {
		const struct load_workload *one = load_workload(
			(enum load_type)i);

		assert_non_null(one->name);
		assert_non_null(one->arguments);
		assert_non_null(one->memory);
		assert_string_equal(one->network, i == LOAD_NET ? "bridge" :
								  "none");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_workloads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "contmond/store/command_uses.h"

static struct command_uses uses;

static int end(void **state)
{
	(void)state;
	command_uses_done(&uses);
	return 0;
}

static void add(uint64_t step, uint32_t group, const char *comm, double living,
		double exited)
{
	struct step_use use = { step, group, 0, living, exited };

	assert_int_equal(command_uses_number(&uses, comm, &use.name), 1);
	assert_int_equal(command_uses_add(&uses, &use), 0);
}

static const struct step_use *use_of(uint64_t step, uint32_t group,
				     const char *comm)
{
	uint32_t name;

	assert_int_equal(command_uses_number(&uses, comm, &name), 1);
	assert_string_equal(command_uses_name(&uses, name), comm);
	return command_uses_find(&uses, step, group, name);
}

static void test_sums(void **state)
{
	(void)state;
	assert_null(command_uses_find(&uses, 0, 0, FIRST_NAME));
	command_uses_settle(&uses);
	add(1, 0, "sh", 10, 1);
	add(0, 0, "sh", 20, 2);
	add(1, 1, "sh", 40, 4);
	add(1, 0, "cc", 80, 8);
	add(1, 0, "sh", 160, 16);
	add(1, 0, "cc", NAN, 32);
	add(1, 0, "cc", 320, 0);
	command_uses_settle(&uses);
	assert_int_equal(uses.nr, 4);
	assert_near(use_of(1, 0, "sh")->living_ms, 170, 0);
	assert_near(use_of(1, 0, "sh")->exited_ms, 17, 0);
	assert_near(use_of(0, 0, "sh")->living_ms, 20, 0);
	assert_near(use_of(1, 1, "sh")->living_ms, 40, 0);
	/* What is unknown of a part is unknown of all. */
	assert_true(isnan(use_of(1, 0, "cc")->living_ms));
	assert_near(use_of(1, 0, "cc")->exited_ms, 40, 0);
	assert_null(use_of(0, 0, "cc"));
	assert_null(use_of(2, 0, "sh"));
}

/* Without room, whole steps are given up, the oldest first. */
static void test_no_room(void **state)
{
	const uint64_t nr_steps = MAX_COMMAND_USES / 2;
	uint64_t step;

	(void)state;
	for (step = nr_steps; step-- > 0;) {
		add(step, 0, "sh", 1, 0);
		add(step, 0, "cc", 1, 0);
		add(step, 0, "ld", 1, 0);
	}
	command_uses_settle(&uses);
	assert_true(uses.nr <= MAX_COMMAND_USES);
	assert_true(uses.first_step > 0);
	assert_non_null(use_of(nr_steps - 1, 0, "sh"));
	for (step = uses.first_step; step < nr_steps; step++) {
		assert_non_null(use_of(step, 0, "sh"));
		assert_non_null(use_of(step, 0, "cc"));
		assert_non_null(use_of(step, 0, "ld"));
	}
	assert_null(use_of(uses.first_step - 1, 0, "sh"));
}

/* Many moments of few steps need no more room than the steps. */
static void test_many_moments(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < 3 * MAX_COMMAND_USES; i++)
		add(i % 7, 0, "sh", 1, 0);
	command_uses_settle(&uses);
	assert_int_equal(uses.first_step, 0);
	assert_int_equal(uses.nr, 7);
	assert_near(use_of(6, 0, "sh")->living_ms,
		    (double)(3 * MAX_COMMAND_USES / 7), 1);
}

/* Uses of a step are added up before those of the next one come. */
static void test_many_containers(void **state)
{
	uint64_t step;
	uint32_t group;
	int moment;

	(void)state;
	for (step = 0; step < 100; step++) {
		for (moment = 0; moment < 10; moment++) {
			for (group = 0; group < 200; group++)
				add(step, group, "sh", 1, 0);
		}
	}
	assert_true(uses.allocated <= 32768);
	command_uses_settle(&uses);
	assert_int_equal(uses.nr, 100 * 200);
	assert_near(use_of(99, 199, "sh")->living_ms, 10, 0);
}

static void test_too_many_names(void **state)
{
	char comm[16];
	uint32_t name;
	size_t i;

	(void)state;
	for (i = 0; i < MAX_COMMAND_NAMES; i++) {
		snprintf(comm, sizeof(comm), "sh-%zu", i * 7919 % 65536);
		assert_int_equal(command_uses_number(&uses, comm, &name), 1);
		assert_int_equal(name, FIRST_NAME + i);
	}
	assert_int_equal(command_uses_number(&uses, "one more", &name), 0);
	assert_int_equal(command_uses_number(&uses, "sh-0", &name), 1);
	assert_int_equal(name, FIRST_NAME);
}

#define STEPS 5
#define GROUPS 6
#define COMMANDS 7

/* In the order of the moment before, in a similar one, or in any */
static void test_any_order(void **state)
{
	double sums[STEPS][GROUPS][COMMANDS] = { 0 };
	uint64_t step;
	int moment, i;
	char comm[16];

	(void)state;
	srand(1);
	for (moment = 0; moment < STEPS * 10; moment++) {
		for (i = 0; i < GROUPS * COMMANDS; i++) {
			int at = moment % 3 == 2 ? rand() : i;
			int group = at / COMMANDS % GROUPS;
			int name = at % COMMANDS;

			step = (uint64_t)moment / 10;
			if (moment % 3 == 1 && rand() % 4 == 0)
				continue;
			snprintf(comm, sizeof(comm), "sh-%d", name);
			add(step, (uint32_t)group, comm, i + 1, 0);
			sums[step][group][name] += i + 1;
		}
	}
	command_uses_settle(&uses);
	assert_int_equal(uses.nr, STEPS * GROUPS * COMMANDS);
	for (step = 0; step < STEPS; step++) {
		for (i = 0; i < GROUPS * COMMANDS; i++) {
			int group = i / COMMANDS, name = i % COMMANDS;

			snprintf(comm, sizeof(comm), "sh-%d", name);
			assert_near(use_of(step, (uint32_t)group,
					   comm)->living_ms,
				    sums[step][group][name], 0);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_sums, end),
		cmocka_unit_test_teardown(test_any_order, end),
		cmocka_unit_test_teardown(test_no_room, end),
		cmocka_unit_test_teardown(test_many_moments, end),
		cmocka_unit_test_teardown(test_many_containers, end),
		cmocka_unit_test_teardown(test_too_many_names, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

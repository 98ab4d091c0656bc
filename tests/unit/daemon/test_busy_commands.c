// SPDX-License-Identifier: GPL-2.0-only
/* The commands of a moment that used the most CPU */
#include "tests/unit/codec.h"

#include "contmond/store/busy.h"

static struct busy_commands commands, others;
static struct buffer bytes;

static int begin(void **state)
{
	(void)state;
	commands = others = (struct busy_commands){ 0 };
	bytes = (struct buffer){ 0 };
	return 0;
}

static int end(void **state)
{
	(void)state;
	busy_commands_done(&commands);
	busy_commands_done(&others);
	buffer_done(&bytes);
	return 0;
}

static void add(uint32_t c, const char *comm, int64_t living_ms,
		int64_t exited_ms)
{
	struct command_use use = { .c = c, .living_ms = living_ms,
				   .exited_ms = exited_ms };

	snprintf(use.comm, sizeof(use.comm), "%s", comm);
	assert_int_equal(busy_commands_add(&commands, &use), 0);
}

static void write_and_read(void)
{
	struct reader reader;

	busy_commands_write(&commands, &bytes);
	reader = reader_of(&bytes);
	assert_int_equal(busy_commands_read(&others, &reader, ALL_C), 0);
	assert_ptr_equal(reader.at, reader.end);
}

static void must_be(const struct command_use *use, uint32_t c,
		    const char *comm, int64_t living_ms, int64_t exited_ms)
{
	assert_int_equal(use->c, c);
	assert_string_equal(use->comm, comm);
	assert_int_equal(use->living_ms, living_ms);
	assert_int_equal(use->exited_ms, exited_ms);
}

/* Of many commands, only the busiest of each container are written. */
static void test_the_busiest(void **state)
{
	char comm[16];
	uint32_t i;

	(void)state;
	for (i = 0; i < 100; i++) {
		snprintf(comm, sizeof(comm), "c%u", i);
		add(i % 2, comm, i, 2 * i);
	}
	add(7, "idle", 0, 0);
	write_and_read();
	assert_int_equal(others.nr, 2 * MAX_BUSY_COMMANDS);
	for (i = 0; i < others.nr; i++)
		assert_true(others.all[i].living_ms >=
			    100 - 2 * MAX_BUSY_COMMANDS);
	assert_int_equal(others.all[0].c, 0);
	assert_int_equal(others.all[MAX_BUSY_COMMANDS].c, 1);
}

/* A command is its name in its container, whoever of it lives. */
static void test_sums(void **state)
{
	(void)state;
	add(1, "sh", 10, 0);
	add(1, "sh", 0, 5);
	add(2, "sh", 3, 0);
	write_and_read();
	assert_int_equal(busy_commands_merge(&others, &commands), 0);
	assert_int_equal(others.nr, 2);
	must_be(&others.all[0], 1, "sh", 20, 10);
	must_be(&others.all[1], 2, "sh", 6, 0);
}

#define UNKNOWN COMMAND_CPU_UNKNOWN

/* What its living processes used in one tick is unknown: so is the sum. */
static void test_unknown_living(void **state)
{
	(void)state;
	add(1, "sh", 10, 1);
	add(1, "sh", UNKNOWN, 2);
	add(1, "sh", 20, 3);
	add(1, "cat", 5, 0);
	write_and_read();
	assert_int_equal(busy_commands_merge(&others, &commands), 0);
	assert_int_equal(others.nr, 2);
	must_be(&others.all[0], 1, "sh", UNKNOWN, 12);
	must_be(&others.all[1], 1, "cat", 10, 0);
}

static size_t nr_unknown(const struct busy_commands *list)
{
	size_t i, nr = 0;

	for (i = 0; i < list->nr; i++)
		nr += list->all[i].living_ms == UNKNOWN;
	return nr;
}

/* Neither those that are known nor those that are not hide the others. */
static void test_many_unknown(void **state)
{
	char comm[16];
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		snprintf(comm, sizeof(comm), "u%d", i);
		add(1, comm, UNKNOWN, i);
		if (i < 50)
			continue;
		snprintf(comm, sizeof(comm), "k%d", i);
		add(1, comm, i, 0);
	}
	write_and_read();
	assert_int_equal(others.nr, 2 * MAX_BUSY_COMMANDS);
	assert_int_equal(nr_unknown(&others), MAX_BUSY_COMMANDS);
	for (i = 0; i < 2 * MAX_BUSY_COMMANDS; i++)
		assert_int_equal(atoi(others.all[i].comm + 1) / 10, 9);
}

/* Those that become unknown one after the other take no more room. */
static void test_all_become_unknown(void **state)
{
	char comm[16];
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		snprintf(comm, sizeof(comm), "c%d", i);
		add(1, comm, i, 0);
		add(1, comm, UNKNOWN, 0);
	}
	assert_true(commands.nr <= 12);
	add(1, "known", 1, 0);
	write_and_read();
	assert_int_equal(nr_unknown(&others), MAX_BUSY_COMMANDS);
	assert_int_equal(others.nr, MAX_BUSY_COMMANDS + 1);
}

/* What was unseen in one tick is unseen in the whole moment. */
static void test_unseen_exits(void **state)
{
	(void)state;
	add(2, "sh", 10, 0);
	assert_int_equal(busy_commands_unseen(&commands, 3), 0);
	assert_int_equal(busy_commands_unseen(&commands, 0), 0);
	assert_int_equal(busy_commands_unseen(&commands, 3), 0);
	write_and_read();
	assert_int_equal(others.nr_unseen, 2);
	assert_false(busy_commands_are_seen(&others, 0));
	assert_true(busy_commands_are_seen(&others, 2));
	assert_false(busy_commands_are_seen(&others, 3));
	assert_true(busy_commands_are_seen(&others, 4));
	assert_int_equal(busy_commands_unseen(&others, 2), 0);
	assert_int_equal(busy_commands_merge(&others, &commands), 0);
	assert_int_equal(others.nr_unseen, 3);
}

/* What is unknown of one tick is unknown of the whole moment. */
static void test_unknown_commands(void **state)
{
	struct busy busy = { 0 }, read = { 0 };
	struct reader reader;

	(void)state;
	busy.commands.unknown = true;
	busy_write(&busy, &bytes);
	reader = reader_of(&bytes);
	add(1, "sh", 10, 0);
	assert_int_equal(busy_commands_merge(&read.commands, &commands), 0);
	assert_int_equal(busy_read(&read, &reader), 0);
	assert_true(read.commands.unknown);
	assert_int_equal(busy_commands_merge(&commands, &read.commands), 0);
	assert_true(commands.unknown);
	busy_commands_clear(&commands);
	assert_false(commands.unknown);
	busy_done(&busy);
	busy_done(&read);
}

/* What comes after the wanted ones, also the next list, is where it was. */
static void test_wanted_containers(void **state)
{
	const struct c_range wanted = { 2, 3 };
	struct busy busy = { 0 };
	struct process_use process = { .c = 7, .pid = 1, .comm = "init" };
	struct reader reader;
	uint32_t c;

	(void)state;
	assert_int_equal(busiest_add(&busy.processes, &process), 0);
	for (c = 0; c < 5; c++) {
		add(c, "sh", c, 0);
		assert_int_equal(busy_commands_unseen(&commands, c), 0);
	}
	assert_int_equal(busy_commands_merge(&busy.commands, &commands), 0);
	busy_write(&busy, &bytes);
	reader = reader_of(&bytes);
	assert_int_equal(busy_read_commands(&others, &reader, &wanted), 0);
	assert_ptr_equal(reader.at, reader.end);
	assert_int_equal(others.nr, 2);
	must_be(&others.all[0], 2, "sh", 2, 0);
	must_be(&others.all[1], 3, "sh", 3, 0);
	assert_int_equal(others.nr_unseen, 2);
	assert_false(busy_commands_are_seen(&others, 3));
	busy_done(&busy);

	bytes.length = 0;
	busiest_write(&busy.processes, &bytes);
	reader = reader_of(&bytes);
	assert_int_equal(busy_read_commands(&others, &reader, &wanted), 0);
	assert_true(others.unknown);
	reader = (struct reader){ (const uint8_t *)"\5", NULL, false };
	reader.end = reader.at + 1;
	assert_int_equal(busy_read_commands(&others, &reader, &wanted),
			 -EBADMSG);
}

/* Anybody may have written the file. */
static void test_ended_for_less_than_nothing(void **state)
{
	struct reader reader;

	(void)state;
	add(1, "sh", 10, -1);
	busy_commands_write(&commands, &bytes);
	reader = reader_of(&bytes);
	assert_int_equal(busy_commands_read(&others, &reader, ALL_C), -EBADMSG);
	assert_int_equal(others.nr, 0);
}

/* Lists of the parts of a moment are read one after the other. */
static void test_lists_that_are_settled(void **state)
{
	struct reader reader;
	size_t i;

	(void)state;
	add(3, "sh", 10, 0);
	add(5, "sh", 1, 0);
	assert_int_equal(busy_commands_unseen(&commands, 5), 0);
	busy_commands_write(&commands, &bytes);
	for (i = 0; i < 2; i++) {
		reader = reader_of(&bytes);
		assert_int_equal(busy_commands_read(&others, &reader, ALL_C),
				 0);
	}
	busy_commands_clear(&commands);
	add(4, "sh", 7, 0);
	assert_int_equal(busy_commands_unseen(&commands, 4), 0);
	commands.unknown = true;
	assert_int_equal(busy_commands_append(&others, &commands), 0);
	assert_int_equal(busy_commands_settle(&others), 0);
	assert_int_equal(others.nr, 3);
	must_be(&others.all[0], 3, "sh", 20, 0);
	must_be(&others.all[1], 4, "sh", 7, 0);
	must_be(&others.all[2], 5, "sh", 2, 0);
	assert_int_equal(others.nr_unseen, 2);
	assert_int_equal(others.unseen[0], 4);
	assert_int_equal(others.unseen[1], 5);
	assert_true(others.unknown);
}

/* So many are merged in another way, with the same result. */
static void test_many_that_are_merged(void **state)
{
	enum { MANY = 3000 };
	uint32_t i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		add(2 * i, "sh", 1, 0);
		assert_int_equal(busy_commands_unseen(&commands, 2 * i), 0);
	}
	write_and_read();
	busy_commands_clear(&commands);
	for (i = 0; i < MANY; i++) {
		add(3 * i, "sh", 1, 0);
		assert_int_equal(busy_commands_unseen(&commands, 3 * i), 0);
	}
	commands.unknown = true;
	assert_int_equal(busy_commands_merge(&others, &commands), 0);
	assert_true(others.unknown);
	assert_int_equal(others.nr, 2 * MANY - MANY / 3);
	assert_int_equal(others.nr_unseen, others.nr);
	for (i = 0; i < others.nr; i++) {
		const struct command_use *use = &others.all[i];

		assert_int_equal(others.unseen[i], use->c);
		assert_true(i == 0 || others.all[i - 1].c < use->c);
		assert_int_equal(use->living_ms, use->c % 6 == 0 &&
				 use->c < 2 * MANY ? 2 : 1);
	}
}

static void test_truncated_bytes(void **state)
{
	size_t i;

	(void)state;
	add(1, "sh", 1000, 2000);
	assert_int_equal(busy_commands_unseen(&commands, 300), 0);
	busy_commands_write(&commands, &bytes);
	for (i = 0; i < bytes.length; i++) {
		struct reader reader = reader_of(&bytes);

		reader.end = reader.at + i;
		busy_commands_clear(&others);
		assert_int_equal(busy_commands_read(&others, &reader, ALL_C),
				 -EBADMSG);
	}
}

/*
 * Containers ascend. If they did not, each would be inserted before all others,
 * which takes minutes for a list of a million.
 */
static void test_a_list_that_goes_back(void **state)
{
	static const uint64_t lists[][12] = {
		{ 2, 5, 0, 2, 0, UINT32_MAX, 0, 2, 0, 0 },
		{ 0, 2, 5, UINT32_MAX },
	};
	struct reader reader;
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(lists); i++) {
		bytes.length = 0;
		for (j = 0; j < COUNT(lists[i]); j++)
			put_varint(&bytes, lists[i][j]);
		reader = reader_of(&bytes);
		busy_commands_clear(&others);
		assert_int_equal(busy_commands_read(&others, &reader, ALL_C),
				 -EBADMSG);
	}
}

/* A frame that was written before commands were has none. */
static void test_a_frame_without_commands(void **state)
{
	const struct process_use process = { .c = 1, .pid = 2, .cpu_ms = 3 };
	struct busy busy = { 0 }, read = { 0 };
	struct reader reader;

	(void)state;
	assert_int_equal(busiest_add(&busy.processes, &process), 0);
	busiest_write(&busy.processes, &bytes);
	reader = reader_of(&bytes);
	assert_int_equal(busy_read(&read, &reader), 0);
	assert_int_equal(read.processes.nr, 1);
	assert_int_equal(read.commands.nr, 0);
	assert_true(read.commands.unknown);
	busy_done(&busy);
	busy_done(&read);
}

/* A hostile file may have numbers that cannot be added up. */
static void test_too_much(void **state)
{
	struct reader reader;

	(void)state;
	add(1, "sh", 1, INT64_MAX / 2);
	busy_commands_write(&commands, &bytes);
	reader = reader_of(&bytes);
	assert_int_equal(busy_commands_read(&others, &reader, ALL_C), -EBADMSG);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_the_busiest),
		TEST(test_sums),
		TEST(test_unknown_living),
		TEST(test_many_unknown),
		TEST(test_all_become_unknown),
		TEST(test_unseen_exits),
		TEST(test_unknown_commands),
		TEST(test_wanted_containers),
		TEST(test_ended_for_less_than_nothing),
		TEST(test_lists_that_are_settled),
		TEST(test_many_that_are_merged),
		TEST(test_truncated_bytes),
		TEST(test_a_list_that_goes_back),
		TEST(test_a_frame_without_commands),
		TEST(test_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

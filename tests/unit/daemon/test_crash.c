// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kills contmond a hundred times, at any moment: while a tick is written, and
 * while a span is sealed, pruned or copied. All that was written must be there
 * afterwards, and be counted once.
 */
#include "tests/unit/store.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define ROUNDS 100

/* Shared with the child that is killed */
struct progress {
	_Atomic int64_t ticked;		/* ticks that were added */
	_Atomic int64_t written;	/* of those certainly written */
};

static struct progress *progress;
static char path[512];

/* Adds ticks without a pause; at intervals all are written. */
static void run_until_killed(int64_t from, unsigned int round)
{
	int64_t t;

	open_store(path, 0);
	for (t = from;; t++) {
		tick_one(t, "web", (double)(t % 1000));
		progress->ticked = t + 1;
		if (t % (1 + round % 7) == 0) {
			store_sync(store);
			progress->written = t + 1;
		}
	}
}

static void kill_one(unsigned int round, int64_t from)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		run_until_killed(from, round);
	/* Wait until it has done something; after that, any moment will do. */
	while (progress->written < from + 1 + (int64_t)(round * 13 % 50)) {
		assert_int_equal(waitpid(child, &status, WNOHANG), 0);
		usleep(200);
	}
	usleep((useconds_t)(round * 7919 % 5000));
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

/*
 * Checks all ticks before @end, each once; returns the first that is missing.
 */
static int64_t check(int64_t end)
{
	int64_t t;

	ask("processes", 0, end + 100000, 1);
	for (t = 0; t < (int64_t)history.nr; t++)
		must_be((size_t)t, t, "web", (double)(t % 1000));
	return t;
}

static void test_killed_a_hundred_times(void **state)
{
	unsigned int round;
	int64_t from = 0, found;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		progress->ticked = progress->written = from;
		kill_one(round, from);
		open_store(path, 0);
		found = check(progress->ticked);
		assert_true(found >= progress->written);
		/* The last may have been written but not yet counted. */
		assert_true(found <= progress->ticked + 1);
		assert_string_equal(status_of().put_aside, "");
		close_store();
		from = found;
	}
	open_store(path, 0);
	store_sync(store);
	/* Ten minutes are sealed by then, now that nobody ends it. */
	assert_true(sql_number(path, "SELECT count(*) FROM span "
			       "WHERE layout IS NULL") > 0);
	assert_int_equal(check(from), from);
	ask("processes", -800, from, 3600);
	assert_true(history.nr > 0);
	close_store();
}

static int begin(void **state)
{
	int r = begin_test(state);

	snprintf(path, sizeof(path), "%s", in_directory("store.db"));
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return progress == MAP_FAILED ? -1 : r;
}

static int end(void **state)
{
	munmap(progress, sizeof(*progress));
	return end_test(state);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_killed_a_hundred_times,
						begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

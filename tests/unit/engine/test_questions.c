// SPDX-License-Identifier: GPL-2.0-only
/* The room for questions, which root's engines share, and so do users' */
#include "tests/unit/daemon.h"

#include "contmon-engine/questions.h"

#define NR 9
#define ROOT 0
#define USER (geteuid() + 1000)

static sd_event *event;
static struct fetcher *fetchers[NR];
static struct questions *askers[NR];

static const struct question_fns fns;
static const char *const keys[] = { "Id", NULL };

static int setup(void **state)
{
	assert_int_equal(make_directory(state), 0);
	assert_true(sd_event_new(&event) >= 0);
	memset(fetchers, 0, sizeof(fetchers));
	memset(askers, 0, sizeof(askers));
	return 0;
}

static struct questions *begin(size_t i, uid_t user)
{
	assert_int_equal(fetcher_new(event, in_directory("none.sock"),
				     &fetchers[i]), 0);
	assert_int_equal(questions_new(event, fetchers[i], "/v1.44", user,
				       keys, &fns, &askers[i]), 0);
	return askers[i];
}

static int teardown(void **state)
{
	size_t i;

	for (i = 0; i < NR; i++) {
		fetcher_free(fetchers[i]);
		questions_free(askers[i]);
	}
	sd_event_unref(event);
	return remove_directory(state);
}

/* Returns how many there was room for. */
static int fill(struct questions *asker)
{
	char id[16];
	int i, r = 0;

	for (i = 0; r == 0; i++) {
		sprintf(id, "%06d", i);
		r = questions_ask(asker, id);
	}
	assert_int_equal(r, -ENOBUFS);
	return i - 1;
}

static void test_one_leaves_room_for_another(void **state)
{
	int most, other;

	(void)state;
	begin(0, ROOT);
	begin(1, ROOT);
	most = fill(askers[0]);
	assert_true(most >= 16384);
	other = fill(askers[1]);
	assert_true(other >= 16384);
	assert_true(most + other <= 65536);
	/* A repeated question needs no room. */
	assert_int_equal(questions_ask(askers[0], "000005"), 0);
	questions_free(askers[0]);
	askers[0] = NULL;
	assert_int_equal(questions_ask(askers[1], "another"), 0);
}

static void test_users_leave_roots_room(void **state)
{
	int all = 0;
	uid_t i;

	(void)state;
	for (i = 1; i < NR; i++)
		begin(i, USER + i);
	for (i = 1; i < NR; i++)
		all += fill(askers[i]);
	assert_true(all <= 65536);
	assert_true(fill(begin(0, ROOT)) >= 2 * 16384);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_one_leaves_room_for_another, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_users_leave_roots_room, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

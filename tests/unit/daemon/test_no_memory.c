// SPDX-License-Identifier: GPL-2.0-only
/*
 * A damaged file is to be replaced, but there is no memory for anything else.
 *
 * wrap: db_open
 */
#include "tests/unit/store_file.h"

#include <errno.h>

#include "contmond/store/db.h"

static bool refuses;

int __real_db_open(const char *name, struct db *ret, char **ret_why);
int __wrap_db_open(const char *name, struct db *ret, char **ret_why);

int __wrap_db_open(const char *name, struct db *ret, char **ret_why)
{
	if (!refuses)
		return __real_db_open(name, ret, ret_why);
	*ret_why = NULL;
	return -ENOMEM;
}

static void damage(void)
{
	char bytes[4096] = { 0 };
	struct stat st;
	off_t at;
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	for (at = 0; at < st.st_size; at += (off_t)sizeof(bytes))
		assert_int_equal(pwrite(fd, bytes, sizeof(bytes), at),
				 sizeof(bytes));
	close(fd);
}

/* What comes meanwhile waits, and the past is unknown. */
static void test_it_goes_on_later(void **state)
{
	struct past_follow follow = { .moved = -1 };
	int64_t t;

	(void)state;
	make_recorded();
	open_store(path, 0);
	record(60);
	refuses = true;
	damage();
	for (t = 120; nr_put_aside() == 0 && t < 2100; t += 60)
		record(t);
	record(t);
	assert_contains(status_of().why, "Cannot allocate memory");
	assert_int_equal(store_place(store, &follow), -ENOMEM);
	refuses = false;
	while (status_of().why[0])
		usleep(1000);
	assert_string_equal(status_of().path, path);
	record(t + 60);
	must_have(t + 60, 60);
	reopen_store(path);
	must_have(t, 60);
	must_have(t + 60, 60);
	assert_int_equal(nr_put_aside(), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_it_goes_on_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

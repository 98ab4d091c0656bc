// SPDX-License-Identifier: GPL-2.0-only
/*
 * More engines than are asked: sockets that nobody listens on are as good.
 *
 * wrap: sd_event_source_set_time_relative
 */
#include "tests/unit/session.h"

#include <unistd.h>

#define USER 1000
#define MORE 8

static int setup_full(void **state)
{
	if (getuid() != 0)
		skip();
	sockets = "*/docker.sock";
	return setup(state);
}

/* In a directory of its own */
static void make_socket(const char *directory, uid_t user)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(mkdir(in_directory(directory), 0700), 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/docker.sock",
		 in_directory(directory));
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
			      sizeof(address)), 0);
	close(fd);
	assert_int_equal(chown(address.sun_path, user, user), 0);
	assert_int_equal(chown(in_directory(directory), user, user), 0);
}

/* Of each user, @nr_each */
static void make_many(uid_t nr_each)
{
	char directory[16];
	uid_t i;

	for (i = 0; i < NAME_ENGINES_MAX + MORE; i++) {
		sprintf(directory, "a%02u", i);
		make_socket(directory, USER + i / nr_each);
	}
}

static size_t nr_in(const char *directory)
{
	struct name_engine all[NAME_ENGINES_MAX];
	size_t i, found = 0, nr = engines_describe(engines, all);

	for (i = 0; i < nr; i++)
		found += strncmp(all[i].socket, in_directory(directory),
				 strlen(in_directory(directory))) == 0;
	return found;
}

static bool is_full(void)
{
	return nr_in("") == NAME_ENGINES_MAX;
}

static bool has_roots(void)
{
	return nr_in("root/") == 1 && nr_changes > 0;
}

static void begin_roots(void)
{
	assert_int_equal(mkdir(in_directory("root"), 0700), 0);
	fake_engine_start(&fake, event, in_directory("root/docker.sock"));
	run_until(event, has_roots);
}

static bool has_another(void)
{
	return nr_in("b") > 0;
}

static void test_roots_engine_comes_last(void **state)
{
	(void)state;
	make_many(1);
	run_until(event, is_full);
	begin_roots();
	assert_true(is_full());
	must_be(A, "name", "web");
	/* Those that have room keep it. */
	assert_int_equal(nr_in("a00/"), 1);
	assert_int_equal(nr_in("a30/"), 1);
	assert_int_equal(nr_in("a31/"), 0);
}

static void test_a_user_has_many(void **state)
{
	(void)state;
	make_many(100);
	run_until(event, is_full);
	make_socket("b0", USER + 1);
	run_until(event, has_another);
	assert_true(is_full());
	assert_int_equal(nr_in("b0/"), 1);
}

/* Nobody has more than one, so nobody but for root's gives one up. */
static void test_as_many_of_each(void **state)
{
	(void)state;
	make_many(1);
	run_until(event, is_full);
	make_socket("b0", USER + 100);
	begin_roots();
	assert_int_equal(nr_in("b0/"), 0);
	assert_int_equal(nr_in("a30/"), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_full, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(test_roots_engine_comes_last),
		TEST(test_a_user_has_many),
		TEST(test_as_many_of_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

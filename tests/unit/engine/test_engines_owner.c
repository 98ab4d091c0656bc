// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose a cgroup is: anybody may call one like a container of root's.
 *
 * wrap: sd_event_source_set_time_relative cgroup_root container_cgroup
 */
#include "tests/unit/session.h"

#include <unistd.h>

#define USER 1000
#define C "cccccccccccccccc"

/* An inspection of a process that is in the cgroup /box */
#define PID "7"
#define IN_BOX "{\"Id\":\"" A "\",\"State\":{\"Status\":\"running\"," \
	"\"Pid\":" PID "}}"

static struct fake_engine roots;

const char *__wrap_cgroup_root(void);
char *__wrap_container_cgroup(int64_t pid, const char *id);

const char *__wrap_cgroup_root(void)
{
	return test_directory;
}

char *__wrap_container_cgroup(int64_t pid, const char *id)
{
	(void)id;
	return pid == 7 ? strdup("/box") : NULL;
}

static int setup_both(void **state)
{
	int r;

	if (getuid() != 0)
		skip();
	sockets = "*/docker.sock";
	r = setup(state);
	assert_int_equal(mkdir(in_directory("0"), 0700), 0);
	assert_int_equal(mkdir(in_directory("1000"), 0700), 0);
	assert_int_equal(mkdir(in_directory("box"), 0755), 0);
	memset(&roots, 0, sizeof(roots));
	roots.version = VERSION;
	roots.list = "[{\"Id\":\"" A "\",\"State\":\"running\"},"
		     "{\"Id\":\"" B "\",\"State\":\"running\"}]";
	roots.inspect[0].id = A;
	roots.inspect[0].body = IN_BOX;
	roots.inspect[1].id = B;
	roots.inspect[1].body = inspect(B, "web", "running");
	return r;
}

static int teardown_both(void **state)
{
	fake_engine_stop(&roots);
	return teardown(state);
}

/* How many containers' cgroups are known */
static size_t nr_cgroups(void)
{
	const struct table_entry *found;
	struct table_place place = { 0 };
	size_t nr = 0;

	while ((found = engine_table_next(table, &place, true))) {
		nr += found->cgroup != NULL;
		table_place_of(found, &place);
	}
	return nr;
}

static bool roots_is_known(void)
{
	return nr_cgroups() > 0;
}

static void start_roots(void)
{
	fake_engine_start(&roots, event, in_directory("0/docker.sock"));
	run_until(event, roots_is_known);
}

static void must_be_roots(const char *id, const char *cgroup)
{
	assert_string_equal(engines_owner(engines, id, cgroup, "docker"),
			    in_directory("0/docker.sock"));
}

static void must_be_nobodys(const char *id, const char *cgroup)
{
	assert_null(engines_owner(engines, id, cgroup, "docker"));
}

/* A service that has a user makes cgroups, too. C is not reported yet. */
static void test_a_cgroup_that_is_a_users(void **state)
{
	(void)state;
	start_roots();
	assert_int_equal(mkdir(in_directory("docker-" B ".scope"), 0755), 0);
	must_be_roots(B, "/docker-" B ".scope");
	must_be_roots(C, "/docker-" B ".scope");
	assert_int_equal(chown(in_directory("docker-" B ".scope"), USER, USER),
			 0);
	must_be_nobodys(B, "/docker-" B ".scope");
	must_be_nobodys(C, "/docker-" B ".scope");
	/* But what root has mapped to a user is root's. */
	assert_int_equal(chown(in_directory("box"), USER, USER), 0);
	must_be_roots(A, "/box");
}

/* What runs in a container may make cgroups there. */
static void test_a_cgroup_in_another_container(void **state)
{
	(void)state;
	assert_int_equal(mkdir(in_directory("boxes"), 0755), 0);
	start_roots();
	must_be_nobodys(B, "/box/docker-" B ".scope");
	/* That of a service which has ended may have been a user's. */
	must_be_nobodys(B, "/gone.service/docker-" B ".scope");
	must_be_roots(B, "/boxes/docker-" B ".scope");
	must_be_roots(A, "/box/docker-" A ".scope");
}

static bool both_are_known(void)
{
	return nr_cgroups() == 2;
}

/* Root has mapped it to a user, whose engine tells of it, too. */
static void test_a_cgroup_that_two_report(void **state)
{
	(void)state;
	assert_int_equal(chown(in_directory("box"), USER, USER), 0);
	fake.inspect[0].body = IN_BOX;
	fake_engine_start(&fake, event, in_directory("1000/docker.sock"));
	assert_int_equal(chown(in_directory("1000/docker.sock"), USER, USER),
			 0);
	assert_int_equal(chown(in_directory("1000"), USER, USER), 0);
	start_roots();
	run_until(event, both_are_known);
	must_be_roots(A, "/box");
	must_be_roots(A, "/box/payload-" A);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_cgroup_that_is_a_users,
						setup_both, teardown_both),
		cmocka_unit_test_setup_teardown(
			test_a_cgroup_in_another_container, setup_both,
			teardown_both),
		cmocka_unit_test_setup_teardown(test_a_cgroup_that_two_report,
						setup_both, teardown_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include <errno.h>

#include "base/names.h"

static struct names *names;

static int setup(void **state)
{
	(void)state;
	names = names_new();
	return names ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	names_free(names);
	return 0;
}

static void set(const char *id, const char *label)
{
	const struct name_label labels[] = { { "k", "v" }, { "l", "" } };
	const struct container_info name = {
		.id = id, .name = label, .created_ms = 5, .labels = labels,
		.nr_labels = 2,
	};

	assert_int_equal(names_set(names, &name), 0);
}

static void test_a_copy_is_kept(void **state)
{
	char id[] = "b", label[] = "web";
	const struct container_info *name;

	(void)state;
	set("c", "other");
	set(id, label);
	set("a", NULL);
	id[0] = label[0] = 'x';
	name = names_find(names, "b", NULL);
	assert_string_equal(name->id, "b");
	assert_string_equal(name->name, "web");
	assert_null(name->image);
	assert_int_equal(name->created_ms, 5);
	assert_int_equal(name->nr_labels, 2);
	assert_string_equal(name->labels[0].value, "v");
	assert_string_equal(name->labels[1].key, "l");
	assert_null(names_find(names, "a", NULL)->name);
	assert_null(names_find(names, "d", NULL));
	assert_null(names_find(names, NULL, NULL));
	assert_true(names_has(names, "other"));
	assert_false(names_has(names, "x"));
}

static int append(const struct container_info *name, void *userdata)
{
	strcat(userdata, name->id);
	return strcmp(name->id, "b") == 0 ? -EIO : 0;
}

static void test_each(void **state)
{
	char ids[8] = "";

	(void)state;
	assert_int_equal(names_each(names, append, ids), 0);
	set("c", NULL);
	set("a", NULL);
	assert_int_equal(names_each(names, append, ids), 0);
	assert_string_equal(ids, "ac");
	set("b", NULL);
	ids[0] = '\0';
	assert_int_equal(names_each(names, append, ids), -EIO);
	assert_string_equal(ids, "ab");
}

static void test_a_reference_outlives_changes(void **state)
{
	const struct container_info *name;

	(void)state;
	set("a", "old");
	name = name_ref(names_find(names, "a", NULL));
	set("a", "new");
	assert_string_equal(names_find(names, "a", NULL)->name, "new");
	names_remove(names, "a", NULL);
	names_remove(names, "a", NULL);
	assert_null(names_find(names, "a", NULL));
	assert_string_equal(name->name, "old");
	name_unref(name);
	name_unref(NULL);
}

static void test_a_complete_list_drops_all_others(void **state)
{
	(void)state;
	set("a", "x");
	set("b", "y");
	names_begin(names);
	set("b", "y");
	set("c", "z");
	assert_non_null(names_find(names, "a", NULL));
	names_end(names);
	assert_null(names_find(names, "a", NULL));
	assert_non_null(names_find(names, "b", NULL));
	assert_non_null(names_find(names, "c", NULL));
}

static void test_more_than_the_maximum(void **state)
{
	const struct container_info last = { .id = "x" };
	char id[16];
	int i;

	(void)state;
	for (i = 0; i < NAMES_MAX; i++) {
		sprintf(id, "%06d", i);
		set(id, "x");
	}
	assert_int_equal(names_set(names, &last), -ENOSPC);
	set("000005", "y");
	assert_string_equal(names_find(names, "000005", NULL)->name, "y");
}

static void set_many(const char *prefix)
{
	char id[16];
	int i;

	for (i = 0; i < NAMES_MAX; i++) {
		sprintf(id, "%s%06d", prefix, i);
		set(id, prefix);
	}
}

/* A list of as many others is whole, also if an earlier one was not. */
static void test_more_than_the_maximum_in_a_list(void **state)
{
	const struct container_info one = { .id = "x" };

	(void)state;
	set_many("m");
	names_begin(names);
	set("a", "of a list without an end");
	names_begin(names);
	set_many("f");
	assert_int_equal(names_set(names, &one), -ENOSPC);
	names_end(names);
	assert_string_equal(names_find(names, "f000000", NULL)->name, "f");
	assert_string_equal(names_find(names, "f016383", NULL)->name, "f");
	assert_null(names_find(names, "m000005", NULL));
	assert_null(names_find(names, "a", NULL));
}

static void set_cgroup(const char *id, const char *cgroup, const char *runtime)
{
	const struct container_info name = { .id = id, .cgroup = cgroup,
					     .runtime = runtime };

	assert_int_equal(names_set(names, &name), 0);
}

static void assert_owner(const char *path, const char *id, size_t length)
{
	size_t got_length = 0;
	const struct container_info *name = names_find_owner(names, path,
							     &got_length);

	if (id) {
		assert_non_null(name);
		assert_string_equal(name->id, id);
	} else {
		assert_null(name);
	}
	assert_int_equal(got_length, length);
}

static void test_owners_of_cgroups(void **state)
{
	(void)state;
	assert_owner("/a/b", NULL, 0);
	set_cgroup("1", "/a/b", "docker");
	set_cgroup("2", "/a/b/c/d", "docker");
	set_cgroup("3", NULL, "docker");
	assert_owner("/a/b", "1", 4);
	assert_owner("/a/b/c", "1", 4);
	assert_owner("/a/b/c/d", "2", 8);
	assert_owner("/a/b/c/d/e/f", "2", 8);
	assert_owner("/a/bc", NULL, 0);
	assert_owner("/a", NULL, 0);
	assert_owner("/", NULL, 0);
	assert_owner("", NULL, 0);
	names_remove(names, "2", NULL);
	assert_owner("/a/b/c/d", "1", 4);
	set_cgroup("1", NULL, "docker");	/* it has ended */
	assert_owner("/a/b/c/d", NULL, 0);
}

static void test_changes_of_cgroups(void **state)
{
	uint64_t changes = names_cgroup_changes(names);

	(void)state;
	set("a", "x");
	assert_int_equal(names_cgroup_changes(names), changes);
	set_cgroup("1", "/a", "docker");
	assert_true(names_cgroup_changes(names) > changes);
	changes = names_cgroup_changes(names);
	set_cgroup("1", "/a", "docker");
	assert_int_equal(names_cgroup_changes(names), changes);
	set_cgroup("1", "/a", "podman");
	assert_true(names_cgroup_changes(names) > changes);
	/* A newer container has it before the older one is removed. */
	set_cgroup("2", "/a", "podman");
	names_remove(names, "1", NULL);
	assert_owner("/a", "2", 2);
	changes = names_cgroup_changes(names);
	names_begin(names);
	names_end(names);
	assert_true(names_cgroup_changes(names) > changes);
	assert_owner("/a", NULL, 0);
}

#define X "0123456789abcdef"
#define DOCKER "/system.slice/docker-" X ".scope"
#define USERS "/user.slice/user-1000.slice/user@1000.service/" \
	"user.slice/libpod-" X ".scope"

static void set_of(const char *engine, int64_t user, const char *label,
		   const char *cgroup)
{
	const struct container_info name = {
		.id = X, .name = label, .engine = engine, .user_id = user,
		.cgroup = cgroup,
	};

	assert_int_equal(names_set(names, &name), 0);
}

static const char *label_in(const char *cgroup)
{
	const struct container_info *name = names_find(names, X, cgroup);

	return name ? name->name : NULL;
}

static void test_the_same_id_in_two_engines(void **state)
{
	(void)state;
	set_of("/run/docker.sock", 0, "docker's", DOCKER);
	set_of("/run/podman/podman.sock", 0, "podman's", "/machine/" X);
	assert_string_equal(label_in(DOCKER), "docker's");
	assert_string_equal(label_in(DOCKER "/init"), "docker's");
	assert_string_equal(label_in("/machine/" X), "podman's");
	/* Which one is meant? */
	assert_null(label_in(NULL));
	assert_null(label_in("/elsewhere/" X));
	names_remove(names, X, "/run/docker.sock");
	assert_string_equal(label_in(NULL), "podman's");
	assert_string_equal(label_in(DOCKER), "podman's");
	names_remove(names, X, "/run/docker.sock");
	names_remove(names, X, NULL);
	assert_non_null(label_in(NULL));
}

/* Anybody can run an engine that says anything. */
static void test_the_engine_of_a_user(void **state)
{
	(void)state;
	set_of("/run/user/1000/docker.sock", 1000, "false", NULL);
	assert_null(label_in(DOCKER));
	assert_null(label_in(NULL));
	assert_string_equal(label_in(USERS), "false");
	set_of("/run/docker.sock", 0, "docker's", NULL);
	assert_string_equal(label_in(NULL), "docker's");
	set_of("/run/user/1000/docker.sock", 1000, "user's", USERS);
	assert_string_equal(label_in(USERS), "user's");
	assert_string_equal(label_in(DOCKER), "docker's");
	names_remove(names, X, "/run/docker.sock");
	assert_null(label_in("/user.slice/user-10001.slice/" X));
}

static const char *label_of(int64_t user_id)
{
	const struct container_info *name = names_find_of(names, X, NULL,
							  user_id);

	return name ? name->name : NULL;
}

static const char *label_again(bool *is_roots)
{
	const struct container_info *name =
		names_find_again(names, X, DOCKER, 0, is_roots);

	return name ? name->name : NULL;
}

/* Root has mapped a container to a user, so both engines tell its cgroup. */
static void test_one_that_is_roots_stays_so(void **state)
{
	bool is_roots = false;

	(void)state;
	assert_null(label_again(&is_roots));
	set_of("/run/user/1000/docker.sock", 1000, "user's", DOCKER);
	assert_string_equal(label_again(&is_roots), "user's");
	assert_false(is_roots);
	set_of("/run/docker.sock", 0, "docker's", DOCKER);
	assert_string_equal(label_again(&is_roots), "docker's");
	assert_true(is_roots);
	/* It has ended. */
	set_of("/run/docker.sock", 0, "docker's", NULL);
	assert_string_equal(label_again(&is_roots), "docker's");
	names_remove(names, X, "/run/docker.sock");
	assert_null(label_again(&is_roots));
	assert_true(is_roots);
}

/* In cgroup v1 there is no path, but it may be known whose the cgroup is. */
static void test_without_a_path(void **state)
{
	(void)state;
	set_of("/run/docker.sock", 0, "docker's", NULL);
	assert_string_equal(label_of(0), "docker's");
	assert_null(label_of(1000));
	set_of("/run/user/1000/docker.sock", 1000, "user's", NULL);
	assert_string_equal(label_of(0), "docker's");
	assert_string_equal(label_of(1000), "user's");
	assert_null(label_of(1001));
}

/* As of somebody without a number here, such as of another user namespace */
static void test_the_engine_of_nobody(void **state)
{
	static const char inner[] = "/lxc.payload.box/user.slice/"
		"user-1000.slice/libpod-" X ".scope";

	(void)state;
	set_of("/run/box.sock", 65534, "false", NULL);
	assert_null(label_in(inner));
	set_of("/run/box.sock", 65534, "its own", inner);
	assert_string_equal(label_in(inner), "its own");
}

/* Root may map a container to a user, to whom its cgroup belongs then. */
static void test_a_cgroup_that_two_report(void **state)
{
	const struct container_info *owner;
	size_t length;

	(void)state;
	set_of("/run/docker.sock", 0, "docker's", DOCKER);
	set_of("/run/user/1000/docker.sock", 1000, "false", DOCKER);
	assert_string_equal(label_in(DOCKER), "docker's");
	owner = names_find_owner(names, DOCKER "/init", &length);
	assert_string_equal(owner->name, "docker's");
	set_of("/run/docker.sock", 0, "renamed", DOCKER);
	owner = names_find_owner(names, DOCKER, &length);
	assert_string_equal(owner->name, "renamed");
	names_remove(names, X, "/run/docker.sock");
	assert_string_equal(label_in(DOCKER), "false");
}

/* Anybody can make a cgroup below their own that is called like another. */
static void test_the_cgroup_of_a_user(void **state)
{
	(void)state;
	set_of("/run/docker.sock", 0, "docker's", DOCKER);
	assert_null(label_in(USERS));
	assert_string_equal(label_in(DOCKER), "docker's");
	set_of("/run/docker.sock", 0, "docker's", NULL);
	assert_null(label_in(USERS));
	assert_string_equal(label_in(DOCKER), "docker's");
	/* Root's own are wherever the engine says. */
	set_of("/run/docker.sock", 0, "docker's", USERS);
	assert_string_equal(label_in(USERS), "docker's");
}

/* That it has ended is what it says, too. */
static void test_a_user_says_that_it_has_ended(void **state)
{
	struct container_info name = {
		.id = X, .name = "false", .user_id = 1000,
		.engine = "/run/user/1000/docker.sock", .finished_ms = 5,
	};
	const struct container_info *mine;

	(void)state;
	assert_int_equal(names_set(names, &name), 0);
	assert_null(label_in(NULL));
	assert_null(label_in(DOCKER));
	mine = names_find(names, X, USERS);
	assert_string_equal(mine->name, "false");
	assert_true(names_is_clear(names, mine));
	assert_int_equal(name_user(mine, DOCKER), 1000);
	assert_int_equal(name_user(NULL, USERS), 1000);
	assert_int_equal(name_user(NULL, DOCKER), 0);
	assert_int_equal(name_user(NULL, NULL), 0);
	set_of("/run/docker.sock", 0, "docker's", NULL);
	assert_true(names_is_clear(names, names_find(names, X, NULL)));
	assert_false(names_is_clear(names, mine));
	assert_int_equal(name_user(names_find(names, X, NULL), USERS), 0);
	set_of("/run/podman/podman.sock", 0, "podman's", DOCKER);
	assert_false(names_is_clear(names, names_find(names, X, DOCKER)));
	names_remove(names, X, "/run/docker.sock");
	names_remove(names, X, "/run/podman/podman.sock");
	assert_true(names_is_clear(names, mine));
	name.engine = "/run/user/1001/docker.sock";
	name.user_id = 1001;
	assert_int_equal(names_set(names, &name), 0);
	assert_false(names_is_clear(names, mine));
}

static void test_engines_come_and_go(void **state)
{
	struct name_engine engines[] = {
		{ .socket = "/run/docker.sock", .listed = true },
		{ .socket = "/run/podman/podman.sock" },
	};
	const struct name_engine *known;
	size_t nr;

	(void)state;
	set_of("/run/docker.sock", 0, "docker's", DOCKER);
	set_of("/run/podman/podman.sock", 0, "podman's", "/machine/" X);
	names_set_engines(names, engines, COUNT(engines));
	known = names_engines(names, &nr);
	assert_int_equal(nr, 2);
	assert_string_equal(known[1].socket, "/run/podman/podman.sock");
	/* An engine that has not been listed yet keeps its containers. */
	names_begin(names);
	names_end(names);
	assert_string_equal(label_in(NULL), "podman's");
	assert_string_equal(label_in("/machine/" X), "podman's");
	names_set_engines(names, engines, 1);
	assert_null(label_in(NULL));
	assert_null(label_in("/machine/" X));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_a_copy_is_kept),
		TEST(test_each),
		TEST(test_a_reference_outlives_changes),
		TEST(test_a_complete_list_drops_all_others),
		TEST(test_more_than_the_maximum),
		TEST(test_more_than_the_maximum_in_a_list),
		TEST(test_owners_of_cgroups),
		TEST(test_changes_of_cgroups),
		TEST(test_the_same_id_in_two_engines),
		TEST(test_the_engine_of_a_user),
		TEST(test_one_that_is_roots_stays_so),
		TEST(test_without_a_path),
		TEST(test_the_engine_of_nobody),
		TEST(test_a_cgroup_that_two_report),
		TEST(test_the_cgroup_of_a_user),
		TEST(test_a_user_says_that_it_has_ended),
		TEST(test_engines_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Disks that are full, read-only or missing */
#include "tests/unit/store_file.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>

enum outcome { FAILED, PASSED, CANNOT_RUN };

/* Shared with a child, which is killed at the end, so it frees nothing. */
static enum outcome *outcome;

__attribute__((noreturn)) static void end_child(enum outcome came)
{
	*outcome = came;
	kill(getpid(), SIGKILL);
	abort();
}

#define MUST(condition) do { \
	if (!(condition)) { \
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, \
			#condition); \
		end_child(FAILED); \
	} \
} while (0)

/* In a child with a mount namespace of its own, on a small disk */
static void run_in(const char *options, void (*fn)(void))
{
	pid_t child;

	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(outcome != MAP_FAILED);
	*outcome = FAILED;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (unshare(CLONE_NEWNS) < 0 ||
		    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount("tmpfs", test_directory, "tmpfs", 0, options) < 0)
			end_child(CANNOT_RUN);
		fn();
		end_child(PASSED);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	if (*outcome == CANNOT_RUN) {
		print_message("SKIP: no mount namespace for this user\n");
		skip();
	}
	assert_int_equal(*outcome, PASSED);
	munmap(outcome, sizeof(*outcome));
}

static void fill_disk(void)
{
	int fd = open(in_directory("filler"), O_WRONLY | O_CREAT, 0600);
	static char zeros[4096];

	MUST(fd >= 0);
	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
	close(fd);
}

static void on_a_full_disk(void)
{
	int64_t t;

	open_store(path, 0);
	record(0);
	fill_disk();
	for (t = 100; t < 3000 && !status_of().why[0]; t++) {
		tick_one(t, "web", (double)t);
		store_sync(store);
	}
	MUST(strstr(status_of().why, "No space left on device"));
	MUST(status_of().waiting > 0);
	/* The present is still there, and so is the past. */
	ask("processes", 0, t, 1);
	MUST(history.nr == (size_t)(60 + t - 100));
	MUST(unlink(in_directory("filler")) == 0);
	while (status_of().waiting > 0) {
		tick_one(t, "web", (double)t);
		store_sync(store);
		t++;
		usleep(20000);
	}
	MUST(!status_of().why[0]);
	MUST(status_of().lost == 0);
	reopen_store(path);
	ask("processes", 0, t, 1);
	MUST(history.nr == (size_t)(60 + t - 100));
	close_store();
}

static void test_a_full_disk(void **state)
{
	(void)state;
	run_in("size=3m", on_a_full_disk);
}

/* What waits are changes to frames in that database. */
static void on_a_full_disk_whose_database_is_removed(void)
{
	int64_t t, first;

	open_store(path, 0);
	record(0);
	fill_disk();
	for (t = 100; t < 3000 && !status_of().why[0]; t++) {
		tick_one(t, "web", (double)t);
		store_sync(store);
	}
	MUST(status_of().waiting > 0);
	first = t - 1;
	/* More than a span of them */
	for (; t < first + 1000; t++)
		tick_one(t, "web", (double)t);
	MUST(unlink(path) == 0);
	MUST(unlink(in_directory("filler")) == 0);
	while (status_of().waiting > 0) {
		tick_one(t, "web", (double)t);
		store_sync(store);
		t++;
		usleep(20000);
	}
	MUST(!status_of().why[0]);
	MUST(status_of().lost == 0);
	MUST(status_of().removed == 1);
	reopen_store(path);
	ask("processes", first, t - 1, 1);
	MUST(history.nr == (size_t)(t - first));
	close_store();
}

static void test_a_full_disk_whose_database_is_removed(void **state)
{
	(void)state;
	run_in("size=3m", on_a_full_disk_whose_database_is_removed);
}

#define BUSY "u"

static void add_event(const char *kind, uint64_t cgroup_id)
{
	const struct store_event event = { .t_ms = (double)T0, .kind = kind,
					   .cgroup_id = cgroup_id };

	MUST(store_event(store, &event) == 0);
}

static void rename_busy(const char *title)
{
	const struct container_row row = { .container = title };
	const struct store_container who = { .cgroup_id = 2, .row = &row,
					     .is_named = true };

	store_rename(store, &who);
}

static void notify_of(uint64_t cgroup_id)
{
	const struct store_event event = {
		.t_ms = (double)T0, .kind = "policy_notified",
		.cgroup_id = cgroup_id, .user = 1000,
	};
	const struct store_decision decision = {
		.t_ms = (double)T0, .decision = "x", .state = "acted",
		.action = "notify", .cgroup_id = cgroup_id, .user = 1000,
		.rule = "x", .rule_hash = "x", .reason = "x",
	};

	MUST(store_event(store, &event) == 0);
	MUST(store_decision(store, &decision) == 0);
}

static void add_kill_outside(void)
{
	const struct store_event event = {
		.t_ms = (double)T0, .kind = "oom_killed", .is_of_user = true,
		.pid = 42,
	};

	MUST(store_event(store, &event) == 0);
}

/*
 * Containers of a user start and end, and change their names, without end,
 * a rule tells of each, and processes outside of them are killed.
 */
static void on_a_full_disk_with_a_busy_user(void)
{
	const struct box boxes[] = { { "web", 1, 5 }, { BUSY, 2, 5 } };
	int64_t t, i;

	users_box = 2;
	open_store(path, 0);
	tick_at(T0, BOOT0, boxes, 2);
	fill_disk();
	for (t = 1; t < 3000 && !status_of().why[0]; t++) {
		tick_at(T0 + t * 1000, BOOT0 + t * 1000, boxes, 2);
		store_sync(store);
	}
	MUST(status_of().why[0]);
	add_event("oom_killed", 1);
	add_event("policy_acted", 2);
	for (i = 0; i < 20000; i++) {
		add_event("container_started", 2);
		add_kill_outside();
		notify_of(2);
		rename_busy(i % 2 ? "a" : "b");
	}
	MUST(status_of().lost > 10000);
	MUST(status_of().lost_of_users == status_of().lost);
	MUST(unlink(in_directory("filler")) == 0);
	for (; status_of().waiting > 0; t++) {
		tick_at(T0 + t * 1000, BOOT0 + t * 1000, boxes, 2);
		store_sync(store);
		usleep(20000);
	}
	/* Nothing else is lost. */
	reopen_store(path);
	ask("processes", 0, t, 1);
	MUST(history.nr == (size_t)(2 * t));
	close_store();
	MUST(sql_number(path, "SELECT count(*) FROM event WHERE c IS NOT NULL "
			"AND kind IN ('oom_killed', 'policy_acted')") == 2);
	MUST(sql_number(path, "SELECT count(*) FROM event WHERE kind = "
			"'container_started'") > 100);
}

static void test_a_full_disk_with_a_busy_user(void **state)
{
	(void)state;
	run_in("size=6m", on_a_full_disk_with_a_busy_user);
}

/* Ticks are lost, but none has the time or the numbers of another. */
static void on_a_disk_that_is_full_for_long(void)
{
	uint64_t lost;
	int64_t t;
	size_t i;

	open_store(path, 0);
	record(0);
	fill_disk();
	for (t = 60; t < 3000 && !status_of().why[0]; t++) {
		tick_one(t, "web", (double)t);
		store_sync(store);
	}
	MUST(status_of().why[0]);
	for (; t < 90000 && status_of().lost < 1000; t++)
		tick_one(t, "web", (double)t);
	MUST(status_of().lost >= 1000);
	MUST(unlink(in_directory("filler")) == 0);
	for (; status_of().waiting > 0; t++) {
		tick_one(t, "web", (double)t);
		store_sync(store);
		usleep(20000);
	}
	lost = status_of().lost;
	reopen_store(path);
	ask("processes", 0, t, 1);
	/* Nothing was kept that is of no use. */
	MUST(history.nr + lost == (uint64_t)t);
	for (i = 0; i < history.nr; i++)
		MUST(T0 + (int64_t)history.values[i] * 1000 ==
		     history.rows[i].t_ms);
}

static void test_a_disk_that_is_full_for_long(void **state)
{
	(void)state;
	run_in("size=8m", on_a_disk_that_is_full_for_long);
}

static void on_a_disk_that_is_full_at_the_start(void)
{
	fill_disk();
	open_store(path, 0);
	MUST(status_of().why[0]);
	MUST(!status_of().path[0]);
	record(0);
	ask("processes", 0, 59, 1);
	MUST(history.nr == 60);
	close_store();
}

static void test_a_disk_that_is_full_at_the_start(void **state)
{
	(void)state;
	run_in("size=1m", on_a_disk_that_is_full_at_the_start);
}

static void on_a_disk_that_becomes_read_only(void)
{
	int64_t t;

	open_store(path, 0);
	record(0);
	close_store();
	MUST(mount(NULL, test_directory, NULL, MS_REMOUNT | MS_RDONLY,
		   NULL) == 0);
	open_store(path, 0);
	MUST(strstr(status_of().why, "Read-only file system"));
	record(100);
	ask("processes", 100, 159, 1);
	MUST(history.nr == 60);
	MUST(mount(NULL, test_directory, NULL, MS_REMOUNT, NULL) == 0);
	/* The contents of memory follow those of the file. */
	store_try_again(store);
	for (t = 160; t < 1000 && !status_of().path[0]; t++) {
		tick_one(t, "web", (double)t);
		store_sync(store);
		usleep(10000);
	}
	MUST(strcmp(status_of().path, path) == 0);
	MUST(!status_of().why[0]);
	ask("processes", 0, t, 1);
	MUST(history.nr == (size_t)(60 + t - 100));
	reopen_store(path);
	ask("processes", 0, t, 1);
	MUST(history.nr == (size_t)(60 + t - 100));
	close_store();
}

static void test_a_read_only_disk(void **state)
{
	(void)state;
	run_in("size=8m", on_a_disk_that_becomes_read_only);
}

static void test_a_directory_that_is_missing(void **state)
{
	(void)state;
	open_store(in_directory("nowhere/store.db"), 0);
	assert_contains(status_of().why, "No such file or directory");
	record(0);
	must_have(0, 60);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_a_full_disk),
		TEST(test_a_full_disk_whose_database_is_removed),
		TEST(test_a_full_disk_with_a_busy_user),
		TEST(test_a_disk_that_is_full_for_long),
		TEST(test_a_disk_that_is_full_at_the_start),
		TEST(test_a_read_only_disk),
		TEST(test_a_directory_that_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

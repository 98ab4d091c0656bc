// SPDX-License-Identifier: GPL-2.0-only
/*
 * When samples are taken, and the calls of the listener.
 *
 * wrap: contmon_reuse contmon_limits_update
 * wrap: contmon_open contmon_source contmon_close contmon_get_info
 * wrap: contmon_snapshot_tasks
 * wrap: contmon_snapshot_cgroups contmon_get_system contmon_paths_new
 * wrap: contmon_paths_free contmon_paths_root contmon_paths_find
 * wrap: contmon_paths_keep contmon_limits_new contmon_limits_get
 * wrap: contmon_limits_free contmon_events_open contmon_events_close
 * wrap: contmon_events_fd contmon_events_next contmon_has_cgroup1
 * wrap: contmon_identify_process
 * wrap: clock_boottime_ns
 */
#include "tests/unit/fake_host.h"

#include "contmond/collect/sampler.h"

static sd_event *event;
static struct sampler *sampler;

static uint64_t slept_ns;

uint64_t __real_clock_boottime_ns(void);
uint64_t __wrap_clock_boottime_ns(void);
uint64_t __wrap_clock_boottime_ns(void)
{
	return __real_clock_boottime_ns() + slept_ns;
}

/* The calls that the listener got. */
static struct {
	int nr_opened, nr_sampled, nr_lost;
	bool had_before, is_stale;
	uint64_t missed;
	char why[256], why_procfs[256];
} heard;

static void opened(enum contmon_source source,
		   const struct contmon_get_info *info, const char *why,
		   void *userdata)
{
	assert_int_equal(source, host.opened);
	snprintf(heard.why_procfs, sizeof(heard.why_procfs), "%s", why ?: "");
	assert_ptr_equal(userdata, &heard);
	assert_int_equal(info->nr_cpus, 4);
	heard.nr_opened++;
}

static void sampled(const struct sample *before, const struct sample *now,
		    uint64_t missed, void *userdata)
{
	assert_ptr_equal(userdata, &heard);
	assert_int_equal(now->tasks.nr, host.nr_tasks);
	if (before)
		assert_int_equal(before->tasks.nr, host.nr_tasks);
	heard.had_before = before;
	heard.missed += missed;
	heard.nr_sampled++;
}

static void lost(const char *why, bool is_stale, void *userdata)
{
	assert_ptr_equal(userdata, &heard);
	heard.is_stale = is_stale;
	snprintf(heard.why, sizeof(heard.why), "%s", why);
	heard.nr_lost++;
}

static struct names *names;

static int setup(void **state)
{
	const struct sampler_listener listener = {
		.opened = opened,
		.sampled = sampled,
		.lost = lost,
		.userdata = &heard,
	};

	assert_int_equal(make_directory(state), 0);
	fill_host();
	slept_ns = 0;
	memset(&heard, 0, sizeof(heard));
	assert_true(sd_event_new(&event) >= 0);
	names = names_new();
	return sampler_new(event, NULL, 100, names, &listener, &sampler);
}

static int teardown(void **state)
{
	sampler_free(sampler);
	names_free(names);
	sd_event_unref(event);
	assert_int_equal(host.nr_open, 0);
	assert_int_equal(host.nr_streams, 0);
	return remove_directory(state);
}

static bool sampled_once(void)
{
	return heard.nr_sampled >= 1;
}

static bool sampled_twice(void)
{
	return heard.nr_sampled >= 2;
}

static bool sampled_thrice(void)
{
	return heard.nr_sampled >= 3;
}

static bool was_lost(void)
{
	return heard.nr_lost >= 1;
}

static bool was_lost_often(void)
{
	return heard.nr_lost >= 4;
}

static void test_samples_follow_each_other(void **state)
{
	(void)state;
	run_until(event, sampled_once);
	assert_int_equal(heard.nr_opened, 1);
	assert_false(heard.had_before);
	run_until(event, sampled_twice);
	assert_int_equal(heard.nr_opened, 1);
	assert_true(heard.had_before);
	assert_int_equal(heard.nr_lost, 0);
}

static void test_no_device(void **state)
{
	(void)state;
	host.open_error = -ENOENT;
	run_until(event, was_lost);
	assert_string_equal(heard.why, "/dev/contmon: No such file or "
			    "directory; is the module loaded? "
			    "Try: modprobe contmon");
	assert_int_equal(heard.nr_opened, 0);
	host.open_error = 0;
	sampler_device(sampler, true);
	run_until(event, sampled_once);
	assert_string_equal(heard.why_procfs, "");
}

/* Who may not open the device has procfs, unless the driver was asked for. */
static void test_no_right_to_the_device(void **state)
{
	static const int errors[] = { -EACCES, -EPERM };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(errors); i++) {
		host.open_error = errors[i];
		sampler_device(sampler, true);
		heard.nr_sampled = 0;
		run_until(event, sampled_once);
		assert_int_equal(host.opened, CONTMON_SOURCE_PROCFS);
		assert_contains(heard.why_procfs, strerror(-errors[i]));
		assert_contains(heard.why_procfs, "; contmond's user must be "
				"in the device's group");
	}
	assert_int_equal(heard.nr_lost, 0);
	host.open_error = 0;
	sampler_device(sampler, true);
	heard.nr_sampled = 0;
	run_until(event, sampled_once);
	assert_int_equal(host.opened, CONTMON_SOURCE_DRIVER);
	assert_string_equal(heard.why_procfs, "");
	host.open_error = -EACCES;
	setenv("CONTMON_SOURCE", "driver", 1);
	sampler_device(sampler, false);
	run_until(event, was_lost);
	unsetenv("CONTMON_SOURCE");
	assert_string_equal(heard.why, "/dev/contmon: Permission denied; "
			    "contmond's user must be in the device's group");
}

static void test_why_procfs(void **state)
{
	(void)state;
	host.source = CONTMON_SOURCE_PROCFS;
	run_until(event, sampled_once);
	assert_string_equal(heard.why_procfs, "the driver is not loaded");
	setenv("CONTMON_SOURCE", "procfs", 1);
	sampler_device(sampler, true);
	run_until(event, sampled_twice);
	unsetenv("CONTMON_SOURCE");
	assert_string_equal(heard.why_procfs, "CONTMON_SOURCE chooses procfs");
}

static void test_the_device_goes_and_comes(void **state)
{
	(void)state;
	run_until(event, sampled_once);
	host.open_error = -ENOENT;
	sampler_device(sampler, false);
	assert_int_equal(host.nr_open, 0);
	run_until(event, was_lost);
	assert_contains(heard.why, "/dev/contmon: No such file");
	host.open_error = 0;
	run_until(event, sampled_twice);
	assert_int_equal(heard.nr_opened, 2);
	assert_true(heard.had_before);
}

static void test_reading_fails(void **state)
{
	(void)state;
	run_until(event, sampled_once);
	host.snapshot_error = -EIO;
	run_until(event, was_lost);
	assert_string_equal(heard.why,
			    "reading the device: Input/output error");
	assert_false(heard.is_stale);
	host.snapshot_error = 0;
	run_until(event, sampled_twice);
	/* Counters count on: there are rates over the gap. */
	assert_true(heard.had_before);
}

/* One of the ticks may be late. */
static void test_failed_ticks_are_missed(void **state)
{
	(void)state;
	run_until(event, sampled_once);
	host.snapshot_error = -EIO;
	run_until(event, was_lost_often);
	host.snapshot_error = 0;
	run_until(event, sampled_twice);
	assert_true(heard.missed >= 3);
}

static void test_a_sample_gets_stale(void **state)
{
	(void)state;
	run_until(event, sampled_once);
	/* Far from the limit of 30 s, because this host may be busy. */
	slept_ns = 10 * NS_PER_SECOND;
	host.snapshot_error = -EIO;
	run_until(event, was_lost);
	assert_false(heard.is_stale);
	slept_ns = 31 * NS_PER_SECOND;
	heard.nr_lost = 0;
	run_until(event, was_lost);
	assert_true(heard.is_stale);
	host.snapshot_error = 0;
	run_until(event, sampled_twice);
	assert_false(heard.had_before);
}

/* An older driver has no events, and a stream may break: sampling continues. */
static void test_no_events(void **state)
{
	(void)state;
	host.events_error = -EOPNOTSUPP;
	run_until(event, sampled_twice);
	assert_int_equal(heard.nr_lost, 0);
}

static void test_the_stream_breaks(void **state)
{
	(void)state;
	run_until(event, sampled_once);
	host.events_error = -EPROTO;
	kill_process(10, 3);
	run_until(event, sampled_thrice);
	assert_int_equal(heard.nr_lost, 0);
}

static void test_schedule(void **state)
{
	static const struct {
		uint64_t real, elapsed, interval, missed;
		int64_t late;
	} cases[] = {
		/* on time, and a little late */
		{ 5000000, 1000000, 1000000, 0, 0 },
		{ 5000300, 1000300, 1000000, 0, 300 },
		/* the first one, at any moment */
		{ 5400000, 0, 1000000, 0, 400000 },
		/* fired early: not again for the same tick */
		{ 4999900, 999900, 1000000, 0, -100 },
		/* very late: the next one is still on time */
		{ 5600000, 1600000, 1000000, 0, 600000 },
		{ 5940000, 1940000, 1000000, 0, 940000 },
		{ 5960000, 1960000, 1000000, 1, -40000 },
		{ 8300000, 3300000, 1000000, 2, 300000 },
		{ 8900000, 3900000, 1000000, 2, 900000 },
		/* the wall clock was set: nothing was missed */
		{ 90000400000, 1000000, 1000000, 0, 400000 },
		{ 90000600000, 1000000, 1000000, 0, 600000 },
		{ 5600000, 1000000, 1000000, 0, 600000 },
		/* a pause between reading its clock and the other */
		{ 5000300, 1300300, 1000000, 0, 300 },
		{ 7200000000, 3600000000, 3600000000, 0, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct sampler_tick tick = sampler_schedule(
			cases[i].real, cases[i].elapsed, cases[i].interval);

		assert_int_equal(tick.missed, cases[i].missed);
		assert_int_equal(tick.late_usec, cases[i].late);
		assert_int_equal(tick.delay_usec,
				 (int64_t)cases[i].interval - cases[i].late);
	}
}

/*
 * However late each of them is, every tick is taken or counted: here the first
 * one is late, then the one after two that were not taken.
 */
static void test_late_ticks_are_counted_once(void **state)
{
	const uint64_t taken_at[] = { 5900000, 8100000, 8999000, 11940000 };
	uint64_t due = 0, missed = 0;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(taken_at); i++) {
		struct sampler_tick tick = sampler_schedule(
			taken_at[i], due ? taken_at[i] - due : 0, 1000000);

		due = taken_at[i] - (uint64_t)tick.late_usec;
		missed += tick.missed;
	}
	/* From 5 to 11, without the four that were taken */
	assert_int_equal(missed, 3);
}

static void test_a_new_interval(void **state)
{
	(void)state;
	run_until(event, sampled_once);
	assert_int_equal(sampler_set_interval(sampler, 3600000), 0);
	run_until(event, sampled_twice);	/* at once, then in an hour */
	run_some(event);
	assert_int_equal(heard.nr_sampled, 2);
	assert_int_equal(sampler_set_interval(sampler, 100), 0);
	run_until(event, sampled_thrice);
	assert_int_equal(heard.missed, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_samples_follow_each_other),
		TEST(test_no_device),
		TEST(test_no_right_to_the_device),
		TEST(test_why_procfs),
		TEST(test_the_device_goes_and_comes),
		TEST(test_reading_fails),
		TEST(test_failed_ticks_are_missed),
		TEST(test_a_sample_gets_stale),
		TEST(test_no_events),
		TEST(test_the_stream_breaks),
		TEST(test_schedule),
		TEST(test_late_ticks_are_counted_once),
		TEST(test_a_new_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

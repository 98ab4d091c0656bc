// SPDX-License-Identifier: GPL-2.0-only
/*
 * contmond's udev.c, with functions of this test that replace those of libudev.
 *
 * wrap: udev_monitor_new_from_netlink udev_monitor_receive_device
 * wrap: udev_monitor_filter_add_match_subsystem_devtype
 * wrap: udev_monitor_enable_receiving udev_monitor_get_fd udev_monitor_unref
 * wrap: udev_device_get_sysname udev_device_get_action udev_device_unref
 */
#include "tests/unit/daemon.h"

#include "contmond/collect/udev.h"

struct udev;

static struct {
	int pipe[2];
	int error;
	const char *name, *action;
	bool waiting;
} fake;

static char reported[64];

static struct udev_monitor *const monitor = (struct udev_monitor *)&fake;
static struct udev_device *const changed = (struct udev_device *)&fake;

struct udev_monitor *__wrap_udev_monitor_new_from_netlink(struct udev *udev,
							  const char *name);
struct udev_device *
__wrap_udev_monitor_receive_device(struct udev_monitor *m);
int __wrap_udev_monitor_filter_add_match_subsystem_devtype(
	struct udev_monitor *m, const char *subsystem, const char *type);
int __wrap_udev_monitor_enable_receiving(struct udev_monitor *m);
int __wrap_udev_monitor_get_fd(struct udev_monitor *m);
struct udev_monitor *__wrap_udev_monitor_unref(struct udev_monitor *m);
const char *__wrap_udev_device_get_sysname(struct udev_device *device);
const char *__wrap_udev_device_get_action(struct udev_device *device);
struct udev_device *__wrap_udev_device_unref(struct udev_device *device);

struct udev_monitor *__wrap_udev_monitor_new_from_netlink(struct udev *udev,
							  const char *name)
{
	assert_non_null(udev);
	/* Kernel events come before the rules have set the mode. */
	assert_string_equal(name, "udev");
	errno = EPERM;
	return fake.error ? NULL : monitor;
}

struct udev_device *__wrap_udev_monitor_receive_device(struct udev_monitor *m)
{
	char byte;

	assert_ptr_equal(m, monitor);
	if (!fake.waiting)
		return NULL;
	assert_int_equal(read(fake.pipe[0], &byte, 1), 1);
	fake.waiting = false;
	return changed;
}

int __wrap_udev_monitor_filter_add_match_subsystem_devtype(
	struct udev_monitor *m, const char *subsystem, const char *type)
{
	assert_ptr_equal(m, monitor);
	assert_string_equal(subsystem, "misc");
	assert_null(type);
	return 0;
}

int __wrap_udev_monitor_enable_receiving(struct udev_monitor *m)
{
	assert_ptr_equal(m, monitor);
	return 0;
}

int __wrap_udev_monitor_get_fd(struct udev_monitor *m)
{
	assert_ptr_equal(m, monitor);
	return fake.pipe[0];
}

struct udev_monitor *__wrap_udev_monitor_unref(struct udev_monitor *m)
{
	(void)m;
	return NULL;
}

const char *__wrap_udev_device_get_sysname(struct udev_device *device)
{
	assert_ptr_equal(device, changed);
	return fake.name;
}

const char *__wrap_udev_device_get_action(struct udev_device *device)
{
	assert_ptr_equal(device, changed);
	return fake.action;
}

struct udev_device *__wrap_udev_device_unref(struct udev_device *device)
{
	assert_ptr_equal(device, changed);
	return NULL;
}

static void tell(bool present, void *userdata)
{
	assert_ptr_equal(userdata, &fake);
	strcat(reported, present ? "+" : "-");
}

static void happen(sd_event *event, const char *name, const char *action)
{
	fake.name = name;
	fake.action = action;
	fake.waiting = true;
	assert_int_equal(write(fake.pipe[1], "", 1), 1);
	assert_true(sd_event_run(event, 1000000) > 0);
	assert_false(fake.waiting);
}

static void test_coming_and_going(void **state)
{
	struct udev_watch *watch;
	sd_event *event;

	(void)state;
	assert_int_equal(pipe2(fake.pipe, O_CLOEXEC), 0);
	assert_true(sd_event_new(&event) >= 0);
	assert_int_equal(udev_watch_new(event, tell, &fake, &watch), 0);
	happen(event, "contmon", "add");
	assert_string_equal(reported, "+");
	happen(event, "kvm", "add");
	happen(event, "contmon2", "remove");
	happen(event, NULL, "add");
	happen(event, "contmon", NULL);
	assert_string_equal(reported, "+");
	happen(event, "contmon", "remove");
	assert_string_equal(reported, "+-");
	happen(event, "contmon", "change");
	assert_string_equal(reported, "+-+");
	udev_watch_free(watch);
	udev_watch_free(NULL);
	sd_event_unref(event);
	close(fake.pipe[0]);
	close(fake.pipe[1]);
}

static void test_no_udev(void **state)
{
	struct udev_watch *watch = NULL;
	sd_event *event;

	(void)state;
	assert_true(sd_event_new(&event) >= 0);
	fake.error = 1;
	assert_int_equal(udev_watch_new(event, tell, &fake, &watch), -EPERM);
	assert_null(watch);
	sd_event_unref(event);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_coming_and_going),
		cmocka_unit_test(test_no_udev),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

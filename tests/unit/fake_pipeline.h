/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pipeline on a fake host. The engine and udev are faked by the test, which
 * wraps names_client_new, names_client_free, udev_watch_new and udev_watch_free
 * in addition to what fake_host.h needs.
 */
#ifndef TESTS_UNIT_FAKE_PIPELINE_H
#define TESTS_UNIT_FAKE_PIPELINE_H

#include "fake_host.h"

#include "base/names.h"
#include "contmond/collect/names_client.h"
#include "contmond/collect/udev.h"
#include "contmond/pipeline.h"

static sd_event *event;
static struct pipeline *pipeline;
static const struct facts *facts;
static const struct model *model;
static const struct status *status;
static struct store *store;
static int nr_changes;

/* The sources of names and of the device's events */
static struct {
	struct names *names;
	names_fn *heard;
	names_client_fn *fn;
	void *userdata;
} client;

static struct {
	udev_watch_fn *fn;
	void *userdata;
} udev;

int __wrap_names_client_new(sd_event *loop, const char *path,
			    struct names *names,
			    const struct names_listener *listener,
			    struct names_client **ret);
void __wrap_names_client_free(struct names_client *freed);
int __wrap_udev_watch_new(sd_event *loop, udev_watch_fn *fn, void *userdata,
			  struct udev_watch **ret);
void __wrap_udev_watch_free(struct udev_watch *freed);

int __wrap_names_client_new(sd_event *loop, const char *path,
			    struct names *names,
			    const struct names_listener *listener,
			    struct names_client **ret)
{
	assert_ptr_equal(loop, event);
	assert_string_equal(path, NAMES_SOCKET);
	client.names = names;
	client.heard = listener->heard;
	client.fn = listener->changed;
	client.userdata = listener->userdata;
	*ret = (struct names_client *)&client;
	return 0;
}

void __wrap_names_client_free(struct names_client *freed)
{
	assert_ptr_equal(freed, &client);
}

int __wrap_udev_watch_new(sd_event *loop, udev_watch_fn *fn, void *userdata,
			  struct udev_watch **ret)
{
	assert_ptr_equal(loop, event);
	udev.fn = fn;
	udev.userdata = userdata;
	*ret = (struct udev_watch *)&udev;
	return 0;
}

void __wrap_udev_watch_free(struct udev_watch *freed)
{
	assert_ptr_equal(freed, &udev);
}

static void changed(void *userdata)
{
	assert_ptr_equal(userdata, &nr_changes);
	nr_changes++;
}

static int setup(void **state)
{
	const struct pipeline_options options = { .interval_ms = 100 };

	assert_int_equal(make_directory(state), 0);
	fill_host();
	nr_changes = 0;
	assert_true(sd_event_new(&event) >= 0);
	assert_int_equal(pipeline_new(event, &options, changed, &nr_changes,
				      &pipeline), 0);
	facts = pipeline_facts(pipeline);
	model = facts->model;
	status = facts->status;
	store = facts->store;
	return 0;
}

static int teardown(void **state)
{
	pipeline_free(pipeline);
	sd_event_unref(event);
	assert_int_equal(host.nr_open, 0);
	assert_int_equal(host.nr_streams, 0);
	assert_int_equal(host.nr_limits, 0);
	return remove_directory(state);
}

static inline const struct container_row *row(size_t i)
{
	return &model_container(model, i)->row;
}

static inline bool one_sample(void)
{
	return status->samples_total >= 1;
}

static inline bool two_samples(void)
{
	return status->samples_total >= 2;
}

static inline bool three_samples(void)
{
	return status->samples_total >= 3;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif /* TESTS_UNIT_FAKE_PIPELINE_H */

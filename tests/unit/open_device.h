/* SPDX-License-Identifier: GPL-2.0-only */
/* The fake device, opened before each test */
#ifndef OPEN_DEVICE_H
#define OPEN_DEVICE_H

#include "fake_device.h"

static struct contmon *c;

static inline int setup_open(void **state)
{
	fake_setup(state);
	fake_ioctl = NULL;
	return contmon_open("/fake", &c);
}

/* Everything that was mapped must be unmapped. */
static inline int teardown_open(void **state)
{
	(void)state;
	contmon_close(c);
	return fake.nr_mapped && !fake.mmap_errno &&
	       fake.nr_mapped != fake.nr_unmapped;
}

/* A device that opens like this one but was set up differently */
static inline void reopen(void)
{
	contmon_close(c);
	assert_int_equal(contmon_open("/fake", &c), 0);
}

/* The same device without the features after version 1 */
static inline void reopen_old(void)
{
	fake.info.features = 0;
	reopen();
}

#endif /* OPEN_DEVICE_H */

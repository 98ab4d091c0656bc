/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the first allocation or user copy of a call fail, then the second, and
 * so on until none is left.
 */
#ifndef TESTS_UAPI_FAULT_H
#define TESTS_UAPI_FAULT_H

#include "device.h"

#define FAULTS "/sys/kernel/debug/"

/* More than any call makes, so that an endless loop fails, too */
#define MAX_NTH 20000

/**
 * struct op - one call to try
 * @before: prepares the call, without faults; may be NULL
 * @run: makes the call; returns 0 or more, or a negative errno
 * @after: undoes what @before and @run did, without faults; may be NULL
 */
struct op {
	void (*before)(void);
	int (*run)(void);
	void (*after)(void);
};

static int nth_file = -1;

static bool set(const char *name, const char *value)
{
	char path[128];
	bool ok;
	int fd;

	snprintf(path, sizeof(path), FAULTS "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = write(fd, value, strlen(value)) > 0;
	close(fd);
	return ok;
}

/* Include allocations that may sleep, single pages and user copies */
static void make_faults_possible(void)
{
	nth_file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	REQUIRE(nth_file >= 0);
	if (!set("failslab/ignore-gfp-wait", "N") ||
	    !set("failslab/verbose", "0") ||
	    !set("fail_page_alloc/ignore-gfp-wait", "N") ||
	    !set("fail_page_alloc/min-order", "0") ||
	    !set("fail_page_alloc/verbose", "0") ||
	    !set("fail_usercopy/verbose", "0"))
		skip("%s: %s", FAULTS, strerror(errno));
}

static bool set_nth(unsigned int nth)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", nth);

	return pwrite(nth_file, text, (size_t)length, 0) == length;
}

/*
 * Whether the call had its fault. If not, the fault is still to come and may
 * hit this very read.
 */
static bool had_fault(void)
{
	char text[16] = "";

	return pread(nth_file, text, sizeof(text) - 1, 0) > 0 && !atoi(text);
}

static int run_once(const struct op *op, unsigned int nth, bool *fault)
{
	int rc;

	if (op->before)
		op->before();
	REQUIRE(set_nth(nth));
	rc = op->run();
	*fault = had_fault();
	/* The first try itself may be made to fail */
	REQUIRE(set_nth(0) || set_nth(0));
	if (op->after)
		op->after();
	return rc;
}

static void sweep(const struct op *op)
{
	unsigned int nth, failed = 0;
	bool fault = true;
	int rc;

	make_faults_possible();
	for (nth = 1; nth < MAX_NTH; nth++) {
		CONTEXT("fault %u", nth);
		rc = run_once(op, nth, &fault);
		/* Faults must not affect a call without faults */
		if (!fault) {
			CHECK(rc >= 0);
			break;
		}
		CHECK(rc >= 0 || rc == -ENOMEM || rc == -EFAULT);
		failed += rc < 0;
	}
	CHECK(!fault);
	CHECK(nth > 1);
	printf("# %u faults, %u of them failed the call\n", nth - 1, failed);
}

#define SWEEP(name, before_, run_, after_)				\
	TEST(fault_in_##name)						\
	{								\
		static const struct op op = { before_, run_, after_ };	\
									\
		sweep(&op);						\
	}

#endif

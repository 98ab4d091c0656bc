/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the tests of what is sent: a tick, and how a protocol writes it */
#ifndef TESTS_UNIT_FORWARD_H
#define TESTS_UNIT_FORWARD_H

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "contmond/forward/protocol.h"

static const struct parcel_tick tick = { 17, 18, INT64_C(1700000000123),
					 "host 1" };
static struct label site[] = { { (char *)"site", (char *)"a=b" } };
static const struct target_options plain_options;
static const struct target_options site_options = { .labels = site,
						    .nr_labels = 1 };
__attribute__((unused))
static struct tick_owner web = {
	.cgroup = "/a\\x2db/docker-0.scope",
	.id = "0123",
	.title = "web, 1",
	.image = "nginx:1",
	.labels = "{\"com.docker.compose.project\":\"shop\","
		  "\"io.kubernetes.pod.namespace\":\"tills\"}",
};

/* A row in which only the column @name is known */
static struct tick_row row_with(const struct protocol *protocol,
				const struct tick_owner *owner,
				const char *name, double value)
{
	static double values[128];
	const struct sent_columns *columns = sent_of(protocol->columns(),
						     owner);
	size_t i;
	bool found = false;

	for (i = 0; i < columns->nr; i++) {
		bool is_it = strcmp(columns->all[i].name, name) == 0;

		values[i] = is_it ? value : (double)NAN;
		found |= is_it;
	}
	assert_true(found);
	return (struct tick_row){ owner, values };
}

__attribute__((unused))
static void write_with(struct buffer *to, const struct protocol *protocol,
		       const struct target_options *options,
		       const struct tick_owner *owner, const char *name,
		       double value)
{
	const struct tick_row row = row_with(protocol, owner, name, value);
	struct labels labels;

	assert_int_equal(labels_make(&labels, tick.host, options, owner), 0);
	protocol->write_row(to, &tick, &row, &labels);
	labels_done(&labels);
}

#endif /* TESTS_UNIT_FORWARD_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the tests of the store's containers: what it has of them */
#ifndef TESTS_UNIT_LIVES_H
#define TESTS_UNIT_LIVES_H

#include "tests/unit/store_file.h"

static struct past_container found[16];
static char texts[16][3][64];
static size_t nr_found;

static int find(const void *row, void *userdata)
{
	const struct past_container *container = row;

	(void)userdata;
	assert_true(nr_found < COUNT(found));
	found[nr_found] = *container;
	snprintf(texts[nr_found][0], 64, "%s", container->title ?: "");
	snprintf(texts[nr_found][1], 64, "%s", container->labels ?: "");
	snprintf(texts[nr_found][2], 64, "%s", container->image ?: "");
	found[nr_found].title = texts[nr_found][0];
	found[nr_found].labels = texts[nr_found][1];
	found[nr_found].image = texts[nr_found][2];
	nr_found++;
	return 0;
}

__attribute__((unused))
static void look(int64_t from_s, int64_t to_s, bool ended_only)
{
	const struct past_query query = {
		.from_ms = T0 + from_s * 1000,
		.to_ms = T0 + to_s * 1000,
		.ended_only = ended_only,
		.max_rows = 16,
	};

	store_sync(store);
	nr_found = 0;
	assert_int_equal(store_containers(store, &query, find, NULL), 0);
}

#endif /* TESTS_UNIT_LIVES_H */

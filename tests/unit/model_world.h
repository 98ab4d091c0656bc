/* SPDX-License-Identifier: GPL-2.0-only */
/* A small world, made before each test of its rows */
#ifndef TESTS_UNIT_MODEL_WORLD_H
#define TESTS_UNIT_MODEL_WORLD_H

#include "world.h"

static struct world world;

static inline int setup(void **state)
{
	(void)state;
	world_init(&world);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	world_done(&world);
	return 0;
}

/* Computes the rows after the test has changed a sample. */
static inline void update(void)
{
	assert_int_equal(model_update(&world.model, &world.before, &world.now,
				      world.names), 0);
}

/* As after a start, when whose a container is was not known before */
static inline void update_anew(void)
{
	model_clear(&world.model);
	update();
}

static inline const struct container_row *row_of(const char *label)
{
	size_t i;

	for (i = 0; i < world.model.nr_containers; i++) {
		const struct container_row *row =
			&model_container(&world.model, i)->row;

		if (strcmp(row->container, label) == 0)
			return row;
	}
	fail_msg("no container %s", label);
	return NULL;
}

#endif /* TESTS_UNIT_MODEL_WORLD_H */

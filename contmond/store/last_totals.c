// SPDX-License-Identifier: GPL-2.0-only
#include "last_totals.h"

#include <errno.h>
#include <stdlib.h>

#include "base/sorted.h"

int last_totals_init(struct last_totals *last, const struct layout *layout)
{
	size_t i;

	*last = (struct last_totals){ .layout = layout };
	for (i = 0; i < layout->nr; i++) {
		if (layout->all[i].kind != KEPT_TOTAL)
			continue;
		if (i < layout->nr_container)
			last->nr_container++;
		else
			last->nr_host++;
	}
	last->host = calloc(last->nr_host + 1, sizeof(*last->host));
	return last->host ? 0 : -ENOMEM;
}

void last_totals_done(struct last_totals *last)
{
	free(last->c);
	free(last->values);
	free(last->host);
	*last = (struct last_totals){ 0 };
}

int last_totals_reserve(struct last_totals *last, size_t nr)
{
	size_t allocated = nr + nr / 4 + 8;
	uint32_t *c;
	int64_t *values;

	if (nr <= last->allocated)
		return 0;
	c = reallocarray(last->c, allocated, sizeof(*c));
	if (!c)
		return -ENOMEM;
	last->c = c;
	values = reallocarray(last->values,
			      allocated * (last->nr_container + 1),
			      sizeof(*values));
	if (!values)
		return -ENOMEM;
	last->values = values;
	last->allocated = allocated;
	return 0;
}

static void take(const struct layout *layout, size_t i, size_t end,
		 const struct cell *cells, int64_t *ret)
{
	for (; i < end; i++, cells++) {
		if (layout->all[i].kind == KEPT_TOTAL)
			*ret++ = cells->n > 0 ? cells->v : TOTAL_UNKNOWN;
	}
}

void last_totals_take(struct last_totals *last, const struct moment *tick)
{
	const struct layout *layout = last->layout;
	size_t i;

	for (i = 0; i < tick->nr; i++) {
		last->c[i] = tick->members[i].c;
		take(layout, 0, layout->nr_container, moment_cells(tick, i),
		     last->values + i * last->nr_container);
	}
	last->t_ms = tick->t_ms;
	last->nr = tick->nr;
	take(layout, layout->nr_container, layout->nr, tick->host, last->host);
}

static int compare(const void *key, const void *element)
{
	uint32_t x = *(const uint32_t *)key, y = *(const uint32_t *)element;

	return (x > y) - (x < y);
}

const int64_t *last_totals_find(const struct last_totals *last, uint32_t c)
{
	bool found;
	size_t i = sorted_place(&c, last->c, last->nr, sizeof(*last->c),
				compare, &found);

	return found ? last->values + i * last->nr_container : NULL;
}

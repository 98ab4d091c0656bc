// SPDX-License-Identifier: GPL-2.0-only
#include "order.h"

#include <stdlib.h>

/* A row and its sort value, which is computed once */
struct sorted {
	struct cli_row *row;
	struct cli_value value;
};

/* Equal rows are in the order of their ids, so that they keep their places. */
static int compare_rows(const void *x, const void *y, void *arg)
{
	const struct sorted *a = x, *b = y;
	const struct cli_order *order = arg;
	int result = 0;

	if (a->value.known != b->value.known)
		return a->value.known ? -1 : 1;
	if (a->value.known)
		result = cli_value_compare(order->by->kind, &a->value,
					   &b->value);
	if (result)
		return order->reverse != order->against ? -result : result;
	return a->row->id < b->row->id ? -1 : a->row->id > b->row->id;
}

/* Consecutive parts of all rows */
enum part { PART_FIRST, PART_SECOND, PART_UNKNOWN, NR_PARTS };

static enum part part_of(const struct cli_order *order,
			 const struct cli_value *value)
{
	bool is_first = cli_value_is_above_0(order->by->kind, value);

	if (!value->known)
		return PART_UNKNOWN;
	if (order->reverse != order->against)
		is_first = !is_first;
	return is_first ? PART_FIRST : PART_SECOND;
}

static void sort_part(struct sorted *part, size_t nr,
		      const struct cli_order *order)
{
	size_t i;

	for (i = 1; i < nr; i++) {
		if (compare_rows(&part[i - 1], &part[i], (void *)order) < 0)
			continue;
		qsort_r(part, nr, sizeof(*part), compare_rows, (void *)order);
		return;
	}
}

/*
 * Most values are 0, and rows come in the order of their ids. So rows of value
 * 0 are separated, and need no sorting.
 */
static void sort_parts(struct sorted *sorted, const struct sorted *all,
		       size_t nr, const struct cli_order *order)
{
	size_t i, end[NR_PARTS] = { 0 }, begin = 0;
	enum part part;

	for (i = 0; i < nr; i++)
		for (part = part_of(order, &all[i].value) + 1; part < NR_PARTS;
		     part++)
			end[part]++;
	/*
	 * These are the beginnings of the parts; filling a part moves it to the
	 * end.
	 */
	for (i = 0; i < nr; i++)
		sorted[end[part_of(order, &all[i].value)]++] = all[i];
	for (part = 0; part < NR_PARTS; part++) {
		sort_part(sorted + begin, end[part] - begin, order);
		begin = end[part];
	}
}

void cli_rows_sort(struct cli_rows *rows, const struct cli_order *order)
{
	struct sorted *all, *sorted;
	size_t i, nr = rows->nr;

	if (!order->by)
		return;
	/* Without memory, rows keep their order. */
	all = calloc(2 * nr + 1, sizeof(*all));
	if (!all)
		return;
	for (i = 0; i < nr; i++)
		all[i] = (struct sorted){
			rows->v[i], cli_column_value(order->by, rows->v[i]),
		};
	sorted = all + nr;
	sort_parts(sorted, all, nr, order);
	for (i = 0; i < nr; i++)
		rows->v[i] = sorted[i].row;
	free(all);
}

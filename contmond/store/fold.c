// SPDX-License-Identifier: GPL-2.0-only
#include "fold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int fold_init(struct fold *fold, size_t nr_inputs, size_t max_rows)
{
	*fold = (struct fold){
		.nr_inputs = nr_inputs,
		.max_rows = max_rows,
		.nr_slots = 1024,
	};
	fold->slots = calloc(fold->nr_slots, sizeof(*fold->slots));
	return fold->slots ? 0 : -ENOMEM;
}

void fold_done(struct fold *fold)
{
	free(fold->keys);
	free(fold->parts);
	free(fold->slots);
	*fold = (struct fold){ 0 };
}

static bool is_same(struct fold_key a, struct fold_key b)
{
	return a.step == b.step && a.group == b.group;
}

/* Steps may be all multiples of a large power of 2, and groups are small. */
static uint64_t hash(struct fold_key key)
{
	const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);

	return (key.step * odd ^ key.group) * odd;
}

static size_t slot_of(const struct fold *fold, struct fold_key key)
{
	size_t slot = (size_t)(hash(key) >> 32) & (fold->nr_slots - 1);

	while (fold->slots[slot] &&
	       !is_same(fold->keys[fold->slots[slot] - 1], key))
		slot = (slot + 1) & (fold->nr_slots - 1);
	return slot;
}

static int grow_slots(struct fold *fold)
{
	uint32_t *slots = calloc(fold->nr_slots * 4, sizeof(*slots));
	size_t i;

	if (!slots)
		return -ENOMEM;
	free(fold->slots);
	fold->slots = slots;
	fold->nr_slots *= 4;
	for (i = 0; i < fold->nr; i++)
		fold->slots[slot_of(fold, fold->keys[i])] = (uint32_t)i + 1;
	return 0;
}

static int grow_parts(struct fold *fold)
{
	size_t allocated = fold->allocated * 2 ?: 256;
	struct fold_key *keys;
	struct folded *parts;

	keys = reallocarray(fold->keys, allocated, sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	fold->keys = keys;
	parts = reallocarray(fold->parts, allocated * fold->nr_inputs,
			     sizeof(*parts));
	if (!parts)
		return -ENOMEM;
	fold->parts = parts;
	fold->allocated = allocated;
	return 0;
}

static int by_key(const void *a, const void *b, void *userdata)
{
	const struct fold_key *keys = userdata;
	const struct fold_key *x = &keys[*(const uint32_t *)a];
	const struct fold_key *y = &keys[*(const uint32_t *)b];

	if (x->step != y->step)
		return x->step > y->step ? 1 : -1;
	return (x->group > y->group) - (x->group < y->group);
}

int fold_sort(const struct fold *fold, uint32_t **ret)
{
	uint32_t *order = malloc((fold->nr + 1) * sizeof(*order));
	size_t i;

	if (!order)
		return -ENOMEM;
	for (i = 0; i < fold->nr; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, fold->nr, sizeof(*order), by_key, fold->keys);
	*ret = order;
	return 0;
}

static void fill_slots(struct fold *fold)
{
	size_t i;

	memset(fold->slots, 0, fold->nr_slots * sizeof(*fold->slots));
	for (i = 0; i < fold->nr; i++)
		fold->slots[slot_of(fold, fold->keys[i])] = (uint32_t)i + 1;
}

int fold_trim(struct fold *fold)
{
	uint32_t *order;
	size_t i, kept = 0, cut = fold->nr - fold->max_rows;
	int r;

	if (fold->nr <= fold->max_rows)
		return 0;
	r = fold_sort(fold, &order);
	if (r < 0)
		return r;
	/* A step that would be cut in two is dropped entirely. */
	fold->first_step = fold->keys[order[cut - 1]].step + 1;
	free(order);
	for (i = 0; i < fold->nr; i++) {
		if (fold->keys[i].step < fold->first_step)
			continue;
		fold->keys[kept] = fold->keys[i];
		memmove(fold->parts + kept * fold->nr_inputs,
			fold->parts + i * fold->nr_inputs,
			fold->nr_inputs * sizeof(*fold->parts));
		kept++;
	}
	fold->nr = kept;
	fill_slots(fold);
	return 0;
}

static int add_part(struct fold *fold, struct fold_key key)
{
	/* Trimmed only at twice the size, to do it rarely */
	if (fold->nr >= 2 * fold->max_rows + 64 && fold_trim(fold) < 0)
		return -ENOMEM;
	if (key.step < fold->first_step)
		return 0;
	if (fold->nr * 2 >= fold->nr_slots && grow_slots(fold) < 0)
		return -ENOMEM;
	if (fold->nr == fold->allocated && grow_parts(fold) < 0)
		return -ENOMEM;
	memset(fold->parts + fold->nr * fold->nr_inputs, 0,
	       fold->nr_inputs * sizeof(*fold->parts));
	fold->keys[fold->nr++] = key;
	fold->slots[slot_of(fold, key)] = (uint32_t)fold->nr;
	return 0;
}

int fold_part(struct fold *fold, uint64_t step, uint32_t group,
	      struct folded **ret)
{
	const struct fold_key key = { step, group };
	size_t slot = slot_of(fold, key);

	if (step < fold->first_step)
		return 0;
	if (!fold->slots[slot]) {
		if (add_part(fold, key) < 0)
			return -ENOMEM;
		if (step < fold->first_step)
			return 0;
		slot = slot_of(fold, key);
	}
	*ret = fold->parts + (fold->slots[slot] - 1) * fold->nr_inputs;
	return 1;
}

static void widen(struct folded *folded, double lo, double hi)
{
	if (folded->weight == 0 || lo < folded->lo)
		folded->lo = lo;
	if (folded->weight == 0 || hi > folded->hi)
		folded->hi = hi;
}

void fold_cell(struct folded *folded, const struct kept *kept,
	       const struct cell *cell, uint32_t ms, uint64_t seq)
{
	folded->unknown_ms += (double)ms - cell->ms;
	if (cell->n == 0)
		return;
	if (seq > folded->last_seq) {
		folded->last_seq = seq;
		folded->last = kept_number(kept, (double)cell->v);
	}
	if (kept->kind == KEPT_TOTAL && cell->ms == 0)
		return;
	widen(folded, kept_number(kept, (double)cell->lo),
	      kept_number(kept, (double)cell->hi));
	if (kept->kind == KEPT_TOTAL) {
		folded->sum += kept_number(kept, (double)cell->gain);
		folded->weight += cell->ms;
	} else {
		folded->sum += kept_number(kept, (double)cell->v) * cell->n;
		folded->weight += cell->n;
	}
}

// SPDX-License-Identifier: GPL-2.0-only
#include "command_uses.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"
#include "base/util.h"

#define MANY_USES 1024
#define LOOK_AHEAD 4

void command_uses_done(struct command_uses *uses)
{
	free(uses->all);
	free(uses->names);
	free(uses->order);
	*uses = (struct command_uses){ 0 };
}

/* Uses */

static int by_step(const void *a, const void *b)
{
	const struct step_use *x = a, *y = b;

	return (x->step > y->step) - (x->step < y->step);
}

static int by_place(const void *a, const void *b)
{
	const struct step_use *x = a, *y = b;

	if (x->group != y->group)
		return x->group > y->group ? 1 : -1;
	if (x->name != y->name)
		return x->name > y->name ? 1 : -1;
	return by_step(a, b);
}

static void add_up(struct step_use *sum, const struct step_use *use)
{
	sum->living_ms += use->living_ms;
	sum->exited_ms += use->exited_ms;
}

/* Adds up those from @first on. */
static void settle(struct command_uses *uses, size_t first)
{
	size_t i, last = first;

	if (uses->nr == first)
		return;
	qsort(uses->all + first, uses->nr - first, sizeof(*uses->all),
	      by_place);
	for (i = first + 1; i < uses->nr; i++) {
		struct step_use *sum = &uses->all[last];

		if (by_place(sum, &uses->all[i]) == 0) {
			add_up(sum, &uses->all[i]);
		} else {
			uses->all[++last] = uses->all[i];
		}
	}
	uses->nr = last + 1;
}

static void begin_run(struct command_uses *uses)
{
	uses->run = uses->next = uses->nr;
}

void command_uses_settle(struct command_uses *uses)
{
	settle(uses, 0);
	begin_run(uses);
}

/*
 * The moments of a step come one after another: if they have many uses, these
 * are added up before there are more.
 */
static void begin_step(struct command_uses *uses, uint64_t step)
{
	if (uses->run < uses->nr && uses->all[uses->run].step == step)
		return;
	if (uses->nr - uses->run >= MANY_USES)
		settle(uses, uses->run);
	begin_run(uses);
}

/* Makes room; of a step all uses are given up, or none. */
static void trim(struct command_uses *uses)
{
	size_t i, cut;

	command_uses_settle(uses);
	if (uses->nr <= MAX_COMMAND_USES / 2)
		return;
	qsort(uses->all, uses->nr, sizeof(*uses->all), by_step);
	cut = uses->nr - MAX_COMMAND_USES / 2;
	uses->first_step = uses->all[cut - 1].step + 1;
	for (i = cut; i < uses->nr; i++) {
		if (uses->all[i].step >= uses->first_step)
			break;
	}
	uses->nr -= i;
	begin_run(uses);
	memmove(uses->all, uses->all + i, uses->nr * sizeof(*uses->all));
}

static int grow(struct command_uses *uses)
{
	size_t allocated = uses->allocated * 2 ?: 256;
	struct step_use *all;

	if (uses->allocated == MAX_COMMAND_USES) {
		trim(uses);
		return 0;
	}
	all = reallocarray(uses->all, allocated, sizeof(*all));
	if (!all)
		return -ENOMEM;
	uses->all = all;
	uses->allocated = allocated;
	return 0;
}

/*
 * A moment has nearly the same commands as the one before, in the same order.
 * So most uses are found at once; others are settled later.
 */
static struct step_use *find_in_run(struct command_uses *uses,
				    const struct step_use *use)
{
	const size_t from[] = { uses->next, uses->run };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(from); i++) {
		for (j = from[i]; j < from[i] + LOOK_AHEAD && j < uses->nr;
		     j++) {
			if (by_place(&uses->all[j], use) != 0)
				continue;
			uses->next = j + 1;
			return &uses->all[j];
		}
	}
	return NULL;
}

int command_uses_add(struct command_uses *uses,
		     const struct step_use *use)
{
	struct step_use *sum;

	begin_step(uses, use->step);
	sum = find_in_run(uses, use);
	if (sum) {
		add_up(sum, use);
		return 0;
	}
	if (uses->nr == uses->allocated && grow(uses) < 0)
		return -ENOMEM;
	if (use->step >= uses->first_step)
		uses->all[uses->nr++] = *use;
	return 0;
}

const struct step_use *
command_uses_find(const struct command_uses *uses, uint64_t step,
		  uint32_t group, uint32_t name)
{
	const struct step_use key = { step, group, name, 0, 0 };

	return uses->nr == 0 ? NULL :
	       bsearch(&key, uses->all, uses->nr, sizeof(key), by_place);
}

/* Names */

struct sought {
	const struct command_uses *uses;
	const char *comm;
};

static int compare(const void *key, const void *element)
{
	const struct sought *sought = key;

	return strcmp(sought->comm,
		      sought->uses->names[*(const uint32_t *)element]);
}

static int grow_names(struct command_uses *uses)
{
	size_t allocated = uses->allocated_names * 2 ?: 64;
	void *names, *order;

	names = reallocarray(uses->names, allocated, sizeof(*uses->names));
	if (!names)
		return -ENOMEM;
	uses->names = names;
	order = reallocarray(uses->order, allocated, sizeof(*uses->order));
	if (!order)
		return -ENOMEM;
	uses->order = order;
	uses->allocated_names = allocated;
	return 0;
}

/* Is that the name of the use that is likely to come next? */
static bool is_next(const struct command_uses *uses, const char *comm)
{
	uint32_t name = uses->next < uses->nr ? uses->all[uses->next].name : 0;

	return name >= FIRST_NAME &&
	       strcmp(command_uses_name(uses, name), comm) == 0;
}

int command_uses_number(struct command_uses *uses, const char *comm,
			uint32_t *ret)
{
	const struct sought sought = { uses, comm };
	bool found;
	size_t at;

	if (is_next(uses, comm)) {
		*ret = uses->all[uses->next].name;
		return 1;
	}
	at = sorted_place(&sought, uses->order, uses->nr_names,
			  sizeof(*uses->order), compare, &found);
	if (found) {
		*ret = uses->order[at] + FIRST_NAME;
		return 1;
	}
	if (uses->nr_names == MAX_COMMAND_NAMES)
		return 0;
	if (uses->nr_names == uses->allocated_names &&
	    grow_names(uses) < 0)
		return -ENOMEM;
	memmove(uses->order + at + 1, uses->order + at,
		(uses->nr_names - at) * sizeof(*uses->order));
	uses->order[at] = (uint32_t)uses->nr_names;
	snprintf(uses->names[uses->nr_names], sizeof(*uses->names), "%s",
		 comm);
	*ret = (uint32_t)uses->nr_names++ + FIRST_NAME;
	return 1;
}

const char *command_uses_name(const struct command_uses *uses,
			      uint32_t name)
{
	return uses->names[name - FIRST_NAME];
}

// SPDX-License-Identifier: GPL-2.0-only
#include "recorded_commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sorted.h"
#include "base/utf8.h"

void recorded_commands_done(struct recorded_commands *recorded)
{
	free(recorded->list.all);
	free(recorded->all);
	free(recorded->comms);
	*recorded = (struct recorded_commands){ 0 };
}

static void show(struct recorded_commands *recorded, size_t i, double seconds)
{
	const struct command *command = &recorded->list.all[i];

	utf8_copy(recorded->comms[i], sizeof(recorded->comms[i]),
		  command->comm,
		  strnlen(command->comm, sizeof(command->comm)));
	recorded->all[i] = (struct store_command){
		.comm = recorded->comms[i],
		.living_seconds = command->living_cores * seconds,
		.exited_seconds = command->exited_cores * seconds,
	};
}

int recorded_commands_read(struct recorded_commands *recorded,
			   const struct model *model, double seconds)
{
	size_t i;
	int r;

	recorded_commands_done(recorded);
	r = commands_make_busy(model, &recorded->list);
	if (r < 0)
		return r;
	recorded->all = calloc(recorded->list.nr + 1, sizeof(*recorded->all));
	recorded->comms = calloc(recorded->list.nr + 1,
				 sizeof(*recorded->comms));
	if (!recorded->all || !recorded->comms) {
		recorded_commands_done(recorded);
		return -ENOMEM;
	}
	for (i = 0; i < recorded->list.nr; i++)
		show(recorded, i, seconds);
	return 0;
}

/* An owner comes before all of its commands. */
static int compare_owner(const void *key, const void *element)
{
	const struct command *command = element;

	return *(const int32_t *)key > command->owner ? 1 : -1;
}

/* Index of the owner's first command, or where it would be */
static size_t first_of(const struct commands *list, int32_t owner)
{
	bool found;

	return sorted_place(&owner, list->all, list->nr, sizeof(*list->all),
			    compare_owner, &found);
}

struct store_commands
recorded_commands_of(const struct recorded_commands *recorded,
		     const struct model *model, int32_t owner)
{
	const struct commands *list = &recorded->list;
	size_t first = first_of(list, owner);
	struct store_commands commands = {
		.all = recorded->all + first,
		.may_lack_exits = !commands_see_exits(model, owner),
	};

	while (first + commands.nr < list->nr &&
	       list->all[first + commands.nr].owner == owner)
		commands.nr++;
	return commands;
}

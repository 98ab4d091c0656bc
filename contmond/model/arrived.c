// SPDX-License-Identifier: GPL-2.0-only
#include "arrived.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "network.h"

static int make_room(struct model *model)
{
	size_t nr = model->nr_listed + 1;
	void *grown;

	grown = reallocarray(model->containers, nr,
			     sizeof(*model->containers));
	if (!grown)
		return -ENOMEM;
	model->containers = grown;
	grown = reallocarray(model->by_title, nr, sizeof(*model->by_title));
	if (!grown)
		return -ENOMEM;
	model->by_title = grown;
	return 0;
}

int arrived_add(struct model *model, struct scope *scope,
		const struct names *names)
{
	struct model_container *container;

	if (model_find(model, scope->cgroup_id))
		return 0;
	if (make_room(model) < 0)
		return -ENOMEM;
	container = &model->containers[model->nr_listed];
	*container = (struct model_container){
		.scope = scope_ref(scope),
		.network_owner = NETWORK_UNKNOWN,
	};
	title_short_id(container->short_id, scope->id);
	container_row_init(&container->row);
	model->by_title[model->nr_listed] = model->nr_listed;
	model->nr_listed++;
	return model_name(model, names);
}

static void remove_title(struct model *model, size_t gone)
{
	size_t i, kept = 0;

	for (i = 0; i < model->nr_listed; i++) {
		size_t index = model->by_title[i];

		if (index != gone)
			model->by_title[kept++] = index - (index > gone);
	}
}

void arrived_remove(struct model *model, uint64_t cgroup_id)
{
	size_t i = model->nr_containers, after;

	while (i < model->nr_listed &&
	       model->containers[i].scope->cgroup_id != cgroup_id)
		i++;
	if (i == model->nr_listed)
		return;
	remove_title(model, i);
	after = --model->nr_listed - i;
	model_container_done(&model->containers[i]);
	memmove(&model->containers[i], &model->containers[i + 1],
		after * sizeof(*model->containers));
	for (; i < model->nr_listed; i++)
		model->containers[i].row.short_id =
			model->containers[i].short_id;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "model.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/util.h"
#include "derive.h"

/* A change of the clocks' distance below this is their trembling. */
#define CLOCK_STEP_MS 500

static void containers_free(struct model_container *containers, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		scope_unref(containers[i].scope);
		name_unref(containers[i].name);
		free(containers[i].label);
	}
	free(containers);
}

void model_clear(struct model *model)
{
	containers_free(model->containers, model->nr_containers);
	free(model->by_name);
	free(model->process_cores);
	*model = (struct model){ .boot_epoch_ms = model->boot_epoch_ms };
}

const struct model_container *model_container(const struct model *model,
					      size_t i)
{
	return &model->containers[model->by_name[i]];
}

/* Names */

static int by_label(const void *a, const void *b, void *userdata)
{
	const struct model_container *containers = userdata;

	return strcmp(containers[*(const size_t *)a].label,
		      containers[*(const size_t *)b].label);
}

static void sort_by_label(struct model *model)
{
	qsort_r(model->by_name, model->nr_containers, sizeof(*model->by_name),
		by_label, model->containers);
}

/* LXC and nspawn have a name for an id. */
static char *first_label(const struct model_container *container)
{
	if (container->name && container->name->name[0])
		return strdup(container->name->name);
	if (container->scope->runtime == CONTMON_RUNTIME_LXC ||
	    container->scope->runtime == CONTMON_RUNTIME_NSPAWN)
		return utf8_dup(container->scope->id,
				strlen(container->scope->id), CONTMON_ID_MAX);
	return strdup(container->short_id);
}

static bool is_taken(const struct model *model, size_t i)
{
	const char *label = model_container(model, i)->label;

	if (strcmp(label, MODEL_HOST) == 0)
		return true;
	if (i > 0 && strcmp(model_container(model, i - 1)->label, label) == 0)
		return true;
	return i + 1 < model->nr_containers &&
	       strcmp(model_container(model, i + 1)->label, label) == 0;
}

/* Give those a longer label that share theirs with another. */
static int tell_apart(struct model *model, bool by_short_id)
{
	_cleanup_free_ char **longer = NULL;
	size_t i;

	longer = calloc(model->nr_containers + 1, sizeof(*longer));
	if (!longer)
		return -ENOMEM;
	for (i = 0; i < model->nr_containers; i++) {
		const struct model_container *c = model_container(model, i);
		int r = 0;

		if (!is_taken(model, i))
			continue;
		if (by_short_id)
			r = asprintf(&longer[i], "%s-%s", c->label,
				     c->short_id);
		else
			r = asprintf(&longer[i], "%s-%llu", c->label,
				     (unsigned long long)c->scope->cgroup_id);
		if (r < 0)
			longer[i] = strdup(c->label);
	}
	for (i = 0; i < model->nr_containers; i++) {
		struct model_container *c =
			&model->containers[model->by_name[i]];

		if (!longer[i])
			continue;
		free(c->label);
		c->label = longer[i];
	}
	sort_by_label(model);
	return 0;
}

static void show_texts(struct model_container *container)
{
	struct container_row *row = &container->row;
	const struct name *name = container->name;
	const struct scope *scope = container->scope;

	row->container = container->label;
	row->id = scope->id;
	row->short_id = container->short_id;
	row->runtime = contmon_runtime_name(scope->runtime);
	row->pod = scope->pod;
	row->cgroup = scope->cgroup;
	row->image = name ? name->image : NULL;
	row->command = name ? name->command : NULL;
}

int model_name(struct model *model, const struct names *names)
{
	size_t i;

	for (i = 0; i < model->nr_containers; i++) {
		struct model_container *c = &model->containers[i];
		struct name *name = names_find(names, c->scope->id);

		name_unref(c->name);
		c->name = name ? name_ref(name) : NULL;
		free(c->label);
		c->label = first_label(c);
		if (!c->label)
			return -ENOMEM;
		derive_age(name, model->sample, &c->row);
	}
	sort_by_label(model);
	if (tell_apart(model, true) < 0 || tell_apart(model, false) < 0)
		return -ENOMEM;
	for (i = 0; i < model->nr_containers; i++)
		show_texts(&model->containers[i]);
	return 0;
}

/* Rows */

static const struct sample_container *
same_container(const struct sample *previous, const struct scope *scope)
{
	int32_t index;

	if (!previous)
		return NULL;
	index = sample_find(previous, scope->cgroup_id);
	if (index < 0 || previous->containers[index].scope != scope)
		return NULL;
	return &previous->containers[index];
}

static void make_container(const struct sample *previous,
			   const struct sample *sample, size_t i,
			   struct model_container *ret)
{
	const struct sample_container *now = &sample->containers[i];

	ret->scope = scope_ref(now->scope);
	utf8_copy(ret->short_id, sizeof(ret->short_id), now->scope->id,
		  strlen(now->scope->id));
	derive_container(same_container(previous, now->scope), now, sample,
			 &ret->row);
}

static void set_boot_epoch(struct model *model, const struct sample *sample)
{
	int64_t boot = sample->t_ms - (int64_t)(sample->boottime_ns / 1000000);

	if (llabs(boot - model->boot_epoch_ms) >= CLOCK_STEP_MS)
		model->boot_epoch_ms = boot;
}

int model_update(struct model *model, const struct sample *previous,
		 const struct sample *sample, const struct names *names)
{
	size_t i, nr = sample->nr_containers;

	model_clear(model);
	model->containers = calloc(nr + 1, sizeof(*model->containers));
	model->by_name = calloc(nr + 1, sizeof(*model->by_name));
	model->process_cores = calloc(sample->tasks.nr + 1,
				      sizeof(*model->process_cores));
	if (!model->containers || !model->by_name || !model->process_cores) {
		model_clear(model);
		return -ENOMEM;
	}
	model->sample = sample;
	set_boot_epoch(model, sample);
	for (i = 0; i < nr; i++) {
		make_container(previous, sample, i, &model->containers[i]);
		model->by_name[i] = i;
		model->nr_containers++;
	}
	derive_system(previous, sample, &model->system);
	derive_cores(previous, sample, model->process_cores);
	if (model_name(model, names) < 0) {
		model_clear(model);
		return -ENOMEM;
	}
	return 0;
}

static void show_owner(const struct model *model, size_t i,
		       struct process_row *row)
{
	int32_t owner = model->sample->owners[i];

	row->container = owner == SAMPLE_HOST ? MODEL_HOST : NULL;
	row->container_id = NULL;
	if (owner < 0)
		return;
	row->container = model->containers[owner].label;
	row->container_id = model->containers[owner].scope->id;
}

void model_process(const struct model *model, size_t i,
		   struct model_process *ret)
{
	const struct contmon_task *task = &model->sample->tasks.entries[i];
	const char *comm = (const char *)task->comm;

	utf8_copy(ret->comm, sizeof(ret->comm), comm,
		  strnlen(comm, sizeof(task->comm)));
	ret->state[0] = (char)task->state;
	ret->state[1] = '\0';
	ret->row.comm = ret->comm;
	ret->row.state = ret->state;
	ret->row.start_ms = (double)(model->boot_epoch_ms +
				     (int64_t)(task->start_boottime_ns /
					       1000000));
	derive_process(task, model->sample, &ret->row);
	ret->row.cpu_cores = model->process_cores[i];
	ret->row.cpu_percent = 100 * model->process_cores[i] /
			       model->system.nr_cpus;
	show_owner(model, i, &ret->row);
}

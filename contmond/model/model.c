// SPDX-License-Identifier: GPL-2.0-only
#include "model.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/names_protected.h"
#include "base/utf8.h"
#include "base/util.h"
#include "derive.h"
#include "network.h"
#include "unique.h"

/* Smaller changes of the offset between the clocks are measurement noise. */
#define CLOCK_STEP_MS 500

void model_container_done(struct model_container *container)
{
	scope_unref(container->scope);
	name_unref(container->name);
	free(container->title);
	netdev_stats_done(&container->network_before);
	free(container->flows);
}

static void containers_free(struct model_container *containers, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		model_container_done(&containers[i]);
	free(containers);
}

static void clear_rows(struct model *model)
{
	containers_free(model->containers, model->nr_listed);
	free(model->by_title);
	free(model->process_cores);
	*model = (struct model){
		.boot_epoch_ms = model->boot_epoch_ms,
		.ended = model->ended,
		.was_roots = model->was_roots,
		.userdata = model->userdata,
	};
}

void model_clear(struct model *model)
{
	clear_rows(model);
	ended_done(&model->ended);
}

const struct model_container *model_container(const struct model *model,
					      size_t i)
{
	return &model->containers[model->by_title[i]];
}

int64_t model_user(const struct model_container *container)
{
	if (container->name)
		return name_user(container->name, NULL);
	return container->is_roots ? 0 : container->scope->user_id;
}

const struct sample_container *
model_sampled(const struct model *model,
	      const struct model_container *container)
{
	size_t i = (size_t)(container - model->containers);

	return i < model->nr_containers ? &model->sample->containers[i] : NULL;
}

const struct model_container *model_find(const struct model *model,
					 uint64_t cgroup_id)
{
	size_t i;

	for (i = 0; i < model->nr_listed; i++)
		if (model->containers[i].scope->cgroup_id == cgroup_id)
			return &model->containers[i];
	return NULL;
}

/* Names */

static char *first_title(const struct model_container *container)
{
	const char *title = container->scope->title;
	int64_t user_id = model_user(container);
	_cleanup_free_ char *text = NULL;

	if (container->name && container->name->name)
		return title_of(container->name->name, user_id);
	text = utf8_dup(title, strlen(title), CONTMON_ID_MAX);
	return text ? title_of(text, user_id) : NULL;
}

static void show_network(const struct model *model, size_t i)
{
	struct container_row *row = &model->containers[i].row;
	size_t owner = model->containers[i].network_owner;

	row->network_owner = NULL;
	if (owner == NETWORK_UNKNOWN)
		row->network = NULL;
	else if (owner == NETWORK_HOST)
		row->network = MODEL_HOST;
	else if (owner == i)
		row->network = "own";
	else
		row->network = "shared";
	if (owner < model->nr_containers && owner != i)
		row->network_owner = model->containers[owner].title;
}

static const char *label_of(const struct container_info *name, const char *key)
{
	return name ? name_label(name, key) : NULL;
}

static void show_texts(struct model_container *container)
{
	struct container_row *row = &container->row;
	const struct container_info *name = container->name;
	const struct scope *scope = container->scope;

	row->container = container->title;
	row->id = scope->id;
	row->short_id = container->short_id;
	row->runtime = contmon_runtime_name(scope->runtime);
	row->pod = scope->pod;
	row->cgroup = scope->cgroup;
	row->pod_namespace = label_of(name, LABEL_POD_NAMESPACE);
	row->compose_project = label_of(name, LABEL_COMPOSE_PROJECT);
	row->compose_service = label_of(name, LABEL_COMPOSE_SERVICE);
	derive_named(name, row);
}

static int name_container(struct model_container *container,
			  const struct names *names)
{
	const struct scope *scope = container->scope;
	const struct container_info *name =
		names_find_again(names, scope->id, scope->cgroup,
				 scope->user_id, &container->is_roots);
	char *title;

	name_unref(container->name);
	container->name = name ? name_ref(name) : NULL;
	title = first_title(container);
	if (!title)
		return -ENOMEM;
	free(container->title);
	container->title = title;
	derive_created(name, &container->row);
	return 0;
}

int model_name(struct model *model, const struct names *names)
{
	size_t i;
	int r = 0;

	for (i = 0; i < model->nr_listed && r == 0; i++)
		r = name_container(&model->containers[i], names);
	if (r < 0)
		return r;
	if (unique_titles(model) < 0)
		return -ENOMEM;
	for (i = 0; i < model->nr_listed; i++)
		show_texts(&model->containers[i]);
	for (i = 0; i < model->nr_containers; i++)
		show_network(model, i);
	ended_name(&model->ended, names);
	return 0;
}

/* Rows */

/* Containers of cgroup v1 have no path. */
static bool is_same(const struct scope *a, const struct scope *b)
{
	return strcmp(a->id, b->id) == 0 &&
	       strcmp(a->cgroup ?: "", b->cgroup ?: "") == 0;
}

/* A change of source creates new scopes, but ids and paths stay the same. */
static const struct sample_container *
same_container(const struct sample *previous, const struct scope *scope)
{
	const struct sample_container *same;
	int32_t index = previous ? sample_find(previous, scope->cgroup_id) :
				   -1;

	if (index < 0)
		return NULL;
	same = &previous->containers[index];
	return same->scope == scope || is_same(same->scope, scope) ? same :
								    NULL;
}

static void make_container(const struct sample *previous,
			   const struct sample *sample, size_t i,
			   struct model_container *ret)
{
	const struct sample_container *now = &sample->containers[i];
	const struct sample_container *before =
		same_container(previous, now->scope);

	ret->scope = scope_ref(now->scope);
	title_short_id(ret->short_id, now->scope->id);
	derive_container(before, now, sample, &ret->row);
	ret->flows = device_flows(before, now);
}

static int find_network_owners(struct model *model,
			       const struct sample *sample)
{
	_cleanup_free_ size_t *owners = calloc(sample->nr_containers + 1,
					       sizeof(*owners));
	size_t i;
	int r = owners ? network_owners(sample, owners) : -ENOMEM;

	for (i = 0; r == 0 && i < sample->nr_containers; i++)
		model->containers[i].network_owner = owners[i];
	return r;
}

static void set_boot_epoch(struct model *model, const struct sample *sample)
{
	int64_t boot = sample->t_ms - (int64_t)(sample->boottime_ns / 1000000);

	if (llabs(boot - model->boot_epoch_ms) >= CLOCK_STEP_MS)
		model->boot_epoch_ms = boot;
}

static uint64_t interval_ns(const struct sample *previous,
			    const struct sample *sample)
{
	uint64_t now = sample->tasks.taken_boottime_ns;

	return previous && now > previous->tasks.taken_boottime_ns ?
	       now - previous->tasks.taken_boottime_ns : 0;
}

static int make_rows(struct model *model, const struct sample *previous,
		     const struct sample *sample)
{
	size_t i, nr = sample->nr_containers;

	model->containers = calloc(nr + 1, sizeof(*model->containers));
	model->by_title = calloc(nr + 1, sizeof(*model->by_title));
	model->process_cores = calloc(sample->tasks.nr + 1,
				      sizeof(*model->process_cores));
	if (!model->containers || !model->by_title || !model->process_cores)
		return -ENOMEM;
	if (find_network_owners(model, sample) < 0)
		return -ENOMEM;
	model->sample = sample;
	model->interval_ns = interval_ns(previous, sample);
	set_boot_epoch(model, sample);
	for (i = 0; i < nr; i++) {
		make_container(previous, sample, i, &model->containers[i]);
		model->by_title[i] = i;
		model->nr_containers = model->nr_listed = i + 1;
	}
	derive_system(previous, sample, &model->system);
	derive_cores(previous, sample, model->process_cores);
	for (i = 0; i < nr; i++)
		derive_container_cores(sample, i, model->process_cores,
				       &model->containers[i].row);
	return 0;
}

/* From one sample to the next */

static int by_cgroup_id(const void *key, const void *element)
{
	const struct model_container *container = element;
	uint64_t id = *(const uint64_t *)key;

	return (id > container->scope->cgroup_id) -
	       (id < container->scope->cgroup_id);
}

/* The same run in the previous sample, or NULL */
static const struct model_container *
known_before(const struct model_container *container,
	     const struct model_container *old, size_t nr_old)
{
	return nr_old == 0 ? NULL :
	       bsearch(&container->scope->cgroup_id, old, nr_old, sizeof(*old),
		       by_cgroup_id);
}

/* Traffic from before it owned the namespace counts for the earlier owner. */
static const struct netdev_stats *
network_before(const struct sample_container *before,
	       const struct sample_container *now,
	       const struct model_container *old)
{
	static const struct netdev_stats nothing;

	if (!old || old->network_owner >= NETWORK_UNKNOWN || !before ||
	    before->network_namespace != now->network_namespace)
		return &nothing;
	return old->owns_network ? &old->network_before : &before->network;
}

static int fill_network(struct model *model, const struct sample *previous,
			size_t i, const struct model_container *old)
{
	struct model_container *container = &model->containers[i];
	const struct sample_container *now = &model->sample->containers[i];
	const struct sample_container *before =
		same_container(previous, now->scope);

	if (container->network_owner != i) {
		network_fill_unknown(&container->row);
		return 0;
	}
	container->owns_network = true;
	if (netdev_stats_copy(network_before(before, now, old),
			      &container->network_before) < 0)
		return -ENOMEM;
	network_fill(before, now, &container->network_before, &container->row);
	return 0;
}

static int fill_totals(struct model *model, const struct sample *previous,
		       const struct model_container *old, size_t nr_old)
{
	size_t i;

	for (i = 0; i < model->nr_containers; i++) {
		struct model_container *container = &model->containers[i];
		const struct model_container *same =
			known_before(container, old, nr_old);

		if (fill_network(model, previous, i, same) < 0)
			return -ENOMEM;
		container->totals = container->row;
		if (same)
			totals_fill(&container->totals, &same->totals);
	}
	return 0;
}

/*
 * In v2 a container has another cgroup in its next run. If it has the same one,
 * it was only missing from a sample.
 */
static void continue_run(struct model *model, struct model_container *container)
{
	const struct scope *scope = container->scope;
	const struct ended_run run = ended_take(&model->ended,
						scope->cgroup ?: scope->id,
						scope->user_id);
	bool is_same = scope->cgroup && run.cgroup_id == scope->cgroup_id;

	container->oom_kills_before = is_same ? run.oom_kills_before :
						run.oom_kills;
}

/* The total of a container continues the total of its earlier run. */
static void add_earlier_runs(struct model *model,
			     const struct model_container *old, size_t nr_old)
{
	const struct model_container *same;
	size_t i;

	for (i = 0; i < model->nr_containers; i++) {
		struct model_container *container = &model->containers[i];

		same = known_before(container, old, nr_old);
		if (same)
			container->oom_kills_before = same->oom_kills_before;
		else
			continue_run(model, container);
		container->row.oom_kills_total += container->oom_kills_before;
	}
}

static bool was_roots(const struct model *model, uint64_t cgroup_id)
{
	return model->was_roots &&
	       model->was_roots(cgroup_id, model->userdata);
}

/* Whether root's engine has told of a container is known from before. */
static void keep_roots(struct model *model, const struct model_container *old,
		       size_t nr_old, size_t nr_listed)
{
	const struct model_container *same;
	size_t i, j;

	for (i = 0; i < model->nr_containers; i++) {
		struct model_container *container = &model->containers[i];

		same = known_before(container, old, nr_old);
		for (j = nr_old; !same && j < nr_listed; j++) {
			if (old[j].scope->cgroup_id ==
			    container->scope->cgroup_id)
				same = &old[j];
		}
		container->is_roots = same ? same->is_roots :
			was_roots(model, container->scope->cgroup_id);
	}
}

int model_update(struct model *model, const struct sample *previous,
		 const struct sample *sample, const struct names *names)
{
	struct model_container *old = model->containers;
	size_t nr_old = model->nr_containers, nr_listed = model->nr_listed;
	int r;

	model->containers = NULL;
	model->nr_containers = 0;
	model->nr_listed = 0;
	clear_rows(model);
	r = make_rows(model, previous, sample);
	if (r == 0)
		r = ended_update(model, old, nr_old);
	if (r == 0) {
		add_earlier_runs(model, old, nr_old);
		keep_roots(model, old, nr_old, nr_listed);
		r = fill_totals(model, previous, old, nr_old);
	}
	if (r == 0)
		r = model_name(model, names);
	containers_free(old, nr_listed);
	if (r < 0)
		model_clear(model);
	return r;
}

void model_owner(const struct model *model, int32_t owner,
		 const char **ret_title, const char **ret_id)
{
	*ret_title = owner == SAMPLE_HOST ? MODEL_HOST : NULL;
	*ret_id = NULL;
	if (owner < 0)
		return;
	*ret_title = model->containers[owner].title;
	*ret_id = model->containers[owner].scope->id;
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
	model_owner(model, model->sample->owners[i], &ret->row.container,
		    &ret->row.container_id);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The contents of `contmon top`, computed from two samples. The model does not
 * use a terminal, so it can be tested without one.
 */
#include "base/rate.h"
#include "contmon/rows/container_columns.h"
#include "contmon/rows/process_columns.h"
#include "model.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONTAINER_COLUMNS						\
	"container,short-id,runtime,cpu-cores,cpu-percent,"		\
	"memory-current-bytes,memory-limit-percent,memory-limit-bytes,"	\
	"memory-peak-bytes,swap-current-bytes,read-bytes-per-second,"	\
	"write-bytes-per-second,psi-percent,psi-cpu-percent,"		\
	"psi-io-percent,psi-memory-percent,cpu-limit-cores,"		\
	"oom-kills-total,processes,threads,memory-limit-owner,"		\
	"cpu-limit-owner,cgroup"
#define PROCESS_COLUMNS							\
	"pid,user,state,container,cpu-cores,cpu-percent,"		\
	"cpu-seconds-total,rss-bytes,vsz-bytes,rss-percent-of-vsz,"	\
	"swap-bytes,read-bytes-per-second,write-bytes-per-second,"	\
	"threads,oom-score,comm"

void top_model_init(struct top_model *model, struct contmon *c,
		    struct cli_owners *owners)
{
	struct cli_layout *containers = &model->layouts[TOP_CONTAINERS];
	struct cli_layout *processes = &model->layouts[TOP_PROCESSES];

	*model = (struct top_model){ .c = c, .owners = owners };
	cli_offer_container_columns(containers, true);
	cli_layout_default(containers, CONTAINER_COLUMNS);
	cli_layout_sort(containers, "cpu-cores");
	cli_offer_process_columns(processes, true);
	cli_layout_default(processes, PROCESS_COLUMNS);
	cli_layout_sort(processes, "cpu-cores");
}

void top_model_done(struct top_model *model)
{
	size_t i;

	for (i = 0; i < 2; i++)
		top_sample_done(&model->samples[i]);
	cli_containers_done(&model->containers);
	cli_v1_done(&model->v1);
	cli_containers_done(&model->containers_before);
	cli_processes_done(&model->processes);
	cli_rows_done(&model->rows);
}

static int compare_ids(const void *a, const void *b)
{
	const struct cli_container *x = a, *y = b;

	return x->row.id < y->row.id ? -1 : x->row.id > y->row.id;
}

static uint32_t nr_cpus(const struct top_sample *sample)
{
	uint32_t nr = sample->system.kernel.nr_cpus;

	return nr ? nr : 1;
}

/* The containers of the previous sample are in the order of their ids. */
static void rate_containers(struct top_model *model)
{
	const struct cli_containers *before = &model->containers_before;
	size_t i;

	for (i = 0; i < model->containers.nr; i++) {
		struct cli_container *now = &model->containers.v[i];
		const struct cli_container *old =
			bsearch(now, before->v, before->nr, sizeof(*old),
				compare_ids);

		if (old)
			now->row.rates = cli_cgroup_rates(
				&old->sums, &old->row.rates, &now->sums,
				now->taken_boottime_ns - old->taken_boottime_ns,
				nr_cpus(&model->samples[0]));
	}
}

/* Both samples are in the order of their pids. */
static void rate_processes(struct top_model *model)
{
	/* All counters of a new process begin at zero. */
	static const struct contmon_task newborn = {
		.valid = CONTMON_TASK_ALL,
	};
	const struct contmon_tasks *before = &model->samples[1].tasks;
	uint64_t elapsed_ns = model->samples[0].tasks.taken_boottime_ns -
			      before->taken_boottime_ns;
	const struct contmon_task *old = before->entries;
	const struct contmon_task *end = old + before->nr;
	size_t i;

	for (i = 0; i < model->processes.nr; i++) {
		struct cli_process *now = &model->processes.v[i];
		enum rate_baseline baseline;
		uint64_t start_ns = 0;
		bool has_pid;

		while (old < end && old->pid < now->task->pid)
			old++;
		has_pid = old < end && old->pid == now->task->pid;
		if (has_pid)
			start_ns = old->start_boottime_ns;
		baseline = rate_baseline(now->task->start_boottime_ns,
					 has_pid ? &start_ns : NULL,
					 before->taken_boottime_ns);
		if (baseline == RATE_UNKNOWN)
			continue;
		now->row.rates = cli_task_rates(
			baseline == RATE_FROM_ZERO ? &newborn : old, now->task,
			elapsed_ns, nr_cpus(&model->samples[0]));
	}
}

static uint64_t not_busy_ns(const struct contmon_get_system *system)
{
	return system->cpu_idle_ns + system->cpu_iowait_ns +
	       system->cpu_steal_ns;
}

static void rate_host(struct top_model *model)
{
	const struct contmon_get_system *now = &model->samples[0].system.kernel;
	const struct contmon_get_system *old = &model->samples[1].system.kernel;
	double busy = NAN;

	if (model->samples[1].filled &&
	    now->fields & old->fields & CONTMON_SYSTEM_CPU)
		busy = rate_busy_cpus(
			not_busy_ns(old), not_busy_ns(now),
			now->taken_boottime_ns - old->taken_boottime_ns,
			now->nr_cpus);
	model->cpu_known = !isnan(busy);
	model->cpu_cores = model->cpu_known ? busy : 0;
}

/* Only the containers' page shows what files have. */
static int read_containers(struct top_model *model)
{
	const struct top_sample *now = &model->samples[0];
	struct cli_containers *containers = &model->containers;
	struct cgroups *cgroups = model->owners->cgroups;
	int r;

	r = cli_roll_up(&now->cgroups, cgroups, false, containers);
	if (r == 0 && now->page == TOP_CONTAINERS)
		cli_containers_limit(containers, &now->cgroups, cgroups);
	if (r == 0 && now->has_cgroup1)
		r = cli_containers_add_v1(containers, cgroups, &now->tasks);
	if (r == 0 && now->has_cgroup1 && now->page == TOP_CONTAINERS)
		r = cli_containers_read_v1(containers, model->c, cgroups,
					   &now->tasks, &model->v1);
	return r;
}

static int make_containers(struct top_model *model)
{
	int r;

	cli_containers_done(&model->containers_before);
	model->containers_before = model->containers;
	model->containers = (struct cli_containers){ 0 };
	if (model->containers_before.nr)
		qsort(model->containers_before.v, model->containers_before.nr,
		      sizeof(*model->containers_before.v), compare_ids);

	r = read_containers(model);
	if (r < 0)
		return r;
	model->nr_containers = (uint32_t)model->containers.nr;
	if (model->samples[1].filled)
		rate_containers(model);
	return 0;
}

static int make_processes(struct top_model *model)
{
	const struct top_sample *now = &model->samples[0];
	const struct top_sample *old = &model->samples[1];
	int r;

	r = cli_processes_fill(&model->processes, now->tasks.entries,
			       now->tasks.nr, model->owners->cgroups);
	if (r == 0 && old->filled && old->page == TOP_PROCESSES)
		rate_processes(model);
	return r;
}

int top_model_take(struct top_model *model, struct top_sample *sample)
{
	struct top_sample oldest = model->samples[1];
	int r;

	cgroups_keep(model->owners->cgroups, &sample->cgroups);
	cli_owners_follow(model->owners);
	model->samples[1] = model->samples[0];
	model->samples[0] = *sample;
	*sample = oldest;

	rate_host(model);
	r = make_containers(model);
	if (r == 0 && model->samples[0].page == TOP_PROCESSES)
		r = make_processes(model);
	return r == 0 ? top_model_arrange(model) : r;
}

static int reserve(struct top_model *model, size_t nr)
{
	struct cli_row **v;

	if (nr < model->nr_allocated)
		return 0;
	v = reallocarray(model->rows.v, nr + nr / 4 + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	model->rows.v = v;
	model->nr_allocated = nr + nr / 4 + 1;
	return 0;
}

static bool is_inside(const struct top_model *model,
		      const struct cli_process *process)
{
	return !*model->inside ||
	       strcmp(process->row.cgroup->identity.id, model->inside) == 0;
}

static void select_containers(struct top_model *model,
			      const struct cli_filter *filter)
{
	size_t i;

	for (i = 0; i < model->containers.nr; i++)
		if (cli_filter_container(filter, &model->containers.v[i]))
			model->rows.v[model->rows.nr++] =
				&model->containers.v[i].row;
}

static void select_processes(struct top_model *model,
			     const struct cli_filter *filter)
{
	size_t i;

	for (i = 0; i < model->processes.nr; i++) {
		struct cli_process *process = &model->processes.v[i];

		if (is_inside(model, process) &&
		    cli_filter_process(filter, process))
			model->rows.v[model->rows.nr++] = &process->row;
	}
}

/* The cursor stays on its row, which may have moved, or at the top. */
static void follow(struct top_model *model)
{
	size_t i;

	for (i = 0; model->following && i < model->rows.nr; i++)
		if (model->rows.v[i]->id == model->selected_id)
			model->selected = i;
	top_model_select(model, (long)model->selected);
}

void top_model_select(struct top_model *model, long row)
{
	size_t nr = model->rows.nr, height = model->height;

	if (row >= (long)nr)
		row = (long)nr - 1;
	if (row < 0)
		row = 0;
	model->selected = (size_t)row;
	model->following = row > 0;
	model->selected_id = nr ? model->rows.v[row]->id : 0;

	if (model->first + height > nr)
		model->first = nr > height ? nr - height : 0;
	if (model->selected < model->first)
		model->first = model->selected;
	if (height && model->selected >= model->first + height)
		model->first = model->selected - height + 1;
}

int top_model_arrange(struct top_model *model)
{
	const struct cli_layout *layout = &model->layouts[model->page];
	struct cli_filter filter = model->only;
	size_t i;
	int r;

	filter.name = model->filter;

	r = reserve(model, model->page == TOP_CONTAINERS ?
				   model->containers.nr : model->processes.nr);
	if (r < 0)
		return r;
	model->rows.nr = 0;
	if (model->page == TOP_CONTAINERS)
		select_containers(model, &filter);
	else if (model->samples[0].page == TOP_PROCESSES)
		select_processes(model, &filter);
	/* Otherwise its processes have not been read yet. */

	for (i = 0; i < model->rows.nr; i++)
		model->rows.v[i]->depth = 0;
	cli_rows_sort(&model->rows, &layout->order);
	if (layout->tree)
		r = cli_rows_tree(&model->rows);
	follow(model);
	return r;
}

const char *top_model_place(const struct top_model *model)
{
	size_t i;

	if (!*model->inside)
		return model->only.container ? model->only.container : "";

	for (i = 0; i < model->containers.nr; i++) {
		const struct cgroup *cgroup =
			model->containers.v[i].row.cgroup;

		if (strcmp(cgroup->identity.id, model->inside) == 0)
			return cli_title(cgroup);
	}
	return model->inside;
}

/* On a page with one container's processes, the line above has its name. */
static bool is_named_above(const struct top_model *model,
			   const struct cli_column *column)
{
	return model->page == TOP_PROCESSES && *top_model_place(model) &&
	       strcmp(column->name, "container") == 0;
}

void top_model_fit(const struct top_model *model, int room,
		   int widths[CLI_COLUMNS_MAX])
{
	const struct cli_layout *layout = &model->layouts[model->page];
	size_t i;

	for (i = 0; i < layout->nr; i++)
		widths[i] = is_named_above(model, layout->v[i]) ? 0 :
			    cli_column_width(layout->v[i], model->unit);
	/* The last column takes the rest of the line. */
	if (!cli_column_is_number(layout->v[layout->nr - 1]))
		widths[layout->nr - 1] = room;
	cli_layout_fit(layout, room, widths);
}

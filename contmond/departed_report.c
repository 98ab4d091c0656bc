// SPDX-License-Identifier: GPL-2.0-only
/* What engines report of containers that have ended */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "contmond/model/title.h"
#include "departed_private.h"
#include "final.h"
#include "labels.h"

/* If the engine has not reported the end by then, it never will. */
#define PATIENCE_NS (60 * NS_PER_SECOND)

/* The engine may still be reporting the end of an earlier run. */
static bool has_ended(const struct departed_container *gone,
		      const struct container_info *name)
{
	if (ended_is_of_next(name, gone->next_ms))
		return false;
	if (ended_is_before_start(name, (double)gone->began_ms))
		return true;
	return name->finished_ms > 0 &&
	       name->finished_ms >= name->started_ms &&
	       name->finished_ms >= gone->began_ms;
}

/* The container may have ended before its name was known. */
static void describe(struct departed_container *gone,
		     const struct container_info *name, struct store *store)
{
	_cleanup_free_ char *labels = NULL;
	const int64_t user_id = name_user(name, NULL);
	_cleanup_free_ char *title = name->name ?
		title_of(name->name, user_id) : NULL;
	const struct container_row row = {
		.container = title,
		.cgroup = gone->cgroup,
		.image = name->image,
		.command = name->command,
	};
	struct store_container who = {
		.cgroup_id = gone->cgroup_id,
		.row = &row,
		.is_named = title,
		.is_roots = user_id == 0,
		.user_id = user_id,
	};

	if (gone->is_named)
		return;
	gone->is_named = true;
	labels = labels_text(name);
	who.labels = labels;
	store_rename(store, &who);
}

static void report(const struct departed_container *gone,
		   const struct container_info *name, struct store *store)
{
	static const struct container_row nothing;
	const struct store_container who = {
		.cgroup_id = gone->cgroup_id,
		.row = &nothing,
	};
	struct store_final final;

	final_of_name(name, &final);
	if (name->started_ms > 0)
		final.started_ms = (double)name->started_ms;
	store_end(store, &who, &final);
}

static void take(struct departed *departed, struct departed_container *gone,
		 const struct container_info *name, uint64_t ended_boottime_ns,
		 struct store *store)
{
	describe(gone, name, store);
	report(gone, name, store);
	departed_settle(departed, gone, name->finished_ms, ended_boottime_ns);
}

uint64_t departed_end_of(const struct container_info *name)
{
	uint64_t ended_ns = clock_boottime_of_ms(name->finished_ms);
	uint64_t now_ns = clock_boottime_ns();

	return ended_ns < now_ns ? ended_ns : now_ns;
}

void departed_report(struct departed *departed, struct store *store,
		     const struct names *names, uint64_t boottime_ns)
{
	size_t i, kept = 0;

	for (i = 0; i < departed->nr_gone; i++) {
		struct departed_container *gone = &departed->gone[i];
		const struct container_info *name =
			names_find_again(names, gone->id, gone->cgroup,
					 gone->user_id, &gone->is_roots);

		if (name)
			gone->user_id = name_user(name, NULL);
		if (name && has_ended(gone, name)) {
			take(departed, gone, name, departed_end_of(name),
			     store);
			continue;
		}
		if (name)
			describe(gone, name, store);
		if (boottime_ns < gone->gone_boottime_ns + PATIENCE_NS)
			departed->gone[kept++] = *gone;
		else
			departed_settle(departed, gone, 0,
					gone->gone_boottime_ns +
					DEPARTED_LATE_NS);
	}
	departed->nr_gone = kept;
}

static bool is_run(const struct departed_container *container,
		   const char *id, uint64_t ended_boottime_ns)
{
	return !departed_is_of_user(container) &&
	       container->began_boottime_ns <= ended_boottime_ns &&
	       (container->next_boottime_ns == 0 ||
		ended_boottime_ns < container->next_boottime_ns) &&
	       strcmp(container->id, id) == 0;
}

static struct departed_container *find_run(struct departed_container *all,
					   size_t nr, const char *id,
					   uint64_t ended_boottime_ns)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (is_run(&all[i], id, ended_boottime_ns))
			return &all[i];
	}
	return NULL;
}

enum departed_run departed_hear(struct departed *departed,
				const struct container_info *name,
				uint64_t ended_boottime_ns,
				struct store *store)
{
	struct departed_container *gone;

	if (find_run(departed->present, departed->nr_present, name->id,
		     ended_boottime_ns))
		return DEPARTED_PRESENT;
	gone = find_run(departed->gone, departed->nr_gone, name->id,
			ended_boottime_ns);
	if (gone) {
		take(departed, gone, name, ended_boottime_ns, store);
		departed_drop(departed, gone);
		return DEPARTED_RECORDED;
	}
	return ends_lack(&departed->ends, name->id, name->finished_ms,
			 ended_boottime_ns) ? DEPARTED_UNSEEN :
					      DEPARTED_RECORDED;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "base/text.h"
#include "contmon/cli/error.h"
#include "contmon/cli/parse.h"
#include "contmon/names/owners.h"
#include "filter.h"

#include <errno.h>
#include <fnmatch.h>
#include <pwd.h>
#include <string.h>

#define STATES "RSDTtXZPI"

int cli_filter_states(struct cli_filter *filter, const char *letters)
{
	if (!*letters || letters[strspn(letters, STATES)]) {
		cli_error("--state %s: not letters of " STATES, letters);
		return CLI_USAGE;
	}
	filter->states = letters;
	return CLI_GO_ON;
}

int cli_filter_user(struct cli_filter *filter, const char *name)
{
	const struct passwd *user = getpwnam(name);
	uint64_t uid;

	if (user) {
		filter->uid = user->pw_uid;
	} else if (text_to_u64(name, 0, UINT32_MAX, &uid) == 0) {
		filter->uid = (uint32_t)uid;
	} else {
		cli_error("--user %s: no such user", name);
		return CLI_USAGE;
	}
	filter->by_uid = true;
	return CLI_GO_ON;
}

int cli_filter_min_rss(struct cli_filter *filter, const char *size)
{
	if (cli_parse_size(size, &filter->min_rss_bytes) == 0)
		return CLI_GO_ON;
	cli_error("--min-rss %s: not a size, such as 64M", size);
	return CLI_USAGE;
}

static bool wants_host(const struct cli_filter *filter)
{
	return cgroup_is_host(filter->container);
}

void cli_filter_begin(struct cli_filter *filter,
		      const struct cgroups *cgroups)
{
	filter->named = filter->container &&
			cgroups_has_name(cgroups, filter->container);
}

/* The only container's cgroup that passes; 0 for none or several */
static uint64_t find_cgroup(const struct cli_filter *filter, struct contmon *c,
			    struct cgroups *cgroups)
{
	struct contmon_cgroups all = { 0 };
	uint64_t found = 0;
	size_t i, nr = 0;

	if (contmon_snapshot_cgroups(c, CONTMON_CGROUP_BASE, 0, &all) < 0)
		return 0;
	for (i = 0; i < all.nr; i++) {
		const struct cgroup *cgroup =
			cgroups_get(cgroups, all.entries[i].cgroup_id);

		if (!cgroup_is_own(cgroup) ||
		    !cli_filter_cgroup(filter, cgroup))
			continue;
		found = all.entries[i].cgroup_id;
		nr++;
	}
	contmon_cgroups_done(&all);
	return nr == 1 ? found : 0;
}

static bool has_cgroup(const struct cli_filter *filter, struct contmon *c,
		       struct cgroups *cgroups)
{
	struct contmon_cgroups all = { 0 };
	bool found = false;
	size_t i;

	if (contmon_snapshot_cgroups(c, CONTMON_CGROUP_BASE, 0, &all) < 0)
		return false;
	for (i = 0; !found && i < all.nr; i++)
		found = cli_filter_cgroup(filter, cgroups_get(cgroups,
						all.entries[i].cgroup_id));
	contmon_cgroups_done(&all);
	return found;
}

/* Containers of cgroup v1 are known only from their processes. */
static bool has_process(const struct cli_filter *filter, struct contmon *c,
			struct cgroups *cgroups)
{
	struct contmon_tasks all = { 0 };
	bool found = false;
	size_t i;

	if (contmon_snapshot_tasks(c, CONTMON_TASK_CGROUP, 0, &all) < 0)
		return true;
	for (i = 0; !found && i < all.nr; i++)
		found = cli_filter_cgroup(filter, cgroups_of_task(cgroups,
							&all.entries[i]));
	contmon_tasks_done(&all);
	return found;
}

bool cli_filter_finds(const struct cli_filter *filter, struct contmon *c,
		      struct cgroups *cgroups)
{
	return !filter->container || wants_host(filter) ||
	       has_cgroup(filter, c, cgroups) ||
	       has_process(filter, c, cgroups);
}

void cli_filter_query(const struct cli_filter *filter, struct contmon *c,
		      struct cgroups *cgroups, struct contmon_query *query)
{
	if (filter->by_uid) {
		query->flags |= CONTMON_FILTER_UID;
		query->uid = filter->uid;
	}
	if (filter->min_rss_bytes) {
		query->flags |= CONTMON_FILTER_RSS;
		query->min_rss_bytes = filter->min_rss_bytes;
	}
	if (filter->container && !wants_host(filter))
		query->cgroup_id = find_cgroup(filter, c, cgroups);
	if (query->cgroup_id)
		query->flags |= CONTMON_FILTER_CGROUP;
}

bool cli_filter_name(const struct cli_filter *filter, const char *name)
{
	if (!filter->name || !*filter->name)
		return true;
	if (strpbrk(filter->name, "*?["))
		return fnmatch(filter->name, name, 0) == 0;
	return strstr(name, filter->name);
}

bool cli_filter_cgroup(const struct cli_filter *filter,
		       const struct cgroup *cgroup)
{
	const char *id = cgroup->identity.id;
	const char *title = cli_title(cgroup);

	if (!filter->container)
		return true;
	if (title && strcmp(title, filter->container) == 0)
		return true;
	if (wants_host(filter))
		return false;
	return *id && !filter->named && strncmp(id, filter->container,
			      strlen(filter->container)) == 0;
}

bool cli_filter_process(const struct cli_filter *filter,
			const struct cli_process *process)
{
	const struct contmon_task *task = process->task;

	if (filter->by_uid && (!(task->valid & CONTMON_TASK_CRED) ||
			       task->uid != filter->uid))
		return false;
	if (filter->states && (task->state == 0 ||
			       !strchr(filter->states, (int)task->state)))
		return false;
	if (filter->min_rss_bytes &&
	    (!(task->valid & CONTMON_TASK_MEM) ||
	     cli_task_rss_bytes(task) < filter->min_rss_bytes))
		return false;
	return cli_filter_cgroup(filter, process->row.cgroup) &&
	       cli_filter_name(filter, process->comm);
}

bool cli_filter_container(const struct cli_filter *filter,
			  const struct cli_container *container)
{
	const struct cgroup *cgroup = container->row.cgroup;

	return cli_filter_cgroup(filter, cgroup) &&
	       (cli_filter_name(filter, cli_title(cgroup) ?: "") ||
		cli_filter_name(filter, cgroup->identity.id) ||
		cli_filter_name(filter, cgroup->path ? cgroup->path : ""));
}

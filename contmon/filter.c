// SPDX-License-Identifier: GPL-2.0-only
#include "cli.h"
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
	} else if (cli_parse_number(name, UINT32_MAX, &uid) == 0) {
		filter->uid = (uint32_t)uid;
	} else {
		cli_error("--user %s: no such user", name);
		return CLI_USAGE;
	}
	filter->by_uid = true;
	return CLI_GO_ON;
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
		       const struct cli_cgroup *cgroup)
{
	const char *id = cgroup->identity.id;

	if (!filter->container)
		return true;
	if (strcmp(filter->container, "host") == 0 && cgroup->path && !*id)
		return true;
	return *id && strncmp(id, filter->container,
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
	return cli_filter_cgroup(filter, process->cgroup) &&
	       cli_filter_name(filter, process->comm);
}

bool cli_filter_container(const struct cli_filter *filter,
			  const struct cli_container *container)
{
	const struct cli_cgroup *cgroup = container->cgroup;

	return cli_filter_cgroup(filter, cgroup) &&
	       (cli_filter_name(filter, cgroup->identity.id) ||
		cli_filter_name(filter, cgroup->path ? cgroup->path : ""));
}

// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/names/owners.h"
#include "owner_columns.h"

/* Known if it is set and not empty */
static struct cli_value text(const char *value)
{
	return (struct cli_value){ value && *value, { .text = value } };
}

struct cli_value cli_row_container_id(const struct cli_row *row)
{
	return text(row->cgroup->identity.id);
}

static struct cli_value get_container(const struct cli_row *row)
{
	return text(cli_title(row->cgroup));
}

static const char *container_color(const struct cli_row *row)
{
	return *row->cgroup->identity.id ? "cyan" : NULL;
}

static struct cli_value get_runtime(const struct cli_row *row)
{
	const struct cgroup *cgroup = row->cgroup;

	if (!cgroup->is_known)
		return (struct cli_value){ 0 };
	return text(contmon_runtime_name(cgroup->identity.runtime));
}

static struct cli_value get_pod(const struct cli_row *row)
{
	return text(row->cgroup->identity.pod);
}

static struct cli_value get_rootless(const struct cli_row *row)
{
	const struct cgroup *cgroup = row->cgroup;

	return (struct cli_value){
		.known = cgroup->is_known,
		.yes = cgroup->identity.rootless,
	};
}

static struct cli_value get_cgroup(const struct cli_row *row)
{
	return text(row->cgroup->path);
}

const struct cli_column cli_owner_columns[] = {
	{ .name = "container", .heading = "CONTAINER", .kind = CLI_KIND_TEXT,
	  .help = "name of the container, else 12 digits of its id; or host",
	  .width = 18, .least = 12, .most = 24, .rank = 4,
	  .get = get_container, .get_color = container_color },
	{ .name = "runtime", .heading = "RUNTIME", .kind = CLI_KIND_TEXT,
	  .help = "docker, podman, ...; host outside of containers",
	  .width = 10, .rank = 18, .get = get_runtime },
	{ .name = "pod", .heading = "POD", .kind = CLI_KIND_TEXT,
	  .help = "id of its pod",
	  .width = 36, .rank = 23, .get = get_pod },
	{ .name = "rootless", .heading = "ROOTLESS", .kind = CLI_KIND_BOOL,
	  .help = "does it run below the systemd of a user?",
	  .width = 8, .rank = 24, .get = get_rootless },
	{ .name = "cgroup", .heading = "CGROUP", .kind = CLI_KIND_TEXT,
	  .help = "path of its cgroup",
	  .width = 20, .least = 20, .rank = 22, .get = get_cgroup },
	{ .name = NULL }
};

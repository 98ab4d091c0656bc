// SPDX-License-Identifier: GPL-2.0-only
#include "commands.h"
#include "contmon/cli/commands.h"
#include "contmon/grafana/push.h"

static const struct cli_command all[] = {
	{ "push", "create or update the dashboards, and what they need",
	  cli_grafana_push },
};

int cli_grafana(int argc, char **argv)
{
	static const struct cli_commands commands = {
		.name = "grafana",
		.about = "contmon's dashboards and alert rules in Grafana.\n",
		.all = all,
		.nr = sizeof(all) / sizeof(all[0]),
	};

	return cli_run_commands(&commands, argc, argv);
}

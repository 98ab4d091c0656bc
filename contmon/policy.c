// SPDX-License-Identifier: GPL-2.0-only
#include "commands.h"
#include "contmon/cli/commands.h"
#include "contmon/policy/policy.h"

static const struct cli_command all[] = {
	{ "status", "rules, and decisions that have not ended",
	  cli_policy_status },
	{ "veto", "end a decision before it acts", cli_policy_veto },
	{ "log", "what policies decided, and why", cli_policy_log },
	{ "explain", "what each rule says of each container, and why",
	  cli_policy_explain },
	{ "replay", "what rules would have done to the recorded past",
	  cli_policy_replay },
	{ "check", "find the mistakes in rule files", cli_policy_check },
};

int cli_policy(int argc, char **argv)
{
	static const struct cli_commands commands = {
		.name = "policy",
		.about = "Rules by which contmond acts on containers; see "
			 "contmon-policy(5).\n",
		.all = all,
		.nr = sizeof(all) / sizeof(all[0]),
	};

	return cli_run_commands(&commands, argc, argv);
}

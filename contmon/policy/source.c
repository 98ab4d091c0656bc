// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/cli/error.h"
#include "contmon/past/open.h"
#include "contmon/past/setting.h"
#include "rules.h"
#include "source.h"

bool cli_source_option(int opt, struct cli_source *source)
{
	if (opt == CLI_OPT_RULES)
		source->rules = optarg;
	else if (opt == CLI_OPT_STORE)
		source->path = optarg;
	else
		return false;
	return true;
}

int cli_source_open(struct cli_source *source)
{
	int status = cli_past_choose(&source->path);

	if (status == CLI_GO_ON)
		status = cli_rules_load(&source->rules, source->rules ? 1 : 0,
					&source->policy);
	if (status != CLI_GO_ON)
		return status;
	status = cli_past_open(&source->path, &source->store);
	if (status != CLI_GO_ON) {
		policy_free(source->policy);
		source->policy = NULL;
	}
	return status;
}

void cli_source_close(struct cli_source *source)
{
	cli_past_close(source->store, source->path);
	policy_free(source->policy);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/cli/error.h"
#include "rules.h"

#include <errno.h>

static void report(const struct policy_error *error)
{
	if (error->line > 0)
		cli_error("%s:%u: %s", error->file, error->line, error->text);
	else
		cli_error("%s: %s", error->file, error->text);
}

int cli_rules_load(const char *const *paths, size_t nr_paths,
		   struct policy **ret)
{
	struct policy_errors errors = { 0 };
	int r = policy_load(paths, nr_paths, ret, &errors);
	size_t i;

	for (i = 0; i < errors.nr; i++)
		report(&errors.all[i]);
	policy_errors_done(&errors);
	if (r == -EINVAL)
		return CLI_FAILURE;
	return r < 0 ? cli_failed("rules", r) : CLI_GO_ON;
}

int64_t cli_rules_longest_ms(const struct policy *policy)
{
	int64_t longest_ms = 0;
	size_t i;

	for (i = 0; i < policy->nr_rules; i++) {
		if (policy->rules[i].for_ms > longest_ms)
			longest_ms = policy->rules[i].for_ms;
	}
	return longest_ms;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* What rules say of containers, as rows of a table */
#ifndef CONTMON_POLICY_VERDICTS_H
#define CONTMON_POLICY_VERDICTS_H

#include "contmon/table/listing.h"
#include "contmond/policy/decide.h"

/** struct cli_verdict - one rule, one container; it owns its texts */
struct cli_verdict {
	struct cli_row row;	/* first */
	char *container;
	char *container_id;
	char *rule;
	char *finding;
	char *reason;
	char *class;
	char *type;
	char *protection;
};

/** struct cli_verdicts - @nr_containers: also those without a row */
struct cli_verdicts {
	struct cli_verdict *v;
	size_t nr, allocated;
	size_t nr_containers;
};

/*
 * Add what a rule says. @all: also if the rule does not select the container.
 * 0 or -ENOMEM
 */
int cli_verdicts_add(struct cli_verdicts *verdicts,
		     const struct policy *policy,
		     const struct policy_result *result,
		     const struct policy_tick *tick, size_t rule,
		     size_t candidate, bool all);
void cli_verdicts_done(struct cli_verdicts *verdicts);

/* Pointers to them. 0 or -ENOMEM */
int cli_verdicts_rows(const struct cli_verdicts *verdicts,
		      struct cli_rows *ret);

/* As JSON or CSV; takes over @meta. Returns an exit status */
int cli_verdicts_print(const struct cli_listing *listing,
		       const struct cli_rows *rows, json_t *meta);

void cli_offer_verdict_columns(struct cli_layout *layout);

#endif /* CONTMON_POLICY_VERDICTS_H */

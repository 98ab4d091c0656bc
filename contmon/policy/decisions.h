/* SPDX-License-Identifier: GPL-2.0-only */
/* Decisions of policies as rows of a table: those of the audit */
#ifndef CONTMON_POLICY_DECISIONS_H
#define CONTMON_POLICY_DECISIONS_H

#include "contmon/table/listing.h"
#include "contmond/store/store.h"

/** struct cli_decision - one state of a decision; it owns its texts */
struct cli_decision {
	struct cli_row row;	/* first */
	struct store_decision decision;
};

/** struct cli_decisions - zero-initialise */
struct cli_decisions {
	struct cli_decision *v;
	size_t nr, allocated;
};

/* Add a copy. 0 or -ENOMEM */
int cli_decisions_add(struct cli_decisions *decisions,
		      const struct store_decision *decision);

/* Remove the @i-th; the others keep their order. */
void cli_decisions_remove(struct cli_decisions *decisions, size_t i);
void cli_decisions_done(struct cli_decisions *decisions);

/* Pointers to them, the last one first if @reverse. 0 or -ENOMEM */
int cli_decisions_rows(const struct cli_decisions *decisions, bool reverse,
		       struct cli_rows *ret);

/* As JSON or CSV; takes over @meta. Returns an exit status */
int cli_decisions_print(const struct cli_listing *listing,
			const struct cli_rows *rows, json_t *meta);

void cli_offer_decision_columns(struct cli_layout *layout);

#endif /* CONTMON_POLICY_DECISIONS_H */

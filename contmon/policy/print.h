/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_POLICY_PRINT_H
#define CONTMON_POLICY_PRINT_H

#include "contmon/table/listing.h"

/*
 * Rows as JSON or CSV. Takes over @meta.
 * @none: a row without values, for the keys of CSV without rows
 * Returns an exit status; errors are reported.
 */
int cli_policy_print(const struct cli_listing *listing,
		     const struct cli_rows *rows, const struct cli_row *none,
		     json_t *meta);

#endif /* CONTMON_POLICY_PRINT_H */

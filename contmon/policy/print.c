// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/table/output.h"
#include "print.h"

int cli_policy_print(const struct cli_listing *listing,
		     const struct cli_rows *rows, const struct cli_row *none,
		     json_t *meta)
{
	const struct cli_layout *layout = &listing->layout;
	json_t *all = json_array();
	size_t i;

	if (listing->options.csv && rows->nr == 0) {
		json_decref(all);
		json_decref(meta);
		return cli_print_csv_keys(cli_layout_json(layout, none),
					  &listing->options);
	}
	for (i = 0; i < rows->nr; i++) {
		if (json_array_append_new(all, cli_layout_json(
				layout, rows->v[i])) == 0)
			continue;
		json_decref(all);
		json_decref(meta);
		return cli_print_json(NULL);
	}
	return cli_print_rows(all, meta, &listing->options);
}

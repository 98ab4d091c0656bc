/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_PAST_IMPORT_H
#define CONTMON_PAST_IMPORT_H

#include "spool.h"

/**
 * struct cli_import - zero-initialise except @name, @nr_cpus, @on_progress;
 * then cli_import_read(), cli_import_write() and cli_import_done()
 * @name: of the input, for messages
 * @nr_cpus: of the host, if the rows do not tell; NAN: 1
 * @on_progress: called from time to time with what is done of what, and of
 *	neither while rows are read
 * @nr_bad: parts of the input that were not understood
 * @nr_there: rows that the store, or an earlier row, has already
 * @nr_new: rows that were written
 */
struct cli_import {
	const char *name;
	double nr_cpus;
	void (*on_progress)(const struct cli_import *import, size_t done,
			    size_t all);
	struct cli_spool spool;
	uint64_t nr_bad, nr_there, nr_new;
};

/* Read all rows; bad ones are reported. Returns an exit status. */
int cli_import_read(struct cli_import *import, FILE *from);

/* Write the rows that were read. Returns an exit status after an error. */
int cli_import_write(struct cli_import *import, const char *path);
void cli_import_done(struct cli_import *import);

#endif /* CONTMON_PAST_IMPORT_H */

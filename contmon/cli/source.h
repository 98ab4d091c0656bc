/* SPDX-License-Identifier: GPL-2.0-only */
/* The source of the numbers: the driver, or procfs and cgroupfs */
#ifndef CONTMON_CLI_SOURCE_H
#define CONTMON_CLI_SOURCE_H

#include "contmon.h"

/*
 * Opens the source, or reports why that fails, and a remedy. Returns 0 or
 * -errno.
 */
int cli_open(struct contmon **ret);

/* "driver" or "procfs" */
const char *cli_source_name(const struct contmon *c);

/* Does the source support these CONTMON_* flags? CLI_GO_ON, or CLI_FAILURE */
int cli_check_flags(const struct contmon *c, uint32_t flags);

#endif /* CONTMON_CLI_SOURCE_H */

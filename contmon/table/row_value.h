/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_ROW_VALUE_H
#define CONTMON_TABLE_ROW_VALUE_H

#include "column.h"

/* Values that rows of processes and of containers both have */

struct cli_value cli_row_id(const struct cli_row *row);
struct cli_value cli_row_name(const struct cli_row *row);
struct cli_value cli_row_title(const struct cli_row *row);
struct cli_value cli_row_path(const struct cli_row *row);

struct cli_value cli_row_cores(const struct cli_row *row);
struct cli_value cli_row_cpu_share(const struct cli_row *row);
struct cli_value cli_row_read_rate(const struct cli_row *row);
struct cli_value cli_row_write_rate(const struct cli_row *row);
struct cli_value cli_row_psi_cpu(const struct cli_row *row);
struct cli_value cli_row_psi_io(const struct cli_row *row);
struct cli_value cli_row_psi_memory(const struct cli_row *row);

/* Of what it waits for most */
struct cli_value cli_row_psi_worst(const struct cli_row *row);

/* A column of numbers; NUMBER() has a getter of its list's, MOVING() of these. */
#define NUMBER(_name, _heading, _key, _kind, _get, _help)		\
		.name = _name, .heading = _heading, .key = _key,	\
		.help = _help,						\
		.kind = CLI_KIND_##_kind, .get = get_##_get

#define MOVING(_name, _heading, _key, _kind, _get, _help)		\
		.name = _name, .heading = _heading, .key = _key,	\
		.help = _help,						\
		.kind = CLI_KIND_##_kind, .get = cli_row_##_get

#endif /* CONTMON_TABLE_ROW_VALUE_H */

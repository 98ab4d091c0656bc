// SPDX-License-Identifier: GPL-2.0-only
#include "row_value.h"

/* Texts of the row's cgroup: known if they are there */
static struct cli_value text(const char *value)
{
	return (struct cli_value){ value, { .text = value } };
}

struct cli_value cli_row_id(const struct cli_row *row)
{
	return text(row->cgroup->label);
}

struct cli_value cli_row_name(const struct cli_row *row)
{
	return text(row->cgroup->name);
}

struct cli_value cli_row_title(const struct cli_row *row)
{
	return text(cli_cgroup_title(row->cgroup));
}

struct cli_value cli_row_path(const struct cli_row *row)
{
	return text(row->cgroup->path);
}

#define GET_RATE(name, side, what, member)				\
	struct cli_value cli_row_##name(const struct cli_row *row)	\
	{								\
		return (struct cli_value){				\
			.known = row->rates.what##_known,		\
			.side = row->rates.member,			\
		};							\
	}

GET_RATE(cores, ratio, cpu, cpu_cores)
GET_RATE(cpu_share, ratio, cpu, cpu_share)
GET_RATE(read_rate, bytes, io, read_bytes)
GET_RATE(write_rate, bytes, io, write_bytes)
GET_RATE(psi_cpu, ratio, psi, psi_cpu)
GET_RATE(psi_io, ratio, psi, psi_io)
GET_RATE(psi_memory, ratio, psi, psi_memory)

struct cli_value cli_row_psi_worst(const struct cli_row *row)
{
	const struct cli_rates *rates = &row->rates;
	double worst = rates->psi_cpu;

	if (rates->psi_io > worst)
		worst = rates->psi_io;
	if (rates->psi_memory > worst)
		worst = rates->psi_memory;
	return (struct cli_value){ rates->psi_known, { .ratio = worst } };
}

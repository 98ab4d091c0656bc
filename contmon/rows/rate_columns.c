// SPDX-License-Identifier: GPL-2.0-only
#include "rate_columns.h"

/* get_NAME(): a member of the rates, and whether it is known */
#define GET(name, side, known_by, member)				\
	static struct cli_value get_##name(const struct cli_row *row)	\
	{								\
		return (struct cli_value){				\
			.known = row->rates.known_by,			\
			.side = row->rates.member,			\
		};							\
	}

GET(cpu_cores, ratio, cpu_known, cpu_cores)
GET(cpu_percent, ratio, cpu_known, cpu_share)
GET(read, bytes, read_known, read_bytes)
GET(write, bytes, write_known, write_bytes)
GET(psi_cpu, ratio, psi_cpu.known, psi_cpu.share)
GET(psi_io, ratio, psi_io.known, psi_io.share)
GET(psi_memory, ratio, psi_memory.known, psi_memory.share)

static struct cli_value get_psi(const struct cli_row *row)
{
	const struct cli_rates *rates = &row->rates;
	double most = rates->psi_cpu.share;

	if (rates->psi_io.share > most)
		most = rates->psi_io.share;
	if (rates->psi_memory.share > most)
		most = rates->psi_memory.share;
	return (struct cli_value){
		rates->psi_cpu.known && rates->psi_io.known &&
		rates->psi_memory.known, { .ratio = most }
	};
}

static const char *psi_color(const struct cli_row *row)
{
	struct cli_value value = get_psi(row);

	if (!value.known || value.ratio < 0.1)
		return NULL;
	return value.ratio < 0.4 ? "yellow" : "red";
}

const struct cli_column cli_rate_columns[] = {
	{ .name = "cpu-cores", .heading = "CORES", .kind = CLI_KIND_CORES,
	  .help = "CPUs kept busy",
	  .width = 6, .rank = 2, .get = get_cpu_cores },
	{ .name = "cpu-percent", .heading = "CPU%", .kind = CLI_KIND_PERCENT,
	  .help = "the same as a share of all CPUs of the host",
	  .width = 6, .rank = 7, .get = get_cpu_percent },
	{ .name = "read-bytes-per-second", .heading = "READ/S",
	  .kind = CLI_KIND_RATE, .help = "bytes a second from storage",
	  .width = 7, .rank = 9, .get = get_read },
	{ .name = "write-bytes-per-second", .heading = "WRITE/S",
	  .kind = CLI_KIND_RATE, .help = "bytes a second to storage",
	  .width = 7, .rank = 9, .get = get_write },
	{ .name = NULL }
};

const struct cli_column cli_pressure_columns[] = {
	{ .name = "psi-percent", .heading = "PSI", .kind = CLI_KIND_PERCENT,
	  .help = "share of the time some task waited: the largest of the next",
	  .width = 6, .rank = 8, .get = get_psi, .get_color = psi_color },
	{ .name = "psi-cpu-percent", .heading = "PSI-CPU",
	  .kind = CLI_KIND_PERCENT, .help = "for CPU",
	  .width = 7, .rank = 15, .get = get_psi_cpu },
	{ .name = "psi-io-percent", .heading = "PSI-IO",
	  .kind = CLI_KIND_PERCENT, .help = "for IO",
	  .width = 7, .rank = 15, .get = get_psi_io },
	{ .name = "psi-memory-percent", .heading = "PSI-MEM",
	  .kind = CLI_KIND_PERCENT, .help = "for memory",
	  .width = 7, .rank = 15, .get = get_psi_memory },
	{ .name = NULL }
};

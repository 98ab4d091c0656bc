/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A busy host for the benchmark of the store. Of its containers, six in ten are
 * idle, three work at intervals, one always; they do IO on one, two and three
 * devices.
 */
#ifndef TESTS_BENCH_STORE_HOST_H
#define TESTS_BENCH_STORE_HOST_H

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "contmond/store/store.h"

#define PAGE 4096.0
#define MIB 1048576.0
#define NR_COMMANDS 8

struct load {
	double cpu, user, memory, anon, file, kernel, rss;
	double read, write, read_ops, write_ops, faults, received, sent;
	double processes, periods, throttled_periods, throttled, major_faults;
	double refaults, swap, cpu_stall, io_stall, memory_stall;
};

static int64_t begin_ms = INT64_C(1700000000000);
static uint64_t seed = 88172645463325252;
static struct container_row *rows;
static struct store_container *containers;
static struct store_process (*processes)[3];
static struct store_command (*commands)[NR_COMMANDS];
static struct store_commands host_commands;
static struct model_device (*devices)[STORE_DEVICES];
static struct load *loads;
static struct system_row host;
static size_t nr;
static char (*names)[2][80];

static double uniform(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (double)(seed >> 11) / 9007199254740992.0;
}

static double noise(double by)
{
	return (uniform() + uniform() + uniform() - 1.5) * by;
}

/* A column that does not exist in this version is not set. */
#define set(row, key, number) do { \
	static const struct column *column; \
	\
	if (!column) \
		column = table_find(&container_table, key); \
	if (column) \
		*(double *)((char *)(row) + column->offset) = (number); \
} while (0)

/* From 0, idle, to 1, always busy */
static double activity(size_t i, int64_t t_s)
{
	if (i % 10 < 6)
		return t_s % 60 == (int64_t)i % 60 ? 0.002 : 0;
	if (i % 10 < 9)
		return (t_s / 40 + (int64_t)i) % 5 == 0 ? 0.2 : 0.01;
	return 0.7 + 0.3 * sin((double)t_s / 3000 + (double)i);
}

static void advance(size_t i, int64_t t_s, struct load *load)
{
	double a = activity(i, t_s), cpu = fmax(0, a + noise(a * 0.2));

	load->cpu += cpu;
	load->user += cpu * 0.7;
	if (a > 0.005) {
		load->anon = fmax(8 * MIB, load->anon + round(noise(a * 300)) *
				  PAGE);
		load->rss = load->anon + 6 * MIB;
		load->read_ops += floor(a * 20 * uniform());
		load->read += floor(a * 20 * uniform()) * PAGE;
		load->write_ops += floor(a * 40 * uniform());
		load->write += floor(a * 80 * uniform()) * PAGE;
		load->file = fmin(200 * MIB, load->file +
				  floor(a * 10 * uniform()) * PAGE);
		load->kernel = fmax(MIB, load->kernel + round(noise(a * 8)) *
				    PAGE);
		load->received += floor(a * 60000 * uniform());
		load->sent += floor(a * 40000 * uniform());
		load->faults += floor(a * 3000 * uniform());
		load->processes = 3 + floor(a * 4 * uniform());
	}
	load->memory = load->anon + load->file + load->kernel;
}

/* Every third has a quota. A busy one stalls and swaps. */
static void advance_troubles(size_t i, int64_t t_s, struct load *load)
{
	double a = activity(i, t_s);

	if (i % 3 == 0 && a > 0)
		load->periods += 10;
	if (i % 3 == 0 && a > 0.5) {
		load->throttled_periods += floor(a * 6 * uniform());
		load->throttled += a * 0.3 * uniform();
	}
	if (a > 0.005) {
		load->cpu_stall += a * 0.1 * uniform();
		load->io_stall += a * 0.02 * uniform();
	}
	if (a > 0.5) {
		load->memory_stall += uniform() < 0.1 ? uniform() * 0.01 : 0;
		load->major_faults += floor(uniform() * 3);
		load->refaults += floor(uniform() * 40);
		load->swap = fmax(0, load->swap + round(noise(20)) * PAGE);
	}
}

/* Pressure of the whole group stays below that of some of it. */
static void fill_troubles(struct container_row *row, const struct load *load)
{
	double peak = row->swap_peak_bytes;

	set(row, "cpu_periods_total", load->periods);
	set(row, "cpu_throttled_periods_total", load->throttled_periods);
	set(row, "cpu_throttled_seconds_total", load->throttled);
	set(row, "cpu_limit_throttled_seconds_total", load->throttled);
	set(row, "memory_major_faults_total", load->major_faults);
	set(row, "major_faults", load->major_faults);
	set(row, "memory_refaults_anon_total", floor(load->refaults / 4));
	set(row, "memory_refaults_file_total", load->refaults);
	set(row, "memory_high_events_total", floor(load->refaults / 100));
	set(row, "memory_max_events_total", floor(load->refaults / 200));
	set(row, "swap_current_bytes", load->swap);
	set(row, "swap_peak_bytes", fmax(peak, load->swap));
	set(row, "psi_cpu_some_seconds_total", load->cpu_stall);
	set(row, "psi_cpu_full_seconds_total", load->cpu_stall / 2);
	set(row, "psi_io_some_seconds_total", load->io_stall);
	set(row, "psi_io_full_seconds_total", load->io_stall * 0.8);
	set(row, "psi_memory_some_seconds_total", load->memory_stall);
	set(row, "psi_memory_full_seconds_total", load->memory_stall / 2);
}

/* What memory and tasks consist of */
static void fill_parts(struct container_row *row, const struct load *load,
		       size_t i)
{
	double threads = load->processes * 4, peak = row->pids_peak;
	double stacks = threads * 4 * PAGE;
	double tables = floor(load->anon / (512 * PAGE)) * PAGE;

	set(row, "memory_shmem_bytes", floor((double)i / 4) * PAGE);
	set(row, "memory_kernel_stack_bytes", stacks);
	set(row, "memory_page_tables_bytes", tables);
	set(row, "memory_slab_bytes", fmax(0, load->kernel - stacks - tables));
	set(row, "memory_sock_bytes",
	    floor(fmod(load->received, 9e5) / 1e5) * PAGE);
	set(row, "pids_current", threads);
	set(row, "pids_peak", fmax(peak, threads));
}

static void fill_row(size_t i, int64_t t_ms)
{
	struct container_row *row = &rows[i];
	struct load *load = &loads[i];
	double peak = row->memory_peak_bytes;

	/* All other columns stay 0. */
	fill_troubles(row, load);
	fill_parts(row, load, i);
	row->container = names[i][0];
	row->id = row->cgroup = names[i][1];
	row->runtime = "docker";
	row->image = "example.org/team/service:1.2.3";
	row->command = "/usr/bin/service --config /etc/service.conf";
	row->t = (double)t_ms;
	row->created_ms = (double)begin_ms;
	set(row, "uptime_seconds", (double)(t_ms - begin_ms) / 1e3);
	set(row, "state_code", 1);
	set(row, "cpu_seconds_total", load->cpu);
	set(row, "cpu_user_seconds_total", load->user);
	set(row, "cpu_system_seconds_total", load->cpu - load->user);
	set(row, "memory_current_bytes", load->memory);
	set(row, "memory_peak_bytes", fmax(peak, load->memory));
	set(row, "memory_limit_bytes", i % 3 ? NAN : 512 * MIB);
	set(row, "memory_working_set_bytes", load->memory - load->file / 2);
	set(row, "memory_anon_bytes", load->anon);
	set(row, "memory_file_bytes", load->file);
	set(row, "memory_kernel_bytes", load->kernel);
	set(row, "rss_sum_bytes", load->rss);
	set(row, "vsz_sum_bytes", 900 * MIB + load->processes * 64 * MIB);
	set(row, "processes", load->processes);
	set(row, "threads", load->processes * 4);
	set(row, "processes_running", activity(i, t_ms / 1000) > 0.1);
	set(row, "processes_sleeping", load->processes);
	set(row, "read_bytes_total", load->read);
	set(row, "write_bytes_total", load->write);
	set(row, "read_ops_total", load->read_ops);
	set(row, "write_ops_total", load->write_ops);
	set(row, "network_receive_bytes_total", load->received);
	set(row, "network_receive_packets_total",
	    floor(load->received / 900));
	set(row, "network_receive_errors_total", 0);
	set(row, "network_receive_drops_total", 0);
	set(row, "network_transmit_bytes_total", load->sent);
	set(row, "network_transmit_packets_total", floor(load->sent / 700));
	set(row, "network_transmit_errors_total", 0);
	set(row, "network_transmit_drops_total", 0);
	set(row, "minor_faults", load->faults);
}

static void fill_processes(size_t i, int64_t t_s)
{
	struct store_container *container = &containers[i];
	double a = activity(i, t_s);
	size_t j;

	container->nr_processes = a > 0.1 ? 3 : a > 0 ? 2 : 1;
	container->processes = processes[i];
	for (j = 0; j < container->nr_processes; j++)
		processes[i][j] = (struct store_process){
			.pid = (uint32_t)(1000 + i * 10 + j),
			.start_ms = begin_ms,
			.comm = j ? "worker" : "service",
			.cpu_seconds = fmax(0, a / (double)(j + 1) +
					    noise(a * 0.1)),
			.rss_bytes = loads[i].rss / (double)(j + 1),
		};
}

/*
 * The service, its health check every 30 s, and in every fifth container the
 * short processes of scripts
 */
static void fill_commands(size_t i, int64_t t_s)
{
	static const char *const tools[] = {
		"sh", "sed", "awk", "grep", "curl", "python3",
	};
	struct store_container *container = &containers[i];
	struct store_command *all = commands[i];
	double a = activity(i, t_s);
	size_t j, n = 0;

	if (a > 0.001)
		all[n++] = (struct store_command){ "service",
			fmax(0, a + noise(a * 0.1)), 0 };
	if (a > 0.1)
		all[n++] = (struct store_command){ "worker",
			fmax(0, a / 2 + noise(a * 0.1)), 0 };
	for (j = 0; j < ARRAY_SIZE(tools) && n < NR_COMMANDS; j++) {
		bool runs = i % 5 ? j % 4 == 0 && t_s % 30 == (int64_t)i % 30 :
				    uniform() < 0.7;

		if (runs)
			all[n++] = (struct store_command){ tools[j], 0,
				0.002 + uniform() * 0.02 };
	}
	container->commands = (struct store_commands){ all, n, false };
}

/* Some services use a little CPU in each second; shims run health checks. */
static void fill_host_commands(void)
{
	static struct store_command all[NR_COMMANDS] = {
		{ .comm = "dockerd" }, { .comm = "containerd" },
		{ .comm = "containerd-shim" }, { .comm = "contmond" },
		{ .comm = "systemd-journal" }, { .comm = "kworker/0:1" },
		{ .comm = "runc" }, { .comm = "sshd" },
	};
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++) {
		all[i].living_seconds = i == 6 ? 0 : uniform() * 0.03;
		all[i].exited_seconds = i > 5 ? uniform() * 0.1 : 0;
	}
	host_commands = (struct store_commands){ all, NR_COMMANDS, false };
}

/* Most is done on the first. */
static void fill_devices(size_t i)
{
	const struct container_row *row = &rows[i];
	struct store_container *container = &containers[i];
	size_t j, nr_devices = i % 10 < 6 ? 1 : i % 10 < 9 ? 2 : STORE_DEVICES;
	double left = 1;

	container->devices = devices[i];
	container->nr_devices = nr_devices;
	for (j = 0; j < nr_devices; j++) {
		double share = j + 1 < nr_devices ? left * 0.7 : left;
		struct model_device *device = &devices[i][j];

		left -= share;
		device->major = 8;
		device->minor = (unsigned int)j * 16;
		device->row.read_limit_bytes_per_second = NAN;
		device->row.write_limit_bytes_per_second = NAN;
		device->row.read_limit_ops_per_second = NAN;
		device->row.write_limit_ops_per_second = NAN;
		device->row.read_bytes_total =
			floor(row->read_bytes_total * share / PAGE) * PAGE;
		device->row.write_bytes_total =
			floor(row->write_bytes_total * share / PAGE) * PAGE;
		device->row.read_ops_total = floor(row->read_ops_total * share);
		device->row.write_ops_total =
			floor(row->write_ops_total * share);
	}
}

static void fill_host(int64_t t_ms)
{
	size_t i;

	for (i = 0; i < system_table.nr_columns; i++) {
		const struct column *column = &system_table.columns[i];

		*(double *)((char *)&host + column->offset) =
			column->unit == UNIT_PERCENT ? 30 + noise(10) :
			column->unit == UNIT_BYTES ?
			floor((4 + noise(0.1)) * 1024) * MIB :
			floor(300 + noise(20));
	}
	host.t = (double)t_ms;
	host.nr_cpus = 16;
	host.ram_total_bytes = 65536 * MIB;
}

static void make(size_t containers_wanted)
{
	size_t i;

	nr = containers_wanted;
	rows = calloc(nr, sizeof(*rows));
	containers = calloc(nr, sizeof(*containers));
	processes = calloc(nr, sizeof(*processes));
	commands = calloc(nr, sizeof(*commands));
	devices = calloc(nr, sizeof(*devices));
	loads = calloc(nr, sizeof(*loads));
	names = calloc(nr, sizeof(*names));
	if (!rows || !containers || !processes || !commands || !devices ||
	    !loads || !names)
		exit(1);
	for (i = 0; i < nr; i++) {
		snprintf(names[i][0], sizeof(names[i][0]), "service-%zu", i);
		snprintf(names[i][1], sizeof(names[i][1]), "%064zx",
			 i * 7919 + 1);
		loads[i] = (struct load){ .anon = 20 * MIB, .file = 5 * MIB,
					  .kernel = 2 * MIB, .processes = 3 };
		containers[i].cgroup_id = 1000 + i;
		containers[i].row = &rows[i];
		containers[i].pid = (uint32_t)(1000 + i * 10);
	}
}

/* One more tick of all containers */
static void advance_all(int64_t t_s, int64_t t_ms)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		advance(i, t_s, &loads[i]);
		advance_troubles(i, t_s, &loads[i]);
		fill_row(i, t_ms);
		fill_devices(i);
		fill_processes(i, t_s);
		fill_commands(i, t_s);
	}
	fill_host_commands();
}

#endif /* TESTS_BENCH_STORE_HOST_H */

// SPDX-License-Identifier: GPL-2.0-only
#include "busy.h"

#include <math.h>
#include <stdio.h>

#include "store.h"

void busy_done(struct busy *busy)
{
	busiest_done(&busy->processes);
	busy_commands_done(&busy->commands);
}

void busy_clear(struct busy *busy)
{
	busy->processes.nr = 0;
	busy_commands_clear(&busy->commands);
}

void busy_clear_cpu(struct busy *busy)
{
	busiest_clear_cpu(&busy->processes);
	busy_commands_clear(&busy->commands);
}

/* Ticks */

/* As far as it is known; 0 otherwise */
static int64_t to_ms(double seconds)
{
	return seconds > 0 ? (int64_t)round(seconds * 1e3) : 0;
}

static int64_t process_ms(const struct store_process *process)
{
	return isnan(process->cpu_seconds) ? PROCESS_USE_UNKNOWN :
	       to_ms(process->cpu_seconds);
}

static int64_t rss_kib(const struct store_process *process)
{
	return isnan(process->rss_bytes) ? PROCESS_USE_UNKNOWN :
	       (int64_t)(process->rss_bytes / 1024);
}

/* What living processes of a command used */
static int64_t living_ms(const struct store_command *command)
{
	return isnan(command->living_seconds) ? COMMAND_CPU_UNKNOWN :
	       to_ms(command->living_seconds);
}

static int add_processes(struct busiest *busiest, uint32_t c,
			 const struct store_process *processes, size_t nr,
			 bool lacks_unknown)
{
	int r = lacks_unknown ? busiest_others(busiest, c) : 0;
	size_t i;

	for (i = 0; i < nr && r == 0; i++) {
		const struct store_process *process = &processes[i];
		struct process_use use = {
			.c = c,
			.pid = process->pid,
			.start_ms = process->start_ms,
			.cpu_ms = process_ms(process),
			.rss_kib = rss_kib(process),
		};

		snprintf(use.comm, sizeof(use.comm), "%s",
			 process->comm ?: "");
		r = busiest_add(busiest, &use);
	}
	return r;
}

static int add_commands(struct busy_commands *busy, uint32_t c,
			const struct store_commands *commands)
{
	size_t i;
	int r = commands->may_lack_exits ? busy_commands_unseen(busy, c) : 0;

	for (i = 0; i < commands->nr && r == 0; i++) {
		const struct store_command *command = &commands->all[i];
		struct command_use use = {
			.c = c,
			.living_ms = living_ms(command),
			.exited_ms = to_ms(command->exited_seconds),
		};

		snprintf(use.comm, sizeof(use.comm), "%s", command->comm);
		r = busy_commands_add(busy, &use);
	}
	return r;
}

int busy_add_container(struct busy *busy, uint32_t c,
		       const struct store_container *container)
{
	int r = add_processes(&busy->processes, c, container->processes,
			      container->nr_processes,
			      container->lacks_unknown);

	return r < 0 ? r : add_commands(&busy->commands, c,
					&container->commands);
}

int busy_add_host(struct busy *busy, const struct store_tick *tick)
{
	int r = add_processes(&busy->processes, 0, tick->processes,
			      tick->nr_processes, tick->lacks_unknown);

	busy->commands.unknown |= tick->hides_commands;
	return r < 0 ? r : add_commands(&busy->commands, 0, &tick->commands);
}

int busy_merge(struct busy *busy, const struct busy *from)
{
	int r = busiest_merge(&busy->processes, &from->processes);

	return r < 0 ? r : busy_commands_merge(&busy->commands,
					       &from->commands);
}

int busy_append(struct busy *busy, const struct busy *from)
{
	int r = busiest_append(&busy->processes, &from->processes);

	return r < 0 ? r : busy_commands_append(&busy->commands,
						&from->commands);
}

int busy_settle(struct busy *busy)
{
	int r = busiest_settle(&busy->processes);

	return r < 0 ? r : busy_commands_settle(&busy->commands);
}

/* The host is no container, and keeps the number 0. */
static uint32_t renumber(uint32_t c, int64_t by)
{
	return c == 0 ? 0 : (uint32_t)(c + by);
}

void busy_renumber(struct busy *busy, int64_t by)
{
	size_t i;

	for (i = 0; i < busy->processes.nr; i++) {
		uint32_t *c = &busy->processes.all[i].c;

		*c = renumber(*c, by);
	}
	for (i = 0; i < busy->commands.nr; i++) {
		uint32_t *c = &busy->commands.all[i].c;

		*c = renumber(*c, by);
	}
	for (i = 0; i < busy->commands.nr_unseen; i++) {
		uint32_t *c = &busy->commands.unseen[i];

		*c = renumber(*c, by);
	}
}

/* Bytes */

void busy_write(const struct busy *busy, struct buffer *ret)
{
	busiest_write(&busy->processes, ret);
	if (!busy->commands.unknown)
		busy_commands_write(&busy->commands, ret);
}

static int read_commands(struct busy_commands *commands, struct reader *bytes,
			 const struct c_range *wanted)
{
	if (bytes->at < bytes->end)
		return busy_commands_read(commands, bytes, wanted);
	commands->unknown = true;
	return 0;
}

int busy_read(struct busy *busy, struct reader *bytes)
{
	int r = busiest_read(&busy->processes, bytes);

	return r < 0 ? r : read_commands(&busy->commands, bytes, ALL_C);
}

int busy_read_commands(struct busy_commands *commands, struct reader *bytes,
		       const struct c_range *wanted)
{
	int r = busiest_skip(bytes);

	return r < 0 ? r : read_commands(commands, bytes, wanted);
}

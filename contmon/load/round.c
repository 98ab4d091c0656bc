// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "contmon.h"
#include "contmon/cli/error.h"
#include "engine.h"
#include "program.h"
#include "report.h"
#include "round.h"
#include "stop.h"
#include "undo.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* A round ends after so many failures, one after the other. */
#define FAILURES_MAX 3

static bool is_to_stop(struct load *load)
{
	if (!load->stopping)
		load->stopping = load_stop_wait(0) ||
				 clock_monotonic_ns() >= load->deadline_ns;
	return load->stopping;
}

/*
 * Is less than a tenth of the memory left? False if that is unknown. Who may
 * not open the device may read procfs.
 */
static bool is_memory_short(void)
{
	struct contmon_system system = { 0 };
	struct contmon *c;
	int r = contmon_open(NULL, &c);

	if (r == -EACCES && setenv("CONTMON_SOURCE", "procfs", 1) == 0)
		r = contmon_open(NULL, &c);
	if (r < 0)
		return false;
	r = contmon_get_system(c, CONTMON_SYSTEM_MEMORY, 0, &system);
	contmon_close(c);
	return r == 0 && system.kernel.ram_available_bytes <
			 system.kernel.ram_total_bytes / 10;
}

/* May it have more than @nr containers? CLI_OK, or CLI_FAILURE */
static int check_room(uint64_t nr)
{
	if (nr >= LOAD_CONTAINERS_MAX) {
		cli_error("load: it has %" PRIu64 " containers, which is as "
			  "many as are allowed", nr);
		return CLI_FAILURE;
	}
	if (is_memory_short()) {
		cli_error("load: less than a tenth of the memory is "
			  "available: no more containers");
		return CLI_FAILURE;
	}
	return CLI_OK;
}

/* The name has a random number, because several commands may add to a load. */
static int make_one(struct load *load, uint64_t nr)
{
	_cleanup_command_ struct load_command command = { 0 };
	_cleanup_answer_ struct load_answer answer = { 0 };
	struct load_container container = {
		.type = load_mix_next(&load->mix),
		.session = load->session,
		.class = load->class,
	};
	const char *type = load_workload(container.type)->name;
	unsigned int random = 0;
	char name[128];

	if (getrandom(&random, 3, 0) != 3)
		return cli_failed("random number", -errno);
	snprintf(name, sizeof(name), "%s-%s-%06x", load->prefix, type, random);
	container.name = name;
	load_plan_run(&command, load->with, &container);
	if (load_program_run(&command, &answer) != 0) {
		const char *why = load_answer_why(&answer);

		cli_error("%s run: %s: %s%s", load_engine_name(load->with),
			  name, why, load_engine_cure(why));
		return CLI_FAILURE;
	}
	answer.out[strcspn(answer.out, "\n")] = 0;
	load_report(load, &(struct load_report){
		.event = "made", .what = LOAD_CONTAINER, .engine = load->with,
		.name = name, .id = answer.out, .type = type, .nr = nr,
		.count = load->count,
	});
	return CLI_OK;
}

int load_round(struct load *load, uint64_t *ret_made)
{
	int failures = 0, status = CLI_OK;
	uint64_t before, i;

	*ret_made = 0;
	if (load_count(load->with, LOAD_CONTAINER, load->session, &before) < 0)
		return CLI_FAILURE;
	for (i = 0; i < load->count && failures < FAILURES_MAX; i++) {
		if (is_to_stop(load))
			break;
		if (check_room(before + *ret_made) != CLI_OK)
			return CLI_FAILURE;
		if (make_one(load, i + 1) == CLI_OK) {
			++*ret_made;
			failures = 0;
		} else {
			status = CLI_FAILURE;
			failures++;
		}
	}
	return status;
}

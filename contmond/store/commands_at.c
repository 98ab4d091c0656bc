// SPDX-License-Identifier: GPL-2.0-only
/* The commands that used the most CPU at a moment of the past */
#include "past.h"

#include <math.h>

#include "busy_at.h"

double past_known_cores(double living_cores, double exited_cores)
{
	return (isnan(living_cores) ? 0 : living_cores) +
	       (isnan(exited_cores) ? 0 : exited_cores);
}

struct teller {
	past_command_fn *fn;
	void *userdata;
	double nr_cpus;
};

static double living_cores(const struct busy_at *found,
			   const struct command_use *use)
{
	return use->living_ms < 0 ? (double)NAN :
	       busy_at_cores(found, use->living_ms);
}

static int tell(const struct busy_at *found, void *userdata)
{
	const struct busy_commands *commands = &found->busy.commands;
	const struct teller *teller = userdata;
	size_t i, nr = commands->unknown ? 0 : commands->nr;
	int r = 0;

	for (i = 0; i < nr && r >= 0; i++) {
		const struct command_use *use = &commands->all[i];
		struct past_command command = {
			.container = busy_at_title(found, use->c),
			.comm = use->comm,
			.nr_cpus = teller->nr_cpus,
			.living_cores = living_cores(found, use),
			.exited_cores = busy_at_cores(found, use->exited_ms),
		};

		if (!busy_commands_are_seen(commands, use->c))
			command.exited_cores = NAN;
		if (command.container)
			r = teller->fn(&command, teller->userdata);
	}
	return r;
}

int store_commands(struct store *store, int64_t t_ms, const char *containers,
		   past_command_fn *fn, void *userdata,
		   struct past_moment *ret)
{
	struct teller teller = { fn, userdata, store_nr_cpus(store) };

	return busy_at(store, BUSY_COMMANDS, t_ms, containers, tell, &teller,
		       ret);
}

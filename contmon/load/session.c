// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "contmon/cli/beside.h"
#include "contmon/cli/error.h"
#include "engine.h"
#include "program.h"
#include "report.h"
#include "round.h"
#include "session.h"
#include "stop.h"
#include "undo.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* Where the library is, too */
#define TAR "../lib/contmon/load.tar"

static int make_image(struct load *load)
{
	_cleanup_command_ struct load_command command = { 0 };
	_cleanup_answer_ struct load_answer answer = { 0 };
	char tar[PATH_MAX + sizeof(TAR)];
	int r = cli_beside(TAR, tar, sizeof(tar));

	if (r < 0)
		return cli_failed(tar, r);
	load_plan_import(&command, load->with, load->session, tar);
	if (load_program_run(&command, &answer) != 0) {
		cli_error("%s import: %s", load_engine_name(load->with),
			  load_answer_why(&answer));
		return CLI_FAILURE;
	}
	answer.out[strcspn(answer.out, "\n")] = 0;
	load_report(load, &(struct load_report){
		.event = "made", .what = LOAD_IMAGE, .engine = load->with,
		.name = command.words[command.nr - 1], .id = answer.out,
	});
	return CLI_GO_ON;
}

static void add_options(struct load_command *to, const struct load *load)
{
	load_command_add(to, "load");
	load_command_add(to, "--add=%s", load->session);
	load_command_add(to, "--engine=%s", load_engine_name(load->with));
	load_command_add(to, "--count=%d", (int)load->count);
	load_command_add(to, "--name-prefix=%s", load->prefix);
	if (load->mix_text)
		load_command_add(to, "--mix=%s", load->mix_text);
	if (load->class)
		load_command_add(to, "--class=%s", load->class);
}

static int start_timer(struct load *load)
{
	_cleanup_command_ struct load_command command = { 0 };
	_cleanup_answer_ struct load_answer answer = { 0 };
	char self[PATH_MAX], name[64];
	int r = cli_self(self, sizeof(self));

	if (r < 0)
		return cli_failed("timer", r);
	load_plan_timer(&command, load->session, load->every_ms);
	load_command_add(&command, "%s", self);
	add_options(&command, load);
	if (load_program_run(&command, &answer) != 0) {
		cli_error("systemd-run: %s", load_answer_why(&answer));
		return CLI_FAILURE;
	}
	snprintf(name, sizeof(name), LOAD_UNIT "%s.timer", load->session);
	load_report(load, &(struct load_report){
		.event = "made", .what = LOAD_TIMER, .name = name,
	});
	return CLI_GO_ON;
}

/* Rounds, one at a time, until it is to stop */
static int go_on(struct load *load)
{
	uint64_t every_ns = (uint64_t)load->every_ms * NS_PER_MS;
	uint64_t due_ns = clock_monotonic_ns() + every_ns;
	int status = CLI_OK, done;
	uint64_t nr_made;

	if (load->timer && !load->stopping && start_timer(load) != CLI_GO_ON)
		return CLI_FAILURE;
	if (load->timer || !load->every_ms)
		due_ns = LOAD_NEVER_NS;
	while (!load->stopping) {
		load->stopping = load_stop_wait(due_ns < load->deadline_ns ?
						due_ns : load->deadline_ns) ||
				 clock_monotonic_ns() >= load->deadline_ns;
		if (load->stopping)
			break;
		done = load_round(load, &nr_made);
		if (done != CLI_OK)
			status = done;
		/* What a slow round has missed is not made up for. */
		do {
			due_ns += every_ns;
		} while (due_ns < clock_monotonic_ns());
	}
	return status;
}

static int undo(struct load *load)
{
	int timers = CLI_OK, status;

	load_say(load, "removing the load");
	if (load->timer)
		timers = load_undo_timers(load, load->session);
	status = load_undo_engine(load, load->with, load->session);
	if (status == CLI_OK && timers == CLI_OK)
		return CLI_OK;
	cli_error("some of the load is left; try: contmon load --clean");
	return CLI_FAILURE;
}

static int make(struct load *load)
{
	uint64_t nr_made = 0;
	int status = make_image(load), later;

	if (status != CLI_GO_ON)
		return status;
	status = load_round(load, &nr_made);
	/* Without a single container later rounds are hopeless, too. */
	if (nr_made == 0 && status != CLI_OK)
		return status;
	if (!load->stopping)
		load_say(load, "Ctrl-C removes all of it.");
	later = go_on(load);
	return status != CLI_OK ? status : later;
}

/*
 * With INVOCATION_ID, podman would leave what looks after its containers in the
 * unit that this runs in, and systemd would end it together with that.
 */
static int begin(struct load *load)
{
	load_stop_init();
	unsetenv("INVOCATION_ID");
	return load_engine_find(load->engine, &load->with);
}

int load_session_run(struct load *load)
{
	unsigned int random;
	int status, undone;

	if (begin(load) < 0)
		return CLI_FAILURE;
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return cli_failed("random number", -errno);
	snprintf(load->session, sizeof(load->session), "%08x", random);
	load->deadline_ns = LOAD_NEVER_NS;
	if (load->for_ms)
		load->deadline_ns = clock_monotonic_ns() +
				    (uint64_t)load->for_ms * NS_PER_MS;
	status = make(load);
	undone = undo(load);
	return status != CLI_OK ? status : undone;
}

int load_session_add(struct load *load)
{
	uint64_t nr, nr_made;

	if (begin(load) < 0)
		return CLI_FAILURE;
	snprintf(load->session, sizeof(load->session), "%s", load->add);
	load->deadline_ns = LOAD_NEVER_NS;
	if (load_count(load->with, LOAD_IMAGE, load->session, &nr) < 0)
		return CLI_FAILURE;
	if (nr > 0)
		return load_round(load, &nr_made);
	cli_error("--add %s: %s has no load of this name", load->add,
		  load_engine_name(load->with));
	return CLI_FAILURE;
}

int load_session_clean(struct load *load)
{
	unsigned int engines;
	int status, r;
	size_t i;

	load_stop_init();
	status = load_undo_timers(load, NULL);
	r = load_engines_installed(load->engine, &engines);
	if (r < 0)
		status = CLI_FAILURE;
	if (r == -ECANCELED)
		return status;
	if (!engines && r == 0) {
		/* It says why. */
		load_engine_find(load->engine, &load->with);
		return CLI_FAILURE;
	}
	for (i = 0; i < NR_LOAD_ENGINES; i++)
		if (engines & 1U << i &&
		    load_undo_engine(load, (enum load_engine)i, NULL) != CLI_OK)
			status = CLI_FAILURE;
	return status;
}

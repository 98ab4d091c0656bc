// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/cli/error.h"
#include "engine.h"
#include "program.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One that hangs must not keep the other from being used. */
#define PROBE_MS (30 * 1000)

static bool is_named(const char *name, enum load_engine engine)
{
	return !name || strcmp(name, load_engine_name(engine)) == 0;
}

/* What it prints, such as 2 by Docker and v2 by Podman; 0: nothing */
static char cgroup_version(const struct load_answer *answer)
{
	return answer->out[strcspn(answer->out, "0123456789")];
}

static int ask(struct load_command *command, struct load_answer *ret)
{
	command->limit_ms = PROBE_MS;
	command->may_stop = true;
	return load_program_run(command, ret);
}

/* Older releases of Docker succeed even if the engine does not answer. */
static int probe(enum load_engine engine, struct load_answer *ret)
{
	_cleanup_command_ struct load_command command = { 0 };

	load_plan_probe(&command, engine);
	if (ask(&command, ret) == 0 && !cgroup_version(ret))
		ret->status = EXIT_FAILURE;
	return ret->status;
}

static bool is_denied(const char *why)
{
	return strcasestr(why, "permission denied");
}

static const char *cure(enum load_engine engine, const char *why)
{
	return engine == LOAD_DOCKER && is_denied(why) ?
		"; be root, or a member of the group docker" : "";
}

static void refuse(enum load_engine engine, struct load_answer *answer)
{
	const char *why = answer->status == -ENOENT ? "not installed" :
						      load_answer_why(answer);

	cli_error("%s: %s%s", load_engine_name(engine), why,
		  cure(engine, why));
}

/*
 * Podman of a user starts containers without limits where it does not use the
 * user's systemd. They run as a user who is not this one, hence the ids.
 */
static const char *why_unlimited(const struct load_answer *answer)
{
	char manager[16], is_users[8];
	unsigned int nr_ranges;

	if (cgroup_version(answer) != '2')
		return "it does not use cgroup v2, without which a load cannot "
		       "be limited";
	if (sscanf(answer->out, "%*s %15s %7s %u", manager, is_users,
		   &nr_ranges) != 3 || strcmp(is_users, "true") != 0)
		return NULL;
	if (strcmp(manager, "systemd") != 0)
		return "it cannot limit containers without a systemd of yours; "
		       "log in anew, or try: loginctl enable-linger";
	return nr_ranges < 2 ? "you have no subordinate ids; see subuid(5)" :
			       NULL;
}

static int check_limits(enum load_engine engine,
			const struct load_answer *answer)
{
	const char *why = why_unlimited(answer);

	if (!why)
		return 0;
	cli_error("%s: %s", load_engine_name(engine), why);
	return -EIO;
}

const char *load_engine_cure(const char *why)
{
	static const char *const signs[] = {
		"controller", "`cpu.max`", "`memory.max`", "`pids.max`",
	};
	size_t i;

	for (i = 0; geteuid() != 0 && i < ARRAY_SIZE(signs); i++)
		if (strstr(why, signs[i]))
			return "; your systemd needs the controllers cpu, "
			       "memory and pids: see contmon(1)";
	return "";
}

/* Docker that is there but does not answer is told, because it was expected. */
static void say_next(const struct load_answer *docker, enum load_engine engine)
{
	struct load_answer answer = *docker;

	if (engine == LOAD_PODMAN && docker->status &&
	    docker->status != -ENOENT)
		cli_error("docker: %s; using podman",
			  load_answer_why(&answer));
}

int load_engine_find(const char *name, enum load_engine *ret)
{
	_cleanup_answer_ struct load_answer docker = { 0 };
	_cleanup_answer_ struct load_answer podman = { 0 };
	struct load_answer *answers[] = { &docker, &podman };
	bool installed = false;
	size_t i;

	for (i = 0; i < NR_LOAD_ENGINES; i++) {
		*ret = (enum load_engine)i;
		if (is_named(name, *ret) && probe(*ret, answers[i]) == 0) {
			say_next(&docker, *ret);
			return check_limits(*ret, answers[i]);
		}
		if (answers[i]->status == -ECANCELED) {
			refuse(*ret, answers[i]);
			return -ECANCELED;
		}
		installed |= answers[i]->status != -ENOENT;
	}
	if (!name && !installed) {
		cli_error("load: neither docker nor podman is installed");
		return -EIO;
	}
	for (i = 0; i < NR_LOAD_ENGINES; i++)
		if (is_named(name, (enum load_engine)i) &&
		    (name || answers[i]->status != -ENOENT))
			refuse((enum load_engine)i, answers[i]);
	return -EIO;
}

/*
 * A Docker that this user may not use has nothing of theirs. The answer to its
 * probe does not always say why.
 */
static bool is_closed(enum load_engine engine, int probed)
{
	_cleanup_command_ struct load_command command = { 0 };
	_cleanup_answer_ struct load_answer answer = { 0 };

	if (engine != LOAD_DOCKER || probed == 0 || geteuid() == 0)
		return false;
	load_plan_list(&command, engine, LOAD_CONTAINER, NULL);
	return ask(&command, &answer) > 0 && is_denied(answer.error);
}

int load_engines_installed(const char *name, unsigned int *ret)
{
	size_t i;
	int r = 0;

	*ret = 0;
	for (i = 0; i < NR_LOAD_ENGINES && r != -ECANCELED; i++) {
		_cleanup_answer_ struct load_answer answer = { 0 };
		enum load_engine engine = (enum load_engine)i;

		if (!is_named(name, engine))
			continue;
		probe(engine, &answer);
		if (answer.status == -ETIMEDOUT ||
		    answer.status == -ECANCELED) {
			r = answer.status;
			refuse(engine, &answer);
		} else if (answer.status != -ENOENT &&
			   (name || !is_closed(engine, answer.status))) {
			*ret |= 1U << i;
		}
	}
	return r;
}

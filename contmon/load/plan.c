// SPDX-License-Identifier: GPL-2.0-only
#include "base/names_protected.h"
#include "plan.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IMAGE "localhost/load"
#define PROGRAM "/stress"

/* A process or two for each worker, and one to wait for them */
#define PIDS_MAX "16"

/* Half a processor, and of a busy machine little more than what is left over */
#define CPUS "0.5"
#define CPU_SHARES "128"

const char *load_engine_name(enum load_engine engine)
{
	return engine == LOAD_DOCKER ? "docker" : "podman";
}

void load_command_add(struct load_command *command, const char *format, ...)
{
	char **words;
	va_list ap;
	int r;

	if (command->failed)
		return;
	words = reallocarray(command->words, command->nr + 2, sizeof(*words));
	if (!words) {
		command->failed = true;
		return;
	}
	command->words = words;
	va_start(ap, format);
	r = vasprintf(&words[command->nr], format, ap);
	va_end(ap);
	if (r < 0)
		command->failed = true;
	else
		command->nr++;
	words[command->nr] = NULL;
}

void load_command_done(struct load_command *command)
{
	size_t i;

	for (i = 0; i < command->nr; i++)
		free(command->words[i]);
	free(command->words);
	*command = (struct load_command){ 0 };
}

/* @text: separated by blanks */
static void add_words(struct load_command *to, const char *text)
{
	size_t length;

	for (; *text; text += length) {
		text += strspn(text, " ");
		length = strcspn(text, " ");
		load_command_add(to, "%.*s", (int)length, text);
	}
}

static void begin(struct load_command *to, enum load_engine engine,
		  const char *text)
{
	add_words(to, load_engine_name(engine));
	add_words(to, text);
}

void load_plan_probe(struct load_command *to, enum load_engine engine)
{
	begin(to, engine, "info --format");
	load_command_add(to, "%s", engine == LOAD_DOCKER ?
			 "{{.CgroupVersion}}" :
			 "{{.Host.CgroupsVersion}} {{.Host.CgroupManager}} "
			 "{{.Host.Security.Rootless}} "
			 "{{len .Host.IDMappings.UIDMap}}");
}

void load_plan_import(struct load_command *to, enum load_engine engine,
		      const char *session, const char *tar)
{
	begin(to, engine, "import --change");
	load_command_add(to, "LABEL " LABEL_LOAD "=%s", session);
	load_command_add(to, "%s", tar);
	load_command_add(to, "%s:%s", IMAGE, session);
}

void load_plan_run(struct load_command *to, enum load_engine engine,
		   const struct load_container *container)
{
	const struct load_workload *workload = load_workload(container->type);

	begin(to, engine, "run --detach --pull never --name");
	load_command_add(to, "%s", container->name);
	load_command_add(to, "--label");
	load_command_add(to, LABEL_LOAD "=%s", container->session);
	if (container->class) {
		load_command_add(to, "--label");
		load_command_add(to, LABEL_CLASS "=%s", container->class);
	}
	add_words(to, "--network");
	add_words(to, workload->network);
	add_words(to, "--user 65534:65534 --cap-drop ALL "
		  "--security-opt no-new-privileges --cpus " CPUS
		  " --cpu-shares " CPU_SHARES " --pids-limit " PIDS_MAX);
	add_words(to, "--memory");
	add_words(to, workload->memory);
	add_words(to, "--memory-swap");
	add_words(to, workload->memory);
	load_command_add(to, "%s:%s", IMAGE, container->session);
	add_words(to, PROGRAM);
	add_words(to, workload->arguments);
}

/* The user's own service manager, for one who is not root */
static void begin_systemd(struct load_command *to, const char *program)
{
	add_words(to, program);
	if (geteuid() != 0)
		add_words(to, "--user");
}

static void list_units(struct load_command *to, const char *session)
{
	begin_systemd(to, "systemctl");
	add_words(to, "list-units --all --full --plain --no-legend");
	load_command_add(to, LOAD_UNIT "%s.*", session ? session : "*");
}

void load_plan_list(struct load_command *to, enum load_engine engine,
		    enum load_what what, const char *session)
{
	bool images = what == LOAD_IMAGE;

	if (what == LOAD_TIMER) {
		list_units(to, session);
		return;
	}
	begin(to, engine, images ? "images" : "ps --all");
	add_words(to, "--no-trunc --filter");
	load_command_add(to, "label=" LABEL_LOAD "%s%s", session ? "=" : "",
			 session ? session : "");
	add_words(to, "--format");
	load_command_add(to, "%s", images ?
			 "{{.ID}} {{.Repository}}:{{.Tag}}" :
			 "{{.ID}} {{.Names}}");
}

void load_plan_remove(struct load_command *to, enum load_engine engine,
		      enum load_what what)
{
	if (what == LOAD_TIMER) {
		begin_systemd(to, "systemctl");
		add_words(to, "stop");
	} else if (what == LOAD_IMAGE) {
		begin(to, engine, "rmi --force");
	} else {
		begin(to, engine, "rm --force --volumes");
		/* Docker waits for none; Podman would for ten seconds. */
		if (engine == LOAD_PODMAN)
			add_words(to, "--time 0");
	}
}

void load_plan_timer(struct load_command *to, const char *session,
		     int64_t every_ms)
{
	static const char *const variables[] = {
		"PATH", "HOME", "DOCKER_HOST", "DOCKER_CONTEXT",
		"DOCKER_CONFIG", "CONTAINER_HOST", "CONTAINER_CONNECTION",
		"CONTAINERS_CONF", "CONTAINERS_CONF_OVERRIDE",
		"CONTAINERS_STORAGE_CONF", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
	};
	size_t i;

	begin_systemd(to, "systemd-run");
	add_words(to, "--quiet --collect --timer-property=AccuracySec=1s");
	load_command_add(to, "--unit=" LOAD_UNIT "%s", session);
	load_command_add(to, "--on-active=%" PRId64 "ms", every_ms);
	load_command_add(to, "--on-unit-active=%" PRId64 "ms", every_ms);
	for (i = 0; i < ARRAY_SIZE(variables); i++)
		if (getenv(variables[i]))
			load_command_add(to, "--setenv=%s", variables[i]);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Containers and cgroups that are never acted on, whoever asks */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acts_private.h"
#include "age.h"
#include "base/names_protected.h"
#include "base/text.h"
#include "base/util.h"
#include "cgroup.h"

static bool contains(const char *id, pid_t pid)
{
	_cleanup_free_ char *cgroup = container_cgroup(pid, id);

	return cgroup;
}

/* Even if any age is enough, it must be known. @run: identifies the run */
static const char *protection_of_age(struct acts *acts, const char *run,
				     int64_t age_ms)
{
	int64_t asked_ms = asked_since_ms(&acts->asked, run, acts_now_ms());

	if (asked_ms >= acts->config.min_age_ms)
		return NULL;
	if (age_ms < 0)
		return "its age is not known";
	return age_ms < acts->config.min_age_ms ? "it is too young" : NULL;
}

const char *act_protection(const struct operation *operation,
			   const struct facts *facts)
{
	const struct container_info *name = &facts->description.name;
	const char *why = name_protection(name);
	_cleanup_free_ char *run = NULL;

	if (why)
		return why;
	if (contains(name->id, getpid()) || contains(name->id, getppid()))
		return "contmon-engine runs in it";
	if (contains(name->id, operation->asker.pid))
		return "the process that asks runs in it";
	if (asprintf(&run, "%s %s %" PRIi64, operation->engine, name->id,
		     facts->started_ms) < 0)
		return "there is no memory to look at its age";
	return protection_of_age(operation->acts, run,
				 age_of_container_ms(facts));
}

/* Is @path the cgroup of a process, or an ancestor of it? */
static bool is_above(const char *path, pid_t pid)
{
	_cleanup_free_ char *own = process_cgroup(pid);
	size_t length = strlen(path);

	return own && strncmp(own, path, length) == 0 &&
	       (own[length] == '/' || !own[length]);
}

/*
 * Whole sessions and services are not containers, and a slice can contain any
 * number of things.
 */
static const char *protection_of_name(const char *path)
{
	static const char *const patterns[] = {
		"*.slice", "user@*", "session-*.scope", "init.scope",
		"*.mount", "*.socket", "*.swap",
	};
	const char *name = strrchr(path, '/') + 1;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		if (fnmatch(patterns[i], name, 0) == 0)
			return "it is a part of the host";
	}
	if (fnmatch("*.service", name, 0) == 0 &&
	    fnmatch("systemd-nspawn@*", name, 0) != 0)
		return "it is a service of the host";
	if (text_has_word(path, "grafana"))
		return "the word grafana in its path";
	if (text_has_word(path, "contmon") || text_has_word(path, "contmond"))
		return "the word contmon in its path";
	return NULL;
}

const char *cgroup_protection(const struct operation *operation, int directory)
{
	struct acts *acts = operation->acts;
	const char *path = operation->cgroup;
	const char *why = protection_of_name(path);
	char run[64];

	if (why)
		return why;
	if (is_above(path, 1))
		return "the first process runs in it";
	if (is_above(path, getpid()))
		return "contmon-engine runs in it";
	if (is_above(path, operation->asker.pid))
		return "the process that asks runs in it";
	/* Acts on it must use the id, so that its labels are respected. */
	if (engines_own(acts->engines, path))
		return "an engine owns it, which acts on containers by their "
		       "ids";
	snprintf(run, sizeof(run), "cgroup %" PRIu64, operation->cgroup_id);
	return protection_of_age(acts, run, age_of_cgroup_ms(
		directory, acts->config.min_age_ms));
}

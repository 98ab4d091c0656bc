/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands that a load consists of: those of the engines' own command line,
 * because only contmon-engine speaks their API, and of systemd. They are words,
 * which no shell sees.
 */
#ifndef CONTMON_LOAD_PLAN_H
#define CONTMON_LOAD_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"
#include "mix.h"

enum load_engine { LOAD_DOCKER, LOAD_PODMAN, NR_LOAD_ENGINES };

const char *load_engine_name(enum load_engine engine);

/* Of the timer; the session is added. */
#define LOAD_UNIT "contmon-load-"

/* Hexadecimal digits of a session */
#define LOAD_SESSION_LENGTH 8

/**
 * struct load_command - zero-initialise
 * @words: ends with NULL; owned
 * @failed: out of memory
 * @limit_ms: how long it may take; 0: what changes something may
 * @may_stop: a request to stop ends it, because it changes nothing
 */
struct load_command {
	char **words;
	size_t nr;
	bool failed;
	uint64_t limit_ms;
	bool may_stop;
};

__attribute__((format(printf, 2, 3)))
void load_command_add(struct load_command *command, const char *format, ...);

void load_command_done(struct load_command *command);
#define _cleanup_command_ _cleanup_(load_command_done)

/**
 * struct load_container - one that is to be made
 * @class: of the label contmon.class, or NULL
 */
struct load_container {
	enum load_type type;
	const char *session;
	const char *name;
	const char *class;
};

/* These add the words of a command to an empty one. */

/*
 * Prints the version of the engine's cgroups, and of Podman also what manages
 * them, whether it is a user's, and how many ranges of user ids it has then.
 * Fails if it does not answer.
 */
void load_plan_probe(struct load_command *to, enum load_engine engine);

/* @tar: the file system of the image */
void load_plan_import(struct load_command *to, enum load_engine engine,
		      const char *session, const char *tar);

/* Prints the id */
void load_plan_run(struct load_command *to, enum load_engine engine,
		   const struct load_container *container);

enum load_what { LOAD_TIMER, LOAD_CONTAINER, LOAD_IMAGE };

/*
 * Prints a line for each, which begins with what removes it. @session: NULL
 * stands for all
 */
void load_plan_list(struct load_command *to, enum load_engine engine,
		    enum load_what what, const char *session);

/* Removes those whose ids or units are added to it */
void load_plan_remove(struct load_command *to, enum load_engine engine,
		      enum load_what what);

/*
 * Starts a timer. The words of the command that it runs are to be added; it
 * gets the variables that lead to this one's engine.
 */
void load_plan_timer(struct load_command *to, const char *session,
		     int64_t every_ms);

#endif /* CONTMON_LOAD_PLAN_H */

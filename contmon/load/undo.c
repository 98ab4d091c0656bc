// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "contmon/cli/error.h"
#include "program.h"
#include "report.h"
#include "undo.h"
#include "user.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* An engine that is at it already refuses to remove a container once more. */
#define TRIES 10

static int failed(const struct load_command *command,
		  struct load_answer *answer)
{
	if (command->failed)
		cli_failed("load", -ENOMEM);
	else
		cli_error("%s %s: %s", command->words[0], command->words[1],
			  load_answer_why(answer));
	return -EIO;
}

static int list(enum load_engine engine, enum load_what what,
		const char *session, struct load_answer *ret)
{
	_cleanup_command_ struct load_command command = { 0 };

	load_plan_list(&command, engine, what, session);
	return load_program_run(&command, ret) == 0 ? 0 :
						      failed(&command, ret);
}

int load_count(enum load_engine engine, enum load_what what,
	       const char *session, uint64_t *ret)
{
	_cleanup_answer_ struct load_answer listed = { 0 };
	int r = list(engine, what, session, &listed);
	const char *p;

	if (r < 0)
		return r;
	for (*ret = 0, p = listed.out; *p; p++)
		*ret += *p == '\n';
	return 0;
}

/* Is @id one of the lines of @text? All of them, if it is NULL */
static bool has_line(const char *text, const char *id)
{
	size_t length = strlen(id);

	if (!text)
		return true;
	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (strncmp(text, id, length) == 0 &&
		    (text[length] == '\n' || !text[length]))
			return true;
	}
	return false;
}

/* @lines: of a list, which is overwritten. @done: ids in lines; NULL: all */
static void report_all(struct load *load, enum load_engine engine,
		       enum load_what what, char *lines, const char *done)
{
	char *line, *id, *name;

	while ((line = strsep(&lines, "\n"))) {
		id = strsep(&line, " ");
		name = line ? strsep(&line, " ") : NULL;
		if (!*id || !has_line(done, id))
			continue;
		/* The service of a timer has no name of its own. */
		if (what == LOAD_TIMER && !strstr(id, ".timer"))
			continue;
		load_report(load, &(struct load_report){
			.event = "removed", .what = what, .engine = engine,
			.name = name && what != LOAD_TIMER ? name : id,
			.id = what == LOAD_TIMER ? NULL : id,
		});
	}
}

static void add_ids(struct load_command *to, const char *lines)
{
	while (*lines) {
		size_t length = strcspn(lines, " \n");

		if (length)
			load_command_add(to, "%.*s", (int)length, lines);
		lines += strcspn(lines, "\n");
		lines += *lines == '\n';
	}
}

/*
 * One try. Returns the number of what was found, even if not all of it could be
 * removed; the reason is in @ret.
 */
static int remove_found(struct load *load, enum load_engine engine,
			enum load_what what, const char *session,
			struct load_answer *ret)
{
	_cleanup_command_ struct load_command command = { 0 };
	_cleanup_answer_ struct load_answer listed = { 0 };
	size_t nr;
	int r = list(engine, what, session, &listed);

	if (r < 0)
		return r;
	load_plan_remove(&command, engine, what);
	nr = command.nr;
	add_ids(&command, listed.out);
	if (command.nr == nr)
		return 0;
	nr = command.nr - nr;
	r = load_program_run(&command, ret);
	/* Only of containers is each one printed that is gone. */
	if (r == 0 || (r > 0 && what == LOAD_CONTAINER))
		report_all(load, engine, what, listed.out,
			   r == 0 ? NULL : ret->out);
	return (int)nr;
}

int load_undo_timers(struct load *load, const char *session)
{
	_cleanup_answer_ struct load_answer answer = { 0 };
	int r;

	if (!load_user_has_systemd())
		return CLI_OK;
	r = remove_found(load, LOAD_DOCKER, LOAD_TIMER, session, &answer);
	if (r >= 0 && answer.status == 0)
		return CLI_OK;
	if (r >= 0)
		cli_error("systemctl stop: %s", load_answer_why(&answer));
	return CLI_FAILURE;
}

static void take_a_breath(void)
{
	struct timespec second = { .tv_sec = 1 };

	nanosleep(&second, NULL);
}

static int not_all(enum load_engine engine, struct load_answer *last)
{
	cli_error("%s: not all is removed: %s", load_engine_name(engine),
		  last->status ? load_answer_why(last) :
				 "more is made meanwhile");
	return CLI_FAILURE;
}

/* Returns the number of what was found; @ret is of what failed. */
static int try_once(struct load *load, enum load_engine engine,
		    const char *session, struct load_answer *ret)
{
	_cleanup_answer_ struct load_answer images = { 0 };
	int nr_images, nr = remove_found(load, engine, LOAD_CONTAINER, session,
					 ret);

	if (nr < 0)
		return nr;
	nr_images = remove_found(load, engine, LOAD_IMAGE, session, &images);
	if (nr_images < 0)
		return nr_images;
	if (ret->status == 0) {
		load_answer_done(ret);
		*ret = images;
		images = (struct load_answer){ 0 };
	}
	return nr + nr_images;
}

/*
 * As long as there is an image, a command that was interrupted could still make
 * a container: it is done when neither is found.
 */
int load_undo_engine(struct load *load, enum load_engine engine,
		     const char *session)
{
	int try, nr;

	for (try = 1;; try++) {
		_cleanup_answer_ struct load_answer last = { 0 };

		nr = try_once(load, engine, session, &last);
		if (nr <= 0)
			return nr < 0 ? CLI_FAILURE : CLI_OK;
		if (try == TRIES)
			return not_all(engine, &last);
		if (last.status)
			take_a_breath();
	}
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows with the possible values of a dashboard's variable */
#ifndef CONTMOND_SERVE_CHOICES_H
#define CONTMOND_SERVE_CHOICES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"
#include "reply.h"

/* The only row if there is nothing to choose from */
#define CHOICES_NONE "(none)"

/** struct choice - what is shown, and what is sent; both malloced */
struct choice {
	char *text;
	char *value;
};

/**
 * struct choices - zero-initialise; free with choices_done()
 * @failed: there was no memory for one of the choices
 */
struct choices {
	struct choice *all;
	size_t nr;
	size_t room;
	bool failed;
};

/** choices_add() - add one, in any order, duplicates too; NULL adds nothing */
void choices_add(struct choices *choices, const char *text, const char *value);

/** choices_answer() - write a whole answer, sorted by text, no duplicates */
void choices_answer(struct choices *choices, bool truncated,
		    struct reply *reply);

void choices_done(struct choices *choices);
#define _cleanup_choices_ _cleanup_(choices_done)

#endif /* CONTMOND_SERVE_CHOICES_H */

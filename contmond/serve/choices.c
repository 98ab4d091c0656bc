// SPDX-License-Identifier: GPL-2.0-only
#include "choices.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"

#define ROW choice
static const struct column columns[] = {
	COLUMN(text, UNIT_TEXT),
	COLUMN(value, UNIT_TEXT),
};
#undef ROW

static const struct table choice_table = TABLE(columns);

static bool grow(struct choices *choices)
{
	size_t room = choices->room ? 2 * choices->room : 16;
	struct choice *all = reallocarray(choices->all, room, sizeof(*all));

	if (!all)
		return false;
	choices->all = all;
	choices->room = room;
	return true;
}

void choices_add(struct choices *choices, const char *text, const char *value)
{
	struct choice *choice;

	if (!text || !value)
		return;
	if (choices->nr == choices->room && !grow(choices)) {
		choices->failed = true;
		return;
	}
	choice = &choices->all[choices->nr++];
	*choice = (struct choice){ strdup(text), strdup(value) };
	if (!choice->text || !choice->value)
		choices->failed = true;
}

static int compare(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	return order ?: strcmp(x->value, y->value);
}

static void answer(const struct choices *choices, bool truncated,
		   struct reply *reply)
{
	static const struct {
		const char *text;
		const char *value;
	} none = { CHOICES_NONE, CHOICES_NONE };
	size_t i;

	answer_begin(reply);
	for (i = 0; i < choices->nr; i++) {
		if (i == 0 || compare(&choices->all[i - 1], &choices->all[i]))
			answer_add(reply, &choice_table, NULL,
				   &choices->all[i]);
	}
	if (choices->nr == 0)
		answer_add(reply, &choice_table, NULL, &none);
	answer_end(reply, truncated);
}

void choices_answer(struct choices *choices, bool truncated,
		    struct reply *reply)
{
	if (choices->failed) {
		reply_error(reply, 503, "out of memory");
		return;
	}
	if (choices->nr > 0)
		qsort(choices->all, choices->nr, sizeof(*choices->all),
		      compare);
	answer(choices, truncated, reply);
}

void choices_done(struct choices *choices)
{
	size_t i;

	for (i = 0; i < choices->nr; i++) {
		free(choices->all[i].text);
		free(choices->all[i].value);
	}
	free(choices->all);
	*choices = (struct choices){ 0 };
}

// SPDX-License-Identifier: GPL-2.0-only
/* The strings that identify and describe a container */
#include "lives.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(const struct store_container *seen,
			   enum life_text text)
{
	const struct container_row *row = seen->row;

	switch (text) {
	case LIFE_CGROUP: return row->cgroup;
	case LIFE_ID: return row->id;
	case LIFE_TITLE: return row->container;
	case LIFE_RUNTIME: return row->runtime;
	case LIFE_POD: return row->pod;
	case LIFE_IMAGE: return row->image;
	case LIFE_COMMAND: return row->command;
	default: return seen->labels;
	}
}

bool life_take_text(struct life *life, enum life_text i, const char *text)
{
	char *copy;

	if (!text || (life->texts[i] && strcmp(life->texts[i], text) == 0))
		return false;
	copy = strdup(text);
	if (!copy)
		return false;
	free(life->texts[i]);
	life->texts[i] = copy;
	return true;
}

/*
 * The name from an engine is kept even if the engine no longer reports it: the
 * engine may be down, or may have removed the container before its cgroup is
 * gone.
 */
static bool take_title(struct life *life, const struct store_container *seen)
{
	if (life->is_named && !seen->is_named)
		return false;
	life->is_named = seen->is_named;
	return life_take_text(life, LIFE_TITLE, text_of(seen, LIFE_TITLE));
}

/*
 * Nor is what was named by an engine suddenly somebody else's. Without its
 * place nothing is said of whose it is.
 */
static bool take_user(struct life *life, const struct store_container *seen)
{
	if (!container_place(seen->row) || life->is_named != seen->is_named ||
	    life->user_id == seen->user_id)
		return false;
	life->user_id = seen->user_id;
	return true;
}

/*
 * Root may map a container to a user, whose own engine can tell of it when
 * root's engine has removed it.
 */
static bool is_claim(const struct life *life,
		     const struct store_container *seen)
{
	return life->is_roots && seen->user_id != 0;
}

/* The other texts are kept when they become unknown, for the same reason. */
bool life_take_texts(struct life *life, const struct store_container *seen)
{
	enum life_text i;
	bool changed;

	if (is_claim(life, seen))
		return false;
	life->is_roots |= seen->is_roots;
	changed = take_title(life, seen);
	changed |= take_user(life, seen);
	for (i = 0; i < NR_LIFE_TEXTS; i++) {
		if (i != LIFE_TITLE)
			changed |= life_take_text(life, i,
						  text_of(seen, i));
	}
	if (seen->row->created_ms > 0 &&
	    life->created_ms != (int64_t)seen->row->created_ms) {
		life->created_ms = (int64_t)seen->row->created_ms;
		changed = true;
	}
	return changed;
}

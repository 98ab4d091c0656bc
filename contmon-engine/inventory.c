// SPDX-License-Identifier: GPL-2.0-only
#include "inventory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/trouble.h"
#include "base/util.h"
#include "allowance.h"
#include "cgroup.h"
#include "socket_path.h"
#include "questions.h"

/* @has_gone: a container has gone, so the list may be older than the table */
struct inventory {
	const char *engine;
	const struct engine_version *version;
	uid_t user;
	struct table_source *source;
	struct questions *questions;
	bool has_gone;
	bool logged_full;
	struct trouble bad;
	struct trouble unanswered;
	struct trouble foreign;
	struct trouble delayed;
};

static void count_bad(struct inventory *inventory)
{
	if (trouble_is_due(&inventory->bad))
		log_warn("%s: skipped invalid entries: %" PRIu64 " so far",
			 inventory->engine, inventory->bad.nr);
}

static char *find_cgroup(struct inventory *inventory,
			 const struct description *description)
{
	char *cgroup = container_cgroup(description->pid,
					description->name.id);

	if (!cgroup || cgroup_is_believed(cgroup, inventory->user))
		return cgroup;
	if (trouble_is_due(&inventory->foreign))
		log_warn("%s: %.12s: its cgroup does not belong to user %u: %s",
			 inventory->engine, description->name.id,
			 (unsigned int)inventory->user, cgroup);
	free(cgroup);
	return NULL;
}

/*
 * An untrusted engine could claim that containers start or end in the future.
 */
static void forget_future(const struct inventory *inventory,
			  struct container_info *name)
{
	int64_t now_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS);

	if (socket_path_is_trusted(inventory->user))
		return;
	if (name->created_ms > now_ms)
		name->created_ms = 0;
	if (name->started_ms > now_ms)
		name->started_ms = 0;
	if (name->finished_ms > now_ms)
		name->finished_ms = name->began_ms = 0;
}

static int publish(struct inventory *inventory,
		   const struct container_info *name, bool alive)
{
	int r = engine_table_set(inventory->source, name, alive);

	if (r != -ENOSPC)
		return r;
	if (alive && !inventory->logged_full)
		log_warn("%s: too many containers; the rest are shown by "
			 "their ids", inventory->engine);
	inventory->logged_full |= alive;
	return 0;
}

static int keep(struct inventory *inventory, struct description *description)
{
	struct container_info *name = &description->name;
	_cleanup_free_ char *cgroup = find_cgroup(inventory, description);

	if (cgroup)
		name->cgroup = cgroup;
	name->runtime = inventory->version->runtime;
	name->engine = inventory->engine;
	name->engine_version = inventory->version->engine;
	name->user_id = inventory->user;
	forget_future(inventory, name);
	return publish(inventory, name, description->alive);
}

/* Answers */

#define KEEP(member, unknown) do {					\
	if (name->member == (unknown))					\
		name->member = known->member;				\
} while (0)

/*
 * A container always has these, so an answer that lacks them is incomplete. The
 * size of its layer is never in it.
 */
static void keep_known(struct container_info *name,
		       const struct container_info *known)
{
	KEEP(name, NULL);
	KEEP(image, NULL);
	KEEP(image_id, NULL);
	KEEP(command, NULL);
	KEEP(created_ms, 0);
	KEEP(restarts, -1);
	KEEP(layer_bytes, -1);
	KEEP(layer_ms, 0);
	if (name->nr_labels == 0) {
		name->labels = known->labels;
		name->nr_labels = known->nr_labels;
	}
}

/* The members of State, which an answer has either all or none of */
static void keep_known_state(struct container_info *name,
			     const struct container_info *known)
{
	name->state = known->state;
	name->health = known->health;
	name->cgroup = known->cgroup;
	name->started_ms = known->started_ms;
	name->finished_ms = known->finished_ms;
	name->began_ms = known->began_ms;
	name->exit_code = known->exit_code;
	name->oom_killed = known->oom_killed;
}

static int keep_inspected(struct inventory *inventory,
			  struct description *description)
{
	struct container_info *name = &description->name;
	const struct table_entry *entry =
		engine_table_find(inventory->source, name->id);
	struct names_message before;
	int r;

	if (!entry || names_read(entry->line, strlen(entry->line),
				 &before) < 0)
		return keep(inventory, description);
	keep_known(name, &before.name);
	if (!name->state) {
		keep_known_state(name, &before.name);
		description->alive = entry->alive;
	}
	r = keep(inventory, description);
	names_message_done(&before);
	return r;
}

static int on_answered(const char *id, const char *text, size_t length,
		       void *userdata)
{
	struct description description;
	int r = parse_inspected(text, length, &description);

	if (r < 0)
		return r;
	r = strcmp(description.name.id, id) == 0 ?
		keep_inspected(userdata, &description) : -EBADMSG;
	description_done(&description);
	return r;
}

void inventory_measured(const char *id, int64_t bytes, void *userdata)
{
	struct inventory *inventory = userdata;
	const struct table_entry *entry =
		engine_table_find(inventory->source, id);
	struct names_message known;

	if (!entry || names_read(entry->line, strlen(entry->line), &known) < 0)
		return;
	known.name.layer_bytes = bytes;
	known.name.layer_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS);
	publish(inventory, &known.name, entry->alive);
	names_message_done(&known);
}

static void on_gone(const char *id, void *userdata)
{
	struct inventory *inventory = userdata;

	inventory->has_gone = true;
	engine_table_remove(inventory->source, id);
}

static void on_failed(const char *id, int error, void *userdata)
{
	const struct log_field fields[] = {
		{ "CONTMON_CONTAINER_ID", id }, { NULL, NULL },
	};
	struct inventory *inventory = userdata;

	if (trouble_is_due(&inventory->unanswered))
		log_with(LOG_WARNING, fields,
			 "%s: container %.12s: %s; asking again",
			 inventory->engine, id, strerror(-error));
}

static void on_delayed(void *userdata)
{
	struct inventory *inventory = userdata;

	if (trouble_is_due(&inventory->delayed))
		log_warn("%s: more changes than the %d a second that user %u "
			 "is allowed; the rest waits", inventory->engine,
			 ALLOWANCE_PER_SECOND, (unsigned int)inventory->user);
}

/* Events and lists */

int inventory_event(const char *text, size_t length, void *userdata)
{
	struct inventory *inventory = userdata;
	char id[NAME_ID_MAX + 1];
	int r = text ? parse_event(text, length, id) : -EMSGSIZE;

	if (r < 0)
		count_bad(inventory);
	return r == 1 ? questions_ask(inventory->questions, id) : 0;
}

/*
 * Data from an inspection is better than the list's, so it is kept for now. A
 * container that has ended may have been removed since the list was made.
 */
static int take_listed(struct inventory *inventory,
		       struct description *description)
{
	const char *id = description->name.id;
	bool known = engine_table_seen(inventory->source, id);
	int r = 0;

	if (known || description->alive || inventory->has_gone)
		r = questions_ask(inventory->questions, id);
	if (r == 0 && !known)
		r = keep(inventory, description);
	return r;
}

int inventory_listed(const char *text, size_t length, void *userdata)
{
	struct inventory *inventory = userdata;
	struct description description;
	int r = text ? parse_listed(text, length, &description) : -EMSGSIZE;

	if (r < 0) {
		count_bad(inventory);
		return 0;
	}
	r = take_listed(inventory, &description);
	description_done(&description);
	return r;
}

int inventory_new(sd_event *event, struct fetcher *fetcher, const char *prefix,
		  const struct engine_version *version, uid_t user,
		  struct table_source *source, struct inventory **ret)
{
	struct inventory *inventory = calloc(1, sizeof(*inventory));
	const struct question_fns fns = {
		.answered = on_answered,
		.gone = on_gone,
		.failed = on_failed,
		.delayed = on_delayed,
		.userdata = inventory,
	};
	int r;

	if (!inventory)
		return -ENOMEM;
	inventory->engine = table_source_socket(source);
	inventory->version = version;
	inventory->user = user;
	inventory->source = source;
	r = questions_new(event, fetcher, prefix, user,
			  parse_inspected_keys, &fns, &inventory->questions);
	if (r < 0) {
		inventory_free(inventory);
		return r;
	}
	*ret = inventory;
	return 0;
}

void inventory_pause(struct inventory *inventory, bool paused)
{
	questions_pause(inventory->questions, paused);
}

void inventory_free(struct inventory *inventory)
{
	if (!inventory)
		return;
	questions_free(inventory->questions);
	free(inventory);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "inventory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"
#include "cgroup.h"
#include "questions.h"

#define LOG_NS (60 * NS_PER_SECOND)

struct inventory {
	const char *engine;
	const char *runtime;
	struct engine_table *table;
	struct questions *questions;
	bool logged_full;
	uint64_t nr_bad;
	uint64_t bad_logged_ns;
};

/* At once, and then once a minute while there are more */
static void count_bad(struct inventory *inventory)
{
	uint64_t now_ns = clock_monotonic_ns();

	inventory->nr_bad++;
	if (inventory->bad_logged_ns &&
	    now_ns - inventory->bad_logged_ns < LOG_NS)
		return;
	inventory->bad_logged_ns = now_ns;
	log_warn("%s: left out entries that make no sense: %" PRIu64 " so far",
		 inventory->engine, inventory->nr_bad);
}

static int keep(struct inventory *inventory, struct description *description)
{
	struct name *name = &description->name;
	_cleanup_free_ char *cgroup = NULL;
	int r;

	cgroup = container_cgroup(description->pid, name->id);
	name->cgroup = cgroup;
	name->runtime = inventory->runtime;
	r = engine_table_set(inventory->table, name, description->alive);
	if (r != -ENOSPC)
		return r;
	if (!inventory->logged_full)
		log_warn("%s has more containers than are named",
			 inventory->engine);
	inventory->logged_full = true;
	return 0;
}

/* Answers */

static int on_answered(const char *id, const char *text, size_t length,
		       void *userdata)
{
	struct description description;
	int r = parse_inspected(text, length, &description);

	if (r < 0)
		return r;
	r = strcmp(description.name.id, id) == 0 ?
		keep(userdata, &description) : -EBADMSG;
	description_done(&description);
	return r;
}

static void on_gone(const char *id, void *userdata)
{
	struct inventory *inventory = userdata;

	engine_table_remove(inventory->table, id);
}

static void on_failed(const char *id, int error, void *userdata)
{
	struct inventory *inventory = userdata;

	log_warn("%s: container %.12s: %s; asking again", inventory->engine,
		 id, strerror(-error));
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

/* What has been asked about is known better: then it stays for now. */
static int take_listed(struct inventory *inventory,
		       struct description *description)
{
	const char *id = description->name.id;
	bool known = engine_table_seen(inventory->table, id);
	int r = 0;

	if (known || description->alive)
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

int inventory_new(sd_event *event, struct fetcher *fetcher, const char *engine,
		  const char *prefix, const struct engine_version *version,
		  struct engine_table *table, struct inventory **ret)
{
	struct inventory *inventory = calloc(1, sizeof(*inventory));
	const struct question_fns fns = {
		.answered = on_answered,
		.gone = on_gone,
		.failed = on_failed,
		.userdata = inventory,
	};
	int r;

	if (!inventory)
		return -ENOMEM;
	inventory->engine = engine;
	inventory->runtime = version->runtime;
	inventory->table = table;
	r = questions_new(event, fetcher, prefix, parse_inspected_keys, &fns,
			  &inventory->questions);
	if (r < 0) {
		inventory_free(inventory);
		return r;
	}
	*ret = inventory;
	return 0;
}

void inventory_free(struct inventory *inventory)
{
	if (!inventory)
		return;
	questions_free(inventory->questions);
	free(inventory);
}

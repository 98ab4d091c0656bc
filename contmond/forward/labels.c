// SPDX-License-Identifier: GPL-2.0-only
#include "labels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/utf8.h"
#include "base/util.h"
#include "contmond/model/emit.h"
#include "contmond/model/rows.h"

#define PROJECT "container_label_com_docker_compose_project"
#define SERVICE "container_label_com_docker_compose_service"

bool label_is_ours(const char *key)
{
	static const char *const ours[] = { "id", "image", "name", PROJECT,
					    SERVICE };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ours); i++) {
		if (strcmp(ours[i], key) == 0)
			return true;
	}
	return false;
}

/* A control character could end a line in some protocols. */
static char *clean(const char *value)
{
	char *valid = utf8_dup(value, strlen(value), SIZE_MAX), *c;

	for (c = valid; c && *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	}
	return valid;
}

/* Inserts a label in order, or replaces the one with the same key. */
static int add(struct labels *labels, const char *key, const char *value)
{
	struct label label = { NULL, NULL };
	size_t at = 0;

	if (!value || !*value)
		return 0;
	while (at < labels->nr && strcmp(labels->all[at].key, key) < 0)
		at++;
	label.key = strdup(key);
	label.value = clean(value);
	if (!label.key || !label.value) {
		free(label.key);
		free(label.value);
		return -ENOMEM;
	}
	if (at < labels->nr && strcmp(labels->all[at].key, key) == 0) {
		free(labels->all[at].key);
		free(labels->all[at].value);
	} else {
		memmove(&labels->all[at + 1], &labels->all[at],
			(labels->nr++ - at) * sizeof(label));
	}
	labels->all[at] = label;
	return 0;
}

char *owner_label(const struct tick_owner *owner, const char *key)
{
	json_t *all = owner->labels ? json_loads(owner->labels, 0, NULL) :
				      NULL;
	const char *value = json_string_value(json_object_get(all, key));
	char *copy = value ? strdup(value) : NULL;

	json_decref(all);
	return copy;
}

static int add_owner(struct labels *labels, const struct tick_owner *owner)
{
	_cleanup_free_ char *project = owner_label(owner,
						   LABEL_COMPOSE_PROJECT);
	_cleanup_free_ char *service = owner_label(owner,
						   LABEL_COMPOSE_SERVICE);
	int r = add(labels, "id", owner->cgroup ?: owner->id);

	if (r == 0)
		r = add(labels, "image", owner->image);
	if (r == 0)
		r = add(labels, "name", owner->title);
	if (r == 0)
		r = add(labels, PROJECT, project);
	return r == 0 ? add(labels, SERVICE, service) : r;
}

int labels_make(struct labels *ret, const char *host,
		const struct target_options *options,
		const struct tick_owner *owner)
{
	struct labels labels = { 0 };
	size_t i;
	int r = add(&labels, "host", host);

	for (i = 0; i < options->nr_labels && r == 0; i++)
		r = add(&labels, options->labels[i].key,
			options->labels[i].value);
	if (r == 0 && owner)
		r = add_owner(&labels, owner);
	if (r < 0) {
		labels_done(&labels);
		return r;
	}
	*ret = labels;
	return 0;
}

const char *labels_find(const struct labels *labels, const char *key)
{
	size_t i;

	for (i = 0; i < labels->nr; i++) {
		if (strcmp(labels->all[i].key, key) == 0)
			return labels->all[i].value;
	}
	return NULL;
}

void labels_put(struct buffer *to, const struct labels *labels)
{
	size_t i;

	for (i = 0; i < labels->nr; i++)
		emit_member(to, labels->all[i].key, labels->all[i].value,
			    i == 0);
}

void labels_done(struct labels *labels)
{
	size_t i;

	for (i = 0; i < labels->nr; i++) {
		free(labels->all[i].key);
		free(labels->all[i].value);
	}
	labels->nr = 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Checks that settings are consistent, and what they mean */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "contmond/store/event_kinds.h"
#include "headers.h"
#include "protocol.h"
#include "template.h"

int options_feed(const struct target_options *options)
{
	if (!options->protocol || !options->protocol->write_item)
		return -1;
	return options->send == SEND_DECISIONS ? FEED_DECISIONS : FEED_EVENTS;
}

const char *options_noun(const struct target_options *options)
{
	switch (options_feed(options)) {
	case FEED_EVENTS:
		return "events";
	case FEED_DECISIONS:
		return "decisions";
	default:
		return "ticks";
	}
}

/* The first broken rule; NULL if none is */
static const char *broken_rule(const struct target_options *options)
{
	const struct protocol *protocol = options->protocol;
	const bool of_ticks = protocol && !protocol->write_item;
	const bool takes = protocol && protocol->takes_template;
	const struct {
		bool wrong;
		const char *why;
	} rules[] = {
		{ !protocol, "type is missing" },
		{ !options->url, "url is missing" },
		{ options->user && options->token,
		  "has both user and token_file" },
		{ options->user && !options->password,
		  "has user but no password_file" },
		{ options->password && !options->user,
		  "has password_file but no user" },
		{ (options->user || options->token) &&
		  headers_have(options->headers, "Authorization"),
		  "has Authorization in headers_file as well" },
		{ options->ca_file && options->url &&
		  strncmp(options->url, "https://", 8) != 0,
		  "has ca_file, but url does not begin with https://" },
		{ of_ticks && (options->send || options->kinds),
		  "has send or kinds, but its type sends samples" },
		{ !takes && (options->method || options->body),
		  "has method or body_file, but its type is not webhook" },
		{ protocol && protocol->packing == PACKING_FIXED &&
		  options->compress != COMPRESS_AUTO,
		  "has compress, but its type leaves no choice" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		if (rules[i].wrong)
			return rules[i].why;
	}
	return NULL;
}

/* With a misspelled kind, nothing would ever be sent. */
static int check_kinds(const struct target_options *options,
		       char ret_why[OPTIONS_WHY_SIZE])
{
	const char *known = options_feed(options) == FEED_EVENTS ?
			    EVENT_KINDS : DECISION_STATES;
	_cleanup_free_ char *kinds = strdup(options->kinds);
	char *rest = kinds, *kind;

	if (!kinds)
		return -ENOMEM;
	while ((kind = strsep(&rest, ","))) {
		if (*kind && text_in_list(known, kind))
			continue;
		snprintf(ret_why, OPTIONS_WHY_SIZE, "kinds has '%.40s'; those "
			 "of %s are %s", kind, options_noun(options), known);
		return -EINVAL;
	}
	return 0;
}

/* A label must not have the name of a key that events have themselves. */
static int check_labels(const struct target_options *options,
			char ret_why[OPTIONS_WHY_SIZE])
{
	static const char *const ours[] = { "text", "_time", "_msg" };
	const struct table *table =
		item_table((enum feed)options_feed(options));
	size_t i, j;

	for (i = 0; i < options->nr_labels; i++) {
		const char *key = options->labels[i].key;
		bool is_ours = table_find(table, key);

		for (j = 0; j < ARRAY_SIZE(ours); j++)
			is_ours |= strcmp(ours[j], key) == 0;
		if (!is_ours)
			continue;
		snprintf(ret_why, OPTIONS_WHY_SIZE, "labels has '%s', which "
			 "%s have themselves", key, options_noun(options));
		return -EINVAL;
	}
	return 0;
}

static int check_body(const struct target_options *options,
		      char ret_why[OPTIONS_WHY_SIZE])
{
	char why[OPTIONS_WHY_SIZE - 16];
	int r = template_check(options->body, options, why, sizeof(why));

	if (r == -EINVAL)
		snprintf(ret_why, OPTIONS_WHY_SIZE, "body_file: %s", why);
	return r;
}

int options_check(const struct target_options *options,
		  char ret_why[OPTIONS_WHY_SIZE])
{
	const char *rule = broken_rule(options);
	int r = 0;

	if (rule) {
		snprintf(ret_why, OPTIONS_WHY_SIZE, "%s", rule);
		return -EINVAL;
	}
	if (options_feed(options) < 0)
		return 0;
	if (options->kinds)
		r = check_kinds(options, ret_why);
	if (r == 0)
		r = check_labels(options, ret_why);
	if (r == 0 && options->body)
		r = check_body(options, ret_why);
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings of a target, as described in contmond.conf(5) */
#ifndef CONTMOND_FORWARD_OPTIONS_H
#define CONTMOND_FORWARD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contmond/store/feed.h"

struct protocol;

/* What a target of events receives */
enum send {
	SEND_DEFAULT,		/* events */
	SEND_EVENTS,
	SEND_DECISIONS,
};

/* How bodies are compressed */
enum compress {
	COMPRESS_AUTO,		/* whatever suits the type */
	COMPRESS_GZIP,
	COMPRESS_NONE,
};

/** struct label - both malloced */
struct label {
	char *key;
	char *value;
};

/**
 * struct target_options - zero-initialise
 * @url_is_secret: it was read from a file
 * @kinds: kinds of events, or states of decisions, to send; NULL for all
 * @method: NULL for POST
 * @headers: lines for headers_next(), or NULL
 * @body: a template; NULL for the protocol's own body
 * @token: sent in a header; NULL for none
 * @user, @password: for Basic authentication; NULL for none
 * @ca_file: trusted certificates; NULL for the system's
 * @labels: added to each series; at most OPTIONS_MAX_LABELS
 */
struct target_options {
	char *name;
	const struct protocol *protocol;
	char *url;
	bool url_is_secret;
	enum send send;
	char *kinds;
	char *method;
	char *headers;
	char *body;
	char *token;
	char *user;
	char *password;
	char *ca_file;
	uint64_t interval_ms;
	uint64_t timeout_ms;
	uint64_t batch_max_bytes;
	enum compress compress;
	struct label *labels;
	size_t nr_labels;
};

#define OPTIONS_MAX_LABELS 16

/**
 * struct option_key - a key of a section
 * @default_text: NULL for none
 * @set: parses the text; returns -EINVAL with the reason, -ENOMEM, ...
 */
struct option_key {
	const char *name;
	const char *default_text;
	int (*set)(struct target_options *options, const char *text,
		   const char **ret_why);
};

#define NR_OPTION_KEYS 17

extern const struct option_key option_keys[NR_OPTION_KEYS];

/** options_set_name() - returns -EINVAL with the reason if it is not allowed */
int options_set_name(struct target_options *options, const char *name,
		     const char **ret_why);

#define OPTIONS_WHY_SIZE 256

/**
 * options_check() - check that the settings are consistent
 *
 * Returns -EINVAL with the reason, in one line; or -ENOMEM.
 */
int options_check(const struct target_options *options,
		  char ret_why[OPTIONS_WHY_SIZE]);

/** options_feed() - the enum feed that is sent; -1 for ticks */
int options_feed(const struct target_options *options);

/** options_noun() - "ticks", "events" or "decisions" */
const char *options_noun(const struct target_options *options);

bool options_equal(const struct target_options *a,
		   const struct target_options *b);

/** options_copy() - after -ENOMEM @ret is empty */
int options_copy(struct target_options *ret,
		 const struct target_options *from);

void options_done(struct target_options *options);

#endif /* CONTMOND_FORWARD_OPTIONS_H */

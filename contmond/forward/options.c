// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/libcurl.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/util.h"
#include "contmond/model/targets.h"
#include "labels.h"
#include "protocol.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define MAX_LABEL_LENGTH 128

static int set_text(char **to, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	free(*to);
	*to = copy;
	return 0;
}

int options_set_name(struct target_options *options, const char *name,
		     const char **ret_why)
{
	size_t length = strlen(name);

	*ret_why = "the name is not 1 to 32 letters, digits, '.', '_' or '-'";
	if (length == 0 || length > TARGET_NAME_MAX ||
	    name[strspn(name, LETTERS DIGITS "._-")])
		return -EINVAL;
	return set_text(&options->name, name);
}

static int set_type(struct target_options *options, const char *text,
		    const char **ret_why)
{
	*ret_why = "not one of influx, remote_write, prometheus_text, json";
	options->protocol = protocol_find(text);
	return options->protocol ? 0 : -EINVAL;
}

/* A user or password in it would be seen in the configuration. */
static int check_url(CURLU *url, const char *text, const char **ret_why)
{
	char *part = NULL;

	*ret_why = "not a URL that begins with http:// or https://";
	if ((strncmp(text, "http://", 7) != 0 &&
	     strncmp(text, "https://", 8) != 0) ||
	    text[strcspn(text, " \t\"<>")] ||
	    curl.url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK)
		return -EINVAL;
	*ret_why = "a user belongs in 'user', a password in 'password_file'";
	if (curl.url_get(url, CURLUPART_USER, &part, 0) == CURLUE_OK ||
	    curl.url_get(url, CURLUPART_PASSWORD, &part, 0) == CURLUE_OK) {
		curl.free(part);
		return -EINVAL;
	}
	return 0;
}

static int set_url(struct target_options *options, const char *text,
		   const char **ret_why)
{
	int r = libcurl_load();
	CURLU *url;

	*ret_why = NULL;
	if (r < 0)
		return r;
	url = curl.url();
	r = url ? check_url(url, text, ret_why) : -ENOMEM;
	curl.url_cleanup(url);
	return r == 0 ? set_text(&options->url, text) : r;
}

static int set_token_file(struct target_options *options, const char *text,
			  const char **ret_why)
{
	return secret_read(text, &options->token, ret_why);
}

static int set_user(struct target_options *options, const char *text,
		    const char **ret_why)
{
	*ret_why = "empty, or has a colon";
	if (!*text || strchr(text, ':'))
		return -EINVAL;
	return set_text(&options->user, text);
}

static int set_password_file(struct target_options *options, const char *text,
			     const char **ret_why)
{
	return secret_read(text, &options->password, ret_why);
}

static int set_ca_file(struct target_options *options, const char *text,
		       const char **ret_why)
{
	_cleanup_fclose_ FILE *file = NULL;

	*ret_why = "not a path from the root";
	if (text[0] != '/')
		return -EINVAL;
	*ret_why = NULL;
	file = fopen(text, "re");
	if (!file || getc(file) == EOF)
		return file ? -ENODATA : -errno;
	return set_text(&options->ca_file, text);
}

static int set_interval_ms(struct target_options *options, const char *text,
			   const char **ret_why)
{
	*ret_why = "not a number from 100 to 3600000";
	return text_to_u64(text, 100, 3600000, &options->interval_ms);
}

static int set_timeout_ms(struct target_options *options, const char *text,
			  const char **ret_why)
{
	*ret_why = "not a number from 100 to 600000";
	return text_to_u64(text, 100, 600000, &options->timeout_ms);
}

static int set_batch_max_kb(struct target_options *options, const char *text,
			    const char **ret_why)
{
	uint64_t kilobytes;
	int r = text_to_u64(text, 16, 16384, &kilobytes);

	*ret_why = "not a number from 16 to 16384";
	if (r == 0)
		options->batch_max_bytes = kilobytes * 1000;
	return r;
}

/* Labels */

static int add_label(struct target_options *options, const char *key,
		     const char *value)
{
	struct label *all = reallocarray(options->labels,
					 options->nr_labels + 1, sizeof(*all));

	if (!all)
		return -ENOMEM;
	options->labels = all;
	all[options->nr_labels] = (struct label){ strdup(key), strdup(value) };
	options->nr_labels++;
	return all[options->nr_labels - 1].key &&
	       all[options->nr_labels - 1].value ? 0 : -ENOMEM;
}

static char *strip(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length > 0 && strchr(" \t", text[length - 1]))
		text[--length] = '\0';
	return text;
}

static int take_label(struct target_options *options, char *text,
		      const char **ret_why)
{
	char *value = strchr(text, '='), *key;

	*ret_why = "not a list of KEY=VALUE, separated by commas";
	if (!value)
		return -EINVAL;
	*value++ = '\0';
	key = strip(text);
	value = strip(value);
	if (!*value || strlen(value) > MAX_LABEL_LENGTH)
		return -EINVAL;
	*ret_why = "a key is not letters, digits and '_', or begins with a "
		   "digit or with '__'";
	if (!*key || strlen(key) > MAX_LABEL_LENGTH ||
	    key[strspn(key, LETTERS DIGITS "_")] || strchr(DIGITS, *key) ||
	    strncmp(key, "__", 2) == 0)
		return -EINVAL;
	*ret_why = "contmond or the target uses this key itself";
	if (label_is_ours(key) || strcmp(key, "time") == 0)
		return -EINVAL;
	*ret_why = "more than 16 labels";
	if (options->nr_labels == OPTIONS_MAX_LABELS)
		return -EINVAL;
	return add_label(options, key, value);
}

static int set_labels(struct target_options *options, const char *text,
		      const char **ret_why)
{
	_cleanup_free_ char *copy = strdup(text);
	char *rest = copy, *label;
	int r = copy ? 0 : -ENOMEM;

	while (r == 0 && (label = strsep(&rest, ",")))
		r = take_label(options, label, ret_why);
	return r;
}

const struct option_key option_keys[NR_OPTION_KEYS] = {
	{ "type", NULL, set_type },
	{ "url", NULL, set_url },
	{ "token_file", NULL, set_token_file },
	{ "user", NULL, set_user },
	{ "password_file", NULL, set_password_file },
	{ "ca_file", NULL, set_ca_file },
	{ "labels", NULL, set_labels },
	{ "interval_ms", "10000", set_interval_ms },
	{ "timeout_ms", "30000", set_timeout_ms },
	{ "batch_max_kb", "1024", set_batch_max_kb },
};

/* All of them */

int options_check(const struct target_options *options, const char **ret_why)
{
	const struct {
		bool wrong;
		const char *why;
	} rules[] = {
		{ !options->protocol, "type is missing" },
		{ !options->url, "url is missing" },
		{ options->user && options->token,
		  "has both user and token_file" },
		{ options->user && !options->password,
		  "has user but no password_file" },
		{ options->password && !options->user,
		  "has password_file but no user" },
		{ options->ca_file && options->url &&
		  strncmp(options->url, "https://", 8) != 0,
		  "has ca_file, but url does not begin with https://" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		if (!rules[i].wrong)
			continue;
		*ret_why = rules[i].why;
		return -EINVAL;
	}
	return 0;
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool options_equal(const struct target_options *a,
		   const struct target_options *b)
{
	size_t i;

	if (a->nr_labels != b->nr_labels)
		return false;
	for (i = 0; i < a->nr_labels; i++) {
		if (!same(a->labels[i].key, b->labels[i].key) ||
		    !same(a->labels[i].value, b->labels[i].value))
			return false;
	}
	return same(a->name, b->name) && a->protocol == b->protocol &&
	       same(a->url, b->url) && same(a->token, b->token) &&
	       same(a->user, b->user) && same(a->password, b->password) &&
	       same(a->ca_file, b->ca_file) &&
	       a->interval_ms == b->interval_ms &&
	       a->timeout_ms == b->timeout_ms &&
	       a->batch_max_bytes == b->batch_max_bytes;
}

static int copy_text(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? -ENOMEM : 0;
}

int options_copy(struct target_options *ret, const struct target_options *from)
{
	struct target_options copy = *from;
	size_t i;
	int r = 0;

	copy.labels = NULL;
	copy.nr_labels = 0;
	r |= copy_text(&copy.name, from->name);
	r |= copy_text(&copy.url, from->url);
	r |= copy_text(&copy.token, from->token);
	r |= copy_text(&copy.user, from->user);
	r |= copy_text(&copy.password, from->password);
	r |= copy_text(&copy.ca_file, from->ca_file);
	for (i = 0; i < from->nr_labels && r == 0; i++)
		r = add_label(&copy, from->labels[i].key,
			      from->labels[i].value);
	if (r < 0) {
		options_done(&copy);
		*ret = (struct target_options){ 0 };
		return -ENOMEM;
	}
	*ret = copy;
	return 0;
}

/* A secret leaves no trace in freed memory. */
static void free_secret(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

void options_done(struct target_options *options)
{
	size_t i;

	free(options->name);
	free(options->url);
	free_secret(options->token);
	free(options->user);
	free_secret(options->password);
	free(options->ca_file);
	for (i = 0; i < options->nr_labels; i++) {
		free(options->labels[i].key);
		free(options->labels[i].value);
	}
	free(options->labels);
	*options = (struct target_options){ 0 };
}

// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/libcurl.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/url.h"
#include "base/util.h"
#include "contmond/model/targets.h"
#include "headers.h"
#include "labels.h"
#include "protocol.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define MAX_LABEL_LENGTH 128
#define MAX_BODY 65536

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
	*ret_why = "not one of " PROTOCOL_NAMES;
	options->protocol = protocol_find(text);
	return options->protocol ? 0 : -EINVAL;
}

/* A user or password in the URL would be visible in the configuration. */
static int set_url(struct target_options *options, const char *text,
		   const char **ret_why)
{
	int r = libcurl_load();
	CURLU *url = NULL;

	*ret_why = NULL;
	if (r == 0)
		r = url_parse(text, &url, ret_why);
	if (r == -EPERM) {
		*ret_why = "a user belongs in 'user', a password in "
			   "'password_file'";
		return -EINVAL;
	}
	if (r < 0)
		return r;
	curl.url_cleanup(url);
	return set_text(&options->url, text);
}

static int set_url_file(struct target_options *options, const char *text,
			const char **ret_why)
{
	char *url;
	int r;

	*ret_why = "there is a 'url' as well";
	if (options->url)
		return -EINVAL;
	r = secret_read(text, &url, ret_why);
	if (r < 0)
		return r;
	r = set_url(options, url, ret_why);
	options->url_is_secret = true;
	secret_free(url);
	return r;
}

/* Events */

static int set_send(struct target_options *options, const char *text,
		    const char **ret_why)
{
	*ret_why = "neither events nor decisions";
	if (strcmp(text, "events") == 0)
		options->send = SEND_EVENTS;
	else if (strcmp(text, "decisions") == 0)
		options->send = SEND_DECISIONS;
	else
		return -EINVAL;
	return 0;
}

/* Removes blanks, so that a word can be found in it. */
static int set_kinds(struct target_options *options, const char *text,
		     const char **ret_why)
{
	_cleanup_free_ char *kinds = strdup(text);
	char *from, *to;

	if (!kinds)
		return -ENOMEM;
	for (from = to = kinds; *from; from++) {
		if (*from != ' ' && *from != '\t')
			*to++ = *from;
	}
	*to = '\0';
	*ret_why = "not a list of words, separated by commas";
	if (!*kinds || kinds[strspn(kinds, LETTERS "_,")])
		return -EINVAL;
	return set_text(&options->kinds, kinds);
}

static int set_method(struct target_options *options, const char *text,
		      const char **ret_why)
{
	*ret_why = "not one of POST, PUT, PATCH";
	if (!text_in_list("POST,PUT,PATCH", text) || strchr(text, ','))
		return -EINVAL;
	if (strcmp(text, "POST") != 0)
		return set_text(&options->method, text);
	free(options->method);
	options->method = NULL;
	return 0;
}

static int set_headers_file(struct target_options *options, const char *text,
			    const char **ret_why)
{
	return headers_read(text, &options->headers, ret_why);
}

/*
 * Must not be readable by all users, because an API may want its key in the
 * body.
 */
static int set_body_file(struct target_options *options, const char *text,
			 const char **ret_why)
{
	return secret_read_text(text, true, MAX_BODY, &options->body, ret_why);
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

	*ret_why = "not an absolute path";
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

static int set_compress(struct target_options *options, const char *text,
			const char **ret_why)
{
	static const char *const words[] = {
		[COMPRESS_AUTO] = "auto",
		[COMPRESS_GZIP] = "gzip",
		[COMPRESS_NONE] = "none",
	};
	size_t i;

	*ret_why = "not one of auto, gzip, none";
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i], text) != 0)
			continue;
		options->compress = (enum compress)i;
		return 0;
	}
	return -EINVAL;
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
	{ "url_file", NULL, set_url_file },
	{ "send", NULL, set_send },
	{ "kinds", NULL, set_kinds },
	{ "method", "POST", set_method },
	{ "headers_file", NULL, set_headers_file },
	{ "body_file", NULL, set_body_file },
	{ "token_file", NULL, set_token_file },
	{ "user", NULL, set_user },
	{ "password_file", NULL, set_password_file },
	{ "ca_file", NULL, set_ca_file },
	{ "labels", NULL, set_labels },
	{ "interval_ms", "10000", set_interval_ms },
	{ "timeout_ms", "30000", set_timeout_ms },
	{ "batch_max_kb", "1024", set_batch_max_kb },
	{ "compress", "auto", set_compress },
};

/* All keys */

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

#define TEXT(member) offsetof(struct target_options, member)
static const size_t texts[] = {
	TEXT(name), TEXT(url), TEXT(kinds), TEXT(method), TEXT(headers),
	TEXT(body), TEXT(token), TEXT(user), TEXT(password), TEXT(ca_file),
};
#undef TEXT

static char **text_of(const struct target_options *options, size_t i)
{
	return (char **)((char *)options + texts[i]);
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
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		if (!same(*text_of(a, i), *text_of(b, i)))
			return false;
	}
	return a->protocol == b->protocol && a->send == b->send &&
	       a->url_is_secret == b->url_is_secret &&
	       a->interval_ms == b->interval_ms &&
	       a->timeout_ms == b->timeout_ms &&
	       a->batch_max_bytes == b->batch_max_bytes &&
	       a->compress == b->compress;
}

int options_copy(struct target_options *ret, const struct target_options *from)
{
	struct target_options copy = *from;
	size_t i;
	int r = 0;

	copy.labels = NULL;
	copy.nr_labels = 0;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *text = *text_of(from, i);

		*text_of(&copy, i) = text ? strdup(text) : NULL;
		if (text && !*text_of(&copy, i))
			r = -ENOMEM;
	}
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

void options_done(struct target_options *options)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		secret_free(*text_of(options, i));
	for (i = 0; i < options->nr_labels; i++) {
		free(options->labels[i].key);
		free(options->labels[i].value);
	}
	free(options->labels);
	*options = (struct target_options){ 0 };
}

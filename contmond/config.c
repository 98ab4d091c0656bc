// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files are first read into strings, each with its place in the file. A
 * string from a later file replaces that of an earlier one. The values are
 * checked once at the end, so an error always refers to the line that is in
 * effect.
 */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>

#include "base/ini.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/util.h"
#include "check.h"
#include "config_forward.h"
#include "config_tls.h"
#include "contmond/policy/load.h"
#include "contmond/serve/listen.h"
#include "contmond/serve/token.h"
#include "contmond/store/setting.h"
#include "contmond/store/store.h"
#include "rules.h"

#define NR_KEYS 15
#define METRICS_LABELS "com.docker.compose.project, com.docker.compose.service"

/* Indices of keys that errors name together with others */
enum { LISTEN, TLS_CERTIFICATE = 2, TLS_KEY };

/* @file: the file that is being read */
struct reading {
	struct setting settings[NR_KEYS];
	struct forward_sections sections;
	char *file;
	struct config_errors errors;
};

/* Values */

static int set_listen(struct config *config, const char *text,
		      const char **ret_why)
{
	struct listen_address address = { .loopback = true };
	int r = 0;

	if (strcmp(text, "none") != 0)
		r = listen_parse(text, &address, ret_why);
	if (r < 0)
		return r;
	config->listen = strdup(text);
	config->host = strdup(address.host);
	if (!config->listen || !config->host)
		return -ENOMEM;
	config->address = address.address;
	config->address_length = address.length;
	config->loopback = address.loopback;
	return 0;
}

static int set_token_file(struct config *config, const char *text,
			  const char **ret_why)
{
	return token_read(text, &config->token, ret_why);
}

static int set_path(const char *text, char **ret, const char **ret_why)
{
	*ret_why = "not an absolute path";
	if (text[0] != '/' || text[strlen(text) - 1] == '/')
		return -EINVAL;
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

static int set_open_on_loopback(struct config *config, const char *text,
				const char **ret_why)
{
	config->closed_on_loopback = strcmp(text, "no") == 0;
	*ret_why = "neither yes nor no";
	return config->closed_on_loopback || strcmp(text, "yes") == 0 ?
	       0 : -EINVAL;
}

static int set_socket(struct config *config, const char *text,
		      const char **ret_why)
{
	int r = set_path(text, &config->socket, ret_why);

	if (r < 0 || strlen(text) < SOCKET_PATH_MAX)
		return r;
	*ret_why = "longer than 107 bytes";
	return -EINVAL;
}

static int set_socket_group(struct config *config, const char *text,
			    const char **ret_why)
{
	const struct group *group = getgrnam(text);

	*ret_why = "not a group of this host";
	if (!group)
		return -EINVAL;
	config->socket_group = group->gr_gid;
	return 0;
}

static int set_socket_mode(struct config *config, const char *text,
			   const char **ret_why)
{
	static const struct {
		const char *text;
		mode_t mode;
	} modes[] = {
		{ "0600", 0600 }, { "0660", 0660 }, { "0666", 0666 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		if (strcmp(modes[i].text, text) != 0)
			continue;
		config->socket_mode = modes[i].mode;
		return 0;
	}
	*ret_why = "not 0600, 0660 or 0666";
	return -EINVAL;
}

static int set_interval_ms(struct config *config, const char *text,
			   const char **ret_why)
{
	*ret_why = "not a number from 100 to 3600000";
	return text_to_u64(text, 100, 3600000, &config->interval_ms);
}

static int set_store(struct config *config, const char *text,
		     const char **ret_why)
{
	return store_setting_parse(text, &config->store_path, ret_why);
}

static int set_store_max_mb(struct config *config, const char *text,
			    const char **ret_why)
{
	uint64_t megabytes;
	int r = text_to_u64(text, 16, 1048576, &megabytes);

	*ret_why = "not a number from 16 to 1048576";
	if (r == 0)
		config->store_max_bytes = megabytes * 1000000;
	return r;
}

static int set_log_file(struct config *config, const char *text,
			const char **ret_why)
{
	return set_path(text, &config->log_file, ret_why);
}

static int set_policy_dir(struct config *config, const char *text,
			  const char **ret_why)
{
	return set_path(text, &config->policy_directory, ret_why);
}

static int set_metrics_series_max(struct config *config, const char *text,
				  const char **ret_why)
{
	uint64_t max;
	int r = text_to_u64(text, 10, 100000, &max);

	*ret_why = "not a number from 10 to 100000";
	if (r == 0)
		config->exposed.series_max = max;
	return r;
}

/* Removes blanks after commas. */
static int set_metrics_labels(struct config *config, const char *text,
			      const char **ret_why)
{
	char *to = config->exposed.labels;
	const char *from = text;
	bool more = strcmp(text, "none") != 0;

	*ret_why = "neither none nor keys of labels, separated by commas";
	if (strlen(text) >= sizeof(config->exposed.labels))
		return -EINVAL;
	while (more) {
		size_t length = strcspn(from, ", \t");

		if (length == 0)
			return -EINVAL;
		to = mempcpy(to, from, length);
		from += length + strspn(from + length, " \t");
		if (*from && *from != ',')
			return -EINVAL;
		more = *from;
		if (more)
			*to++ = *from++;
		from += strspn(from, " \t");
	}
	*to = '\0';
	return 0;
}

/**
 * struct key - one key of the files
 * @set: parses the text; returns -EINVAL with the reason
 * @check: see check.h; NULL if there is nothing to open
 */
static const struct key {
	const char *name;
	const char *default_text;
	int (*set)(struct config *config, const char *text,
		   const char **ret_why);
	int (*check)(const struct config *config, const char **ret_why);
} keys[NR_KEYS] = {
	{ "listen", "127.0.0.1:9477", set_listen, check_listen },
	{ "token_file", NULL, set_token_file, NULL },
	{ "tls_certificate", NULL, config_set_tls_certificate, NULL },
	{ "tls_key", NULL, config_set_tls_key, NULL },
	{ "open_on_loopback", "yes", set_open_on_loopback, NULL },
	{ "socket", NULL, set_socket, check_socket },
	{ "socket_group", NULL, set_socket_group, NULL },
	{ "socket_mode", "0660", set_socket_mode, NULL },
	{ "interval_ms", "1000", set_interval_ms, NULL },
	{ STORE_SETTING, STORE_PATH, set_store, check_store },
	{ "store_max_mb", "250", set_store_max_mb, NULL },
	{ "log_file", NULL, set_log_file, check_log_file },
	{ "policy_dir", POLICY_DIRECTORY, set_policy_dir, check_policy_dir },
	{ "metrics_series_max", "40", set_metrics_series_max, NULL },
	{ "metrics_labels", METRICS_LABELS, set_metrics_labels, NULL },
};

static const char *text_of(const struct reading *reading, size_t i)
{
	return reading->settings[i].text ?: keys[i].default_text;
}

/* Reports the value of a key as invalid; -ENOMEM is not about the value. */
static int refuse(struct reading *reading, size_t i, int r, const char *why)
{
	const struct setting *setting = &reading->settings[i];
	struct ini_place place = setting_place(setting);

	if (r == -ENOMEM)
		return r;
	return config_complain_value(&reading->errors, &place, keys[i].name,
				     text_of(reading, i), why ?: strerror(-r));
}

static int apply_one(struct reading *reading, size_t i, struct config *config)
{
	const char *text = text_of(reading, i), *why = NULL;
	int r = text ? keys[i].set(config, text, &why) : 0;

	return r < 0 ? refuse(reading, i, r, why) : 0;
}

/* The errors of rules name their own files. */
static int try_rules(struct reading *reading, const struct config *config)
{
	_cleanup_free_ char *errors = NULL;
	struct policy *policy = NULL;
	int r = rules_load(config->policy_directory, &policy, &errors);

	policy_free(policy);
	if (r != -EINVAL)
		return r;
	fputs(errors, reading->errors.file);
	reading->errors.any = true;
	return 0;
}

static int try_all(struct reading *reading, const struct config *config)
{
	size_t i;

	for (i = 0; i < NR_KEYS; i++) {
		const char *why = NULL;
		int r = keys[i].check && text_of(reading, i) ?
			keys[i].check(config, &why) : 0;

		if (r < 0 && refuse(reading, i, r, why) == -ENOMEM)
			return -ENOMEM;
	}
	return rules_probe(config->policy_directory) < 0 ? 0 :
	       try_rules(reading, config);
}

static int check_together(struct reading *reading, const struct config *config)
{
	struct ini_place place = setting_place(&reading->settings[LISTEN]);

	if (!config->loopback && !config->token)
		return config_complain(&reading->errors, &place, "listen = %s: "
				       "other hosts can reach it, so "
				       "token_file must be set",
				       config->listen);
	if (!config->address_length && !config->socket)
		return config_complain(&reading->errors, &place, "listen = "
				       "none: nothing is served, so socket "
				       "must be set");
	return config_check_tls(config, &reading->settings[TLS_CERTIFICATE],
				&reading->settings[TLS_KEY],
				&reading->errors);
}

static int apply(struct reading *reading, struct config *config)
{
	size_t i;

	config->socket_group = (gid_t)-1;
	for (i = 0; i < NR_KEYS; i++) {
		if (apply_one(reading, i, config) == -ENOMEM)
			return -ENOMEM;
	}
	if (forward_sections_apply(&reading->sections, config->targets,
				   &config->nr_targets, &reading->errors) < 0)
		return -ENOMEM;
	if (!reading->errors.any)
		return check_together(reading, config);
	return 0;
}

/* Reading */

static void refuse_key(struct reading *reading, const struct ini_place *place,
		       const char *name)
{
	char known[512] = "";
	size_t i, length = 0;

	for (i = 0; i < NR_KEYS; i++)
		length += (size_t)snprintf(known + length,
					   sizeof(known) - length, "%s%s",
					   i ? ", " : "", keys[i].name);
	config_complain(&reading->errors, place, "unknown key '%s'; the keys "
			"are %s", name, known);
}

/* A section ends with its file. Returns whether there is one now. */
static bool is_in_section(struct reading *reading,
			  const struct ini_place *place)
{
	return reading->file && strcmp(reading->file, place->file) == 0;
}

static void on_section(const struct ini_place *place, const char *name,
		       void *userdata)
{
	struct reading *reading = userdata;

	free(reading->file);
	reading->file = strdup(place->file);
	if (!reading->file)
		config_complain(&reading->errors, place, "%s",
				strerror(ENOMEM));
	forward_sections_begin(&reading->sections, place, name,
			       &reading->errors);
}

static void on_key(const struct ini_place *place, const char *name,
		   const char *value, void *userdata)
{
	struct reading *reading = userdata;
	size_t i = 0;

	if (is_in_section(reading, place)) {
		forward_sections_key(&reading->sections, place, name, value,
				     &reading->errors);
		return;
	}
	while (i < NR_KEYS && strcmp(keys[i].name, name) != 0)
		i++;
	if (i == NR_KEYS)
		refuse_key(reading, place, name);
	else if (setting_keep(&reading->settings[i], place, value) < 0)
		config_complain(&reading->errors, place, "%s",
				strerror(ENOMEM));
}

static void on_refused(const struct ini_place *place, const char *why,
		       void *userdata)
{
	struct reading *reading = userdata;

	config_complain(&reading->errors, place, "%s", why);
}

static int read_all(struct reading *reading, const char *path)
{
	const struct ini_reader reader = {
		.section = on_section,
		.key = on_key,
		.refuse = on_refused,
		.userdata = reading,
	};

	return ini_read_config(&reader, path ?: CONFIG_FILE, !path);
}

static void reading_done(struct reading *reading)
{
	size_t i;

	for (i = 0; i < NR_KEYS; i++)
		setting_done(&reading->settings[i]);
	forward_sections_done(&reading->sections);
	free(reading->file);
}

/* @is_check: also check that what the files name can be opened */
static int load(const char *path, bool is_check, struct config *ret,
		char **ret_errors)
{
	struct reading reading = { 0 };
	struct config config = { 0 };
	_cleanup_free_ char *errors = NULL;
	size_t length;
	int r;

	reading.errors.file = open_memstream(&errors, &length);
	if (!reading.errors.file)
		return -ENOMEM;
	r = read_all(&reading, path);
	if (r == 0)
		r = apply(&reading, &config);
	if (r == 0 && is_check && !reading.errors.any)
		r = try_all(&reading, &config);
	reading_done(&reading);
	if (fclose(reading.errors.file) != 0)
		r = -ENOMEM;
	else if (reading.errors.any)
		r = -EINVAL;
	if (r < 0) {
		config_done(&config);
		if (r == -EINVAL) {
			*ret_errors = errors;
			errors = NULL;
		}
		return r;
	}
	*ret = config;
	return 0;
}

int config_load(const char *path, struct config *ret, char **ret_errors)
{
	return load(path, false, ret, ret_errors);
}

int config_check(const char *path, char **ret_errors)
{
	struct config config;
	int r = load(path, true, &config, ret_errors);

	if (r == 0)
		config_done(&config);
	return r;
}

void config_done(struct config *config)
{
	size_t i;

	free(config->listen);
	free(config->host);
	secret_free(config->token);
	free(config->socket);
	free(config->certificate);
	secret_free(config->key);
	free(config->store_path);
	free(config->log_file);
	free(config->policy_directory);
	for (i = 0; i < config->nr_targets; i++)
		options_done(&config->targets[i]);
	*config = (struct config){ 0 };
}

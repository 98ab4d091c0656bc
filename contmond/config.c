// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files are first read into plain texts, each with its place in the file. A
 * text of a later file replaces that of an earlier one. The values are checked
 * once at the end, so an error always names the line that is in effect.
 *
 * inih passes no line number to its handler, so lines are counted as they are
 * read: the handler is called for a line before the next one is read.
 */
#include "config.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "base/util.h"
#include "check.h"
#include "contmond/serve/listen.h"
#include "contmond/serve/token.h"
#include "contmond/store/store.h"

#define MAX_FILE_LINES 10000
#define NR_KEYS 6

/* @file: NULL for a default; @line: 0 for the whole file */
struct place {
	const char *file;
	unsigned int line;
};

struct setting {
	char *text;
	char *file;
	unsigned int line;
};

struct reading {
	struct setting settings[NR_KEYS];
	struct place place;
	FILE *file;
	FILE *errors;
	bool failed;
};

__attribute__((format(printf, 3, 4)))
static int complain(struct reading *reading, const struct place *place,
		    const char *format, ...)
{
	va_list arguments;

	reading->failed = true;
	if (place->file)
		fprintf(reading->errors, "%s:", place->file);
	if (place->line > 0)
		fprintf(reading->errors, "%u:", place->line);
	fputs(place->file ? " " : "the default ", reading->errors);
	va_start(arguments, format);
	vfprintf(reading->errors, format, arguments);
	va_end(arguments);
	fputc('\n', reading->errors);
	return -EINVAL;
}

/* Values */

static int set_listen(struct config *config, const char *text,
		      const char **ret_why)
{
	struct listen_address address;
	int r;

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

static int set_interval_ms(struct config *config, const char *text,
			   const char **ret_why)
{
	*ret_why = "not a number from 100 to 3600000";
	return text_to_u64(text, 100, 3600000, &config->interval_ms);
}

/* A relative path would depend on the directory contmond was started in. */
static int set_store(struct config *config, const char *text,
		     const char **ret_why)
{
	config->store_path = NULL;
	if (strcmp(text, "memory") == 0)
		return 0;
	*ret_why = "neither 'memory' nor a path from the root";
	if (text[0] != '/' || text[strlen(text) - 1] == '/')
		return -EINVAL;
	config->store_path = strdup(text);
	return config->store_path ? 0 : -ENOMEM;
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
	*ret_why = "not a path from the root";
	if (text[0] != '/' || text[strlen(text) - 1] == '/')
		return -EINVAL;
	config->log_file = strdup(text);
	return config->log_file ? 0 : -ENOMEM;
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
	{ "interval_ms", "1000", set_interval_ms, NULL },
	{ "store", STORE_PATH, set_store, check_store },
	{ "store_max_mb", "250", set_store_max_mb, NULL },
	{ "log_file", NULL, set_log_file, check_log_file },
};

static const char *text_of(const struct reading *reading, size_t i)
{
	return reading->settings[i].text ?: keys[i].default_text;
}

/* Reports the value of a key as invalid; -ENOMEM is not about the value. */
static int refuse(struct reading *reading, size_t i, int r, const char *why)
{
	const struct setting *setting = &reading->settings[i];
	struct place place = { setting->file, setting->line };

	if (r == -ENOMEM)
		return r;
	return complain(reading, &place, "%s = %s: %s", keys[i].name,
			text_of(reading, i), why ?: strerror(-r));
}

static int apply_one(struct reading *reading, size_t i, struct config *config)
{
	const char *text = text_of(reading, i), *why = NULL;
	int r = text ? keys[i].set(config, text, &why) : 0;

	return r < 0 ? refuse(reading, i, r, why) : 0;
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
	return 0;
}

static int apply(struct reading *reading, struct config *config)
{
	struct place place;
	size_t i;

	for (i = 0; i < NR_KEYS; i++) {
		if (apply_one(reading, i, config) == -ENOMEM)
			return -ENOMEM;
	}
	if (reading->failed || config->loopback || config->token)
		return 0;
	place.file = reading->settings[0].file;
	place.line = reading->settings[0].line;
	return complain(reading, &place, "listen = %s: other hosts can reach "
			"it, so token_file must be set", config->listen);
}

/* Reading */

/* Like fgets(), but returns how much it has read; 0 at the end */
static size_t get_line(FILE *file, char *buffer, size_t size)
{
	size_t length = 0;
	int c = 0;

	while (length < size - 1 && c != '\n' && (c = getc(file)) != EOF)
		buffer[length++] = (char)c;
	buffer[length] = '\0';
	return length;
}

/* There are no sections. inih reports one only with its first key. */
static int refuse_section(struct reading *reading, const char *line)
{
	static const char mark[] = "\xef\xbb\xbf";	/* of UTF-8 */
	const char *end = strchr(line, ']');

	if (strncmp(line, mark, sizeof(mark) - 1) == 0)
		line += sizeof(mark) - 1;
	if (*line != '[' || !end)
		return 0;
	return complain(reading, &reading->place, "unknown section %.*s",
			(int)(end + 1 - line), line);
}

/* Refuses lines that inih would cut, which would change their meaning. */
static int check_line(struct reading *reading, const char *line, size_t length,
		      int size)
{
	const struct place *place = &reading->place;

	if (place->line > MAX_FILE_LINES)
		return complain(reading, place, "more than %d lines",
				MAX_FILE_LINES);
	if (memchr(line, '\0', length))
		return complain(reading, place, "has a NUL character");
	if (isspace((unsigned char)*line) && line[strspn(line, " \t\r\n")])
		return complain(reading, place, "begins with a blank");
	if (line[length - 1] != '\n' && !feof(reading->file))
		return complain(reading, place, "longer than %d characters",
				size - 2);
	return refuse_section(reading, line);
}

static char *read_line(char *buffer, int size, void *userdata)
{
	struct reading *reading = userdata;
	size_t length = get_line(reading->file, buffer, (size_t)size);

	if (ferror(reading->file)) {
		reading->place.line = 0;
		complain(reading, &reading->place, "%s", strerror(errno));
		return NULL;
	}
	reading->place.line++;
	if (length == 0 || check_line(reading, buffer, length, size) < 0)
		return NULL;
	return buffer;
}

static int keep(struct reading *reading, struct setting *setting,
		const char *value)
{
	_cleanup_free_ char *text = strdup(value);
	_cleanup_free_ char *file = strdup(reading->place.file);

	if (!text || !file)
		return -ENOMEM;
	free(setting->text);
	free(setting->file);
	setting->text = text;
	setting->file = file;
	setting->line = reading->place.line;
	text = file = NULL;
	return 0;
}

static void refuse_key(struct reading *reading, const char *name)
{
	char known[256] = "";
	size_t i, length = 0;

	for (i = 0; i < NR_KEYS; i++)
		length += (size_t)snprintf(known + length,
					   sizeof(known) - length, "%s%s",
					   i ? ", " : "", keys[i].name);
	complain(reading, &reading->place, "unknown key '%s'; the keys are %s",
		 name, known);
}

/* Returns 0 on error, as inih requires. */
static int handle(void *userdata, const char *section, const char *name,
		  const char *value)
{
	struct reading *reading = userdata;
	size_t i;

	(void)section;
	for (i = 0; i < NR_KEYS; i++) {
		if (strcmp(keys[i].name, name) != 0)
			continue;
		if (keep(reading, &reading->settings[i], value) == 0)
			return 1;
		complain(reading, &reading->place, "%s", strerror(ENOMEM));
		return 0;
	}
	refuse_key(reading, name);
	return 0;
}

/* Without O_NONBLOCK, open() would wait for a writer of a FIFO. */
static FILE *open_regular(const char *path, const char **ret_why)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
				      O_NONBLOCK);
	struct stat st;
	FILE *file;

	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		*ret_why = "not a regular file";
		return NULL;
	}
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (file)
		fd = -1;
	else
		*ret_why = strerror(errno);
	return file;
}

static void read_file(struct reading *reading, const char *path)
{
	const char *why = NULL;
	_cleanup_fclose_ FILE *file = open_regular(path, &why);
	int r;

	reading->place = (struct place){ path, 0 };
	if (!file) {
		complain(reading, &reading->place, "%s", why);
		return;
	}
	reading->file = file;
	r = ini_parse_stream(read_line, reading, handle, reading);
	if (r > 0 && !reading->failed) {
		reading->place.line = (unsigned int)r;
		complain(reading, &reading->place,
			 "neither 'key = value' nor a comment");
	}
}

static int is_conf(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 5 && entry->d_name[0] != '.' &&
	       strcmp(entry->d_name + length - 5, ".conf") == 0;
}

static int read_directory(struct reading *reading, const char *path)
{
	struct dirent **entries;
	int i, nr, r = 0;

	nr = scandir(path, &entries, is_conf, alphasort);
	if (nr < 0 && errno != ENOENT) {
		reading->place = (struct place){ path, 0 };
		complain(reading, &reading->place, "%s", strerror(errno));
	}
	for (i = 0; i < nr; i++) {
		_cleanup_free_ char *file = NULL;

		if (asprintf(&file, "%s/%s", path, entries[i]->d_name) < 0)
			r = -ENOMEM;
		else
			read_file(reading, file);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
	return r;
}

static int read_all(struct reading *reading, const char *path)
{
	_cleanup_free_ char *directory = NULL;
	const char *name = path ?: CONFIG_FILE;
	const char *slash = strrchr(name, '/');
	int length = slash ? (int)(slash - name) : 1;

	if (path || access(name, F_OK) == 0)
		read_file(reading, name);
	if (asprintf(&directory, "%.*s/conf.d", length,
		     slash ? name : ".") < 0)
		return -ENOMEM;
	return read_directory(reading, directory);
}

static void reading_done(struct reading *reading)
{
	size_t i;

	for (i = 0; i < NR_KEYS; i++) {
		free(reading->settings[i].text);
		free(reading->settings[i].file);
	}
}

/* @is_check: also check that what the files name can be opened. */
static int load(const char *path, bool is_check, struct config *ret,
		char **ret_errors)
{
	struct reading reading = { 0 };
	struct config config = { 0 };
	_cleanup_free_ char *errors = NULL;
	size_t length;
	int r;

	reading.errors = open_memstream(&errors, &length);
	if (!reading.errors)
		return -ENOMEM;
	r = read_all(&reading, path);
	if (r == 0)
		r = apply(&reading, &config);
	if (r == 0 && is_check && !reading.failed)
		r = try_all(&reading, &config);
	reading_done(&reading);
	if (fclose(reading.errors) != 0)
		r = -ENOMEM;
	else if (reading.failed)
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
	free(config->listen);
	free(config->host);
	free(config->token);
	free(config->store_path);
	free(config->log_file);
	*config = (struct config){ 0 };
}

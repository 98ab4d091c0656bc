// SPDX-License-Identifier: GPL-2.0-only
/*
 * contmond.conf and up to two files of conf.d, with a line "%%" between them:
 * what is loaded makes sense, and what is not is refused with the place of
 * every mistake. SECRET is the path of a file that may hold a secret.
 */
#include "fuzz.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contmond/config.h"

#define NR_FILES 3
#define SEPARATOR "\n%%\n"

/* Of SECRET: /proc/self/fd/99 */
#define SECRET_FD 99

static char directory[] = "/tmp/contmon-fuzz-XXXXXX";
static char paths[NR_FILES][64];

static void remove_all(void)
{
	char path[64];
	size_t i;

	for (i = 0; i < NR_FILES; i++)
		unlink(paths[i]);
	snprintf(path, sizeof(path), "%s/conf.d", directory);
	rmdir(path);
	rmdir(directory);
}

static void start(void)
{
	static const char *const names[NR_FILES] = {
		"contmond.conf", "conf.d/10.conf", "conf.d/20.conf",
	};
	static const char secret[] = "0123456789abcdef\n";
	int fd = memfd_create("secret", MFD_CLOEXEC);
	size_t i;

	MUST(fd >= 0 && write(fd, secret, sizeof(secret) - 1) > 0);
	MUST(fchmod(fd, 0600) == 0 && dup2(fd, SECRET_FD) == SECRET_FD);
	close(fd);
	MUST(mkdtemp(directory));
	snprintf(paths[0], sizeof(paths[0]), "%s/conf.d", directory);
	MUST(mkdir(paths[0], 0700) == 0);
	for (i = 0; i < NR_FILES; i++)
		snprintf(paths[i], sizeof(paths[i]), "%s/%s", directory,
			 names[i]);
	atexit(remove_all);
}

static void write_file(const char *path, const char *text, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	MUST(fd >= 0 && write(fd, text, length) == (ssize_t)length);
	close(fd);
}

static void write_files(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < NR_FILES; i++) {
		const char *end = memmem(text, length, SEPARATOR,
					 strlen(SEPARATOR));
		size_t own = end && i < NR_FILES - 1 ?
			(size_t)(end - text) + 1 : length;

		write_file(paths[i], text, own);
		if (own < length)
			own += strlen(SEPARATOR) - 1;
		text += own;
		length -= own;
	}
}

/* "FILE:LINE: WHY": one of the files, and the line that is wrong */
static void check_error(const char *line)
{
	size_t i;
	char *end;

	for (i = 0; i < NR_FILES; i++) {
		size_t length = strlen(paths[i]);

		if (strncmp(line, paths[i], length) != 0)
			continue;
		MUST(line[length] == ':');
		MUST(strtoul(line + length + 1, &end, 10) > 0);
		MUST(strncmp(end, ": ", 2) == 0 && end[2]);
		return;
	}
	fuzz_broken(__FILE__, __LINE__, "an error names its file");
}

static void check_errors(char *errors)
{
	char *line;

	MUST(*errors && errors[strlen(errors) - 1] == '\n');
	errors[strlen(errors) - 1] = '\0';
	while ((line = strsep(&errors, "\n")))
		check_error(line);
}

static void check_target(const struct target_options *target)
{
	char why[OPTIONS_WHY_SIZE];

	MUST(target->name && target->name[0] && target->protocol);
	MUST(target->url && target->url[0]);
	MUST(target->nr_labels <= OPTIONS_MAX_LABELS);
	MUST(!target->token || !target->user);
	MUST(options_check(target, why) == 0);
	MUST(options_feed(target) >= -1 && options_noun(target));
	MUST(options_equal(target, target));
}

static void check_config(const struct config *config)
{
	size_t i, j;

	MUST(config->listen && config->host);
	MUST(config->loopback || config->token);
	MUST(config->address_length > 0 || config->socket);
	MUST(!config->certificate == !config->key);
	MUST(config->interval_ms >= 100 && config->interval_ms <= 3600000);
	MUST(config->store_max_bytes >= 16000000);
	MUST(config->policy_directory && config->policy_directory[0] == '/');
	MUST(!config->log_file || config->log_file[0] == '/');
	MUST(config->socket_mode == 0600 || config->socket_mode == 0660 ||
	     config->socket_mode == 0666);
	MUST(config->exposed.series_max >= 10);
	MUST(memchr(config->exposed.labels, 0,
		    sizeof(config->exposed.labels)));
	MUST(config->nr_targets <= TARGETS_MAX);
	for (i = 0; i < config->nr_targets; i++) {
		check_target(&config->targets[i]);
		for (j = 0; j < i; j++)
			MUST(strcmp(config->targets[i].name,
				    config->targets[j].name) != 0);
	}
}

/* Writes the path of the secret over its name. */
static char *with_secret(const uint8_t *data, size_t size, size_t *ret)
{
	static const char name[] = "SECRET", path[] = "/proc/self/fd/99";
	char *text = malloc(size * 3 + 1), *to = text;
	size_t i = 0;

	MUST(text);
	while (i < size) {
		if (size - i >= sizeof(name) - 1 &&
		    memcmp(data + i, name, sizeof(name) - 1) == 0) {
			to = stpcpy(to, path);
			i += sizeof(name) - 1;
		} else {
			*to++ = (char)data[i++];
		}
	}
	*ret = (size_t)(to - text);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config;
	char *errors = NULL, *text;
	int r;

	if (!paths[0][0])
		start();
	fuzz_mark(&config, sizeof(config));
	text = with_secret(data, size, &size);
	write_files(text, size);
	free(text);
	r = config_load(paths[0], &config, &errors);
	MUST(r == 0 || r == -EINVAL);
	MUST((r == 0) == (errors == NULL));
	if (r == 0) {
		check_config(&config);
		config_done(&config);
	} else {
		MUST(fuzz_is_marked(&config, sizeof(config)));
		check_errors(errors);
	}
	free(errors);
	return 0;
}

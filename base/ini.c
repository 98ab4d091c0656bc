// SPDX-License-Identifier: GPL-2.0-only
/*
 * inih is given one line at a time. On a whole file it would report neither the
 * lines of keys, nor sections without keys, nor more than the first mistake.
 */
#include "ini.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "util.h"

/* Includes a newline and a NUL */
#define LINE_SIZE (INI_MAX_LINE + 2)

struct reading {
	const struct ini_reader *reader;
	struct ini_place place;
	FILE *file;
};

__attribute__((format(printf, 2, 3)))
static void refuse(const struct reading *reading, const char *format, ...)
{
	const struct ini_reader *reader = reading->reader;
	char why[128];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	reader->refuse(&reading->place, why, reader->userdata);
}

/* Like fgets(), but returns the number of bytes; 0 at the end */
static size_t get_line(FILE *file, char *buffer, size_t size)
{
	size_t length = 0;
	int c = 0;

	while (length < size - 1 && c != '\n' && (c = getc(file)) != EOF)
		buffer[length++] = (char)c;
	buffer[length] = '\0';
	return length;
}

/* Refuses lines that inih would truncate, changing their meaning. */
static bool is_whole(const struct reading *reading, const char *line,
		     size_t length)
{
	int c = '\0';

	if (line[length - 1] != '\n' && !feof(reading->file)) {
		while (c != '\n' && (c = getc(reading->file)) != EOF)
			;
		refuse(reading, "longer than %d bytes", INI_MAX_LINE);
		return false;
	}
	if (memchr(line, '\0', length)) {
		refuse(reading, "has a NUL character");
		return false;
	}
	return true;
}

static void refuse_line(const struct reading *reading)
{
	refuse(reading, reading->reader->section ?
	       "neither a section, 'key = value' nor a comment" :
	       "neither 'key = value' nor a comment");
}

static void take_section(const struct reading *reading, char *line)
{
	const struct ini_reader *reader = reading->reader;
	char *end = strchr(line, ']');
	size_t blanks = end ? 1 + strspn(end + 1, " \t\r\n") : 0;

	if (!end || (end[blanks] && !strchr(";#", end[blanks]))) {
		refuse_line(reading);
		if (reader->section)
			reader->section(&reading->place, NULL,
					reader->userdata);
		return;
	}
	if (!reader->section) {
		refuse(reading, "unknown section %.*s", (int)(end + 1 - line),
		       line);
		return;
	}
	*end = '\0';
	reader->section(&reading->place, line + 1, reader->userdata);
}

static int take_key(void *userdata, const char *section, const char *name,
		    const char *value)
{
	const struct reading *reading = userdata;
	const struct ini_reader *reader = reading->reader;

	(void)section;
	reader->key(&reading->place, name, value, reader->userdata);
	return 1;
}

static void take_line(struct reading *reading, char *line)
{
	static const char mark[] = "\xef\xbb\xbf";	/* byte order mark */
	const char *first;

	if (reading->place.line == 1 &&
	    strncmp(line, mark, sizeof(mark) - 1) == 0)
		line += sizeof(mark) - 1;
	first = line + strspn(line, " \t\r\n");
	if (first > line && *first && !strchr(";#", *first))
		refuse(reading, "begins with a blank");
	else if (*line == '[')
		take_section(reading, line);
	else if (ini_parse_string(line, take_key, reading) != 0)
		refuse_line(reading);
}

static void read_lines(struct reading *reading)
{
	char line[LINE_SIZE];
	size_t length;

	while ((length = get_line(reading->file, line, sizeof(line))) > 0) {
		if (++reading->place.line > INI_MAX_LINES) {
			refuse(reading, "more than %d lines", INI_MAX_LINES);
			return;
		}
		if (is_whole(reading, line, length))
			take_line(reading, line);
	}
	if (ferror(reading->file)) {
		reading->place.line = 0;
		refuse(reading, "%s", strerror(errno));
	}
}

/* /dev/null is the usual way to name an empty file. */
static bool is_null_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

/* Without O_NONBLOCK, open() would wait for a writer of a FIFO. */
static FILE *open_regular(const char *path, const char **ret_why)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
				      O_NONBLOCK);
	struct stat st;
	FILE *file;

	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) &&
	    !is_null_device(&st)) {
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

void ini_read_file(const struct ini_reader *reader, const char *path)
{
	const char *why = NULL;
	_cleanup_fclose_ FILE *file = open_regular(path, &why);
	struct reading reading = { reader, { path, 0 }, file };

	if (file)
		read_lines(&reading);
	else
		refuse(&reading, "%s", why);
}

static int is_conf(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 5 && entry->d_name[0] != '.' &&
	       strcmp(entry->d_name + length - 5, ".conf") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int ini_read_directory(const struct ini_reader *reader, const char *path)
{
	const struct reading reading = { reader, { path, 0 }, NULL };
	struct dirent **entries;
	int i, nr, r = 0;

	nr = scandir(path, &entries, is_conf, by_name);
	if (nr < 0 && (errno == ENOENT || errno == ENOMEM))
		return -errno;
	if (nr < 0)
		refuse(&reading, "%s", strerror(errno));
	for (i = 0; i < nr; i++) {
		_cleanup_free_ char *file = NULL;

		if (asprintf(&file, "%s/%s", path, entries[i]->d_name) < 0)
			r = -ENOMEM;
		else
			ini_read_file(reader, file);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
	return r;
}

int ini_read_config(const struct ini_reader *reader, const char *path,
		    bool optional)
{
	_cleanup_free_ char *directory = NULL;
	const char *slash = strrchr(path, '/');
	int r, length = slash ? (int)(slash - path) : 1;

	if (!optional || access(path, F_OK) == 0)
		ini_read_file(reader, path);
	if (asprintf(&directory, "%.*s/conf.d", length, slash ? path : ".") < 0)
		return -ENOMEM;
	r = ini_read_directory(reader, directory);
	return r == -ENOENT ? 0 : r;
}

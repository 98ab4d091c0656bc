// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads only the header, because SQLite would create a log or use an existing
 * one. Its numbers are big-endian (sqlite.org/fileformat.html).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/directory.h"
#include "base/util.h"
#include "db.h"
#include "store.h"

#define HEADER_BYTES 100
#define SCHEMA_COOKIE_AT 40
#define VERSION_AT 60
#define APPLICATION_ID_AT 68

static uint32_t number_at(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

/*
 * In a new file these numbers are zero until the log is first copied into it.
 * The schema cookie changes with the first table.
 */
static int check_header(const unsigned char *header, const char **ret_why)
{
	uint32_t id = number_at(header + APPLICATION_ID_AT);

	*ret_why = "not a database of contmond's: it would be put aside";
	if (memcmp(header, "SQLite format 3", 16) != 0 ||
	    (id != DB_APPLICATION_ID &&
	     (id != 0 || number_at(header + SCHEMA_COOKIE_AT) != 0)))
		return -EBADMSG;
	*ret_why = "a newer contmond made it: it would be put aside";
	if (number_at(header + VERSION_AT) > DB_VERSION)
		return -EPROTO;
	*ret_why = NULL;
	return 0;
}

static int check_file(int fd, const char **ret_why)
{
	unsigned char header[HEADER_BYTES];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	*ret_why = "not a regular file";
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*ret_why = DB_HARD_LINKS;
	if (st.st_nlink > 1)
		return -EMLINK;
	*ret_why = NULL;
	n = pread(fd, header, sizeof(header), 0);
	if (n < 0)
		return -errno;
	if (n == 0)
		return 0;
	if ((size_t)n < sizeof(header))
		memset(header, 0, sizeof(header));
	return check_header(header, ret_why);
}

/* If it is a link, the database's files are next to its target. */
int store_probe(const char *path, const char **ret_why)
{
	_cleanup_close_ int fd = -1;
	int r = directory_probe_target(path, ret_why);

	if (r < 0)
		return r;
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	return check_file(fd, ret_why);
}

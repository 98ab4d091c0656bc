// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file for numbers that were recorded elsewhere. It is recognised by its
 * clocks, whose boot ids are not those of a host.
 */
#include "store.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/directory.h"
#include "base/util.h"
#include "db.h"

#define MARK "import-"

/*
 * contmond's own file has real boot ids, or no clocks at all while it is new.
 */
static int check_clocks(sqlite3 *sqlite, char **ret_why)
{
	int64_t ours = 0;
	int r = db_number(sqlite, "SELECT count(*) > 0 AND sum(boot_id GLOB '"
			  MARK "*') = count(*) FROM clock", &ours);

	if (r < 0 || ours)
		return r;
	*ret_why = strdup("it was not made by an import");
	return -EEXIST;
}

static int check_existing(const char *path, char **ret_why)
{
	sqlite3 *sqlite;
	int r = db_open_file(path, &sqlite, ret_why);

	if (r < 0)
		return r;
	r = check_clocks(sqlite, ret_why);
	sqlite3_close(sqlite);
	return r;
}

int store_open_archive(const char *path, struct store **ret, char **ret_why)
{
	_cleanup_free_ char *file = NULL;
	char boot_id[37];
	const struct store_options options = {
		.path = path,
		.boot_id = boot_id,
		.max_bytes = STORE_KEEP_ALL,
		.ret_why = ret_why,
	};
	int r = directory_follow(path, &file);
	bool is_new = r == 0 && access(file, F_OK) < 0 && errno == ENOENT;

	*ret_why = NULL;
	/* A new one each time, because the numbers of cgroups start over. */
	snprintf(boot_id, sizeof(boot_id), MARK "%016llx",
		 (unsigned long long)clock_realtime_ns());
	if (r == 0 && !is_new)
		r = check_existing(file, ret_why);
	if (r == 0)
		r = store_open(&options, ret);
	/* An incomplete new file would not be recognised as an archive. */
	if (r < 0 && r != -EBUSY && is_new)
		unlink(file);
	if (r < 0 && !*ret_why)
		*ret_why = strdup(strerror(-r));
	return r;
}

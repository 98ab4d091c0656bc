// SPDX-License-Identifier: GPL-2.0-only
#include "numbers.h"

#include <stdio.h>

#include "db.h"

int numbers_last(sqlite3 *sqlite, const char *table, int64_t *ret)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT seq FROM sqlite_sequence "
		 "WHERE name = '%s'", table);
	return db_number(sqlite, sql, ret);
}

int numbers_go_on(sqlite3 *sqlite, const char *table, int64_t last)
{
	char sql[300];

	if (last <= 0)
		return 0;
	snprintf(sql, sizeof(sql), "UPDATE sqlite_sequence SET "
		 "seq = max(seq, %lld) WHERE name = '%s'; "
		 "INSERT INTO sqlite_sequence SELECT '%s', %lld WHERE NOT "
		 "EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = '%s')",
		 (long long)last, table, table, (long long)last, table);
	return db_exec(sqlite, sql);
}

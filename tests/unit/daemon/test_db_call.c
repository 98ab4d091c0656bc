// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors of SQLite: only damage is taken for damage.
 *
 * wrap: sqlite3_errcode
 */
#include "tests/unit/daemon.h"

#include "contmond/store/db.h"

static int error;

int __wrap_sqlite3_errcode(sqlite3 *sqlite);

int __wrap_sqlite3_errcode(sqlite3 *sqlite)
{
	(void)sqlite;
	return error;
}

static void must_be(int code, int want)
{
	error = code;
	assert_int_equal(db_errno(NULL), want);
}

static void test_errors(void **state)
{
	(void)state;
	must_be(SQLITE_OK, 0);
	must_be(SQLITE_CORRUPT, -EBADMSG);
	must_be(SQLITE_NOTADB, -EBADMSG);
	must_be(SQLITE_ERROR, -EBADMSG);	/* a table is missing */
	must_be(SQLITE_FULL, -ENOSPC);
	must_be(SQLITE_IOERR, -EIO);
	must_be(SQLITE_BUSY, -EBUSY);
	/* Others do not let go of the index of the log. */
	must_be(SQLITE_PROTOCOL, -EBUSY);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

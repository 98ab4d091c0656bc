// SPDX-License-Identifier: GPL-2.0-only
/* Files of older versions become what schema.sql makes now. */
#include <errno.h>
#include <stdio.h>

#include "db.h"

/*
 * The first step leads from version 1 to version 2, and so on. A step does not
 * change any more, whatever becomes of the schema.
 */
static const char *const migrations[] = {
	/* There were two views of this name, both in files of version 1. */
	"DROP VIEW deletions;\n"
	"CREATE VIEW deletions (id, container_id, reason, ts) AS\n"
	"\tSELECT e.seq, e.container_id, coalesce(p.reason, e.reason),\n"
	"\t\tdatetime(e.t_ms / 1000, 'unixepoch')\n"
	"\tFROM audit AS e LEFT JOIN audit AS p\n"
	"\t\tON p.decision = e.decision AND p.state = 'planned'\n"
	"\tWHERE e.state = 'verified' AND NOT e.dry_run\n"
	"\t\tAND e.action NOT IN ('notify', 'restart', 'pause', 'limit')",
	"CREATE TABLE device (\n"
	"\tc INTEGER NOT NULL REFERENCES container ON DELETE CASCADE,\n"
	"\tslot INTEGER NOT NULL,\t\t-- from 1\n"
	"\tnumber TEXT NOT NULL,\t\t-- \"8:0\"\n"
	"\tname TEXT,\t\t\t-- \"sda\"\n"
	"\tPRIMARY KEY (c, slot)\n"
	") STRICT, WITHOUT ROWID",
	/* Numbers go on where they were, also if no event is left. */
	"ALTER TABLE event RENAME TO old_event;\n"
	"CREATE TABLE event (\n"
	"\tseq INTEGER PRIMARY KEY AUTOINCREMENT,\n"
	"\tt_ms INTEGER NOT NULL,\n"
	"\tkind TEXT NOT NULL,\n"
	"\tc INTEGER,\n"
	"\tcontainer TEXT,\t\t\t-- its title\n"
	"\tpid INTEGER,\n"
	"\tcomm TEXT,\n"
	"\tdetail TEXT,\t\t\t-- a JSON object\n"
	"\tuser INTEGER NOT NULL DEFAULT 0\t-- whose doing it is; 0: root's, "
	"or not known\n"
	") STRICT;\n"
	"CREATE INDEX event_user ON event (user);\n"
	"INSERT INTO event (seq, t_ms, kind, c, container, pid, comm, detail) "
	"SELECT * FROM old_event;\n"
	"DELETE FROM sqlite_sequence WHERE name = 'event';\n"
	"UPDATE sqlite_sequence SET name = 'event' WHERE name = 'old_event';\n"
	"DROP TABLE old_event",
};

static int migrate_all(sqlite3 *sqlite, const char *const *steps,
		       int64_t from, int version)
{
	char sql[64];
	int64_t i;
	int r = 0;

	for (i = from; i < version && r == 0; i++)
		r = db_exec(sqlite, steps[i - 1]);
	if (r < 0)
		return r;
	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", version);
	return db_exec(sqlite, sql);
}

int db_migrate(sqlite3 *sqlite, const char *const *steps, int version)
{
	int64_t from;
	int r = db_number(sqlite, "PRAGMA user_version", &from);

	if (r < 0)
		return r;
	if (from > version)
		return -EPROTO;
	if (from == version)
		return 0;
	if (from < 1)
		return -EBADMSG;
	r = db_exec(sqlite, "BEGIN IMMEDIATE");
	if (r < 0)
		return r;
	r = migrate_all(sqlite, steps, from, version);
	if (r == 0)
		r = db_exec(sqlite, "COMMIT");
	if (r < 0)
		sqlite3_exec(sqlite, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

int db_upgrade(sqlite3 *sqlite)
{
	return db_migrate(sqlite, migrations, DB_VERSION);
}

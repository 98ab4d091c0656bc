// SPDX-License-Identifier: GPL-2.0-only
/* Upgrades files of older versions to what schema.sql creates now. */
#include <errno.h>
#include <stdio.h>

#include "db.h"

/*
 * The first step leads from version 1 to version 2, and so on. A step must
 * never change, whatever becomes of the schema.
 */
static const char *const migrations[] = {
	/* Files of version 1 may have either of two views of this name. */
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
	/* Numbers must go on where they were, even if no event is left. */
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
	/*
	 * Keeps references to tables that are created anew. Who told of those
	 * that run was not recorded, so whose they are is asked again.
	 */
	"PRAGMA legacy_alter_table = ON;\n"
	"ALTER TABLE container RENAME TO old_container;\n"
	"DROP INDEX container_last_ms;\n"
	"CREATE TABLE container (\n"
	"\tc INTEGER PRIMARY KEY,\n"
	"\tboot_id TEXT NOT NULL,\n"
	"\tcgroup_id INTEGER NOT NULL,\n"
	"\tcgroup TEXT,\n"
	"\tid TEXT,\n"
	"\ttitle TEXT,\t\t\t-- its name, made unique; else the short id\n"
	"\truntime TEXT,\n"
	"\tpod TEXT,\n"
	"\timage TEXT,\n"
	"\tcommand TEXT,\n"
	"\tlabels TEXT,\t\t\t-- a JSON object\n"
	"\tcreated_ms INTEGER,\t\t-- as the engine says\n"
	"\tfirst_ms INTEGER NOT NULL,\t-- seen first\n"
	"\tlast_ms INTEGER NOT NULL,\t-- seen last; of one that runs up to a "
	"minute late\n"
	"\tended_ms INTEGER,\t\t-- NULL while it runs\n"
	"\tuser INTEGER NOT NULL DEFAULT 0\t-- whose it is; 0: root's, or not "
	"known\n"
	") STRICT;\n"
	"CREATE INDEX container_last_ms ON container (last_ms);\n"
	"CREATE INDEX container_user ON container (user, ended_ms) "
	"WHERE ended_ms IS NOT NULL;\n"
	"INSERT INTO container SELECT *, 0 FROM old_container;\n"
	"UPDATE container SET image = NULL, labels = NULL "
	"WHERE ended_ms IS NULL;\n"
	"DROP TABLE old_container;\n"
	"ALTER TABLE audit RENAME TO old_audit;\n"
	"CREATE TABLE audit (\n"
	"\tseq INTEGER PRIMARY KEY AUTOINCREMENT,\n"
	"\tt_ms INTEGER NOT NULL,\n"
	"\tdecision TEXT NOT NULL,\t\t-- shared by the rows of one decision\n"
	"\tstate TEXT NOT NULL,\t\t-- planned, warned, acted, verified, "
	"failed\n"
	"\taction TEXT NOT NULL,\n"
	"\tdry_run INTEGER NOT NULL,\n"
	"\tc INTEGER,\n"
	"\tcontainer_id TEXT,\n"
	"\tcontainer TEXT,\n"
	"\trule TEXT,\n"
	"\trule_hash TEXT,\n"
	"\treason TEXT,\n"
	"\tdetail TEXT,\t\t\t-- a JSON object with values and answers\n"
	"\tuser INTEGER NOT NULL DEFAULT 0\t-- whose doing it is; 0: root's, "
	"or not known\n"
	") STRICT;\n"
	"CREATE INDEX audit_user ON audit (user);\n"
	"INSERT INTO audit SELECT *, 0 FROM old_audit;\n"
	"DELETE FROM sqlite_sequence WHERE name = 'audit';\n"
	"UPDATE sqlite_sequence SET name = 'audit' WHERE name = 'old_audit';\n"
	"DROP TABLE old_audit;\n"
	"PRAGMA legacy_alter_table = OFF",
	"CREATE TABLE retention (deletes INTEGER NOT NULL) STRICT;\n"
	"CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN\n"
	"\tSELECT RAISE(ABORT, 'rows of the audit are never changed');\n"
	"END;\n"
	"CREATE TRIGGER audit_delete BEFORE DELETE ON audit\n"
	"\tWHEN NOT EXISTS (SELECT 1 FROM retention) BEGIN\n"
	"\tSELECT RAISE(ABORT, 'only retention deletes rows of the audit');\n"
	"END",
	"CREATE TRIGGER audit_replace BEFORE INSERT ON audit\n"
	"\tWHEN NEW.seq > 0 AND EXISTS (SELECT 1 FROM audit WHERE seq = "
	"NEW.seq)\n"
	"\tBEGIN\n"
	"\tSELECT RAISE(ABORT, 'rows of the audit are never changed');\n"
	"END;\n"
	"CREATE TRIGGER audit_number AFTER INSERT ON audit WHEN NEW.seq < 1 "
	"BEGIN\n"
	"\tSELECT RAISE(ABORT, 'rows of the audit count from 1');\n"
	"END",
	"CREATE TABLE chunk_commands (\n"
	"\tid INTEGER PRIMARY KEY,\n"
	"\tspan INTEGER NOT NULL REFERENCES span,\n"
	"\tmoment INTEGER NOT NULL,\n"
	"\tcommands BLOB NOT NULL\n"
	") STRICT;\n"
	"CREATE UNIQUE INDEX chunk_commands_span ON chunk_commands (span, "
	"moment)",
	/*
	 * Packed numbers change: the CPU of a command may be unknown. Rows of
	 * containers of cgroup v1 did not say whose they are, so that is asked
	 * again.
	 */
	"UPDATE container SET image = NULL, labels = NULL "
	"WHERE ended_ms IS NULL AND cgroup IS NULL",
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

/*
 * When a table gets another name, SQLite would also change the views of other
 * programs. For that it would have to use them, which is switched off, and may
 * take for ever. The steps give each name to a table again.
 */
int db_upgrade(sqlite3 *sqlite)
{
	int r;

	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 1, NULL);
	r = db_migrate(sqlite, migrations, DB_VERSION);
	sqlite3_db_config(sqlite, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 0, NULL);
	return r;
}

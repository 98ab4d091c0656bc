// SPDX-License-Identifier: GPL-2.0-only
/* The SQL statement of each kind of entry */
#include "db.h"

#include "base/util.h"
#include "finals.h"
#include "numbers.h"

/* A NULL value keeps the old one. */
#define KEEP(column) #column " = coalesce(excluded." #column ", " #column ")"
#define KEEP_TOO(column) ", " KEEP(column)

/* The same for a parameter */
#define CHANGE(column, value) column " = coalesce(" value ", " column ")"

/* first_ms too, because the clock may have been set back */
#define SEEN "last_ms = max(last_ms, ?2), first_ms = min(first_ms, ?3)"

static const char *const texts[NR_STATEMENTS] = {
	[ADD_SPAN] = "INSERT INTO span (id, tier, base, layout, begin_seq) "
		"VALUES (?1, ?2, ?3, "
		"(SELECT id FROM layout WHERE columns = ?4), ?5)",
	[ADD_FRAME] = "INSERT INTO frame SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 "
		/* The span may have been in a database that was put aside. */
		"WHERE EXISTS (SELECT 1 FROM span WHERE id = ?1)",
	[ADD_CONTAINER] = "INSERT INTO container (c, boot_id, cgroup_id, "
		"cgroup, id, title, runtime, pod, image, command, labels, "
		"created_ms, user, first_ms, last_ms) VALUES (?1, ?2, ?3, "
		"?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) "
		"ON CONFLICT (c) DO NOTHING",
	[CHANGE_CONTAINER] = "UPDATE container SET "
		CHANGE("cgroup", "?2") ", " CHANGE("id", "?3") ", "
		CHANGE("title", "?4") ", " CHANGE("runtime", "?5") ", "
		CHANGE("pod", "?6") ", " CHANGE("image", "?7") ", "
		CHANGE("command", "?8") ", " CHANGE("labels", "?9") ", "
		CHANGE("created_ms", "?10") ", user = ?11 "
		"WHERE c = ?1",
	[SEE_CONTAINER] = "UPDATE container SET " SEEN " WHERE c = ?1",
	[RESUME_CONTAINER] = "UPDATE container SET ended_ms = NULL, " SEEN
		" WHERE c = ?1",
	[END_CONTAINER] = "UPDATE container SET ended_ms = ?2, " SEEN
		" WHERE c = ?1",
	[ADD_FINAL] = "INSERT INTO final VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
		"?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) "
		"ON CONFLICT (c) DO UPDATE SET " FINALS(KEEP, KEEP_TOO),
	[REMOVE_FINAL] = "DELETE FROM final WHERE c = ?1",
	[ADD_DEVICE] = "INSERT INTO device VALUES (?1, ?2, ?3, ?4) "
		"ON CONFLICT (c, slot) DO NOTHING",
	[ADD_CLOCK] = "INSERT INTO clock VALUES (?1, ?2, ?3, ?4, ?5) "
		"ON CONFLICT (seq) DO NOTHING",
	[ADD_EVENT] = "INSERT INTO event (t_ms, kind, c, container, pid, "
		"comm, detail, user) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[ADD_AUDIT] = "INSERT INTO audit (t_ms, decision, state, action, "
		"dry_run, c, container_id, container, rule, rule_hash, "
		"reason, detail, user) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
		"?8, ?9, ?10, ?11, ?12, ?13)",
	[SET_CURSOR] = "INSERT INTO cursor VALUES (?1, ?2, ?3) "
		"ON CONFLICT (target) DO UPDATE SET seq = excluded.seq, "
		"changed_ms = excluded.changed_ms",
	[ADD_CONTAINER_MINUTE] = "INSERT INTO container_minute (minute, c, "
		"pid, cpu_ppm, memory_ppm) VALUES "
		"((SELECT max(id) FROM host_minute), ?1, ?2, ?3, ?4)",
	[ADD_HOST_MINUTE] = "INSERT INTO host_minute (t, ram_total_kb, "
		"ram_free_kb, ram_used_kb, processes) "
		"VALUES (?1, ?2, ?3, ?4, ?5)",
};

int statements_prepare(struct db *db)
{
	size_t i;
	int r = 0;

	for (i = 0; i < NR_STATEMENTS && r == 0; i++)
		r = db_prepare(db->sqlite, texts[i], &db->statements[i]);
	if (r == 0)
		r = numbers_last(db->sqlite, "event", &db->last_event);
	if (r == 0)
		r = numbers_last(db->sqlite, "audit", &db->last_decision);
	return r;
}

static int bind(struct db *db, sqlite3_stmt *statement, int i,
		const struct value *value)
{
	switch (value->kind) {
	case VALUE_NULL:
		return sqlite3_bind_null(statement, i);
	case VALUE_INTEGER:
		return sqlite3_bind_int64(statement, i, value->integer);
	case VALUE_REAL:
		return sqlite3_bind_double(statement, i, value->real);
	case VALUE_TEXT:
		return sqlite3_bind_text64(statement, i, value->bytes,
					   value->length, SQLITE_STATIC,
					   SQLITE_UTF8);
	case VALUE_BLOB:
		return sqlite3_bind_blob64(statement, i, value->bytes,
					   value->length, SQLITE_STATIC);
	case VALUE_SPAN:
		return sqlite3_bind_int64(statement, i,
					  value->integer + db->spans);
	case VALUE_SEQ:
		return sqlite3_bind_int64(statement, i,
					  value->integer + db->seqs);
	case VALUE_EVENT:
		return sqlite3_bind_int64(statement, i,
					  value->integer + db->events);
	case VALUE_DECISION:
		return sqlite3_bind_int64(statement, i,
					  value->integer + db->decisions);
	case VALUE_CONTAINER:
		return sqlite3_bind_int64(statement, i,
					  value->integer + db->base);
	case VALUE_BASE:
		return sqlite3_bind_int64(statement, i, db->base);
	}
	return SQLITE_MISUSE;
}

static int add_layout(struct db *db, const struct value *columns)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = db_prepare(db->sqlite, "INSERT INTO layout (columns) "
			   "VALUES (?1) ON CONFLICT DO NOTHING", &statement);

	if (r < 0)
		return r;
	bind(db, statement, 1, columns);
	return db_step(statement);
}

int db_write(struct db *db, const struct entry *entry)
{
	sqlite3_stmt *statement = db->statements[entry->statement];
	size_t i;
	int r = 0;

	if (entry->statement == ADD_SPAN)
		r = add_layout(db, &entry->values[3]);
	if (r < 0)
		return r;
	for (i = 0; i < entry->nr; i++) {
		if (bind(db, statement, (int)i + 1, &entry->values[i]) !=
		    SQLITE_OK) {
			r = db_errno(db->sqlite);
			break;
		}
	}
	if (r == 0)
		r = db_step(statement);
	if (r == 0 && entry->statement == ADD_EVENT)
		db->last_event = sqlite3_last_insert_rowid(db->sqlite);
	if (r == 0 && entry->statement == ADD_AUDIT)
		db->last_decision = sqlite3_last_insert_rowid(db->sqlite);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return r < 0 ? r : 0;
}

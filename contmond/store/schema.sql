-- SPDX-License-Identifier: GPL-2.0-only
--
-- What contmond remembers, version 9. STORE.md explains it and shows queries.
-- Times that end in _ms are epoch milliseconds by the wall clock of the moment.
-- A NULL is unknown, never 0.

-- Which columns the frames of a span hold: "metric kind numerator/denominator"
-- a line. A program with other columns makes another layout.
CREATE TABLE layout (
	id INTEGER PRIMARY KEY,
	columns TEXT NOT NULL UNIQUE
) STRICT;

-- A run of moments of one tier, in the order in which they were recorded.
-- Spans are never keyed by time: a clock that was set back makes a span whose
-- time lies within another's, and both stay.
CREATE TABLE span (
	id INTEGER PRIMARY KEY,
	tier INTEGER NOT NULL,		-- 0 ticks, 1 10 s, 2 1 min, 3 10 min, 4 1 h
	base INTEGER NOT NULL,		-- add it to its frames' and chunks' numbers of containers
	layout INTEGER REFERENCES layout,	-- of its frames; NULL once it is sealed
	begin_seq INTEGER,		-- of the ticks that it covers: the first
	end_seq INTEGER,		-- and the one after the last; NULL while it has frames
	begin_ms INTEGER,		-- earliest moment
	end_ms INTEGER,			-- latest moment
	covered_ms INTEGER,		-- time that its ticks stand for
	bytes INTEGER,			-- of its chunks
	moments BLOB			-- when its moments were
) STRICT;

CREATE INDEX span_open ON span (tier) WHERE layout IS NOT NULL;

-- Moments of spans that are still written, one row each.
CREATE TABLE frame (
	span INTEGER NOT NULL REFERENCES span,
	moment INTEGER NOT NULL,	-- counts from 0
	seq INTEGER NOT NULL,		-- of the last tick in it
	t_ms INTEGER NOT NULL,
	key INTEGER NOT NULL,		-- 1: needs no frame before it
	numbers BLOB NOT NULL,
	processes BLOB,			-- the busiest of each container, then commands
	PRIMARY KEY (span, moment)
) STRICT, WITHOUT ROWID;

-- A sealed span: one metric of some containers. The metric '' says which
-- containers are in a batch and when they were there. Batch 0 is the host.
-- Rows are only ever added at the end, which leaves no gaps in pages.
CREATE TABLE chunk (
	id INTEGER PRIMARY KEY,
	span INTEGER NOT NULL REFERENCES span,
	metric TEXT NOT NULL,
	batch INTEGER NOT NULL,
	numbers BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX chunk_span ON chunk (span, metric, batch);

-- A sealed span: the busiest processes of the moments from this one on.
CREATE TABLE chunk_processes (
	id INTEGER PRIMARY KEY,
	span INTEGER NOT NULL REFERENCES span,
	moment INTEGER NOT NULL,
	processes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX chunk_processes_span ON chunk_processes (span, moment);

-- Likewise: the commands that used the most CPU, with processes that ended.
-- A moment whose commands are unknown is in no chunk.
CREATE TABLE chunk_commands (
	id INTEGER PRIMARY KEY,
	span INTEGER NOT NULL REFERENCES span,
	moment INTEGER NOT NULL,
	commands BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX chunk_commands_span ON chunk_commands (span, moment);

-- A container from the making of its cgroup to its end: one that was stopped
-- and started again has two rows with the same id.
CREATE TABLE container (
	c INTEGER PRIMARY KEY,
	boot_id TEXT NOT NULL,
	cgroup_id INTEGER NOT NULL,
	cgroup TEXT,
	id TEXT,
	title TEXT,			-- its name, made unique; else the short id
	runtime TEXT,
	pod TEXT,
	image TEXT,
	command TEXT,
	labels TEXT,			-- a JSON object
	created_ms INTEGER,		-- as the engine says
	first_ms INTEGER NOT NULL,	-- seen first
	last_ms INTEGER NOT NULL,	-- seen last; of one that runs up to a minute late
	ended_ms INTEGER,		-- NULL while it runs
	user INTEGER NOT NULL DEFAULT 0	-- whose it is; 0: root's, or not known
) STRICT;
CREATE INDEX container_last_ms ON container (last_ms);
CREATE INDEX container_user ON container (user, ended_ms) WHERE ended_ms IS NOT NULL;

-- What is left of a container that ended.
CREATE TABLE final (
	c INTEGER PRIMARY KEY REFERENCES container ON DELETE CASCADE,
	started_ms INTEGER,
	ended_ms INTEGER NOT NULL,
	exit_code INTEGER,
	oom_killed INTEGER,		-- 1 yes, 0 no
	restarts INTEGER,
	cpu_seconds REAL,
	cpu_user_seconds REAL,
	cpu_system_seconds REAL,
	memory_peak_bytes INTEGER,
	oom_kills INTEGER,
	read_bytes INTEGER,
	write_bytes INTEGER,
	read_ops INTEGER,
	write_ops INTEGER,
	network_receive_bytes INTEGER,
	network_transmit_bytes INTEGER
) STRICT;

-- The devices of a container whose IO is kept: in its frames and chunks, the
-- metrics of the device in slot N begin with "deviceN_", and those of all devices
-- without a slot together with "others_". A slot has one device as long as the
-- container lives.
CREATE TABLE device (
	c INTEGER NOT NULL REFERENCES container ON DELETE CASCADE,
	slot INTEGER NOT NULL,		-- from 1
	number TEXT NOT NULL,		-- "8:0"
	name TEXT,			-- "sda"
	PRIMARY KEY (c, slot)
) STRICT, WITHOUT ROWID;

-- From which tick on which wall clock held: at each start of the host or of
-- contmond, and each time the clock was set.
CREATE TABLE clock (
	seq INTEGER PRIMARY KEY,
	boot_id TEXT NOT NULL,
	boottime_ms INTEGER NOT NULL,	-- CLOCK_BOOTTIME of that tick
	realtime_ms INTEGER NOT NULL,	-- CLOCK_REALTIME of that tick
	step_ms INTEGER			-- how far the clock was set; NULL: a start
) STRICT;

CREATE TABLE event (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	t_ms INTEGER NOT NULL,
	kind TEXT NOT NULL,
	c INTEGER,
	container TEXT,			-- its title
	pid INTEGER,
	comm TEXT,
	detail TEXT,			-- a JSON object
	user INTEGER NOT NULL DEFAULT 0	-- whose doing it is; 0: root's, or not known
) STRICT;
CREATE INDEX event_user ON event (user);

-- What policies decided, and why. Rows are only ever added. A decision is
-- planned, then warned, acted, and verified or failed; before it acts it may be
-- vetoed, expired, spared or gone. A pause or a limit is restored at the end, or
-- held before that if it could not be undone in time.
CREATE TABLE audit (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	t_ms INTEGER NOT NULL,
	decision TEXT NOT NULL,		-- shared by the rows of one decision
	state TEXT NOT NULL,		-- see above
	action TEXT NOT NULL,
	dry_run INTEGER NOT NULL,
	c INTEGER,
	container_id TEXT,
	container TEXT,
	rule TEXT,
	rule_hash TEXT,
	reason TEXT,
	detail TEXT,			-- a JSON object with values and answers
	user INTEGER NOT NULL DEFAULT 0	-- whose doing it is; 0: root's, or not known
) STRICT;
CREATE INDEX audit_user ON audit (user);
-- Has a row while retention deletes, within its transaction: none that is
-- committed.
CREATE TABLE retention (deletes INTEGER NOT NULL) STRICT;
CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN
	SELECT RAISE(ABORT, 'rows of the audit are never changed');
END;
CREATE TRIGGER audit_delete BEFORE DELETE ON audit
	WHEN NOT EXISTS (SELECT 1 FROM retention) BEGIN
	SELECT RAISE(ABORT, 'only retention deletes rows of the audit');
END;
-- REPLACE deletes the row that is there, mostly without the trigger above.
CREATE TRIGGER audit_replace BEFORE INSERT ON audit
	WHEN NEW.seq > 0 AND EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
	BEGIN
	SELECT RAISE(ABORT, 'rows of the audit are never changed');
END;
-- Before it is inserted, a row without a number may have any below 1.
CREATE TRIGGER audit_number AFTER INSERT ON audit WHEN NEW.seq < 1 BEGIN
	SELECT RAISE(ABORT, 'rows of the audit count from 1');
END;

-- How far each forwarder has come: everything before seq was delivered. A target
-- of events has "events/" or "decisions/" before its name, others count ticks.
CREATE TABLE cursor (
	target TEXT PRIMARY KEY,
	seq INTEGER NOT NULL,
	changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Once a minute, for plain SQL. A row of a container belongs to the row of the
-- host of the same minute; its shares are parts per million of the host.
CREATE TABLE host_minute (
	id INTEGER PRIMARY KEY,
	t INTEGER NOT NULL,		-- epoch seconds: where the minute begins
	ram_total_kb INTEGER,
	ram_free_kb INTEGER,
	ram_used_kb INTEGER,
	processes INTEGER
) STRICT;
CREATE TABLE container_minute (
	id INTEGER PRIMARY KEY,
	minute INTEGER NOT NULL REFERENCES host_minute,
	c INTEGER NOT NULL,
	pid INTEGER,
	cpu_ppm INTEGER,
	memory_ppm INTEGER
) STRICT;

-- The same under names and columns that other tools know.
CREATE VIEW containers (id, container_id, pid, image, cpu_pct, mem_pct, ts) AS
	SELECT m.id, k.id, m.pid, k.image, m.cpu_ppm / 1e4, m.memory_ppm / 1e4,
		datetime(h.t, 'unixepoch')
	FROM container_minute AS m JOIN host_minute AS h ON h.id = m.minute
		LEFT JOIN container AS k USING (c);
CREATE VIEW sys_metrics (id, mem_total_kb, mem_free_kb, mem_used_kb, ts) AS
	SELECT id, ram_total_kb, ram_free_kb, ram_used_kb,
		datetime(t, 'unixepoch')
	FROM host_minute;
CREATE VIEW process_count (id, total, ts) AS
	SELECT id, processes, datetime(t, 'unixepoch') FROM host_minute;
-- What policies have ended or removed, and why they wanted to
CREATE VIEW deletions (id, container_id, reason, ts) AS
	SELECT e.seq, e.container_id, coalesce(p.reason, e.reason),
		datetime(e.t_ms / 1000, 'unixepoch')
	FROM audit AS e LEFT JOIN audit AS p
		ON p.decision = e.decision AND p.state = 'planned'
	WHERE e.state = 'verified' AND NOT e.dry_run
		AND e.action NOT IN ('notify', 'restart', 'pause', 'limit');

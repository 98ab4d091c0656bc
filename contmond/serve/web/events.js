// SPDX-License-Identifier: GPL-2.0-only
//
// Events, and containers that ended.

const EVENT_LIMIT = 200;
const EVENT_NAMES = {
  container_started: "started", container_ended: "ended", oom_killed: "OOM kill",
  policy_warned: "policy warns", policy_acted: "policy acts",
  policy_notified: "policy notifies", policy_gave_up: "policy gave up",
};

// What the event's detail says, for people
function detailOf(text) {
  let facts;
  try { facts = JSON.parse(text ?? "null"); } catch { return text; }
  if (!facts) return null;
  const { reason, rule, action, dry_run: dry } = facts;
  if (rule) return `${rule}: ${action}${dry ? " (dry run)" : ""}: ${reason ?? ""}`;
  return memoryOf(facts) || facts.image || null;
}

// The memory of a process that the OOM killer chose, and of its container
function memoryOf({ victim_rss_bytes: rss, memory_current_bytes: used,
  memory_limit_bytes: limit }) {
  const of = known(limit) ? ` of ${bytes(limit)}` : "";
  return [known(rss) && `RSS ${bytes(rss)}`, known(used) && `container used ${bytes(used)}${of}`]
    .filter(Boolean).join(", ");
}

function newEventTable(root, empty) {
  return new Table(root, {
    caption: "Events", empty, keyOf: (row) => row.seq, sort: "-t",
    columns: [
      timeColumn("t", "Time"),
      { key: "kind", label: "Event", text: true, paint: (cell, row) => {
        setKey(cell, "className", `text c-kind k-${row.kind}`);
        setText(cell, EVENT_NAMES[row.kind] ?? row.kind);
      } },
      containerColumn(),
      textColumn("comm", "Process"),
      { key: "pid", label: "PID", show: count },
      textColumn("what", "Detail"),
    ],
  });
}

async function getEvents(query) {
  const { rows } = await get("events", query);
  return rows.map((row) => ({ ...row, what: detailOf(row.detail) }));
}

class EventsView {
  constructor(root) {
    this.table = newEventTable(root, "Nothing has happened since contmond began to remember.");
    this.title = "Events";
  }

  async load() {
    this.table.update(await getEvents({ limit: EVENT_LIMIT }));
  }
}

class EndedView {
  constructor(root) {
    this.title = "Ended containers";
    this.table = new Table(root, {
      caption: "Ended containers",
      empty: "No container has ended since contmond began to remember.",
      keyOf: (row) => `${row.cgroup} ${row.ended_ms}`, sort: "-ended_ms",
      columns: [
        timeColumn("ended_ms", "Ended"),
        containerColumn(),
        textColumn("image", "Image"),
        { key: "lifetime_seconds", label: "Lived", show: span },
        { key: "exit_code", label: "Exit code", show: count },
        { key: "oom_killed", label: "OOM", title: "Ended by the OOM killer", text: true, show: yesNo },
        { key: "cpu_seconds_total", label: "CPU", title: "CPU time, all in all", show: seconds },
        { key: "memory_peak_bytes", label: "Peak memory", show: bytes },
        { key: "read_bytes_total", label: "Read", show: bytes },
        { key: "write_bytes_total", label: "Written", show: bytes },
        { key: "network_receive_bytes_total", label: "Received", show: bytes },
        { key: "network_transmit_bytes_total", label: "Sent", show: bytes },
      ],
    });
  }

  async load() {
    this.table.update((await get("containers/ended", { limit: EVENT_LIMIT })).rows);
  }
}

// SPDX-License-Identifier: GPL-2.0-only
//
// Where samples, events and decisions are sent (FORWARD.md).

const BEHIND = 300;      // as many as an alert of grafana/ allows
const LOST_MS = 600000;  // how long a loss stays in the list of problems

class Targets {
  constructor(section, root) {
    this.section = section;
    this.rows = [];
    this.askedAt = -Infinity;
    this.marks = new Map(); // target -> its rows of the last LOST_MS, oldest first
    this.table = new Table(root, {
      caption: "Targets", empty: "", keyOf: (row) => row.target, sort: "target",
      columns: [
        textColumn("target", "Target"),
        textColumn("type", "Type"),
        { key: "backlog_ticks", label: "Behind", title: "Written, and not delivered yet", show: count },
        { key: "delivered_ticks_total", label: "Delivered", show: count },
        { key: "dropped_ticks_total", label: "Skipped",
          title: "Never sent to it", show: count },
        { key: "rejected_rows_total", label: "Refused", title: "Rows that it did not take", show: count },
        { key: "failed_requests_total", label: "Failures", title: "Requests that failed", show: count },
        { key: "last_delivered_ms", label: "Last delivered", text: true, show: moment },
        { key: "reason", label: "Why", text: true, paint: (cell, row) =>
          paintText(cell, row.error ?? row.rejection ?? row.drop_reason) },
      ],
    });
  }

  async load(health) {
    this.section.hidden = !health.forward_targets;
    if (performance.now() - this.askedAt < ASK_MS) return;
    this.askedAt = performance.now();
    this.rows = health.forward_targets ? (await get("forward")).rows : [];
    this.table.update(this.rows);
    for (const row of this.rows) this.mark(row, performance.now());
  }

  mark(row, now) {
    const marks = (this.marks.get(row.target) ?? []).filter(({ at, of }) =>
      at > now - LOST_MS && of.delivered_ticks_total <= row.delivered_ticks_total);
    this.marks.set(row.target, [...marks, { at: now, of: row }]);
  }

  // Totals are since contmond was started; a loss is a problem while it is new.
  lost(row, key) {
    return row[key] - (this.marks.get(row.target)?.[0].of[key] ?? row[key]);
  }

  problems() {
    return this.rows.flatMap((row) => {
      const [skipped, refused] = ["dropped_ticks_total", "rejected_rows_total"]
        .map((key) => this.lost(row, key));
      const said = [
        known(row.error) && `fails: ${row.error}`,
        (row.backlog_ticks >= BEHIND || known(row.error)) && `is ${row.backlog_ticks} behind`,
        skipped > 0 && `lost ${skipped}: ${words(row.drop_reason)}`,
        refused > 0 && `refused ${refused} rows: ${words(row.rejection)}`,
      ].filter(Boolean);
      return said.length ? [{ level: skipped > 0 ? "bad" : "warn",
        text: `Target ${row.target} ${said.join("; ")}` }] : [];
    });
  }
}

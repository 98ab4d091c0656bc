// SPDX-License-Identifier: GPL-2.0-only
//
// Policies: rules, decisions under way, and everything that was decided.

function newAuditTable(root, empty) {
  return new Table(root, {
    caption: "Decisions of policies", empty, keyOf: (row) => row.seq, sort: "-t",
    columns: [
      timeColumn("t", "Time"),
      textColumn("state", "State"),
      textColumn("action", "Action"),
      { key: "dry_run", label: "Dry run", text: true, show: yesNo },
      containerColumn(),
      textColumn("rule", "Rule"),
      textColumn("reason", "Reason"),
      textColumn("decision", "Decision"),
    ],
  });
}

class PolicyView {
  constructor() {
    this.title = "Policies";
    this.hint = $("policy-hint");
    this.rules = new Table($("policy-rules"), {
      caption: "Rules", empty: "There are no rules. contmon-policy(5) tells how to write one.",
      keyOf: (row) => `${row.file}:${row.line}`, sort: "rule",
      columns: [
        textColumn("rule", "Rule"),
        textColumn("action", "Action"),
        { key: "dry_run", label: "Dry run", text: true, show: yesNo },
        textColumn("state", "State"),
        { key: "selected", label: "Selects", title: "Containers", show: count },
        { key: "over", label: "Over", title: "Containers that are over its limits now", show: count },
        { key: "decisions_total", label: "Decisions", show: count },
        textColumn("file", "File"),
        { key: "line", label: "Line", show: count },
      ],
    });
    this.pending = new Table($("policy-pending"), {
      caption: "Decisions under way", empty: "No decision is under way.",
      keyOf: (row) => row.decision, sort: "-t",
      columns: [
        timeColumn("t", "Since"),
        textColumn("state", "State"),
        textColumn("action", "Action"),
        { key: "dry_run", label: "Dry run", text: true, show: yesNo },
        { key: "acts_ms", label: "Acts at", text: true, show: moment },
        containerColumn(),
        textColumn("rule", "Rule"),
        textColumn("reason", "Reason"),
        textColumn("decision", "Decision", { title: "For contmon policy veto" }),
      ],
    });
    this.table = newAuditTable($("policy-audit"), "Nothing has been decided.");
  }

  async load({ health }) {
    const [rules, pending, audit] = await Promise.all([get("policy"), get("policy/pending"),
      get("audit", { limit: EVENT_LIMIT })]);
    this.rules.update(rules.rows);
    this.pending.update(pending.rows);
    this.table.update(audit.rows);
    setText(this.hint, known(health.policy_error) ? `Not in use: ${health.policy_error}`
      : health.policy === "dry run" ? "Dry run: nothing is done, everything is told." : "");
  }
}

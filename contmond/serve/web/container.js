// SPDX-License-Identifier: GPL-2.0-only
//
// One container, running or ended: everything that is kept of it.

const psiOf = (what) => ({ metric: `psi_${what}_some_seconds_total`, label: `some, ${what}`,
  make: (values) => scaled(perSecond(values), 100) });

// Lines: metric, label, and how a line is made of its values; dash for limits.
const CONTAINER_CHARTS = [
  { title: "CPU", unit: "cores", format: cores, least: 0.1, lines: [
    { metric: "cpu_cores", label: "highest", aggregate: "max" },
    { metric: "cpu_cores", label: "mean" },
    { metric: "cpu_limit_cores", label: "limit", dash: [5, 4] },
    { metric: "cpu_limit_throttled_seconds_total", label: "throttled", make: perSecond },
  ] },
  { title: "Memory", unit: "", format: bytes, least: 1 << 20, incrs: BYTE_STEPS, lines: [
    { metric: "memory_current_bytes", label: "current" },
    { metric: "memory_working_set_bytes", label: "working set" },
    { metric: "memory_anon_bytes", label: "anon" },
    { metric: "memory_file_bytes", label: "file" },
    { metric: "swap_current_bytes", label: "swap" },
    { metric: "memory_limit_bytes", label: "limit", dash: [5, 4] },
  ] },
  { title: "Disk", unit: "per second", format: rate, least: 1024, incrs: BYTE_STEPS, lines: [
    { metric: "read_bytes_per_second", label: "read" },
    { metric: "write_bytes_per_second", label: "write" },
  ] },
  { title: "Network", unit: "per second", format: rate, least: 1024, incrs: BYTE_STEPS, lines: [
    { metric: "network_receive_bytes_per_second", label: "received" },
    { metric: "network_transmit_bytes_per_second", label: "sent" },
  ] },
  { title: "Pressure", unit: "share of the time in which some task waited", format: percent,
    least: 1, lines: [psiOf("cpu"), psiOf("memory"), psiOf("io")] },
  { title: "Tasks", unit: "", format: count, least: 5, lines: [
    { metric: "processes", label: "processes" },
    { metric: "threads", label: "threads" },
    { metric: "pids_limit", label: "limit", dash: [5, 4] },
  ] },
];

// One chart of one container. A metric of which nothing is known has no line.
class ContainerChart {
  constructor(root, { lines, ...options }) {
    this.chart = new Chart(root, options);
    this.lines = lines.map((line) => ({ ...line, series: new Series(line.metric, line.aggregate) }));
  }

  async load(frame, name) {
    await Promise.all(this.lines.map(({ series }) => series.load(frame, [name])));
    const shown = this.lines.map(({ label, dash, series, make }, slot) => {
      const values = series.values.get(name);
      return { label, dash, slot, values: make ? make(values) : values };
    }).filter(({ values }) => values && [...values.values()].some(known));
    this.chart.draw(frame, shown, shown.length ? "" : "nothing is known of this time");
  }
}

const FACTS = [
  ["State", (row) => row.state ?? (known(row.ended_ms) ? `ended ${moment(row.ended_ms)}` : null)],
  ["Exit code", (row) => row.exit_code],
  ["Ended by the OOM killer", (row) => known(row.oom_killed) ? yesNo(row.oom_killed) : null],
  ["Started", (row) => known(row.started_ms) ? moment(row.started_ms) : null],
  ["Lifetime", (row) => known(row.lifetime_seconds) ? span(row.lifetime_seconds)
    : known(row.uptime_seconds) ? span(row.uptime_seconds) : null],
  ["Image", (row) => row.image],
  ["Command", (row) => row.command],
  ["Id", (row) => row.short_id],
  ["Runtime", (row) => row.runtime],
  ["Health", (row) => row.health],
  ["Restarts", (row) => row.restarts_total],
  ["OOM kills", (row) => row.oom_kills_total],
  ["Compose", (row) => known(row.compose_project)
    ? `${row.compose_project} / ${words(row.compose_service)}` : null],
  ["Pod", (row) => row.pod],
  ["Namespace of the pod", (row) => row.pod_namespace],
  ["Network", (row) => row.network === "shared" ? `that of ${words(row.network_owner)}` : row.network],
  ["CPU time", (row) => known(row.cpu_seconds_total) ? span(row.cpu_seconds_total) : null],
  ["Peak memory", (row) => known(row.memory_peak_bytes) ? bytes(row.memory_peak_bytes) : null],
  ["Cgroup", (row) => row.cgroup],
];

// name, value, own limit, limit in effect, who sets it, how to show them
const LIMITS = [
  ["CPU", "cpu_cores", "cpu_max_cores", "cpu_limit_cores", "cpu_limit_owner", cores],
  ["Memory", "memory_current_bytes", "memory_max_bytes", "memory_limit_bytes",
    "memory_limit_owner", bytes],
  ["Memory, slowed down above", "memory_current_bytes", "memory_high_bytes",
    "memory_high_limit_bytes", "memory_high_limit_owner", bytes],
  ["Swap", "swap_current_bytes", "swap_max_bytes", "swap_limit_bytes", "swap_limit_owner", bytes],
  ["Tasks", "pids_current", "pids_max", "pids_limit", "pids_limit_owner", count],
];

function limitRows(row) {
  return LIMITS.map(([limit, value, own, effect, owner, format]) => ({
    limit, format, value: row[value], own: row[own], effect: row[effect],
    owner: !known(row[owner]) ? null : row[owner] === row.cgroup ? "itself" : row[owner],
  }));
}

// Of what is not known at all, a limit is not known either.
const noLimit = (row) => known(row.value) ? "none" : UNKNOWN;

class ContainerView {
  constructor() {
    this.time = new TimeBar($("container-time"));
    this.moment = new Moment($("container-moment"));
    this.charts = CONTAINER_CHARTS.map((options) => {
      const card = element("article", "card");
      $("container-charts").append(card);
      return new ContainerChart(card, options);
    });
    const card = element("article", "card");
    $("container-charts").firstElementChild.after(card);
    this.used = new CommandChart(card);
    this.more = new More($("container-more"), $("container-more-charts"));
    const shown = (key, label) => ({ key, label, paint: (cell, row) =>
      setText(cell, known(row[key]) ? row.format(row[key]) : noLimit(row)) });
    this.limits = new Table($("container-limits"), {
      caption: "Limits", empty: "Limits are unknown.", keyOf: (row) => row.limit, sort: "limit",
      columns: [textColumn("limit", "Limit"), shown("value", "Now"), shown("own", "Its own"),
        { key: "effect", label: "In effect", paint: (cell, row) => known(row.effect)
          ? paintUse(cell, row.value, row.effect, 0, row.format) : setText(cell, noLimit(row)) },
        textColumn("owner", "Set by")],
    });
    this.commands = newCommandTable($("container-commands"), ["comm", "cpu_cores",
      "cpu_living_cores", "cpu_exited_cores", "processes", "processes_exited"],
    { empty: "No command is known.", keyOf: (row) => row.comm });
    this.processes = newProcessTable($("container-processes"), { columns: PROCESS_COLUMNS
      .filter(({ key }) => key !== "container") });
    this.table = this.processes;
    this.events = newEventTable($("container-events"), "Nothing has happened to it.");
    this.decisions = newAuditTable($("container-audit"), "No policy has decided about it.");
  }

  get title() { return view.name; }

  async load({ info }) {
    const container = view.name;
    const query = { container };
    const limited = { container, limit: 50 };
    const [system, running, ended, processes, commands, events, audit] = await Promise.all([
      get("system"), get("containers", query), get("containers/ended", { container, limit: 1 }),
      getProcesses("processes", processQuery(this.processes, container, MAX_PROCESSES)),
      getProcesses("commands", query), getEvents(limited), get("audit", limited),
    ]);
    if (container !== view.name) return;
    const row = running.rows[0] ?? ended.rows[0] ?? {};
    this.showFacts(row, running.rows.length > 0);
    this.limits.update(running.rows.length ? limitRows(row) : []);
    showProcesses(this.processes, processes);
    showProcesses(this.commands, commands);
    this.events.update(events);
    this.decisions.update(audit.rows);
    this.time.show();
    const frame = frameOf(this.timeOf(row, system.rows[0].t + info.interval_ms),
      info.interval_ms, POINTS);
    const name = row.container ?? container;
    await Promise.all([this.moment.load(container, system.rows[0].t), this.more.load(frame, name),
      this.used.load(frame, name), ...this.charts.map((chart) => chart.load(frame, name))]);
  }

  // The charts of an ended container end with it.
  timeOf(row, now) {
    return known(row.ended_ms) ? Math.min(now, row.ended_ms + 5000) : now;
  }

  showFacts(row, isRunning) {
    setText($("container-name"), view.name);
    setText($("container-hint"), isRunning ? "" : known(row.ended_ms) ? "has ended"
      : "is not running, and nothing is known of an earlier one");
    const facts = FACTS.map(([label, of]) => [label, of(row)]).filter(([, value]) => known(value));
    const list = $("container-facts");
    facts.forEach(([label, value], i) => {
      const fact = list.children[i] ?? list.appendChild(element("div", "",
        element("dt"), element("dd")));
      fact.className = String(value).length > 30 ? "wide" : "";
      setText(fact.firstChild, label);
      setText(fact.lastChild, String(value));
    });
    while (list.children.length > facts.length) list.lastChild.remove();
  }
}

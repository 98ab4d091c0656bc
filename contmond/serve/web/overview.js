// SPDX-License-Identifier: GPL-2.0-only
//
// The host and its containers.

// What the table and the list of problems need, of some 130 keys
const OVERVIEW_FIELDS = ["t", "container", "id", "image", "runtime", "compose_project", "health",
  "cgroup", "state", "state_code", "cpu_cores", "cpu_limit_cores", "memory_current_bytes",
  "memory_limit_bytes", "memory_limit_percent", "memory_limit_owner", "swap_current_bytes",
  "read_bytes_per_second", "write_bytes_per_second", "network_receive_bytes_per_second",
  "network_transmit_bytes_per_second", "processes", "uptime_seconds", "pids_current",
  "pids_limit", "cpu_periods_total", "cpu_throttled_periods_total",
  "psi_memory_full_seconds_total", "psi_io_full_seconds_total"].join(",");

function withSums(row) {
  const sum = (a, b) => known(row[a]) && known(row[b]) ? row[a] + row[b] : null;
  return { ...row,
    disk_bytes_per_second: sum("read_bytes_per_second", "write_bytes_per_second"),
    network_bytes_per_second: sum("network_receive_bytes_per_second",
      "network_transmit_bytes_per_second") };
}

class Overview {
  constructor() {
    this.title = null;
    this.tiles = new HostTiles();
    this.problems = new Problems($("problems"));
    this.targets = new Targets($("targets"), $("target-table"));
    this.time = new TimeBar($("overview-time"));
    this.moment = new Moment($("overview-moment"));
    this.cpu = { all: new Series("cpu_cores"), best: new Series("cpu_cores"), names: [],
      chart: new Chart($("chart-cpu"), { title: "CPU", unit: "cores", format: cores, least: 0.1 }) };
    this.memory = { all: new Series("memory_current_bytes"),
      best: new Series("memory_current_bytes"), names: [],
      chart: new Chart($("chart-memory"), { title: "Memory", unit: "current", format: bytes,
        least: 1 << 20, incrs: BYTE_STEPS }) };
    this.table = this.newTable($("container-table"));
    this.busiest = {};
  }

  newTable(root) {
    const use = (key, limit, format) => (cell, row) =>
      paintUse(cell, row[key], row[limit], this.busiest[key], format);
    const past = (part, key) => ({ key: `${key}_past`, label: "", still: true,
      paint: (cell, row, name) => this.frame && paintSpark(cell, part().all, name, this.frame) });
    const plain = (key, label, show, title) => ({ key, label, show, title });
    return new Table(root, {
      caption: "Running containers",
      empty: "No container is running. A new one appears here within a second or two.",
      keyOf: (row) => row.container, sort: "container",
      columns: [
        { key: "container", label: "Container", text: true,
          paint: (cell, row) => paintContainer(cell, row.container, true) },
        textColumn("image", "Image"),
        { key: "state", label: "State", text: true, paint: paintState },
        { key: "cpu_cores", label: "CPU", title: "In cores: 1.00 is one CPU busy",
          paint: use("cpu_cores", "cpu_limit_cores", cores) },
        past(() => this.cpu, "cpu"),
        { key: "memory_current_bytes", label: "Memory", title: "memory.current",
          paint: use("memory_current_bytes", "memory_limit_bytes", bytes) },
        past(() => this.memory, "memory"),
        plain("swap_current_bytes", "Swap", bytes),
        plain("disk_bytes_per_second", "Disk", rate, "Read and written"),
        plain("network_bytes_per_second", "Network", rate, "Received and sent"),
        plain("processes", "Procs", count, "Processes"),
        plain("uptime_seconds", "Uptime", span),
      ],
    });
  }

  async load({ health, info }) {
    const [system, containers] = await Promise.all([get("system"),
      get("containers", { fields: OVERVIEW_FIELDS })]);
    const [host] = system.rows;
    const rows = containers.rows.map(withSums);
    this.tiles.show(host);
    this.tiles.showContainers(rows);
    for (const key of ["cpu_cores", "memory_current_bytes"])
      this.busiest[key] = Math.max(0, ...rows.map((row) => row[key] ?? 0));
    this.time.show();
    // By the clock of the daemon: the browser's may be on another machine.
    await this.loadPast(host.t + info.interval_ms, info.interval_ms);
    this.table.update(rows);
    await this.targets.load(health);
    await Promise.all([this.moment.load("", host.t),
      this.problems.load(health, host, rows, this.targets.problems())]);
    this.forgetColours(rows);
  }

  async loadPast(now, interval) {
    const frame = frameOf(now, interval, SPARK.points);
    const fine = frameOf(now, interval, POINTS);
    const parts = [this.cpu, this.memory];
    await Promise.all([this.tiles.loadPast(frame), ...parts.map((part) => part.all.load(frame))]);
    this.frame = frame;
    await Promise.all(parts.map(async (part) => {
      this.choose(part);
      if (part.names.length) await part.best.load(fine, part.names);
      const left = part.all.values.size - part.names.length;
      part.chart.draw(fine, part.names.map((name) => ({ label: name, slot: slotOf(name),
        values: part.best.values.get(name) })), left ? `and ${left} lower ones` : "");
    }));
  }

  // The highest ones, selected again only when containers start or end or every
  // ten seconds: lines that swap places each second cannot be read.
  choose(part) {
    const all = [...part.all.values.keys()].sort();
    const key = all.join("\n");
    if (key === part.key && performance.now() < part.chosenAt + 10000) return;
    const means = new Map(all.map((name) => [name, part.all.meanOf(name)]));
    part.names = [...all].sort((a, b) => means.get(b) - means.get(a)).slice(0, MAX_LINES).sort();
    Object.assign(part, { key, chosenAt: performance.now() });
  }

  forgetColours(rows) {
    const alive = new Set([...rows.map((row) => row.container), ...this.cpu.names,
      ...this.memory.names]);
    for (const name of colours.keys()) if (!alive.has(name)) colours.delete(name);
  }
}

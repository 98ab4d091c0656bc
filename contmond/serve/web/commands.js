// SPDX-License-Identifier: GPL-2.0-only
//
// CPU by command, also of processes that ended: of one container, at a moment and
// over time.

const COMMAND_COLUMNS = [
  textColumn("comm", "Command"),
  containerColumn(),
  { key: "cpu_cores", label: "CPU", title: "In cores: 1.00 is one CPU busy", show: cores },
  { key: "cpu_living_cores", label: "of living", title: "In cores", show: cores },
  { key: "cpu_exited_cores", label: "of ended",
    title: "In cores, by processes that ended in this time", show: cores },
  { key: "processes", label: "Procs", show: count },
  { key: "processes_exited", label: "Ended", show: count },
];

function newCommandTable(root, keys, options) {
  return new Table(root, {
    caption: "CPU by command", sort: "-cpu_cores",
    columns: COMMAND_COLUMNS.filter(({ key }) => keys.includes(key)), ...options,
  });
}

// Of a bucket that contmond keeps, it knows more commands than of its parts.
const BUCKETS_MS = [10, 60, 600, 3600].map((seconds) => seconds * 1000);

function bucketOf(step) {
  const hour = BUCKETS_MS.at(-1);
  return step < 5000 ? step : BUCKETS_MS.find((width) => width >= step / 2)
    ?? Math.ceil(step / 2 / hour) * hour;
}

// The commands of a container that used the most CPU in the time shown, and all
// others together. It has nothing to keep: which ones these are changes with time.
class CommandChart {
  constructor(root) {
    this.chart = new Chart(root, { title: "CPU by command", unit: "cores", format: cores,
      least: 0.1 });
    this.slots = new Map(); // each command keeps its colour
  }

  async load(shown, container) {
    const frame = { ...shown, step: bucketOf(shown.step) };
    const from = Math.floor(frame.from / frame.step) * frame.step;
    // The newest step may not be complete, but a new request is for all of them.
    const until = Math.floor(frame.to / Math.min(frame.step, BUCKETS_MS[0]));
    const key = [container, frame.step, from, until].join();
    if (key !== this.key) {
      this.answer = await getProcesses("commands/series", { container, step: frame.step,
        from, to: Math.ceil(frame.to) });
      this.key = key;
    }
    const lines = this.lines();
    this.chart.draw(frame, lines, this.answer.meta.hidden
      ?? (lines.length ? "" : "nothing is known of this time"));
  }

  // No program can be called like the rest.
  lines() {
    const lines = new Map();
    for (const { t, comm, commands, cpu_cores } of this.answer.rows) {
      if (!this.slots.has(comm)) this.slots.set(comm, this.slots.size);
      if (!lines.has(comm)) lines.set(comm, { label: comm, values: new Map(),
        slot: this.slots.get(comm), dash: known(commands) ? undefined : [5, 4] });
      lines.get(comm).values.set(t, cpu_cores);
    }
    return [...lines.values()].filter(({ values }) => [...values.values()].some(known));
  }
}

// SPDX-License-Identifier: GPL-2.0-only
//
// Processes: of the host, of one container, and the busiest at a moment.

const MAX_PROCESSES = 500;

const PROCESS_COLUMNS = [
  { key: "pid", label: "PID", show: count },
  textColumn("comm", "Command"),
  containerColumn(),
  textColumn("state", "State"),
  { key: "cpu_cores", label: "CPU", title: "In cores: 1.00 is one CPU busy", show: cores },
  { key: "rss_bytes", label: "RSS", title: "Resident memory", show: bytes },
  { key: "rss_percent_of_ram", label: "of RAM", show: percent },
  { key: "vsz_bytes", label: "VSZ", title: "Reserved address space", show: bytes },
  { key: "swap_bytes", label: "Swap", show: bytes },
  { key: "read_bytes_total", label: "Read", show: bytes },
  { key: "write_bytes_total", label: "Written", show: bytes },
  { key: "threads", label: "Threads", show: count },
  { key: "uid", label: "UID", show: count },
  { key: "oom_score", label: "OOM score", title: "The higher, the sooner the OOM killer chooses it",
    show: count },
];

function newProcessTable(root, options) {
  return new Table(root, {
    caption: "Processes", empty: "No processes.",
    keyOf: (row) => `${row.pid} ${row.start_ms}`, sort: "-cpu_cores", ...options,
  });
}

// The daemon sorts, too: which rows come depends on it.
function processQuery(table, container, limit) {
  const column = table.columns.find(({ key }) => key === table.sort);
  return { container, limit,
    sort: column.text || !table.descending ? "cpu_cores" : column.key };
}

class ProcessesView {
  constructor(root) {
    this.title = "Processes";
    this.hint = element("p", "hint");
    root.append(this.hint);
    const card = element("div", "card table");
    root.append(card);
    this.table = newProcessTable(card, { columns: PROCESS_COLUMNS });
  }

  async load() {
    const { rows, meta } = await getProcesses("processes",
      processQuery(this.table, "", MAX_PROCESSES));
    showProcesses(this.table, { rows, meta });
    setText(this.hint, meta.hidden ? "" : meta.truncated
      ? `The first ${rows.length} in this order; the filter looks at these.`
      : `${rows.length} processes.`);
  }
}

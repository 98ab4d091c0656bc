// SPDX-License-Identifier: GPL-2.0-only
//
// The built-in page. It knows contmond by its HTTP API alone (API.md) and asks
// again one second after the last answer, as long as somebody looks.
//
// Names, images and command names come from inside of containers: they reach
// the document only as text nodes (textContent), never as markup.
"use strict";

const REFRESH_MS = 1000;
const TIMEOUT_MS = 5000;
const MAX_LINES = 12;      // in one chart; more cannot be told apart
const MAX_PROCESSES = 100; // of one container in the lower table
const MAX_BUSIEST = 20;    // of the whole host
const POINTS = 200;        // in one line, about

const $ = (id) => document.getElementById(id);
const state = {
  info: null,         // what /api/v1/info said, null before and after a loss
  selected: null,     // the container whose processes are shown; null: all
  minutes: 5,         // time span of the charts
  coreScale: 1,       // cores at the full width of a CPU bar
  ram: null,          // bytes of the host, the scale where there is no limit
  sample: null, sampleSeen: 0, // time of the newest sample, and when it came
  lastAnswer: 0, timer: 0, running: false, again: false,
};

// --- words and numbers -------------------------------------------------------

const UNKNOWN = "–";
const known = (value) => value !== null && value !== undefined;

function round(value) {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return value.toFixed(digits);
}

function bytes(value) {
  if (!known(value)) return UNKNOWN;
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let i = 0;
  for (; value >= 1023.5 && i < units.length - 1; i++) value /= 1024;
  return `${i && value < 99.95 ? value.toFixed(1) : Math.round(value)} ${units[i]}`;
}

const rate = (value) => known(value) ? `${bytes(value)}/s` : UNKNOWN;
const cores = (value) => known(value) ? round(value) : UNKNOWN;
const count = (value) => known(value) ? String(value) : UNKNOWN;
const percent = (value) => known(value) ? `${value.toFixed(1)} %` : UNKNOWN;

function span(seconds) {
  if (!known(seconds)) return UNKNOWN;
  const s = Math.floor(seconds);
  const [d, h, m] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  if (d) return `${d} d ${h} h`;
  if (h) return `${h} h ${m} min`;
  return m ? `${m} min ${s % 60} s` : `${s} s`;
}

// --- document ----------------------------------------------------------------

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

// Only what changed is touched, so that a selection in the text survives.
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function setShare(node, share) {
  const width = `${Math.min(100, Math.max(0, share * 100)).toFixed(1)}%`;
  if (node.style.width !== width) node.style.width = width;
}

// Each container keeps its colour for as long as the page knows it.
const colours = new Map();

function slotOf(name) {
  if (!colours.has(name)) {
    const used = new Set(colours.values());
    let slot = 0;
    while (used.has(slot)) slot++;
    colours.set(name, slot);
  }
  return colours.get(name);
}

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colourOf = (name) => css(`--line-${slotOf(name) % MAX_LINES}`);

// --- tables ------------------------------------------------------------------

// A column: key, label, text (sorted as text), paint(cell, row) or show(value).
class Table {
  constructor(root, { caption, columns, keyOf, sort, descending, onSort, onPick, empty }) {
    Object.assign(this, { columns, keyOf, sort, descending, onSort, onPick, empty });
    this.cells = new Map();
    this.heads = columns.map((column) => this.head(column));
    this.body = element("tbody");
    this.table = element("table", "", element("caption", "hidden", caption),
      element("thead", "", element("tr", "", ...this.heads)), this.body);
    // Cells are laid out as blocks on a narrow screen; that takes a table its
    // meaning in the accessibility tree unless the roles are spelled out.
    this.table.setAttribute("role", "table");
    this.body.setAttribute("role", "rowgroup");
    this.none = element("p", "none", "Waiting for the first sample.");
    root.append(this.table, this.none);
    this.showSort();
  }

  head(column) {
    const button = element("button", "", column.label);
    const head = element("th", column.text ? "text" : "", button);
    button.type = "button";
    if (column.title) button.title = column.title;
    head.scope = "col";
    head.setAttribute("role", "columnheader");
    button.addEventListener("click", () => {
      const again = this.sort === column.key;
      this.descending = again ? !this.descending : !column.text;
      this.sort = column.key;
      this.showSort();
      this.update(this.rows);
      this.onSort?.();
    });
    return head;
  }

  showSort() {
    this.columns.forEach((column, i) => {
      const order = this.descending ? "descending" : "ascending";
      this.heads[i].setAttribute("aria-sort", column.key === this.sort ? order : "none");
    });
  }

  compare(a, b) {
    const [x, y] = [a[this.sort], b[this.sort]];
    if (!known(x) || !known(y)) return known(y) - known(x); // unknown goes last
    const order = typeof x === "string" ? x.localeCompare(y, "en", { numeric: true }) : x - y;
    return this.descending ? -order : order;
  }

  newRow(key) {
    const row = element("tr");
    row.setAttribute("role", "row");
    for (const column of this.columns) {
      const cell = element("td", `${column.text ? "text " : ""}c-${column.key}`);
      cell.dataset.label = column.label;
      cell.setAttribute("role", "cell");
      row.append(cell);
    }
    if (this.onPick) row.addEventListener("click", () => this.onPick(key));
    return row;
  }

  update(rows) {
    this.rows = rows ?? [];
    const seen = new Set();
    const sorted = [...this.rows].sort((a, b) => this.compare(a, b));
    sorted.forEach((row, i) => {
      const key = this.keyOf(row);
      seen.add(key);
      if (!this.cells.has(key)) this.cells.set(key, this.newRow(key));
      const node = this.cells.get(key);
      this.columns.forEach((column, j) => {
        if (column.paint) column.paint(node.cells[j], row, key);
        else setText(node.cells[j], column.show(row[column.key]));
      });
      if (this.body.rows[i] !== node) this.body.insertBefore(node, this.body.rows[i] ?? null);
    });
    for (const [key, node] of this.cells) {
      if (seen.has(key)) continue;
      node.remove();
      this.cells.delete(key);
    }
    setText(this.none, this.empty);
    this.table.hidden = !sorted.length;
    this.none.hidden = sorted.length > 0;
  }
}

// Text over a bar. level: "", "warn", "bad" or "open" (a share of the host, as
// there is no limit).
function paintBar(cell, text, note, share, level) {
  if (!cell.firstChild)
    cell.append(element("span", "num"), element("small", "note"),
      element("div", "bar", element("i")));
  const [num, small, bar] = cell.children;
  setText(num, text);
  setText(small, note);
  bar.className = `bar ${level}`;
  setShare(bar.firstChild, share);
}

function paintName(cell, row, key) {
  if (!cell.firstChild) {
    const button = element("button", "name", element("i", "dot"), element("span"));
    button.type = "button";
    button.setAttribute("aria-controls", "processes");
    cell.append(button);
  }
  const [dot, text] = cell.firstChild.children;
  dot.style.background = `var(--line-${slotOf(key) % MAX_LINES})`;
  setText(text, row.container);
  const picked = state.selected === key;
  cell.firstChild.setAttribute("aria-expanded", picked);
  cell.firstChild.title = row.id ?? "";
  cell.parentNode.classList.toggle("picked", picked);
}

function paintState(cell, row) {
  if (!cell.firstChild) cell.append(element("span"));
  cell.firstChild.className = `state s-${row.state_code}`;
  setText(cell.firstChild, row.state ?? UNKNOWN);
}

function paintMemory(cell, row) {
  const limit = row.memory_limit_bytes;
  const share = row.memory_current_bytes / (limit ?? state.ram ?? Infinity);
  const level = !known(limit) ? "open" : share > 0.9 ? "bad" : share > 0.75 ? "warn" : "";
  paintBar(cell, bytes(row.memory_current_bytes),
    known(limit) ? `of ${bytes(limit)}` : "no limit", share, level);
}

function paintText(cell, text) {
  setText(cell, text ?? UNKNOWN);
  cell.title = text ?? "";
}

const containerTable = new Table($("container-table"), {
  caption: "Running containers",
  empty: "No container is running. A new one shows up here within a second or two.",
  keyOf: (row) => row.container,
  sort: "container", descending: false,
  onPick: (key) => select(state.selected === key ? null : key),
  columns: [
    { key: "container", label: "Container", text: true, paint: paintName },
    { key: "image", label: "Image", text: true, paint: (cell, row) => paintText(cell, row.image) },
    { key: "state", label: "State", text: true, paint: paintState },
    { key: "cpu_cores", label: "CPU", title: "In cores: 1.00 is one CPU busy", paint: (cell, row) =>
      paintBar(cell, cores(row.cpu_cores), "", (row.cpu_cores ?? 0) / state.coreScale, "") },
    { key: "memory_current_bytes", label: "Memory", title: "memory.current", paint: paintMemory },
    { key: "swap_current_bytes", label: "Swap", show: bytes },
    { key: "read_bytes_per_second", label: "Read", show: rate },
    { key: "write_bytes_per_second", label: "Write", show: rate },
    { key: "processes", label: "Procs", title: "Processes", show: count },
    { key: "uptime_seconds", label: "Uptime", show: span },
  ],
});

const processTable = new Table($("process-table"), {
  caption: "Processes",
  empty: "No processes.",
  keyOf: (row) => `${row.pid} ${row.start_ms}`,
  sort: "cpu_cores", descending: true,
  onSort: () => wake(), // the daemon sorts too: which rows come depends on it
  columns: [
    { key: "pid", label: "PID", show: count },
    { key: "comm", label: "Command", text: true, show: (comm) => comm ?? UNKNOWN },
    { key: "container", label: "Container", text: true, paint: (cell, row) =>
      paintText(cell, row.container) },
    { key: "state", label: "State", text: true, show: (text) => text ?? UNKNOWN },
    { key: "cpu_cores", label: "CPU", title: "In cores: 1.00 is one CPU busy", show: cores },
    { key: "rss_bytes", label: "RSS", title: "Resident memory", show: bytes },
    { key: "rss_percent_of_ram", label: "of RAM", show: percent },
    { key: "vsz_bytes", label: "VSZ", title: "Reserved address space", show: bytes },
    { key: "swap_bytes", label: "Swap", show: bytes },
    { key: "threads", label: "Threads", show: count },
    { key: "uid", label: "UID", show: count },
  ],
});

// --- charts ------------------------------------------------------------------

// Holds the samples of one metric and asks only for what it does not have yet.
class Chart {
  constructor(metric, root, legend, options) {
    Object.assign(this, { metric, root, legend, ...options });
    this.values = new Map(); // container -> Map(time in ms -> value)
    this.names = [];         // those that are drawn
    this.reset();
    new ResizeObserver(() => this.resize()).observe(root);
  }

  reset() {
    this.values.clear();
    this.from = 0;
    this.step = 0;
  }

  async load(now) {
    const interval = state.info.interval_ms;
    const wanted = Math.max(2 * interval,
      Math.ceil(state.minutes * 60000 / POINTS / interval) * interval);
    if (wanted !== this.step) this.reset();
    this.step = wanted;
    this.start = now - state.minutes * 60000;
    const from = Math.max(this.from, Math.floor(this.start / wanted) * wanted);
    const { rows } = await get("series", { metric: this.metric, from, to: now, step: wanted });
    for (const row of rows) {
      if (!this.values.has(row.container)) this.values.set(row.container, new Map());
      this.values.get(row.container).set(row.t, row.v);
      // The newest step is still filling: it is asked for again.
      if (row.t > this.from) this.from = row.t;
    }
    this.forget();
    this.draw(now);
  }

  forget() {
    for (const [name, values] of this.values) {
      for (const t of values.keys()) if (t < this.start) values.delete(t);
      if (!values.size) this.values.delete(name);
    }
  }

  // The highest ones, chosen anew only when containers come or go or every
  // ten seconds: lines that swap places each second cannot be read.
  choose(now) {
    const all = [...this.values.keys()].sort();
    const key = all.join("\n");
    if (key === this.all && now < this.chosenAt + 10000) return false;
    const last = (name) => [...this.values.get(name).values()].at(-1) ?? 0;
    const names = [...all].sort((a, b) => last(b) - last(a)).slice(0, MAX_LINES).sort();
    const changed = key !== this.all || names.join("\n") !== this.names.join("\n");
    Object.assign(this, { all: key, names, left: all.length - names.length, chosenAt: now });
    return changed;
  }

  draw(now) {
    const times = [];
    const first = Math.ceil(this.start / this.step) * this.step;
    for (let t = first; t <= this.from; t += this.step) times.push(t);
    const rebuilt = this.choose(now);
    const data = [times.map((t) => t / 1000), ...this.names.map((name) =>
      times.map((t) => this.values.get(name)?.get(t) ?? null))];
    if (rebuilt || !this.plot) this.build(data);
    else this.plot.setData(data, false);
    this.plot.setScale("x", { min: this.start / 1000, max: now / 1000 });
    this.showLegend();
  }

  build(data) {
    this.plot?.destroy();
    const axis = {
      stroke: () => css("--muted"), font: "12px system-ui, sans-serif",
      grid: { stroke: () => css("--grid"), width: 1 }, ticks: { show: false },
    };
    this.plot = new uPlot({
      ...this.size(),
      cursor: { y: false, points: { size: 7 }, sync: { key: "contmon" }, drag: { x: false } },
      legend: { show: false },
      padding: [8, 18, 0, 0],
      scales: { x: { time: true }, y: { range: (_, min, max) =>
        [0, Math.max(this.least, (max ?? 0) * 1.08)] } },
      axes: [
        { ...axis, size: 30, space: 70, values: (_, splits) => splits.map((s) => clock(s, s % 60 !== 0)) },
        { ...axis, size: 62, incrs: this.incrs, space: 36,
          values: (_, splits) => splits.map((v) => this.format(v)) },
      ],
      series: [{}, ...this.names.map((name) => ({
        label: name, stroke: () => colourOf(name), width: 1.75, points: { show: false },
        dash: slotOf(name) >= MAX_LINES ? [6, 3] : undefined,
      }))],
      hooks: { setCursor: [() => this.showLegend()] },
    }, data, this.root);
    this.legend.replaceChildren(...this.names.map((name, i) => this.entry(name, i + 1)),
      ...this.left ? [element("li", "more", `and ${this.left} lower ones`)] : []);
    this.root.setAttribute("aria-label", `${this.title} of ${this.names.length} containers over `
      + `the last ${state.minutes} minutes; the table below has the present values`);
  }

  entry(name, i) {
    const dot = element("i", "dot");
    dot.style.background = `var(--line-${slotOf(name) % MAX_LINES})`;
    const button = element("button", "", dot, element("span", "", name), element("b"));
    button.type = "button";
    button.title = "Show or hide this line";
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      const show = !this.plot.series[i].show;
      button.setAttribute("aria-pressed", show);
      this.plot.setSeries(i, { show });
    });
    for (const [event, on] of [["mouseenter", 1], ["focus", 1], ["mouseleave", 0], ["blur", 0]])
      button.addEventListener(event, () => this.emphasise(on ? i : 0));
    return element("li", "", button);
  }

  emphasise(i) {
    this.plot.series.forEach((line, j) => {
      if (j) line.alpha = !i || i === j ? 1 : 0.2;
    });
    this.plot.redraw(false);
  }

  // Values under the cursor, else the newest ones.
  showLegend() {
    if (!this.plot) return;
    const data = this.plot.data;
    const at = this.plot.cursor.idx ?? data[0].length - 1;
    this.names.forEach((name, i) => {
      const value = this.legend.children[i]?.querySelector("b");
      if (value) setText(value, this.format(data[i + 1]?.[at] ?? null));
    });
  }

  size() {
    return { width: Math.max(200, this.root.clientWidth), height: 220 };
  }

  resize() {
    if (this.plot && this.plot.width !== this.root.clientWidth) this.plot.setSize(this.size());
  }
}

function clock(seconds, exact) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB",
    { hour: "2-digit", minute: "2-digit", ...exact && { second: "2-digit" } });
}

const charts = [
  new Chart("cpu_cores", $("chart-cpu"), $("legend-cpu"),
    { title: "CPU", format: cores, least: 0.1 }),
  new Chart("memory_current_bytes", $("chart-memory"), $("legend-memory"),
    { title: "Memory", format: bytes, least: 1 << 20,
      incrs: Array.from({ length: 40 }, (_, i) => 2 ** (i + 10)) }),
];

// --- the parts of the page ---------------------------------------------------

function showHealth(health) {
  // By our own clock: the daemon's may be another machine's.
  if (health.last_sample_ms !== state.sample) {
    state.sample = health.last_sample_ms;
    state.sampleSeen = performance.now();
  }
  const age = performance.now() - state.sampleSeen;
  const stale = age > 3 * state.info.interval_ms + 2000;
  const status = stale && health.status === "ok" ? "degraded" : health.status;
  const reason = health.reason ?? (stale ? `no new sample for ${span(age / 1000)}` : null);
  $("health").className = `chip ${status}`;
  setText($("health"), reason ? `${status}: ${reason}` : status);
  $("source").hidden = false;
  setText($("source"), known(health.source) ? `source: ${health.source}` : "no driver");
}

function showHost(system) {
  const text = (value, digits = 0) => known(value) ? value.toFixed(digits) : UNKNOWN;
  const part = (name) => system[`cpu_${name}_percent`];
  const busy = system.cpu_percent;
  const user = known(busy) ? part("user") + part("nice") : null;
  // Interrupts and what the hypervisor took: work too, but nobody's here.
  const other = known(busy) ? Math.max(0, busy - user - part("system")) : null;
  setText($("cpu"), percent(busy));
  setText($("cpu-of"), `of ${system.nr_cpus} CPUs`);
  setText($("cpu-sub"), `user ${text(user)}, system ${text(part("system"))}, `
    + `other ${text(other)}, wait ${text(part("iowait"))} %`);
  [user, part("system"), other, part("iowait")].forEach((share, i) =>
    setShare($("cpu-bar").children[i], (share ?? 0) / 100));
  setText($("memory"), bytes(system.ram_used_bytes));
  setText($("memory-of"), `of ${bytes(system.ram_total_bytes)}`);
  setText($("memory-sub"), `swap ${bytes(system.swap_used_bytes)} of ${bytes(system.swap_total_bytes)}`);
  setShare($("memory-bar").firstChild, (system.ram_used_percent ?? 0) / 100);
  setText($("tasks"), count(system.processes));
  setText($("tasks-sub"), `${count(system.threads)} threads, ${count(system.processes_running)} running`);
  setText($("load"), text(system.load1, 2));
  setText($("load-sub"), `5 min ${text(system.load5, 2)}, 15 min ${text(system.load15, 2)}`);
}

function showContainers(rows) {
  const busiest = Math.max(0, ...rows.map((row) => row.cpu_cores ?? 0));
  state.coreScale = Math.max(1, Math.ceil(busiest));
  const states = {};
  for (const row of rows) states[row.state] = (states[row.state] ?? 0) + 1;
  setText($("containers"), String(rows.length));
  setText($("containers-sub"), Object.entries(states).map(([name, n]) => `${n} ${name}`).join(", ")
    || "none running");
  containerTable.update(rows);
}

function showProcesses({ rows, meta }, containers) {
  const name = state.selected;
  setText($("processes-title"), name === null ? "Processes of this host" : `Processes in ${name}`);
  setText($("processes-hint"),
    name !== null && !containers.some((row) => row.container === name) ? "this container has ended"
      : meta.truncated || rows.length === processQuery().limit ? `the first ${rows.length} in this order`
        : `${rows.length} in all`);
  $("show-all").hidden = state.selected === null;
  $("process-table").classList.toggle("one", state.selected !== null);
  processTable.update(rows);
}

function select(name) {
  state.selected = name;
  processTable.update([]);
  containerTable.update(containerTable.rows);
  wake();
  if (name !== null) $("processes").scrollIntoView({ block: "nearest" });
}

// --- the daemon --------------------------------------------------------------

class Refused extends Error {} // contmond answered, but not with data
class Silent extends Error {}  // it did not answer, or not in time

async function get(path, query = {}) {
  const url = `api/v1/${path}?${new URLSearchParams(query)}`;
  const options = { signal: AbortSignal.timeout(TIMEOUT_MS), cache: "no-store" };
  const silent = (cause) => { throw new Silent(url, { cause }); };
  const answer = await fetch(url, options).catch(silent);
  if (!answer.ok) throw new Refused(`${answer.status} ${answer.statusText}`);
  return answer.json().catch(silent);
}

function processQuery() {
  const column = processTable.columns.find(({ key }) => key === processTable.sort);
  return {
    container: state.selected ?? "",
    limit: state.selected === null ? MAX_BUSIEST : MAX_PROCESSES,
    sort: column.text || !processTable.descending ? "cpu_cores" : column.key,
  };
}

async function refresh() {
  if (!state.info) {
    [state.info] = (await get("info")).rows;
    setText($("host"), state.info.host);
    document.title = `${state.info.host} – contmon`;
    setText($("about"), `contmon ${state.info.version}, Linux ${state.info.kernel}`
      + (state.info.driver_release ? `, driver ${state.info.driver_release}` : ""));
  }
  const [health] = (await get("health")).rows;
  showHealth(health);
  if (!known(health.last_sample_ms)) return; // nothing sampled yet
  const [system, containers, processes] = await Promise.all([
    get("system"), get("containers"), get("processes", processQuery()),
  ]);
  state.ram = system.rows[0].ram_total_bytes;
  showHost(system.rows[0]);
  showContainers(containers.rows);
  showProcesses(processes, containers.rows);
  // By the clock of the daemon: the browser's may be another machine's.
  const now = system.rows[0].t + state.info.interval_ms;
  await Promise.all(charts.map((chart) => chart.load(now)));
  forgetColours(containers.rows);
}

function forgetColours(rows) {
  const alive = new Set(rows.map((row) => row.container));
  for (const name of colours.keys())
    if (!alive.has(name) && !charts.some((chart) => chart.values.has(name))) colours.delete(name);
}

function showLost(error) {
  const lost = $("lost");
  document.body.classList.toggle("is-lost", error !== null);
  lost.hidden = error === null;
  if (error === null) return;
  // A time, not an age: an alert that changes each second is read out each second.
  const since = state.lastAnswer ? ` The last answer came at ${clock(state.lastAnswer / 1000, true)}.` : "";
  setText(lost, error instanceof Refused
    ? `contmond refused: ${error.message}.${since}`
    : `Connection lost: contmond does not answer.${since} Trying again.`);
  $("health").className = "chip lost";
  setText($("health"), "connection lost");
  state.info = null; // another version may come back
}

async function tick() {
  state.running = true;
  clearTimeout(state.timer);
  state.again = false;
  try {
    await refresh();
    state.lastAnswer = Date.now();
    showLost(null);
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Silent)) throw error;
    showLost(error);
  } finally {
    state.running = false;
    if (!document.hidden) state.timer = setTimeout(tick, state.again ? 0 : REFRESH_MS);
  }
}

// Now instead of at the next second; not twice at once.
function wake() {
  if (state.running) state.again = true;
  else tick();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(state.timer);
  else wake();
});
for (const input of document.querySelectorAll("input[name=range]"))
  input.addEventListener("change", () => {
    state.minutes = Number(input.value);
    for (const chart of charts) chart.all = null;
    wake();
  });
$("show-all").addEventListener("click", () => select(null));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  charts.forEach((chart) => chart.plot?.redraw(false)));
tick();

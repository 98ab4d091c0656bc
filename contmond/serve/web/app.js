// SPDX-License-Identifier: GPL-2.0-only
//
// The built-in page. It uses only contmond's HTTP API (API.md), and updates one
// second after the last answer, as long as the page is visible.
//
// Names, images and command names come from inside containers: they are
// inserted into the document only as text nodes (textContent), never as markup.

const REFRESH_MS = 1000;
const TIMEOUT_MS = 5000;
const MAX_PROCESSES = 100; // of one container in the lower table
const MAX_BUSIEST = 20;    // of the whole host
const MAX_EVENTS = 30;     // and as many containers that ended

const state = {
  info: null,         // answer of /api/v1/info, null while there is no connection
  selected: null,     // the container whose processes are shown; null: all
  minutes: 5,         // time span of the charts
  coreScale: 1,       // cores at the full width of a CPU bar
  ram: null,          // bytes of the host, the scale for containers without a limit
  sample: null, sampleSeen: 0, // time of the newest sample, and when it came
  lastAnswer: 0, timer: 0, running: false, again: false,
};

// --- tables ------------------------------------------------------------------

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
  const share = known(limit) ? row.memory_limit_percent / 100
    : row.memory_current_bytes / (state.ram ?? Infinity);
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
  empty: "No container is running. A new one appears here within a second or two.",
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
    { key: "network_receive_bytes_per_second", label: "Received", title: "From the network", show: rate },
    { key: "network_transmit_bytes_per_second", label: "Sent", title: "To the network", show: rate },
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

const EVENTS = {
  container_started: "started", container_ended: "ended", oom_killed: "OOM kill",
};

const eventTable = new Table($("event-table"), {
  caption: "Events",
  empty: "Nothing has happened since contmond began to remember.",
  keyOf: (row) => row.seq,
  sort: "t", descending: true,
  columns: [
    { key: "t", label: "Time", text: true, show: moment },
    { key: "kind", label: "Event", text: true, show: (kind) => EVENTS[kind] ?? kind },
    { key: "container", label: "Container", text: true, paint: (cell, row) =>
      paintText(cell, row.container) },
    { key: "comm", label: "Process", text: true, show: (comm) => comm ?? UNKNOWN },
    { key: "pid", label: "PID", show: count },
  ],
});

const endedTable = new Table($("ended-table"), {
  caption: "Ended containers",
  empty: "No container has ended since contmond began to remember.",
  keyOf: (row) => `${row.cgroup} ${row.ended_ms}`,
  sort: "ended_ms", descending: true,
  columns: [
    { key: "ended_ms", label: "Ended", text: true, show: moment },
    { key: "container", label: "Container", text: true, paint: (cell, row) =>
      paintText(cell, row.container) },
    { key: "image", label: "Image", text: true, paint: (cell, row) => paintText(cell, row.image) },
    { key: "lifetime_seconds", label: "Lived", show: span },
    { key: "exit_code", label: "Exit code", show: count },
    { key: "oom_killed", label: "OOM", title: "Ended by the OOM killer", text: true,
      show: (oom) => !known(oom) ? UNKNOWN : oom ? "yes" : "no" },
    { key: "cpu_seconds_total", label: "CPU", title: "CPU time, all in all",
      show: (seconds) => known(seconds) ? `${round(seconds)} s` : UNKNOWN },
    { key: "memory_peak_bytes", label: "Peak memory", show: bytes },
  ],
});

// --- charts ------------------------------------------------------------------

const charts = [
  new Chart("cpu_cores", $("chart-cpu"), $("legend-cpu"),
    { title: "CPU", format: cores, least: 0.1 }),
  new Chart("memory_current_bytes", $("chart-memory"), $("legend-memory"),
    { title: "Memory", format: bytes, least: 1 << 20,
      incrs: Array.from({ length: 40 }, (_, i) => 2 ** (i + 10)) }),
];

// --- the parts of the page ---------------------------------------------------

function showHealth(health) {
  // By the browser's clock: the daemon may run on another machine.
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
  setText($("source"), `source: ${health.source ?? "none"}`);
  $("source").title = known(health.source_lacks)
    ? `This source does not know: ${health.source_lacks}.` : "";
  showPolicy(health);
}

function showPolicy(health) {
  const rules = health.policy_rules === 1 ? "1 rule" : `${health.policy_rules} rules`;
  $("policy").hidden = health.policy === "off" && !known(health.policy_error);
  $("policy").className = known(health.policy_error) ? "chip degraded" : "chip";
  setText($("policy"), health.policy === "off" ? "policy: off"
    : `policy: ${rules}, ${health.policy}`);
  $("policy").title = health.policy_error ?? "";
}

function showHost(system) {
  const text = (value, digits = 0) => known(value) ? value.toFixed(digits) : UNKNOWN;
  const part = (name) => system[`cpu_${name}_percent`];
  const busy = system.cpu_percent;
  const user = known(busy) ? part("user") + part("nice") : null;
  // Interrupts, and what the hypervisor took: busy time of no process here.
  const other = known(busy) ? Math.max(0, busy - user - part("system")) : null;
  setText($("cpu"), percent(busy));
  setText($("cpu-of"), `of ${system.nr_cpus} CPUs`);
  setText($("cpu-sub"), `user ${text(user)}, system ${text(part("system"))}, `
    + `other ${text(other)}, wait ${text(part("iowait"))} %`);
  [user, part("system"), other, part("iowait")].forEach((share, i) =>
    setShare($("cpu-bar").children[i], (share ?? 0) / 100));
  setText($("memory"), bytes(system.ram_used_bytes));
  setText($("memory-of"), `of ${bytes(system.ram_total_bytes)}`);
  setText($("memory-sub"),
    `swap ${bytes(system.swap_used_bytes)} of ${bytes(system.swap_total_bytes)}`);
  setShare($("memory-bar").firstChild, (system.ram_used_percent ?? 0) / 100);
  setText($("tasks"), count(system.processes));
  setText($("tasks-sub"),
    `${count(system.threads)} threads, ${count(system.processes_running)} running`);
  setText($("load"), text(system.load1, 2));
  setText($("load-sub"), `5 min ${text(system.load5, 2)}, 15 min ${text(system.load15, 2)}`);
}

function showContainers(rows) {
  const busiest = Math.max(0, ...rows.map((row) => row.cpu_cores ?? 0));
  state.coreScale = Math.max(1, Math.ceil(busiest));
  const states = {};
  for (const { state: name } of rows) {
    states[name ?? "new"] = (states[name ?? "new"] ?? 0) + 1;
  }
  setText($("containers"), String(rows.length));
  setText($("containers-sub"), Object.entries(states).map(([name, n]) => `${n} ${name}`).join(", ")
    || "none running");
  containerTable.update(rows);
}

function showProcesses({ rows, meta }, containers) {
  const name = state.selected;
  setText($("processes-title"), name === null ? "Processes of this host" : `Processes in ${name}`);
  const ended = name !== null && !containers.some((row) => row.container === name);
  const more = meta.truncated || rows.length === processQuery().limit;
  setText($("processes-hint"), ended ? "this container has ended"
    : more ? `the first ${rows.length} in this order` : `${rows.length} in all`);
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
  const refused = () => new Refused(`${answer.status} ${answer.statusText}`);
  // Health of a degraded contmond has rows and status 503.
  if (!answer.ok && path !== "health") throw refused();
  const body = await answer.json().catch(silent);
  if (!body.rows) throw refused();
  return body;
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
  const limit = { limit: MAX_EVENTS };
  const [system, containers, processes, events, ended] = await Promise.all([
    get("system"), get("containers"), get("processes", processQuery()),
    get("events", limit), get("containers/ended", limit),
  ]);
  state.ram = system.rows[0].ram_total_bytes;
  showHost(system.rows[0]);
  showContainers(containers.rows);
  showProcesses(processes, containers.rows);
  eventTable.update(events.rows);
  endedTable.update(ended.rows);
  // By the clock of the daemon: the browser's may be on another machine.
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
  // A time, not an age: an alert that changes each second would be read out
  // each second.
  const since = state.lastAnswer
    ? ` The last answer came at ${clock(state.lastAnswer / 1000, true)}.` : "";
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

// Updates now instead of at the next second, but not twice at once.
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

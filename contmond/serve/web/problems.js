// SPDX-License-Identifier: GPL-2.0-only
//
// What is wrong now, in sentences.

const OOM_MS = 3600000;     // how long an OOM kill stays in the list
const RESTART_MS = 600000;  // a container that starts often in this time
const RESTARTS = 3;
const COMPARE_MS = 20000;   // totals are compared over 20 to 40 s
const ASK_MS = 5000;        // events and decisions are requested so often

// One sentence for each container; it is as bad as the worst in it.
function together(found) {
  const all = new Map();
  for (const problem of found) {
    const key = problem.container ?? problem.text;
    const first = all.get(key);
    if (!first) all.set(key, { ...problem });
    else Object.assign(first, { text: `${first.text}; ${problem.text}`, at: first.at ?? problem.at,
      level: [first.level, problem.level].includes("bad") ? "bad" : "warn" });
  }
  return [...all.values()].sort((a, b) => (a.level === "warn") - (b.level === "warn"));
}

class Problems {
  constructor(root) {
    this.list = element("ul", "problems");
    this.none = element("p", "fine", "Nothing needs attention.");
    this.none.title = "Looked at: limits of memory and tasks, throttling, pressure, OOM kills, "
      + "restarts, health checks, the host's memory, contmond itself and its targets.";
    root.append(this.list, this.none);
    this.marks = new Map(); // container -> an older row and a newer one
    this.askedAt = -Infinity;
    [this.events, this.pending] = [[], []];
  }

  // targets: what is wrong with them
  async load(health, system, rows, targets) {
    if (performance.now() - this.askedAt >= ASK_MS) {
      this.askedAt = performance.now();
      const from = Math.max(0, system.t - OOM_MS);
      [this.events, this.pending] = await Promise.all([
        get("events", { kind: "oom_killed,container_started", from, limit: 2000 })
          .then((answer) => answer.rows),
        health.policy && health.policy !== "off"
          ? get("policy/pending").then((answer) => answer.rows) : [],
      ]);
    }
    this.show(together([...this.ofContmond(health, rows), ...this.ofHost(system),
      ...this.ofEvents(system.t), ...rows.flatMap((row) => this.ofContainer(row)),
      ...this.ofPolicies(), ...targets]));
    const alive = new Set(rows.map((row) => row.container));
    for (const name of this.marks.keys()) if (!alive.has(name)) this.marks.delete(name);
  }

  // A host may have no engine. It has one if Docker runs a container: then contmon-engine itself
  // may be missing.
  ofContmond(health, rows) {
    const found = [];
    if (health.status !== "ok") found.push(["bad", `contmond is ${health.status}: ${health.reason}`]);
    if (known(health.store_reason)) found.push(["bad", `The past is not kept: ${health.store_reason}`]);
    if (known(health.policy_error))
      found.push(["warn", `The newest policies are not in use: ${health.policy_error}`]);
    if (health.engine === "disconnected"
      || (health.engine === "none" && rows.some((row) => row.runtime === "docker")))
      found.push(["warn", "No container engine answers, so new containers have no names"]);
    return found.map(([level, text]) => ({ level, text }));
  }

  ofHost(system) {
    const left = system.ram_available_bytes;
    if (!known(left) || left > 0.1 * system.ram_total_bytes) return [];
    return [{ level: left < 0.05 * system.ram_total_bytes ? "bad" : "warn",
      text: `The host has ${bytes(left)} of memory left` }];
  }

  ofEvents(now) {
    const kills = new Map(), starts = new Map();
    for (const event of this.events) {
      const into = event.kind === "oom_killed" ? kills : starts;
      if (into === starts && event.t < now - RESTART_MS) continue;
      const key = event.container ?? "host";
      into.set(key, [...into.get(key) ?? [], event]);
    }
    const found = [];
    for (const [container, all] of kills)
      found.push({ level: "bad", container, at: all[0].t, text: `the OOM killer ended `
        + `${all.length === 1 ? words(all[0].comm) : `${all.length} processes, last ${words(all[0].comm)},`}`
        + ` at ${clock(all[0].t / 1000)}` });
    for (const [container, all] of starts)
      if (all.length >= RESTARTS) found.push({ level: "warn", container, at: all[0].t,
        text: `started ${all.length} times in ${span(RESTART_MS / 1000)}` });
    return found;
  }

  // The share of a counter in another one, or in time, over the last half minute
  grown(row, key, whole) {
    const before = this.marks.get(row.container)?.[0];
    if (!before || !known(row[key]) || !known(before[key])) return 0;
    const all = whole ? row[whole] - before[whole] : (row.t - before.t) / 1000;
    return all > 0 ? (row[key] - before[key]) / all : 0;
  }

  mark(row) {
    const marks = this.marks.get(row.container);
    if (!marks) this.marks.set(row.container, [row, row]);
    else if (row.t - marks[1].t > COMPARE_MS) this.marks.set(row.container, [marks[1], row]);
  }

  ofContainer(row) {
    if (!known(row.t)) return [];
    const found = [];
    const memory = row.memory_limit_percent ?? 0;
    const add = (level, text) => found.push({ level, text, container: row.container });
    const shared = known(row.memory_limit_owner) && row.memory_limit_owner !== row.cgroup
      ? ` of ${row.memory_limit_owner}` : "";
    if (memory >= 90) add(memory >= 97 ? "bad" : "warn", `uses ${memory.toFixed(0)} % of the memory `
      + `limit${shared}, ${bytes(row.memory_limit_bytes)}`);
    const tasks = (row.pids_current ?? 0) / (row.pids_limit ?? Infinity);
    if (tasks >= 0.9) add("warn", `has ${row.pids_current} of ${row.pids_limit} tasks`);
    const throttled = this.grown(row, "cpu_throttled_periods_total", "cpu_periods_total");
    if (throttled >= 0.25) add("warn", `was throttled in ${(100 * throttled).toFixed(0)} % of its periods`);
    for (const [what, least] of [["memory", 0.1], ["io", 0.3]]) {
      const waited = this.grown(row, `psi_${what}_full_seconds_total`);
      if (waited >= least) add("warn", `waited for ${what === "io" ? "IO" : what} `
        + `${(100 * waited).toFixed(0)} % of the time`);
    }
    if (row.health === "unhealthy") add("bad", "fails its health check");
    this.mark(row);
    return found;
  }

  ofPolicies() {
    return this.pending.map((row) => ({ level: "warn", container: row.container,
      text: `policy ${row.rule}: ${row.action}, ${row.state}`
        + `${known(row.acts_ms) ? ` until ${clock(row.acts_ms / 1000, true)}` : ""}`
        + `${row.dry_run ? " (dry run)" : ""}` }));
  }

  show(found) {
    this.none.hidden = found.length > 0;
    found.forEach((problem, i) => this.paint(problem, i));
    while (this.list.children.length > found.length) this.list.lastChild.remove();
  }

  paint({ level, text, container, at }, i) {
    const item = this.list.children[i] ?? this.list.appendChild(
      element("li", "", element("p", "", element("a"), " ", element("span"))));
    const [link, rest] = item.firstChild.children;
    item.className = level;
    link.hidden = !known(container);
    if (known(container)) {
      setText(link, container);
      const place = container === "host" ? placeOf("overview") : placeOf("container", container);
      link.href = addressOf({ ...place, ...known(at) && { at, from: at - 150000, to: at + 150000 } });
    }
    setText(rest, text);
  }
}

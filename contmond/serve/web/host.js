// SPDX-License-Identifier: GPL-2.0-only
//
// The host: the tiles at the top of the overview.

class HostTiles {
  constructor() {
    this.cpu = new Series("system_cpu_percent");
    this.memory = new Series("system_ram_used_percent");
  }

  show(system) {
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

  showContainers(rows) {
    const states = {};
    for (const { state } of rows) states[state ?? "new"] = (states[state ?? "new"] ?? 0) + 1;
    setText($("containers"), String(rows.length));
    setText($("containers-sub"), Object.entries(states).map(([name, n]) => `${n} ${name}`)
      .join(", ") || "none running");
  }

  async loadPast(frame) {
    await Promise.all([this.cpu.load(frame), this.memory.load(frame)]);
    paintSpark($("cpu-past"), this.cpu, "host", frame, 100);
    paintSpark($("memory-past"), this.memory, "host", frame, 100);
  }
}

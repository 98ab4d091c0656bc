// SPDX-License-Identifier: GPL-2.0-only
//
// What happened at a moment of the past: the busiest processes and commands, and
// events.

const AROUND_MS = 30000; // events from so long before to so long after

class Moment {
  constructor(root) {
    this.root = root;
    this.heading = element("h2");
    this.hint = element("p", "hint");
    const close = element("button", "plain", "Close");
    close.type = "button";
    close.addEventListener("click", () => adjustAndShow({ at: null }));
    const part = (name, title, unit = "") => element("div", name,
      element("h3", "", title, " ", element("small", "", unit)), element("div", "card table"));
    const processes = part("processes", "Busiest processes");
    const commands = part("commands", "CPU by command", "cores");
    const events = part("events", "Events around it");
    root.append(element("div", "bar-title", this.heading, this.hint, close),
      element("div", "pair", processes, commands), events);
    this.processes = newProcessTable(processes.lastChild, {
      caption: "The busiest processes at this moment",
      empty: "No processes were recorded at this moment.",
      columns: ["comm", "container", "cpu_cores", "rss_bytes", "pid"].map((key) =>
        PROCESS_COLUMNS.find((column) => column.key === key)),
    });
    this.commands = newCommandTable(commands.lastChild,
      ["comm", "container", "cpu_cores", "cpu_living_cores", "cpu_exited_cores"],
      { empty: "No command used CPU.", keyOf: (row) => `${row.container} ${row.comm}` });
    this.events = newEventTable(events.lastChild, "No event within half a minute of it.");
  }

  // now is the daemon's
  async load(container, now) {
    this.root.hidden = view.at === null;
    const key = view.at === null ? null : `${view.at} ${container}`;
    const isNew = key !== this.key;
    if (key === null) this.key = null;
    // The past does not change, but what is around the moment may not be over.
    if (key === null || (!isNew && this.over)) return;
    const over = view.at + AROUND_MS < now;
    const [past, commands, events] = await Promise.all([
      getProcesses("processes/past", { at: view.at, container }),
      getProcesses("commands/past", { at: view.at, container }),
      getEvents({ from: Math.max(0, view.at - AROUND_MS), to: view.at + AROUND_MS, limit: 100,
        container }),
    ]);
    Object.assign(this, { key, over });
    setText(this.heading, `At ${moment(view.at)}`);
    const width = past.meta.width_ms;
    setText(this.hint, past.meta.hidden ? "" : !known(past.meta.t) ? "nothing was recorded"
      : width ? `the busiest of the ${span(width / 1000)} from ${moment(past.meta.t)}`
        : `the sample of ${moment(past.meta.t)}`);
    showProcesses(this.processes, past);
    if (!commands.meta.known)
      commands.meta.hidden ??= "CPU by command is not kept of this moment";
    showProcesses(this.commands, commands);
    this.events.update(events);
    if (isNew) this.root.scrollIntoView({ block: "nearest" });
  }
}

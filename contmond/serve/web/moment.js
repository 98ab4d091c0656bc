// SPDX-License-Identifier: GPL-2.0-only
//
// What happened at a moment of the past: the busiest processes, and events.

const AROUND_MS = 30000; // events from so long before to so long after

class Moment {
  constructor(root) {
    this.root = root;
    this.heading = element("h2");
    this.hint = element("p", "hint");
    const close = element("button", "plain", "Close");
    close.type = "button";
    close.addEventListener("click", () => adjustAndShow({ at: null }));
    const [processes, events] = [element("div", "card table"), element("div", "card table")];
    root.append(element("div", "bar-title", this.heading, this.hint, close),
      element("div", "pair", processes, events));
    this.processes = newProcessTable(processes, {
      caption: "The busiest processes at this moment",
      empty: "No processes were recorded at this moment.",
      columns: ["comm", "container", "cpu_cores", "rss_bytes", "pid"].map((key) =>
        PROCESS_COLUMNS.find((column) => column.key === key)),
    });
    this.events = newEventTable(events, "No event within half a minute of it.");
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
    const [past, events] = await Promise.all([
      getProcesses("processes/past", { at: view.at, container }),
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
    this.events.update(events);
    if (isNew) this.root.scrollIntoView({ block: "nearest" });
  }
}

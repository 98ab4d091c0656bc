// SPDX-License-Identifier: GPL-2.0-only
//
// One metric over time, for some containers or for all.

// Keeps the rows and requests only those that are missing.
class Series {
  constructor(metric, aggregate = "mean") {
    Object.assign(this, { metric, aggregate });
    this.values = new Map(); // container -> Map(time in ms -> value)
    this.reset();
  }

  reset() {
    this.values.clear();
    this.first = this.last = 0; // the steps that are here
    this.step = 0;
    this.names = this.loaded = undefined;
  }

  // frame: from, to, step in ms. names: the containers, or undefined for all.
  async load(frame, names) {
    const first = Math.floor(frame.from / frame.step) * frame.step;
    const key = names?.join(",");
    if (frame.step !== this.step || key !== this.names || first < this.first
        || first > this.last || frame.to < this.last) this.reset();
    // The past does not change.
    if (frame.past && this.loaded === frame.to) return;
    Object.assign(this, { step: frame.step, names: key, first });
    // The newest step may not be complete, so it is requested again.
    const from = Math.max(this.last, first);
    const answer = await getSeries({ metric: this.metric, from, to: Math.ceil(frame.to),
      step: frame.step, ...key !== undefined && { container: key },
      ...this.aggregate !== "mean" && { aggregate: this.aggregate } });
    for (const row of answer?.rows ?? []) {
      if (!this.values.has(row.container)) this.values.set(row.container, new Map());
      this.values.get(row.container).set(row.t, row.v);
      if (row.t > this.last) this.last = row.t;
    }
    this.loaded = frame.to;
    this.forget(first);
  }

  forget(first) {
    for (const [name, values] of this.values) {
      for (const t of values.keys()) if (t < first) values.delete(t);
      if (!values.size) this.values.delete(name);
    }
  }

  meanOf(name) {
    const all = [...this.values.get(name)?.values() ?? []].filter(known);
    return all.length ? all.reduce((a, b) => a + b) / all.length : 0;
  }
}

// A total per second: the difference between a step and the one before. null
// where the total began anew. The newest step may not be complete.
function perSecond(values) {
  const rates = new Map();
  let before = null;
  for (const [t, v] of [...values ?? []].slice(0, -1)) {
    if (before && known(v) && known(before.v))
      rates.set(t, v < before.v ? null : (v - before.v) / ((t - before.t) / 1000));
    before = { t, v };
  }
  return rates;
}

function scaled(values, factor) {
  return new Map([...values ?? []].map(([t, v]) => [t, known(v) ? v * factor : null]));
}

// The frame of a chart with about so many points, in steps of whole samples.
// past: it has nothing left to come, as its last step ended before now.
function frameOf(now, interval, points) {
  const { from, to } = shownTime(now);
  const step = Math.max(2 * interval, Math.ceil((to - from) / points / interval) * interval);
  return { from, to, step, past: view.from !== null && to + step <= now };
}

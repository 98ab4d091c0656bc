// SPDX-License-Identifier: GPL-2.0-only
//
// Lines of one metric, a colour for each container.

const MAX_LINES = 12; // in one chart; more look alike
const POINTS = 200;   // in one line, about

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

// Keeps the samples of one metric and requests only those that are missing.
class Chart {
  constructor(metric, root, legend, options) {
    Object.assign(this, { metric, root, legend, ...options });
    this.values = new Map(); // container -> Map(time in ms -> value)
    this.names = [];         // those that have a line
    this.hidden = new Set(); // those of them whose line is hidden
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
      // The newest step is not complete yet, so it is requested again.
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

  // The highest ones, selected again only when containers start or end or every
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
        { ...axis, size: 30, space: 70,
          values: (_, splits) => splits.map((s) =>
            state.minutes > 1440 ? day(s) : clock(s, s % 60 !== 0)) },
        { ...axis, size: 62, incrs: this.incrs, space: 36,
          values: (_, splits) => splits.map((v) => this.format(v)) },
      ],
      series: [{}, ...this.names.map((name) => ({
        label: name, stroke: () => colourOf(name), width: 1.75,
        // A line needs two points; until then a single point is drawn.
        points: { show: (plot, i) => plot.data[i].filter(known).length < 2 },
        show: !this.hidden.has(name),
        dash: slotOf(name) >= MAX_LINES ? [6, 3] : undefined,
      }))],
      hooks: { setCursor: [() => this.showLegend()] },
    }, data, this.root);
    this.legend.replaceChildren(...this.names.map((name, i) => this.entry(name, i + 1)),
      ...this.left ? [element("li", "more", `and ${this.left} lower ones`)] : []);
    this.root.setAttribute("aria-label", `${this.title} of ${this.names.length} containers over `
      + `the last ${span(state.minutes * 60)}; the table below has the present values`);
  }

  entry(name, i) {
    const dot = element("i", "dot");
    dot.style.background = `var(--line-${slotOf(name) % MAX_LINES})`;
    const button = element("button", "", dot, element("span", "", name), element("b"));
    button.type = "button";
    button.title = "Show or hide this line";
    button.setAttribute("aria-pressed", !this.hidden.has(name));
    button.addEventListener("click", () => {
      const show = this.hidden.delete(name) || !this.hidden.add(name);
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

  // Values at the cursor, else the newest ones.
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

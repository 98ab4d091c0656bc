// SPDX-License-Identifier: GPL-2.0-only
//
// Lines over time. A click names the moment, dragging chooses a part of time;
// from the keyboard, arrow keys and Enter do the same.

const MAX_LINES = 12; // in one chart; more look alike
const POINTS = 200;   // in one line, about
const KEY_STEPS = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10,
  Home: -Infinity, End: Infinity };
const BYTE_STEPS = Array.from({ length: 40 }, (_, i) => 2 ** (i + 10));

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

// options: title, format(value), least (the least height of the scale), incrs
class Chart {
  constructor(root, options) {
    Object.assign(this, options);
    this.hidden = new Set(); // labels of hidden lines
    this.plotRoot = element("div", "plot");
    // What screen readers know as a thing whose value arrow keys change
    this.plotRoot.setAttribute("role", "slider");
    this.plotRoot.tabIndex = 0;
    this.plotRoot.addEventListener("keydown", (event) => this.press(event));
    this.plotRoot.addEventListener("blur", () => this.leave());
    // The times that keys have chosen, in ms: where it is, and where Shift began
    this.keyAt = this.keyFrom = null;
    this.legend = element("ul", "legend");
    root.append(element("h3", "", options.title, " ", element("small", "", options.unit)),
      this.plotRoot, this.legend);
    new ResizeObserver(() => this.resize()).observe(this.plotRoot);
  }

  // lines: label, slot (of the colour), values (Map of time -> value), dash
  draw(frame, lines, note = "") {
    const times = [];
    for (let t = Math.ceil(frame.from / frame.step) * frame.step; t <= frame.to; t += frame.step)
      times.push(t);
    const data = [times.map((t) => t / 1000),
      ...lines.map(({ values }) => times.map((t) => values?.get(t) ?? null))];
    const key = JSON.stringify([note, lines.map(({ label, slot }) => [label, slot])]);
    this.frame = frame;
    if (key !== this.key || !this.plot) this.build(data, lines, note);
    else this.plot.setData(data, false);
    this.key = key;
    this.plot.setScale("x", { min: frame.from / 1000, max: frame.to / 1000 });
    this.describe(lines);
    if (this.keyAt !== null) this.point();
    this.showLegend();
  }

  axes() {
    const axis = {
      stroke: () => css("--muted"), font: "12px system-ui, sans-serif",
      grid: { stroke: () => css("--grid"), width: 1 }, ticks: { show: false },
    };
    const long = () => this.frame.to - this.frame.from > 36 * 3600 * 1000;
    return [
      { ...axis, size: 30, space: 70, values: (_, splits) =>
        splits.map((s) => long() ? day(s) : clock(s, s % 60 !== 0)) },
      { ...axis, size: 66, incrs: this.incrs, space: 36,
        values: (_, splits) => splits.map((v) => this.format(v)) },
    ];
  }

  build(data, lines, note) {
    this.plot?.destroy();
    this.lines = lines;
    this.plot = new uPlot({
      ...this.size(),
      cursor: { y: false, points: { size: 7 }, sync: { key: "contmon" },
        drag: { x: true, y: false, setScale: false }, bind: { dblclick: () => null } },
      legend: { show: false },
      padding: [8, 18, 0, 0],
      scales: { x: { time: true }, y: { range: (_, min, max) =>
        [0, Math.max(this.least, (max ?? 0) * 1.08)] } },
      axes: this.axes(),
      series: [{}, ...lines.map((line) => this.line(line))],
      hooks: {
        setCursor: [() => this.showLegend()],
        setSelect: [(plot) => this.zoom(plot)],
        draw: [(plot) => this.markMoment(plot)],
        ready: [(plot) => plot.over.addEventListener("click", () => this.pick(plot))],
      },
    }, data, this.plotRoot);
    this.legend.replaceChildren(...lines.map((line, i) => this.entry(line, i + 1)),
      ...note ? [element("li", "more", note)] : []);
  }

  line({ label, slot, dash }) {
    return {
      label, width: 1.75, show: !this.hidden.has(label),
      stroke: () => css(`--line-${slot % MAX_LINES}`),
      dash: dash ?? (slot >= MAX_LINES ? [6, 3] : undefined),
      // A point between two gaps has no line; it is drawn as a point.
      points: { show: true, size: 4, filter: (plot, i) => {
        const values = plot.data[i];
        return values.flatMap((v, at) =>
          known(v) && !known(values[at - 1]) && !known(values[at + 1]) ? [at] : []);
      } },
    };
  }

  // A line at the moment that was chosen
  markMoment({ ctx, bbox, valToPos }) {
    if (view.at === null || view.at < this.frame.from || view.at > this.frame.to) return;
    const x = Math.round(valToPos(view.at / 1000, "x", true));
    ctx.save();
    ctx.fillStyle = css("--accent");
    ctx.fillRect(x, bbox.top, 1, bbox.height);
    ctx.restore();
  }

  zoom(plot) {
    const { left, width } = plot.select;
    if (width < 4) return;
    const at = (x) => Math.round(plot.posToVal(x, "x") * 1000);
    this.dragged = performance.now();
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    const [from, to] = [at(left), at(left + width)];
    goTo({ from, to: Math.max(to, from + 1000), at: null });
  }

  pick(plot) {
    // The end of a drag is a click, too.
    if (performance.now() - (this.dragged ?? -1000) < 300) return;
    const time = plot.data[0][plot.cursor.idx];
    if (known(time)) adjustAndShow({ at: Math.round(time * 1000) });
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.plot) return;
    if (event.key in KEY_STEPS) this.step(KEY_STEPS[event.key], event.shiftKey);
    else if (event.key === "Enter" && this.keyAt !== null) this.enter();
    else if (event.key === "Escape" && this.keyAt !== null) this.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // The first step leads to the newest time that has a value.
  step(by, withShift) {
    const [times, ...lines] = this.plot.data;
    const ms = (i) => Math.round(times[i] * 1000);
    const newest = times.findLastIndex((_, i) => lines.some((values) => known(values[i])));
    if (newest < 0) return;
    const index = this.keyAt === null ? newest : this.indexOf(this.keyAt);
    const isFirst = this.keyAt === null && Number.isFinite(by);
    const next = Math.min(times.length - 1, Math.max(0, isFirst ? index : index + by));
    this.keyFrom = withShift ? this.keyFrom ?? ms(index) : null;
    this.keyAt = ms(next);
    this.point();
    this.say(next);
  }

  indexOf(ms) {
    const first = this.plot.data[0].findIndex((time) => time * 1000 >= ms - 1);
    return first < 0 ? this.plot.data[0].length - 1 : first;
  }

  enter() {
    const [from, to] = [this.keyFrom ?? this.keyAt, this.keyAt].sort((a, b) => a - b);
    if (from === to) return adjustAndShow({ at: to });
    this.leave();
    goTo({ from, to, at: null });
  }

  leave() {
    if (this.keyAt === null) return;
    this.keyAt = this.keyFrom = null;
    this.plot.setCursor({ left: -10, top: -10 });
    this.plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.plotRoot.removeAttribute("aria-valuetext");
  }

  // The cursor and the selection, where keys have put them
  point() {
    const x = (ms) => this.plot.valToPos(ms / 1000, "x");
    this.plot.setCursor({ left: x(this.keyAt), top: 0 });
    const [left, right] = [x(this.keyFrom ?? this.keyAt), x(this.keyAt)].sort((a, b) => a - b);
    this.plot.setSelect({ left, top: 0, width: right - left,
      height: this.plot.over.clientHeight }, false);
  }

  say(index) {
    const values = this.lines.map(({ label }, i) =>
      `${label} ${this.format(this.plot.data[i + 1][index] ?? null)}`);
    const time = this.keyFrom === null ? moment(this.keyAt)
      : `${moment(this.keyFrom)} to ${moment(this.keyAt)}`;
    this.plotRoot.setAttribute("aria-valuenow", Math.round(this.keyAt / 1000));
    this.plotRoot.setAttribute("aria-valuetext", [time, ...values].join(", "));
  }

  describe(lines) {
    const { from, to } = this.frame;
    const time = view.from === null ? `the last ${span(Math.round((to - from) / 1000))}`
      : `${moment(from)} to ${moment(to)}`;
    this.plotRoot.setAttribute("aria-label",
      `${this.title}, ${lines.length} lines over ${time}. Arrow keys choose a time, `
      + "Enter shows what ran then; with Shift they choose a part of time, and Enter zooms.");
    this.plotRoot.setAttribute("aria-valuemin", Math.round(from / 1000));
    this.plotRoot.setAttribute("aria-valuemax", Math.round(to / 1000));
    if (this.keyAt === null) this.plotRoot.setAttribute("aria-valuenow", Math.round(to / 1000));
  }

  entry({ label, slot, title }, i) {
    const dot = element("i", "dot");
    dot.style.background = `var(--line-${slot % MAX_LINES})`;
    const button = element("button", "", dot, element("span", "", label), element("b"));
    button.type = "button";
    button.title = title ?? "Show or hide this line";
    button.setAttribute("aria-pressed", !this.hidden.has(label));
    button.addEventListener("click", () => {
      const show = this.hidden.delete(label) || !this.hidden.add(label);
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

  // Values at the cursor, else the newest: the last step may have none yet.
  showLegend() {
    if (!this.plot) return;
    const at = this.plot.cursor.idx;
    this.lines.forEach((_, i) => {
      const values = this.plot.data[i + 1] ?? [];
      const value = known(at) ? values[at] : values.slice(-3).findLast(known);
      const shown = this.legend.children[i]?.querySelector("b");
      if (shown) setText(shown, this.format(value ?? null));
    });
  }

  size() {
    return { width: Math.max(200, this.plotRoot.clientWidth), height: 200 };
  }

  resize() {
    if (this.plot && this.plotRoot.clientWidth && this.plot.width !== this.plotRoot.clientWidth)
      this.plot.setSize(this.size());
  }
}

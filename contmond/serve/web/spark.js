// SPDX-License-Identifier: GPL-2.0-only
//
// A small line without axes, in a table's row or a tile.

const SPARK = { width: 84, height: 22, points: 30 };

// Gaps stay gaps, and a point between two gaps is a short dash. The scale
// begins at 0 and ends at `top`, or at the highest value.
function sparkPath(times, values, top) {
  const shown = times.map((t) => values.get(t) ?? null);
  const high = Math.max(top ?? 0, ...shown.filter(known)) || 1;
  const x = (i) => (i / Math.max(1, times.length - 1)) * (SPARK.width - 2) + 1;
  const y = (v) => (1 - v / high) * (SPARK.height - 3) + 1.5;
  return shown.map((v, i) => {
    if (v === null) return "";
    const alone = !known(shown[i - 1]) && !known(shown[i + 1]);
    const point = `${x(i).toFixed(1)} ${y(v).toFixed(1)}`;
    return `${known(shown[i - 1]) ? "L" : "M"}${point}${alone ? "h1.5" : ""}`;
  }).join("");
}

function paintSpark(cell, series, name, frame, top) {
  if (!cell.querySelector("svg")) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${SPARK.width} ${SPARK.height}`);
    svg.setAttribute("class", "spark");
    svg.setAttribute("aria-hidden", "true");
    svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    cell.append(svg);
  }
  const values = series.values.get(name);
  const times = [];
  for (let t = series.first; values && t <= Math.min(series.last, frame.to); t += series.step)
    times.push(t);
  const path = cell.querySelector("path");
  const d = values ? sparkPath(times, values, top) : "";
  if (path.getAttribute("d") !== d) path.setAttribute("d", d);
}

// SPDX-License-Identifier: GPL-2.0-only
// Draws a dashboard from its JSON and the answers of its targets: ?NAME is
// NAME.json beside this page. Afterwards `window.result` says what is shown.
import { colorManipulator, dateTime, EventBusSrv } from "@grafana/data";
import { initPluginTranslations } from "@grafana/i18n";
import {
  GlobalStyles, PanelChrome, PanelContextProvider, ThemeContext,
} from "@grafana/ui";
import { Component } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

import {
  interpolator, shown, theme, unknownProperties, unknownTransformations,
} from "./fields.js";
import { inWords, TYPES } from "./panels.jsx";

// Grafana's grid: 24 columns, 30 px high with a gap of 8
const WIDTH = 1400, COLUMNS = 24, ROW = 30, GAP = 8;

// Those of thresholds, mappings and lines, as the theme has them
const COLOURS = ["green", "dark-green", "orange", "red", "yellow", "semi-dark-yellow", "blue",
                 "light-blue", "purple", "text"];

const context = { eventsScope: "global", eventBus: new EventBusSrv() };

function place({ x, y, w, h }) {
  const column = (WIDTH - GAP) / COLUMNS;
  return { left: GAP + x * column, top: GAP + y * (ROW + GAP),
           width: w * column - GAP, height: h * (ROW + GAP) - GAP };
}

class Guard extends Component {
  state = { error: null };
  static getDerivedStateFromError(error) { return { error }; }
  componentDidCatch(error) { this.props.failed(`${error.stack ?? error}`); }
  render() {
    return this.state.error ? `${this.state.error}` : this.props.children;
  }
}

function Panel({ one, timeRange }) {
  const { panel, error, failed } = one;
  const { width, height, ...position } = place(panel.gridPos);
  const Content = TYPES[panel.type];
  return <div className="panel" id={`panel-${panel.id}`}
    style={{ ...position, width, height }}>
    <PanelChrome title={one.title} description={panel.description}
      width={width} height={height} statusMessage={error}
      padding={panel.type === "table" ? "none" : "md"}>
      {(innerWidth, innerHeight) => <Guard failed={failed}>
        {error ? <div className="problem">{error}</div>
          : <Content {...one} timeRange={timeRange} width={innerWidth}
              height={innerHeight} />}
      </Guard>}
    </PanelChrome>
  </div>;
}

function Row({ panel }) {
  return <h2 className="heading" style={place(panel.gridPos)}>{panel.title}</h2>;
}

function Dashboard({ all, timeRange, height }) {
  return <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    <PanelContextProvider value={context}>
      <main style={{ width: WIDTH, height }}>
        {all.map(one => one.panel.type === "row"
          ? <Row key={one.panel.id} panel={one.panel} />
          : <Panel key={one.panel.id} one={one} timeRange={timeRange} />)}
      </main>
    </PanelContextProvider>
  </ThemeContext.Provider>;
}

async function prepare(panel, answers, variables) {
  const complaints = [];
  const one = {
    panel, complaints, title: interpolator(variables)(panel.title ?? ""),
    error: answers?.error, failed: text => complaints.push(text), data: [],
    replaceVariables: interpolator(variables),
  };
  if (panel.type === "row" || panel.type === "text") return one;
  complaints.push(...unknownProperties(panel), ...unknownTransformations(panel));
  return Object.assign(one, await shown(panel, answers?.frames ?? [], variables));
}

function panelsOf(dashboard) {
  return dashboard.panels.flatMap(panel => [panel, ...(panel.panels ?? [])]);
}

async function main() {
  await initPluginTranslations("contmon-panels");
  const name = decodeURIComponent(location.search.slice(1));
  const { dashboard, answers, variables, from, to } =
    await (await fetch(`${name}.json`)).json();
  const range = { from: dateTime(from), to: dateTime(to) };
  const timeRange = { ...range, raw: range };
  const all = await Promise.all(panelsOf(dashboard).map(panel =>
    prepare(panel, answers[panel.id], variables)));
  const height = document.documentElement.clientHeight;
  const root = createRoot(document.getElementById("app"));
  flushSync(() => root.render(
    <Dashboard all={all} timeRange={timeRange} height={height} />));
  await document.fonts.ready;
  window.result = {
    colours: Object.fromEntries(COLOURS.map(name =>
      [name, colorManipulator.asHexString(theme.visualization.getColorByName(name))])),
    panels: all.filter(one => one.panel.type !== "row").map(one => ({
      id: one.panel.id, title: one.title, type: one.panel.type,
      complaints: one.complaints, frames: inWords(one.data),
    })),
  };
}

main().catch(error => { window.result = { failed: `${error.stack ?? error}` }; });

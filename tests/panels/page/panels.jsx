// SPDX-License-Identifier: GPL-2.0-only
// One component for each type of panel: what Grafana's panels do with the
// components of @grafana/ui.
import {
  colorManipulator, getDisplayValueAlignmentFactors, getFieldDisplayName,
  getFieldDisplayValues, getFieldSeriesColor, renderMarkdown, VizOrientation,
} from "@grafana/data";
import { BigValue, TimeSeries, VizRepeater } from "@grafana/ui";
import { TableNG } from "@grafana/ui/unstable";

import { graphProblem, theme } from "./fields.js";

function Problem({ text }) {
  return <div className="problem" data-empty>{text}</div>;
}

function Graph({ panel, data, fieldConfig, timeRange, width, height }) {
  const problem = graphProblem(data, fieldConfig.defaults.noValue);
  if (problem) return <Problem text={problem} />;
  const frames = data.filter(frame => frame.length);
  return <TimeSeries frames={frames} timeRange={timeRange} timeZone="utc"
    width={width} height={height} legend={panel.options.legend}
    options={panel.options} structureRev={1} />;
}

function Stat({ panel, data, fieldConfig, replaceVariables, width, height }) {
  const { options } = panel;
  const values = getFieldDisplayValues({
    fieldConfig, reduceOptions: options.reduceOptions, replaceVariables, theme,
    data, sparkline: options.graphMode !== "none", timeZone: "utc",
  });
  const orientation = options.orientation === "auto"
    ? (width > height ? VizOrientation.Vertical : VizOrientation.Horizontal)
    : options.orientation;
  const draw = ({ value, alignmentFactors, width, height, count }) =>
    <BigValue value={value.display} count={count} sparkline={value.sparkline}
      colorMode={options.colorMode} graphMode={options.graphMode}
      justifyMode={options.justifyMode} textMode={options.textMode}
      alignmentFactors={alignmentFactors} width={width} height={height}
      theme={theme} disableWideLayout={!options.wideLayout} />;
  return <VizRepeater getValues={() => values} renderValue={draw} source={data}
    getAlignmentFactors={getDisplayValueAlignmentFactors} width={width}
    height={height} autoGrid orientation={orientation} renderCounter={1} />;
}

function Table({ panel, data, fieldConfig, timeRange, width, height }) {
  const { options } = panel;
  const frame = data[options.frameIndex ?? 0];
  if (!frame?.fields.length) {
    return <Problem text={fieldConfig.defaults.noValue ?? "No data"} />;
  }
  return <TableNG data={frame} width={width} height={height} timeRange={timeRange}
    noHeader={!options.showHeader} cellHeight={options.cellHeight} resizable
    sortBy={options.sortBy} fieldConfig={fieldConfig} structureRev={1}
    noValue={fieldConfig.defaults.noValue} />;
}

function Text({ panel, replaceVariables }) {
  const html = renderMarkdown(replaceVariables(panel.options.content));
  return <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}

export const TYPES = { timeseries: Graph, stat: Stat, table: Table, text: Text };

// What the panel shows, in words, as Grafana's own code has it
export function inWords(data) {
  const text = (field, value) => {
    const { prefix = "", text, suffix = "" } = field.display(value);
    return prefix + text + suffix;
  };
  const colour = (field, value) => {
    const { color } = field.display(value);
    return color ? colorManipulator.asHexString(color) : null;
  };
  return data.map(frame => ({
    refId: frame.refId ?? null,
    rows: frame.length,
    fields: frame.fields.map(field => {
      const known = field.values.filter(value => value != null);
      const last = known.at(-1);
      return {
        name: getFieldDisplayName(field, frame, data),
        type: field.type, unit: field.config.unit ?? null, known: known.length,
        nothing: known.every(value => value === 0),
        last: typeof last === "number" && !Number.isFinite(last) ? `${last}` : last,
        text: known.length ? text(field, last) : null,
        line: colorManipulator.asHexString(getFieldSeriesColor(field, theme).color),
        colour: known.length ? colour(field, last) : null,
      };
    }),
  }));
}

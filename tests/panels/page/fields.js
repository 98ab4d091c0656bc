// SPDX-License-Identifier: GPL-2.0-only
// From the answers of a panel's targets to what its component shows, with
// Grafana's own code.
import {
  applyFieldOverrides, cacheFieldDisplayNames, createDataFrame, createTheme,
  displayNameOverrideProcessor, FieldType, identityOverrideProcessor,
  numberOverrideProcessor, Registry, standardTransformers,
  standardTransformersRegistry, thresholdsOverrideProcessor,
  transformDataFrame,
} from "@grafana/data";
import { lastValueFrom } from "rxjs";

export const theme = createTheme({ colors: { mode: "dark" } });

// What a panel's editor registers: without it nothing is applied. All of it is
// kept as it is written, except for these.
const STANDARD = {
  unit: identityOverrideProcessor, color: identityOverrideProcessor,
  mappings: identityOverrideProcessor, noValue: identityOverrideProcessor,
  links: identityOverrideProcessor, decimals: numberOverrideProcessor,
  min: numberOverrideProcessor, max: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
};

// The defaults of Grafana's editors, for what a dashboard leaves out
const CUSTOM = {
  timeseries: {
    drawStyle: "line", lineInterpolation: "linear", lineWidth: 1,
    fillOpacity: 0, gradientMode: "none", barAlignment: 0, pointSize: 5,
    barWidthFactor: 0.6, showPoints: "auto", spanNulls: false,
    axisGridShow: true, axisPlacement: "auto", axisLabel: "",
    stacking: { mode: "none", group: "A" }, scaleDistribution: { type: "linear" },
    thresholdsStyle: { mode: "off" },
    hideFrom: { tooltip: false, viz: false, legend: false },
    lineStyle: undefined, insertNulls: false, lineColor: undefined,
  },
  table: {
    align: "auto", cellOptions: { type: "auto" }, inspect: false,
    filterable: false, width: undefined, minWidth: undefined, hideFrom: undefined,
  },
  stat: {},
};

function registry(type) {
  const item = (id, path, isCustom, process) => ({
    id, path, isCustom, process, name: id, settings: { expandTemplateVars: true },
    shouldApply: () => true,
  });
  return new Registry(() => [
    ...Object.entries(STANDARD).map(([id, process]) =>
      item(id, id, false, process)),
    ...Object.keys(CUSTOM[type]).map(path =>
      item(`custom.${path}`, path, true, identityOverrideProcessor)),
  ]);
}

// Properties that would be dropped without a word
export function unknownProperties(panel) {
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  const known = registry(panel.type);
  const used = [
    ...Object.keys(defaults).filter(key => key !== "custom"),
    ...Object.keys(defaults.custom ?? {}).map(key => `custom.${key}`),
    ...overrides.flatMap(one => one.properties.map(property => property.id)),
  ];
  return used.filter(id => !known.getIfExists(id))
    .map(id => `this test does not know the property ${id}`);
}

standardTransformersRegistry.setInit(() => {
  const list = new Map(Object.values(standardTransformers).map(one => [one.id, one]));
  return [...list.values()].map(one => ({
    id: one.id, name: one.name, transformation: async () => one, editor: () => null,
  }));
});

export function unknownTransformations(panel) {
  return (panel.transformations ?? []).map(one => one.id)
    .filter(id => !standardTransformersRegistry.getIfExists(id));
}

// `variables`: those of the dashboard; scoped ones come with a field, as __field
export function interpolator(variables) {
  return (text, scoped = {}) => `${text}`.replace(
    /\$\{(\w+)((?:\.[\w ]+)*)(?::\w+)?\}|\$(\w+)/g, (whole, name, path, bare) => {
      const value = name === "__field" ? scoped.__dataContext?.value.field
        : name in scoped || bare in scoped
          ? scoped[name ?? bare].value : variables[name ?? bare];
      const found = (path ?? "").split(".").filter(Boolean)
        .reduce((at, key) => at?.[key], value);
      return found == null ? whole : `${found}`;
    });
}

// JSON has no NaN: answers.py writes it as a text.
function frameOf({ fields, ...frame }) {
  return createDataFrame({ ...frame, fields: fields.map(field => ({
    ...field,
    values: field.type !== FieldType.number ? field.values
      : field.values.map(value => value === null ? null : Number(value)),
  })) });
}

export async function shown(panel, frames, variables) {
  const replaceVariables = interpolator(variables);
  const data = await lastValueFrom(transformDataFrame(
    panel.transformations ?? [], frames.map(frameOf),
    { interpolate: text => replaceVariables(text) }));
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  const custom = { ...CUSTOM[panel.type], ...defaults.custom };
  const fieldConfig = { defaults: { ...structuredClone(defaults), custom },
                        overrides };
  const applied = applyFieldOverrides({
    data, fieldConfig, replaceVariables, theme, timeZone: "utc",
    fieldConfigRegistry: registry(panel.type),
  });
  cacheFieldDisplayNames(applied);
  return { fieldConfig, replaceVariables, data: applied };
}

// What Grafana says in place of a graph that it cannot draw
export function graphProblem(data, noValue) {
  if (!data.some(frame => frame.length && frame.fields.length)) {
    return noValue ?? "No data";
  }
  const has = type => data.some(frame =>
    frame.fields.some(field => field.type === type));
  if (!has(FieldType.time)) return "Data is missing a time field";
  if (!has(FieldType.number)) return "Data is missing a number field";
  return null;
}

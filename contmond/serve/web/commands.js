// SPDX-License-Identifier: GPL-2.0-only
//
// CPU by command, also of processes that ended: of one container, and at a moment.

const COMMAND_COLUMNS = [
  textColumn("comm", "Command"),
  containerColumn(),
  { key: "cpu_cores", label: "CPU", title: "In cores: 1.00 is one CPU busy", show: cores },
  { key: "cpu_living_cores", label: "of living", title: "In cores", show: cores },
  { key: "cpu_exited_cores", label: "of ended",
    title: "In cores, by processes that ended in this time", show: cores },
  { key: "processes", label: "Procs", show: count },
  { key: "processes_exited", label: "Ended", show: count },
];

function newCommandTable(root, keys, options) {
  return new Table(root, {
    caption: "CPU by command", sort: "-cpu_cores",
    columns: COMMAND_COLUMNS.filter(({ key }) => keys.includes(key)), ...options,
  });
}

// SPDX-License-Identifier: GPL-2.0-only
//
// Charts of what else is kept of a container. They are folded away, and load
// only while they are on the screen.

const NEAR = 200; // pixels above and below the screen that count as on it

const gained = (metric, label) => ({ metric: `${metric}_per_second`, label });
const amount = { format: bytes, least: 1 << 20, incrs: BYTE_STEPS, unit: "" };
const often = { format: cores, least: 1, unit: "per second" };
const number = { format: count, least: 5, unit: "" };
const inAll = { ...number, unit: "in all" };

// Totals of what happens rarely are shown as they are: a step is an event.
const MORE_CHARTS = [
  { title: "CPU time", unit: "cores", format: cores, least: 0.1, lines: [
    gained("cpu_user_seconds", "user"),
    gained("cpu_system_seconds", "system"),
  ] },
  { title: "Throttling", ...often, lines: [
    gained("cpu_periods", "periods"),
    gained("cpu_throttled_periods", "throttled ones"),
    gained("cpu_throttled_seconds", "seconds throttled"),
  ] },
  { title: "CPUs", unit: "cores", format: cores, least: 1, lines: [
    { metric: "cpu_max_cores", label: "its own limit" },
    { metric: "cpuset_cpus", label: "CPUs it may use" },
  ] },
  { title: "Weights", ...number, lines: [
    { metric: "cpu_weight", label: "CPU" },
    { metric: "io_weight", label: "IO" },
  ] },
  { title: "Kernel memory", ...amount, lines: [
    { metric: "memory_kernel_bytes", label: "all" },
    { metric: "memory_slab_bytes", label: "slab" },
    { metric: "memory_page_tables_bytes", label: "page tables" },
    { metric: "memory_kernel_stack_bytes", label: "stacks" },
    { metric: "memory_sock_bytes", label: "sockets" },
  ] },
  { title: "Other memory", ...amount, lines: [
    { metric: "memory_shmem_bytes", label: "shared" },
    { metric: "memory_other_bytes", label: "other" },
    { metric: "rss_sum_bytes", label: "RSS of processes" },
  ] },
  { title: "Reserved address space", ...amount, lines: [
    { metric: "vsz_sum_bytes", label: "VSZ of processes" },
  ] },
  { title: "Peak and limits of memory", ...amount, lines: [
    { metric: "memory_peak_bytes", label: "peak" },
    { metric: "memory_max_bytes", label: "its own limit" },
    { metric: "memory_high_bytes", label: "its own, slowed down" },
    { metric: "memory_high_limit_bytes", label: "slowed down", dash: [5, 4] },
  ] },
  { title: "Swap", ...amount, lines: [
    { metric: "swap_peak_bytes", label: "peak" },
    { metric: "swap_max_bytes", label: "its own limit" },
    { metric: "swap_limit_bytes", label: "limit", dash: [5, 4] },
  ] },
  { title: "Faults and refaults", ...often, lines: [
    gained("memory_major_faults", "major faults"),
    gained("memory_refaults_anon", "refaults, anon"),
    gained("memory_refaults_file", "refaults, file"),
  ] },
  { title: "Faults of its processes", ...inAll, lines: [
    { metric: "minor_faults", label: "minor" },
    { metric: "major_faults", label: "major" },
  ] },
  { title: "Memory events", ...inAll, lines: [
    { metric: "memory_low_events_total", label: "low" },
    { metric: "memory_high_events_total", label: "high" },
    { metric: "memory_max_events_total", label: "max" },
    { metric: "memory_oom_events_total", label: "OOM" },
    { metric: "oom_kills_total", label: "OOM kills" },
  ] },
  { title: "Other events", ...inAll, lines: [
    { metric: "swap_max_events_total", label: "swap, at the limit" },
    { metric: "swap_fail_events_total", label: "swap, failed" },
    { metric: "pids_max_events_total", label: "tasks, at the limit" },
    { metric: "restarts_total", label: "restarts" },
  ] },
  { title: "States of its processes", ...number, lines: ["running", "sleeping",
    "uninterruptible", "stopped", "zombie", "idle"].map((label) =>
    ({ metric: `processes_${label}`, label })) },
  { title: "Tasks, as the kernel counts them", ...number, lines: [
    { metric: "pids_current", label: "now" },
    { metric: "pids_peak", label: "peak" },
    { metric: "pids_max", label: "its own limit" },
  ] },
  { title: "Disk operations", ...often, lines: [
    gained("read_ops", "read"),
    gained("write_ops", "write"),
    gained("discard_ops", "discard"),
  ] },
  { title: "Discarded", format: rate, least: 1024, incrs: BYTE_STEPS, unit: "per second", lines: [
    gained("discard_bytes", "discarded"),
  ] },
  { title: "Pressure, full", unit: "share of the time in which all tasks waited", format: percent,
    least: 1, lines: ["cpu", "memory", "io"].map((label) =>
      ({ ...gained(`psi_${label}_full_seconds`, label), make: (values) => scaled(values, 100) })) },
  { title: "Packets", ...often, lines: [
    gained("network_receive_packets", "received"),
    gained("network_transmit_packets", "sent"),
  ] },
  { title: "Errors and drops", ...often, lines: [
    gained("network_receive_errors", "errors, received"),
    gained("network_transmit_errors", "errors, sent"),
    gained("network_receive_drops", "drops, received"),
    gained("network_transmit_drops", "drops, sent"),
  ] },
];

class More {
  constructor(details, root) {
    this.details = details;
    details.addEventListener("toggle", () => {
      if (details.open !== view.more) adjustAndShow({ more: details.open });
    });
    this.charts = MORE_CHARTS.map((options) => {
      const card = element("article", "card");
      root.append(card);
      return Object.assign(new ContainerChart(card, options), { card });
    });
  }

  show() {
    if (this.details.open !== view.more) this.details.open = view.more;
  }

  async load(frame, name) {
    if (!view.more) return;
    const near = this.charts.filter(({ card }) => {
      const { top, bottom } = card.getBoundingClientRect();
      return bottom > -NEAR && top < innerHeight + NEAR;
    });
    // One after the other: all at once would be some fifty requests.
    for (const chart of near) await chart.load(frame, name);
  }
}

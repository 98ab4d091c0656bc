// SPDX-License-Identifier: GPL-2.0-only
//
// The built-in page. It uses only contmond's HTTP API (API.md), and updates one
// second after the last answer, as long as the page is visible.

const REFRESH_MS = 1000;

const state = {
  info: null,         // answer of /api/v1/info, null while there is no connection
  sample: null, sampleSeen: 0, // time of the newest sample, and when it came
  lastAnswer: 0, timer: 0, running: false, again: false,
};

// Each view has a section of the document, a title, load(), and perhaps a table
// to which the filter and the order in the address belong.
const views = {
  overview: new Overview(),
  container: new ContainerView(),
  processes: new ProcessesView($("view-processes")),
  events: new EventsView($("event-table")),
  ended: new EndedView($("ended-table")),
  policy: new PolicyView(),
};

function currentView() {
  return views[view.page];
}

// Shows what the address says; the numbers follow.
function applyView() {
  readView();
  if (!views[view.page] || (view.page === "container" && view.name === null)) view.page = "overview";
  for (const name of Object.keys(views)) $(`view-${name}`).hidden = name !== view.page;
  for (const link of document.querySelectorAll("nav a")) {
    const page = link.dataset.page;
    link.href = addressOf(placeOf(page));
    if (page === view.page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const { table } = currentView();
  if ($("filter").value !== view.filter) $("filter").value = view.filter;
  table.filter = view.filter;
  table.setSort(view.sort);
  table.update(table.rows);
  views.container.more.show();
  showTitle();
}

function showTitle() {
  const parts = [currentView().title, state.info?.host, "contmon"].filter(known);
  document.title = parts.join(" – ");
}

// The same place, changed a little
function adjustAndShow(changes) {
  adjust(changes);
  applyView();
  wake();
}

// --- header ------------------------------------------------------------------

function showHealth(health) {
  // By the browser's clock: the daemon may run on another machine.
  if (health.last_sample_ms !== state.sample) {
    state.sample = health.last_sample_ms;
    state.sampleSeen = performance.now();
  }
  const age = performance.now() - state.sampleSeen;
  const stale = age > 3 * state.info.interval_ms + 2000;
  const status = stale && health.status === "ok" ? "degraded" : health.status;
  const reason = health.reason ?? (stale ? `no new sample for ${span(age / 1000)}` : null);
  $("health").className = `chip ${status}`;
  setText($("health"), reason ? `${status}: ${reason}` : status);
  $("source").hidden = false;
  setText($("source"), `source: ${health.source ?? "none"}`);
  $("source").title = known(health.source_lacks)
    ? `This source does not know: ${health.source_lacks}.` : "";
  showPolicy(health);
}

function showPolicy(health) {
  const rules = health.policy_rules === 1 ? "1 rule" : `${health.policy_rules} rules`;
  $("policy").hidden = !known(health.policy) || (health.policy === "off" && !known(health.policy_error));
  $("policy").className = known(health.policy_error) ? "chip degraded" : "chip";
  setText($("policy"), health.policy === "off" ? "policy: off"
    : `policy: ${rules}, ${health.policy}`);
  $("policy").title = health.policy_error ?? "";
}

async function refresh() {
  if (!state.info) {
    [state.info] = (await get("info")).rows;
    setText($("host"), state.info.host);
    showTitle();
    setText($("about"), `contmon ${state.info.version}, Linux ${state.info.kernel}`
      + (state.info.driver_release ? `, driver ${state.info.driver_release}` : ""));
  }
  const [health] = (await get("health")).rows;
  showHealth(health);
  if (!known(health.last_sample_ms)) return; // nothing sampled yet
  await currentView().load({ health, info: state.info });
}

// --- the connection ----------------------------------------------------------

function showLost(error) {
  const lost = $("lost");
  document.body.classList.toggle("is-lost", error !== null);
  $("unlock").hidden = !(error instanceof Locked);
  lost.hidden = error === null || error instanceof Locked;
  if (error === null) return;
  // A time, not an age: an alert that changes each second would be read out
  // each second.
  const since = state.lastAnswer
    ? ` The last answer came at ${clock(state.lastAnswer / 1000, true)}.` : "";
  setText(lost, error instanceof Refused
    ? `contmond refused: ${error.message}.${since}`
    : `Connection lost: contmond does not answer.${since} Trying again.`);
  $("health").className = "chip lost";
  setText($("health"), error instanceof Locked ? "token needed" : "connection lost");
  state.info = null; // another version may come back
}

async function tick() {
  state.running = true;
  clearTimeout(state.timer);
  state.again = false;
  try {
    await refresh();
    state.lastAnswer = Date.now();
    showLost(null);
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Silent || error instanceof Locked))
      throw error;
    showLost(error);
  } finally {
    state.running = false;
    if (!document.hidden) state.timer = setTimeout(tick, state.again ? 0 : REFRESH_MS);
  }
}

// Updates now instead of at the next second, but not twice at once.
function wake() {
  if (state.running) state.again = true;
  else tick();
}

// --- what people do ----------------------------------------------------------

function keepSort(order) {
  storage.set(`sort.${view.page}`, order);
  adjust({ sort: order });
  wake();
}
for (const each of Object.values(views)) each.table.onSort = keepSort;

addEventListener("hashchange", () => {
  applyView();
  scrollTo(0, 0);
  wake();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(state.timer);
  else wake();
});
$("filter").addEventListener("input", () => {
  adjust({ filter: $("filter").value });
  const { table } = currentView();
  table.filter = view.filter;
  table.update(table.rows);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "radio";
  if (event.key === "/" && !typing) {
    event.preventDefault();
    $("filter").focus();
  } else if (event.key === "Escape") {
    if (view.filter) adjustAndShow({ filter: "" });
    else if (view.at !== null) adjustAndShow({ at: null });
    else if (view.from !== null) goTo({ from: null, to: null });
  }
});
$("unlock").addEventListener("submit", (event) => {
  event.preventDefault();
  token.set($("token").value.trim());
  $("token").value = "";
  wake();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const chart of [views.overview.cpu.chart, views.overview.memory.chart,
    ...[...views.container.charts, ...views.container.more.charts].map((one) => one.chart)]) chart.plot?.redraw(false);
});
applyView();
tick();

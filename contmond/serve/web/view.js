// SPDX-License-Identifier: GPL-2.0-only
//
// What the page shows. It is in the fragment of the URL, so that it survives a
// reload, can be sent to somebody, and the browser's buttons go back and forth:
//
//   #/                           the host and its containers
//   #/container/NAME             one container, running or ended
//   #/processes #/events #/ended #/policy
//
// and behind a "?", each only where it is not the default:
//
//   span=MINUTES                 the last minutes; the charts are live
//   from=MS&to=MS                a part of the past instead
//   at=MS                        what happened at this moment
//   filter=TEXT                  rows that contain it
//   sort=KEY, sort=-KEY          order of the first table, - for descending
//   more=1                       a container's other charts are open
//
// span and sort are also kept in the browser, as the default of the next visit.

const SPANS = [5, 30, 60, 360, 1440, 10080, 43200, 129600]; // minutes

const storage = {
  get(key) {
    try { return localStorage.getItem(`contmon.${key}`); } catch { return null; }
  },
  set(key, value) {
    try { localStorage.setItem(`contmon.${key}`, value); } catch { /* not kept */ }
  },
};

const view = { page: "overview", name: null, span: 5, from: null, to: null,
  at: null, filter: "", sort: "", more: false };

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

function readView() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [page, name] = path.split(/\/(.*)/s);
  const given = new URLSearchParams(query ?? "");
  const number = (key) => /^\d{1,15}$/.test(given.get(key) ?? "") ? Number(given.get(key)) : null;
  view.page = page || "overview";
  view.name = name ? decoded(name) : null;
  const minutes = number("span") ?? Number(storage.get("span"));
  view.span = SPANS.includes(minutes) ? minutes : SPANS[0];
  [view.from, view.to] = [number("from"), number("to")];
  if (view.from === null || view.to === null || view.to <= view.from) view.from = view.to = null;
  view.at = number("at");
  view.filter = given.get("filter") ?? "";
  view.more = given.get("more") === "1";
  view.sort = given.get("sort") ?? storage.get(`sort.${view.page}`) ?? "";
}

function addressOf(changes) {
  const next = { ...view, ...changes };
  const path = next.page === "overview" ? "" : next.page;
  const name = next.name === null ? "" : `/${encodeURIComponent(next.name)}`;
  const query = new URLSearchParams();
  if (next.from !== null) {
    query.set("from", Math.round(next.from));
    query.set("to", Math.round(next.to));
  } else if (next.span !== SPANS[0]) {
    query.set("span", next.span);
  }
  if (next.at !== null) query.set("at", Math.round(next.at));
  if (next.filter) query.set("filter", next.filter);
  if (next.sort) query.set("sort", next.sort);
  if (next.more) query.set("more", 1);
  return `#/${path}${name}${query.size ? `?${query}` : ""}`;
}

// Another place: the browser's button goes back to this one.
function goTo(changes) {
  location.hash = addressOf(changes);
}

// The same place, changed a little: no step for the browser's button.
function adjust(changes) {
  history.replaceState(null, "", addressOf(changes));
  Object.assign(view, changes);
}

// The address of a page of its own: what was chosen for this one stays here.
function placeOf(page, name = null) {
  return { page, name, at: null, filter: "", sort: "", more: false };
}

// The part of time that the charts show. now is the daemon's.
function shownTime(now) {
  return view.from === null ? { from: now - view.span * 60000, to: now }
    : { from: view.from, to: view.to };
}

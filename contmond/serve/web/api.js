// SPDX-License-Identifier: GPL-2.0-only
//
// Questions to contmond (API.md).

const TIMEOUT_MS = 10000;

class Refused extends Error {} // contmond answered, but not with data
class Silent extends Error {}  // it did not answer, or not in time
class Locked extends Error {}  // it wants a token

// The token lives as long as the tab, and goes nowhere but to contmond.
const token = {
  get() {
    try { return sessionStorage.getItem("contmon.token"); } catch { return this.kept; }
  },
  set(value) {
    this.kept = value;
    try { sessionStorage.setItem("contmon.token", value); } catch { /* this.kept */ }
  },
  kept: null,
};

// The newest answers, by URL: contmond does not send one again that is still
// the same (304). The browser keeps none of them (no-store), so that none is
// ever on its disk.
const MAX_LAST_ANSWERS = 32;
const lastAnswers = new Map(); // URL -> { etag, text }, oldest first

function remember(url, etag, text) {
  lastAnswers.delete(url);
  if (etag) lastAnswers.set(url, { etag, text });
  if (lastAnswers.size > MAX_LAST_ANSWERS) lastAnswers.delete(lastAnswers.keys().next().value);
}

async function fetchText(url) {
  const last = lastAnswers.get(url);
  const headers = {};
  if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
  if (last) headers["If-None-Match"] = last.etag;
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), cache: "no-store",
    headers });
  const text = answer.status === 304 ? last.text : await answer.text();
  remember(url, answer.headers.get("ETag"), text);
  return { answer, text };
}

async function get(path, query = {}) {
  const url = `api/v1/${path}?${new URLSearchParams(query)}`;
  const silent = (cause) => { throw new Silent(url, { cause }); };
  const { answer, text } = await fetchText(url).catch(silent);
  if (answer.status === 401) throw new Locked();
  // Parsed each time: a view may change what it gets.
  const body = await new Response(text).json().catch(silent);
  // Health of a degraded contmond has rows and status 503.
  if (!body.rows) {
    throw Object.assign(new Refused(body.error ?? `${answer.status} ${answer.statusText}`),
      { status: answer.status });
  }
  return body;
}

// No rows, and the reason in meta.hidden, where contmond hides processes
async function getProcesses(path, query) {
  try {
    return await get(path, query);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 403) throw error;
    return { rows: [], meta: { hidden: error.message } };
  }
}

function showProcesses(table, { rows, meta }) {
  table.hidden = meta.hidden;
  table.update(rows);
}

// null where this contmond does not know the metric, or nothing is kept of it
async function getSeries(query) {
  try {
    return await get("series", query);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

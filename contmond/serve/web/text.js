// SPDX-License-Identifier: GPL-2.0-only
//
// Numbers for people, and text in the document. web/build concatenates the
// scripts into one; text.js comes first and app.js last.
"use strict";

const UNKNOWN = "–";
const known = (value) => value !== null && value !== undefined;

function round(value) {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return value.toFixed(digits);
}

function bytes(value) {
  if (!known(value)) return UNKNOWN;
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let i = 0;
  for (; value >= 1023.5 && i < units.length - 1; i++) value /= 1024;
  return `${i && value < 99.95 ? value.toFixed(1) : Math.round(value)} ${units[i]}`;
}

const rate = (value) => known(value) ? `${bytes(value)}/s` : UNKNOWN;
const cores = (value) => known(value) ? round(value) : UNKNOWN;
const count = (value) => known(value) ? String(Math.round(value)) : UNKNOWN;
const percent = (value) => known(value) ? `${value.toFixed(1)} %` : UNKNOWN;
const words = (value) => known(value) && value !== "" ? String(value) : UNKNOWN;
const yesNo = (value) => !known(value) ? UNKNOWN : value ? "yes" : "no";
const seconds = (value) => known(value) ? `${round(value)} s` : UNKNOWN;

function span(value) {
  if (!known(value)) return UNKNOWN;
  const s = Math.floor(value);
  const [d, h, m] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  if (d) return h ? `${d} d ${h} h` : `${d} d`;
  if (h) return m ? `${h} h ${m} min` : `${h} h`;
  return m ? s % 60 ? `${m} min ${s % 60} s` : `${m} min` : `${s} s`;
}

function clock(time, exact) {
  return new Date(time * 1000).toLocaleTimeString("en-GB",
    { hour: "2-digit", minute: "2-digit", ...exact && { second: "2-digit" } });
}

function moment(ms) {
  if (!known(ms)) return UNKNOWN;
  return new Date(ms).toLocaleString("en-GB", { day: "numeric", month: "short",
    hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

function day(time) {
  return new Date(time * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
}

const $ = (id) => document.getElementById(id);

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

// Only changed text is replaced, so that a selection in the rest survives.
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function setKey(node, key, value) {
  if (node[key] !== value) node[key] = value;
}

function setAddress(link, address) {
  if (link.getAttribute("href") !== address) link.setAttribute("href", address);
}

// As the browser says it, to compare: 10%, not 10.0%
function setShare(node, share) {
  const width = `${Number(Math.min(100, Math.max(0, share * 100)).toFixed(1))}%`;
  if (node.style.width !== width) node.style.width = width;
}

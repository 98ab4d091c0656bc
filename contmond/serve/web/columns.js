// SPDX-License-Identifier: GPL-2.0-only
//
// Cells of the tables that are more than text. Names, images and commands come
// from inside containers: they are inserted into the document only as text
// nodes (textContent), never as markup.

// Text over a bar. level: "", "warn", "bad" or "open" (relative to the busiest,
// as there is no limit).
function paintBar(cell, text, note, share, level) {
  if (!cell.querySelector(".bar"))
    cell.replaceChildren(element("span", "num"), element("small", "note"),
      element("div", "bar", element("i")));
  const [num, small, bar] = cell.children;
  setText(num, text);
  setText(small, note);
  setKey(bar, "className", `bar ${level}`);
  setShare(bar.firstChild, share);
}

function levelOf(share) {
  return share > 0.9 ? "bad" : share > 0.75 ? "warn" : "";
}

// Relative to the limit; without one, relative to the busiest of them all
function paintUse(cell, value, limit, busiest, format) {
  if (known(limit)) {
    const share = (value ?? 0) / limit;
    paintBar(cell, format(value), `of ${format(limit)}`, share, levelOf(share));
  } else {
    paintBar(cell, format(value), "", (value ?? 0) / (busiest || 1), "open");
  }
}

function paintText(cell, text) {
  setText(cell, words(text));
  setKey(cell, "title", text ?? "");
}

// A link to a container's page; the host has none.
function paintContainer(cell, name, withDot) {
  if (!known(name) || name === "host") return paintText(cell, name);
  if (!cell.firstElementChild) {
    setText(cell, "");
    cell.append(element("a", "name", ...withDot ? [element("i", "dot")] : [], element("span")));
  }
  const link = cell.firstChild;
  setAddress(link, addressOf(placeOf("container", name)));
  setKey(link, "title", name);
  setText(link.lastChild, name);
  if (withDot)
    setKey(link.firstChild.style, "background", `var(--line-${slotOf(name) % MAX_LINES})`);
}

function paintState(cell, row) {
  if (!cell.firstChild) cell.append(element("span"));
  setKey(cell.firstChild, "className", `state s-${row.state_code}`);
  setText(cell.firstChild, words(row.state));
}

// A time that leads to what happened then
function paintTime(cell, ms) {
  if (!known(ms)) return setText(cell, UNKNOWN);
  if (!cell.firstElementChild) {
    setText(cell, "");
    cell.append(element("a", "time"));
  }
  const link = cell.firstChild;
  setAddress(link, addressOf({ ...placeOf("overview"), at: ms,
    from: ms - 150000, to: ms + 150000 }));
  setKey(link, "title", "What ran at this moment");
  setText(link, moment(ms));
}

const textColumn = (key, label, more) => ({ key, label, text: true,
  paint: (cell, row) => paintText(cell, row[key]), ...more });
const timeColumn = (key, label) => ({ key, label, text: true,
  paint: (cell, row) => paintTime(cell, row[key]) });
const containerColumn = () => ({ key: "container", label: "Container", text: true,
  paint: (cell, row) => paintContainer(cell, row.container) });

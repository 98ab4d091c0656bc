// SPDX-License-Identifier: GPL-2.0-only
//
// A table that is sorted by its headings and changes only where its rows did.

const SPARE_ROWS = 30; // above and below the screen, painted as well

// A column: key, label, text (sorted as text), paint(cell, row, key) or
// show(value), still (cannot be sorted by). sort is a key, or - and a key for
// descending order. hidden is why contmond shows no rows; onSort(order) is set by
// app.js.
class Table {
  constructor(root, { caption, columns, keyOf, sort, empty }) {
    Object.assign(this, { columns, keyOf, empty });
    this.usual = sort;
    this.setSort(sort);
    this.filter = "";
    this.rows = [];
    this.cells = new Map();
    this.heads = columns.map((column) => this.head(column));
    this.body = element("tbody");
    this.table = element("table", "", element("caption", "hidden", caption),
      element("thead", "", element("tr", "", ...this.heads)), this.body);
    // Cells are laid out as blocks on a narrow screen, which removes the table
    // from the accessibility tree unless the roles are set explicitly.
    this.table.setAttribute("role", "table");
    this.body.setAttribute("role", "rowgroup");
    this.none = element("p", "none", "Waiting for the first sample.");
    root.append(this.table, this.none);
    addEventListener("scroll", () => this.paintLate(), { passive: true });
    this.showSort();
  }

  head(column) {
    const button = element(column.still ? "span" : "button", "", column.label);
    const head = element("th", column.text ? "text" : "", button);
    if (column.title) button.title = column.title;
    head.scope = "col";
    head.setAttribute("role", "columnheader");
    if (column.still) return head;
    button.type = "button";
    button.addEventListener("click", () => {
      const again = this.sort === column.key;
      const descending = again ? !this.descending : !column.text;
      this.setSort(`${descending ? "-" : ""}${column.key}`);
      this.update(this.rows);
      this.onSort?.(this.sorted());
    });
    return head;
  }

  // An unknown key gives the usual order.
  setSort(text) {
    const key = text.replace(/^-/, "");
    const exists = this.columns.some((column) => column.key === key && !column.still);
    const order = exists ? text : this.usual;
    this.descending = order.startsWith("-");
    this.sort = order.replace(/^-/, "");
    if (this.heads) this.showSort();
  }

  // The order for an address: empty for the usual one
  sorted() {
    const order = `${this.descending ? "-" : ""}${this.sort}`;
    return order === this.usual ? "" : order;
  }

  showSort() {
    this.columns.forEach((column, i) => {
      if (column.still) return;
      const order = this.descending ? "descending" : "ascending";
      this.heads[i].setAttribute("aria-sort", column.key === this.sort ? order : "none");
    });
  }

  // Rows of which some text of a column contains the filter's words
  matches(row) {
    const text = this.columns.map(({ key }) => row[key] ?? "").join(" ").toLowerCase();
    return this.filter.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  }

  compare(a, b) {
    const [x, y] = [a[this.sort], b[this.sort]];
    if (!known(x) || !known(y)) return known(y) - known(x); // unknown goes last
    const order = typeof x === "string" ? x.localeCompare(y, "en", { numeric: true }) : x - y;
    return this.descending ? -order : order;
  }

  newRow() {
    const row = element("tr");
    row.setAttribute("role", "row");
    for (const column of this.columns) {
      const cell = element("td", `${column.text ? "text " : ""}c-${column.key}`);
      cell.dataset.label = column.label;
      cell.setAttribute("role", "cell");
      row.append(cell);
    }
    return row;
  }

  paint(node, row, key) {
    this.columns.forEach((column, j) => {
      if (column.paint) column.paint(node.cells[j], row, key);
      else setText(node.cells[j], column.show(row[column.key]));
    });
  }

  // The first and the last row on the screen, and some around them. Rows are
  // about equally high.
  inView() {
    const { top, height } = this.body.getBoundingClientRect();
    const high = height / this.body.rows.length || 1;
    return [-top / high - SPARE_ROWS, (innerHeight - top) / high + SPARE_ROWS];
  }

  paintLate() {
    if (!this.late?.size) return;
    const [first, last] = this.inView();
    for (const [node, row] of this.late) {
      const i = node.sectionRowIndex;
      if (i < first || i > last) continue;
      this.paint(node, row, this.keyOf(row));
      this.late.delete(node);
    }
  }

  update(rows) {
    this.rows = rows ?? [];
    const seen = new Set();
    const sorted = this.rows.filter((row) => this.matches(row))
      .sort((a, b) => this.compare(a, b));
    const [first, last] = this.inView();
    this.late = new Map(); // rows that are painted when they come into view
    sorted.forEach((row, i) => {
      const key = this.keyOf(row);
      seen.add(key);
      const isNew = !this.cells.has(key);
      if (isNew) this.cells.set(key, this.newRow());
      const node = this.cells.get(key);
      if (isNew || (i >= first && i <= last)) this.paint(node, row, key);
      else this.late.set(node, row);
      if (this.body.rows[i] !== node) this.body.insertBefore(node, this.body.rows[i] ?? null);
    });
    for (const [key, node] of this.cells) {
      if (seen.has(key)) continue;
      node.remove();
      this.cells.delete(key);
    }
    setText(this.none, this.rows.length ? "Nothing here matches the filter."
      : known(this.hidden) ? `${this.hidden}.` : this.empty);
    this.table.hidden = !sorted.length;
    this.none.hidden = sorted.length > 0;
  }
}

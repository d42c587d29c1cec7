// The matrix: only the rows that can be seen are in the document.

const ROW = 40;
const SPARE = 12;
const SHORT = { critical: "Crit", high: "High", medium: "Med", low: "Low", informational: "Info" };

const cellWords = (cell) => {
  if (cell === null) return "not in the report";
  const verdict = VERDICTS[cell.verdict].replace("-", " ");
  const change = cell.change === 0 ? "" : `, ${text(cell.change)}`;
  return cell.verdict === 0 ? `${verdict}, ${SEVERITIES[cell.severity]}${change}` : `${verdict}${change}`;
};

const cellMark = (cell) => {
  if (cell === null) return "";
  const severity = SEVERITIES[cell.severity];
  return [`✕ ${SHORT[severity]}`, "? Unkn", "◐ Acc", "n/a", "✓"][cell.verdict];
};

const cellClass = (cell) => {
  if (cell === null) return "cell";
  const severity = cell.verdict === 0 ? ` ${SEVERITIES[cell.severity]}` : "";
  return `cell ${VERDICTS[cell.verdict]}${severity}${cell.change === 0 ? "" : " changed"}`;
};

class Grid {
  constructor(root, scroller, { onOpen, onSort }) {
    Object.assign(this, { root, scroller, onOpen, onSort, rows: [], active: { row: 0, column: 0 }, pool: [] });
    this.columns = [
      { key: "name", label: "Account", class: "who" },
      { key: "ou", label: "Unit", class: "ou" },
      { key: "fails", label: "Fails", class: "fails" },
      ...checks.map((check) => ({ key: check.id, label: check.id.replace(/^root-/, ""), title: `${check.id}: ${check.title}`, class: "slot" })),
    ];
    this.head = make("div", { class: "grid-head", role: "row", "aria-rowindex": "1" }, ...this.columns.map((it) => this.header(it)));
    this.body = make("div", { class: "grid-body", role: "rowgroup" });
    // As wide as the narrowest that its columns may be: below that, it scrolls.
    root.style.minWidth = `${414 + 78 * checks.length}px`;
    root.setAttribute("aria-colcount", String(this.columns.length));
    root.append(make("div", { class: "grid-top", role: "rowgroup" }, this.head), this.body);
    scroller.addEventListener("scroll", () => this.later(), { passive: true });
    new ResizeObserver(() => this.later()).observe(scroller);
    root.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("click", (event) => this.click(event));
  }

  header(column) {
    const button = make("button", { type: "button", title: column.title ?? null }, column.label);
    button.addEventListener("click", () => this.onSort(column.key));
    return make("div", { role: "columnheader", class: column.class, "data-key": column.key }, button);
  }

  show(rows, state) {
    this.rows = rows;
    this.active.row = Math.min(this.active.row, Math.max(rows.length - 1, 0));
    for (const header of this.head.children) {
      const sorted = header.dataset.key === state.sort;
      if (sorted) header.setAttribute("aria-sort", state.dir === "asc" ? "ascending" : "descending");
      else header.removeAttribute("aria-sort");
    }
    this.root.setAttribute("aria-rowcount", String(rows.length + 1));
    this.body.style.height = `${Math.max(rows.length * ROW, 120)}px`;
    this.pool.forEach((row) => row.remove());
    this.pool = [];
    this.body.replaceChildren(...(rows.length === 0 ? [make("p", { class: "nothing" }, "No account is like that.")] : []));
    this.draw();
  }

  later() {
    this.frame ??= requestAnimationFrame(() => { this.frame = undefined; this.draw(); });
  }

  draw() {
    const height = this.scroller.clientHeight || 600;
    const first = Math.max(Math.floor(this.scroller.scrollTop / ROW) - SPARE, 0);
    const last = Math.min(first + Math.ceil(height / ROW) + 2 * SPARE, this.rows.length);
    const kept = new Map(this.pool.filter((it) => it.place >= first && it.place < last).map((it) => [it.place, it]));
    const hadFocus = this.body.contains(document.activeElement);
    this.pool.filter((it) => !kept.has(it.place)).forEach((it) => it.remove());
    this.pool = [];
    const fresh = [];
    for (let place = first; place < last; place += 1) {
      const row = kept.get(place) ?? this.row(place);
      if (!kept.has(place)) fresh.push(row);
      this.pool.push(row);
    }
    this.body.append(...fresh);
    if (hadFocus && !this.body.contains(document.activeElement)) this.activeCell()?.focus({ preventScroll: true });
  }

  row(place) {
    const account = this.rows[place];
    const tags = [account.management ? "management" : "", account.state === "active" ? "" : account.state];
    const note = tags.filter((it) => it !== "").map((it) => ` · ${it}`).join("");
    const row = make("div", { class: "grid-row", role: "row", "aria-rowindex": String(place + 2) },
      make("div", { role: "rowheader", class: "who" }, make("b", {}, bdi(account.name || account.id)), make("small", {}, account.id + note)),
      // What all have in common is left out: the cell is narrow, and its end tells most.
      make("div", { role: "gridcell", class: "ou", title: account.ou }, bdi(account.ou.replace(/^Root\//, ""))),
      make("div", { role: "gridcell", class: account.fails === 0 ? "fails zero" : "fails" }, String(account.fails)),
      ...account.cells.map((cell, column) => make("div",
        { role: "gridcell", class: "slot", "aria-label": `${checks[column].id}: ${cellWords(cell)}` },
        make("span", { class: cellClass(cell), "aria-hidden": "true" }, cellMark(cell)))));
    row.style.transform = `translateY(${place * ROW}px)`;
    row.place = place;
    [...row.children].forEach((cell, column) => cell.setAttribute("tabindex", this.isActive(place, column) ? "0" : "-1"));
    return row;
  }

  isActive(row, column) { return row === this.active.row && column === this.active.column; }

  activeCell() {
    return this.pool.find((row) => row.place === this.active.row)?.children[this.active.column];
  }

  activate(row, column, focus = true) {
    this.activeCell()?.setAttribute("tabindex", "-1");
    this.active = {
      row: Math.min(Math.max(row, 0), this.rows.length - 1), column: Math.min(Math.max(column, 0), this.columns.length - 1),
    };
    this.reveal();
    const cell = this.activeCell();
    cell?.setAttribute("tabindex", "0");
    if (focus) cell?.focus({ preventScroll: true });
    if (this.active.column > 0) cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  reveal() {
    const top = this.active.row * ROW;
    const visible = this.scroller.clientHeight - this.head.offsetHeight - ROW;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top > this.scroller.scrollTop + visible) this.scroller.scrollTop = top - visible;
    this.draw();
  }

  key(event) {
    if (!this.body.contains(event.target) || event.altKey || event.metaKey) return;
    const { row, column } = this.active;
    const page = Math.max(Math.floor(this.scroller.clientHeight / ROW) - 2, 1);
    const far = event.ctrlKey;
    const moves = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      PageUp: [row - page, column], PageDown: [row + page, column],
      Home: [far ? 0 : row, 0], End: [far ? this.rows.length - 1 : row, this.columns.length - 1],
    };
    if (event.key in moves) this.activate(...moves[event.key]);
    else if (event.key === "Enter" || event.key === " ") this.open(row, column);
    else return;
    event.preventDefault();
  }

  click(event) {
    const row = event.target.closest(".grid-row");
    if (row === null) return;
    const column = [...row.children].findIndex((cell) => cell.contains(event.target));
    this.activate(row.place, Math.max(column, 0));
    this.open(row.place, column);
  }

  open(row, column) {
    const account = this.rows[row];
    if (account !== undefined) this.onOpen(account, checks[column - 3]?.id ?? "");
  }
}

// One account: every row with what it rests on.

const copyButton = (words) => make("button", { type: "button", class: "copy", "data-copy": words }, "Copy");

const badge = (cell) => {
  const verdict = VERDICTS[cell.verdict];
  const severity = SEVERITIES[cell.severity];
  if (cell.verdict === 0) return make("span", { class: `badge ${severity}` }, `✕ fail · ${severity}`);
  return make("span", { class: `badge ${verdict}` }, `${["", "? ", "◐ ", "", "✓ "][cell.verdict]}${verdict.replace("-", " ")}`);
};

const boxed = (label, words) => make("div", { class: "fix" }, make("b", {}, label), make("span", {}, bdi(words)), copyButton(words));

const evidenceTable = (cell, id) => {
  if (cell.evidence.length === 0) return null;
  const rows = cell.evidence.map((place) => {
    const [label, value, call] = data.evidence[place - 1].map((it) => text(it, id));
    return make("tr", {}, make("td", {}, bdi(label)), make("td", {}, bdi(value)), make("td", {}, code(call)));
  });
  const head = ["Evidence", "Seen", "Told by"].map((it) => make("th", { scope: "col" }, it));
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
};

const gapBox = (cell, id) => {
  if (cell.gap === 0) return null;
  const [kind, call, region, errorCode, message, request, remedy] = data.gaps[cell.gap - 1].map((it) => text(it, id));
  const facts = [["Why", kind], ["Call", region === "" ? call : `${call} in ${region}`], ["Error code", errorCode], ["AWS said", message], ["Request id", request]];
  const list = facts.filter(([, value]) => value !== "");
  const lines = list.map(([label, value]) => make("div", {}, make("dt", {}, label), make("dd", {}, bdi(value))));
  return make("div", {}, make("dl", { class: "facts" }, ...lines), boxed("Who can fix it", remedy));
};

const exceptionBox = (cell, id) => {
  if (cell.exception === 0) return null;
  const [owner, reason, until, expired] = data.exceptions[cell.exception - 1];
  const word = expired === 1 ? make("span", { class: "badge stale" }, "exception expired") : make("b", {}, "Exception");
  return make("p", {}, word, ` until ${text(until, id)}, `, bdi(text(owner, id)), ": ", bdi(text(reason, id)));
};

/** Draws an alert path from the event to the person, with the links that do not hold standing out. */
const alertPath = (place, id) => {
  const [head, links, probes] = data.paths[place - 1];
  const [kind, name, owner, region] = head.slice(0, 4).map((it) => text(it, id));
  const state = STATES[head[4]];
  const marks = { holds: "✓", broken: "✕", unknown: "?" };
  let reached = true;
  const items = links.map(([link, linkState, subject, detail]) => {
    const word = STATES[linkState];
    const shown = reached ? word : `${word} unreached`;
    reached = reached && word !== "broken";
    const said = word === "holds" ? "" : ` — ${word.toUpperCase()}`;
    return make("li", { class: shown }, make("span", { class: "node", "aria-hidden": "true" }, marks[word]),
      make("b", {}, text(link, id) + said), " ", make("span", { class: "subject" }, code(text(subject, id))),
      make("span", { class: "detail" }, bdi(text(detail, id))));
  });
  const end = (mark, words, unreached) => make("li", { class: unreached ? "end unreached" : "end holds" },
    make("span", { class: "node", "aria-hidden": "true" }, mark), words);
  const [mark, person] = {
    holds: ["☎", "a person hears of it"], broken: ["∅", "nobody hears of it"], unknown: ["?", "whether a person hears of it is not known"],
  }[state];
  const outcome = probes.map(([probe, outcomeState]) => make("span", {}, `${marks[STATES[outcomeState]]} ${text(probe, id)}: ${STATES[outcomeState]}`));
  return make("div", {},
    make("h4", {}, `Alert path by ${kind} `, bdi(name), " ", make("span", { class: "count" }, `${owner} ${region} · ${state}`)),
    make("ol", { class: "path", "aria-label": `Alert path, ${state}` }, end("●", "root event", false), ...items, end(mark, person, state !== "holds")),
    outcome.length === 0 ? null : make("div", { class: "probes", "aria-label": "Probe records" }, ...outcome));
};

const rowCard = (account, column, chosen) => {
  const cell = account.cells[column];
  const check = checks[column];
  if (cell === null) return null;
  const fix = cell.remediation === 0 ? "" : text(cell.remediation, account.id);
  return make("article", { class: chosen ? "card row-card chosen" : "card row-card", id: `row-${column}` },
    make("h3", {}, badge(cell), code(check.id),
      cell.change === 0 ? null : make("span", { class: "badge informational" }, text(cell.change))),
    make("p", { class: "found" }, bdi(text(cell.summary, account.id))),
    exceptionBox(cell, account.id), gapBox(cell, account.id), evidenceTable(cell, account.id),
    ...cell.paths.map((place) => alertPath(place, account.id)),
    fix === "" ? null : boxed("Fix", fix),
    make("details", {}, make("summary", {}, "What is wanted, and why"), make("p", {}, bdi(check.title)), make("p", {}, bdi(check.risk)),
      cell.verdict === 1 ? make("p", {}, bdi(check.unknownMeans)) : null,
      check.controls === "" ? null : make("p", { class: "muted" }, bdi(check.controls))));
};

/** Copies what the page tells of the account's root activity. */
const episodesOf = (account) => {
  const told = [...document.querySelectorAll("main .episode")].filter((it) => it.dataset.account === account.id);
  return told.map((it) => { const copy = it.cloneNode(true); copy.removeAttribute("id"); return copy; });
};

class Drawer {
  constructor(dialog, { onMove, onClose }) {
    Object.assign(this, { dialog, onMove });
    // The event comes later than the closing: by then the next account may be open.
    dialog.addEventListener("close", () => { if (!dialog.open) onClose(); });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  }

  show(account, check, { before, after }) {
    const columns = checks.map((_, column) => column);
    const rank = (column) => (account.cells[column] === null ? -1 : urgency(account.cells[column]));
    columns.sort((a, b) => rank(b) - rank(a) || a - b);
    const move = (label, words, target) => {
      const button = make("button", { type: "button", disabled: target === undefined, "aria-label": words }, label);
      button.addEventListener("click", () => this.onMove(target));
      return button;
    };
    const close = make("button", { type: "button", autofocus: true }, "Close");
    close.addEventListener("click", () => this.dialog.close());
    const facts = [account.ou, account.state, account.management ? "management account" : ""].filter((it) => it !== "");
    const episodes = episodesOf(account);
    this.dialog.replaceChildren(
      make("div", { class: "drawer-head" },
        make("div", { class: "line" }, make("h2", { id: "account-title" }, bdi(account.name || account.id)),
          move("↑", "Account before", before), move("↓", "Account after", after), close),
        make("div", { class: "line muted" }, code(account.id), copyButton(account.id), bdi(facts.join(" · ")))),
      make("div", { class: "drawer-body" },
        ...columns.map((column) => rowCard(account, column, checks[column].id === check)),
        episodes.length === 0 ? null : make("h2", {}, "Root activity"), ...episodes));
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    if (check !== "") this.dialog.querySelector(".chosen")?.scrollIntoView({ block: "start" });
  }

  hide() { if (this.dialog.open) this.dialog.close(); }
}

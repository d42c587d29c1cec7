// The report's data. Numbers that point somewhere count from 1: 0 says that there is nothing.

const VERDICTS = ["fail", "unknown", "accepted", "not-applicable", "pass"];
const SEVERITIES = ["informational", "low", "medium", "high", "critical"];
const STATES = ["holds", "broken", "unknown"];
const OWN_ID = "\u0001";

const data = JSON.parse(document.getElementById("data").textContent);

/** Returns a text of the report; the id of the account that it speaks of is put back into it. */
const text = (place, id = "") => (place === 0 ? "" : data.texts[place - 1].replaceAll(OWN_ID, id));

const checks = data.checks.map(([id, title, severity, risk, unknownMeans, controls]) => ({
  id: text(id), title: text(title), severity, risk: text(risk), unknownMeans: text(unknownMeans), controls: text(controls),
}));

/** Cells with what filters and sorting ask for. Many accounts share one cell. */
const cells = data.cells.map(([head, evidence, paths]) => ({
  verdict: head[0], severity: head[1], summary: head[2], gap: head[3], remediation: head[4],
  exception: head[5], change: head[6], evidence, paths,
}));

/** How urgent a cell is: fails by severity, then what is unknown, then what is accepted. */
const urgency = (cell) => [10 + cell.severity * 10, 5, 2, 0, 1][cell.verdict];

const accounts = data.accounts.map(([id, [name, state, ou, management]], place) => {
  const own = data.rows[place].map((cell) => (cell === 0 ? null : cells[cell - 1]));
  const account = {
    place, id, name: text(name), state: text(state), ou: text(ou), management: management === 1, cells: own,
    fails: 0, worst: 0, weight: 0,
  };
  for (const cell of own) {
    if (cell === null) continue;
    if (cell.verdict === 0) account.fails += 1;
    account.worst = Math.max(account.worst, urgency(cell));
    account.weight += cell.verdict < 2 ? urgency(cell) : 0;
  }
  account.words = `${account.name}\n${account.id}\n${account.ou}\n${account.state}`.toLowerCase();
  return account;
});

const accountById = new Map(accounts.map((account) => [account.id, account]));

/** Every organizational unit that some account is in or below. */
const units = (() => {
  const all = new Set();
  for (const { ou } of accounts) {
    const parts = ou.split("/");
    for (let end = 1; ou !== "" && end <= parts.length; end += 1) all.add(parts.slice(0, end).join("/"));
  }
  return [...all].sort();
})();

const changes = [...new Set(cells.map((cell) => cell.change))].filter((it) => it !== 0);

/** Makes an element. Texts become text nodes, never markup. */
const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
};

const bdi = (words) => make("bdi", {}, words);
const code = (words) => make("code", {}, words);

// What the reader looks for. It lives in the address, so that a link leads others to the same place.

const EMPTY = {
  q: "", verdict: "", severity: "", check: "", ou: "", change: "", sort: "worst", dir: "desc", account: "", row: "",
};

const readAddress = () => {
  const wanted = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(Object.entries(EMPTY).map(([key, value]) => [key, wanted.get(key) ?? value]));
};

/** Whether the address says what to filter; otherwise it names a section of the page. */
const addressFilters = () => location.hash.includes("=");

const address = (state) => {
  const said = Object.entries(state).filter(([key, value]) => value !== EMPTY[key]);
  return `#${new URLSearchParams(said)}`;
};

/** Returns for each cell whether it is one that the filters ask for, apart from the check and the words. */
const wantedCells = (state) => {
  const verdict = VERDICTS.indexOf(state.verdict);
  const severity = SEVERITIES.indexOf(state.severity);
  return cells.map((cell) => (verdict < 0 || cell.verdict === verdict)
    && (severity < 0 || cell.severity === severity)
    && (state.change === "" || text(cell.change) === state.change));
};

/** Returns for each cell whether what was found has the words in it. */
const sayingCells = (words) => {
  const saying = data.texts.map((it) => it.toLowerCase().includes(words));
  return cells.map((cell) => cell.verdict < 3 && cell.summary !== 0 && saying[cell.summary - 1]);
};

const inUnit = (account, ou) => ou === "" || account.ou === ou || account.ou.startsWith(`${ou}/`);

/** Returns the accounts that the filters keep, in the order asked for. */
const select = (state) => {
  const words = state.q.trim().toLowerCase();
  const wanted = wantedCells(state);
  const saying = words === "" ? null : sayingCells(words);
  const column = checks.findIndex((check) => check.id === state.check);
  const byCell = state.verdict !== "" || state.severity !== "" || state.change !== "" || column >= 0;
  const kept = accounts.filter((account) => {
    if (!inUnit(account, state.ou)) return false;
    const named = words === "" || account.words.includes(words);
    if (named && !byCell) return true;
    const row = data.rows[account.place];
    return row.some((cell, place) => cell !== 0 && (column < 0 || place === column) && wanted[cell - 1]
      && (named || saying[cell - 1]));
  });
  return kept.sort(order(state));
};

const KEYS = {
  worst: (account) => account.worst * 100000 + account.weight,
  fails: (account) => account.fails,
};

const order = (state) => {
  const way = state.dir === "asc" ? 1 : -1;
  const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.place - b.place);
  if (state.sort === "name") return (a, b) => way * byName(a, b);
  if (state.sort === "ou") return (a, b) => way * (a.ou < b.ou ? -1 : a.ou > b.ou ? 1 : 0) || byName(a, b);
  const column = checks.findIndex((check) => check.id === state.sort);
  const key = column < 0
    ? KEYS[state.sort] ?? KEYS.worst
    : (account) => (account.cells[column] === null ? -1 : urgency(account.cells[column]));
  return (a, b) => way * (key(a) - key(b)) || byName(a, b);
};

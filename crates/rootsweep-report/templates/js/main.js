// What happens when.

const form = document.querySelector(".filters");
const tally = document.getElementById("tally");
const live = document.getElementById("live");
let state = readAddress();
let shown = [];

const setState = (next, { remember = false } = {}) => {
  state = { ...state, ...next };
  const target = address(state);
  if (remember) history.pushState(null, "", target);
  else history.replaceState(null, "", target);
};

const filter = () => {
  const began = performance.now();
  shown = select(state);
  grid.show(shown, state);
  const all = accounts.length.toLocaleString("en");
  document.getElementById("sorted").textContent = state.sort === "worst" ? "the worst first" : "";
  tally.textContent = `${shown.length.toLocaleString("en")} of ${all} ${accounts.length === 1 ? "account" : "accounts"}`;
  // For tests and for the curious: how long the last filter took, in milliseconds.
  grid.root.dataset.filterMs = (performance.now() - began).toFixed(1);
};

const fillForm = () => {
  for (const name of ["q", "verdict", "severity", "check", "ou", "change"]) {
    const field = form.elements.namedItem(name);
    if (field.value !== state[name]) field.value = state[name];
  }
};

const openAccount = () => {
  const account = accountById.get(state.account);
  if (account === undefined) return drawer.hide();
  const place = shown.indexOf(account);
  const near = place < 0 ? {} : { before: shown[place - 1], after: shown[place + 1] };
  drawer.show(account, state.row, near);
};

const grid = new Grid(document.getElementById("grid"), document.getElementById("scroller"), {
  onOpen: (account, check) => { setState({ account: account.id, row: check }, { remember: true }); openAccount(); },
  onSort: (key) => {
    const first = key === "name" || key === "ou" ? "asc" : "desc";
    const other = first === "asc" ? "desc" : "asc";
    setState({ sort: key, dir: state.sort === key && state.dir === first ? other : first });
    filter();
  },
});

const drawer = new Drawer(document.getElementById("account"), {
  onMove: (account) => { setState({ account: account.id, row: "" }); openAccount(); },
  onClose: () => {
    const place = shown.findIndex((it) => it.id === state.account);
    if (state.account !== "") setState({ account: "", row: "" });
    if (place >= 0) grid.activate(place, grid.active.column);
  },
});

const fillSelect = (name, values) => {
  form.elements.namedItem(name).append(...values.map((value) => make("option", { value }, value)));
};

const copy = async (button) => {
  const words = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    // Pages opened from a file may not reach the clipboard: the old way still works there.
    const field = make("textarea", { class: "sr" });
    field.value = words;
    (button.closest("dialog") ?? document.body).append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  button.textContent = "Copied";
  live.textContent = "Copied.";
  setTimeout(() => { button.textContent = "Copy"; live.textContent = ""; }, 1500);
};

const followAddress = (scroll) => {
  if (!addressFilters() && location.hash !== "") return;
  state = readAddress();
  fillForm();
  filter();
  openAccount();
  if (scroll && state.account === "" && addressFilters()) document.getElementById("matrix").scrollIntoView();
};

fillSelect("check", checks.map((check) => check.id));
fillSelect("ou", units);
fillSelect("change", changes.map((place) => text(place)));

form.addEventListener("input", () => {
  setState(Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value])));
  document.getElementById("scroller").scrollTop = 0;
  filter();
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(() => {
  setState(EMPTY);
  filter();
}));
document.addEventListener("click", (event) => {
  const button = event.target.closest("button.copy");
  if (button !== null) copy(button);
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, dialog") !== null;
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  form.elements.namedItem("q").focus();
});
window.addEventListener("hashchange", () => followAddress(true));

document.documentElement.classList.add("js");
fillForm();
filter();
openAccount();
if (addressFilters() && state.account === "") document.getElementById("matrix").scrollIntoView();
document.documentElement.dataset.readyMs = performance.now().toFixed(0);

// The table of stations: it is the source of the map, and can be filtered and sorted.
const COLLATOR = new Intl.Collator(document.documentElement.lang, { numeric: true });
const SORTS = {
  name: (station) => station.name,
  value: (station) => station.shown,
  age: (station) => station.time,
};
const state = { column: null, descending: false };

/** Read the stations from the rows: what the map shows is what the table says. */
export function readStations() {
  return [...document.querySelectorAll("#rows > tr")].map((row) => ({
    row,
    id: row.dataset.station,
    name: row.dataset.name,
    kind: row.dataset.kind,
    look: row.dataset.look,
    number: row.dataset.number,
    band: Number(row.dataset.band),
    shown: row.dataset.shown === "" ? Number.NEGATIVE_INFINITY : Number(row.dataset.shown),
    time: row.dataset.time,
    position: [Number(row.dataset.longitude), Number(row.dataset.latitude)],
  }));
}

/** Show what only works with a script, hide what only serves without. */
export function wake(root = document) {
  for (const element of root.querySelectorAll("[data-with-script]")) element.hidden = false;
  for (const element of root.querySelectorAll("[data-without-script]")) element.hidden = true;
}

/** Make column heads sort; `changed` is told the visible ids after each filter. */
export function startTable(changed) {
  const words = document.getElementById("card-words").dataset;
  for (const head of document.querySelectorAll("#stations thead th[data-column]")) {
    if (!(head.dataset.column in SORTS)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.title = words.sort.replace("{column}", head.textContent);
    button.addEventListener("click", () => sortBy(head));
    head.replaceChildren(button);
  }
  document.getElementById("filter")?.addEventListener("input", () => changed(filterRows()));
}

/** Apply filter and sort to the rows that are there; answers the ids that stay visible. */
export function filterRows() {
  const wanted = fold(document.getElementById("filter")?.value ?? "");
  const stations = readStations();
  const visible = new Set();
  for (const station of stations) {
    station.row.hidden = !fold(`${station.id} ${station.row.textContent}`).includes(wanted);
    if (!station.row.hidden) visible.add(station.id);
  }
  const count = document.getElementById("filter-count");
  if (count) {
    count.textContent = count.dataset.text.replace("{shown}", visible.size).replace("{total}", stations.length);
    document.getElementById("no-match").hidden = visible.size > 0;
  }
  return visible;
}

/** Put the rows in the order that was chosen, again after a refresh. */
export function sortRows() {
  if (!state.column) return;
  const key = SORTS[state.column];
  const sign = state.descending ? -1 : 1;
  const rows = readStations().sort((a, b) => sign * compare(key(a), key(b)));
  document.getElementById("rows").append(...rows.map((station) => station.row));
}

function sortBy(head) {
  const { column } = head.dataset;
  state.descending = state.column === column ? !state.descending : column !== "name";
  state.column = column;
  for (const other of document.querySelectorAll("#stations thead th")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
  sortRows();
}

function compare(a, b) {
  if (typeof a === "string") return COLLATOR.compare(a, b);
  return a === b ? 0 : a - b;
}

/** Compare without capitals and accents. */
function fold(text) {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().trim();
}

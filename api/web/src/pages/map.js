// The map page: the address says what is shown; this draws it, keeps it fresh, and changes the address.
import { breathe } from "../breathe.js";
import { closeCard, openCard } from "../card.js";
import { startCopying } from "../copy.js";
import { refreshList, wake } from "../list.js";
import { savePicture } from "../picture.js";
import { startSearch } from "../search.js";
import { bounds, camera, change, state } from "../state.js";
import { fetchStations } from "../stations.js";
import { loadSurface } from "../surface.js";

const REFRESH = { last: 60_000, "1h": 300_000, "24h": 300_000 }; // [ms]
const PAUSE = 300; // [ms] after the last key or move
const form = document.getElementById("controls");
const frame = document.getElementById("map");
const choice = (name) => form.elements[name].value;
let surface = null; // what draws the map: it comes after what lists and filters
let map = null;
let stations = [];
let refreshed = Date.now();

/** Fetch what the address asks for and draw it; what cannot be fetched stays, and is said to be old. */
async function draw(arriving = fetchStations()) {
  const found = await arriving;
  const missing = document.getElementById("map-missing");
  missing.classList.toggle("away", found === null);
  if (found === null) missing.textContent = frame.dataset.away;
  if (found === null || !map) return;
  stations = found;
  await breathe();
  await surface.drawStations(map, stations, choice("index"));
  frame.dataset.count = stations.length;
  if (state().get("station")) surface.select(map, stationOf(state().get("station")));
}

const stationOf = (id) => stations.find((one) => one.id === id) ?? null;

async function show(id, from = null) {
  change({ station: id });
  mark(id);
  if (!(await openCard(id, from))) return hide();
  if (map) surface.select(map, stationOf(id), from !== null);
}

function hide() {
  closeCard();
  change({ station: "" });
  mark("");
  if (map) surface.select(map, null);
}

function mark(id) {
  for (const row of document.querySelectorAll("#rows > tr[aria-current]")) row.removeAttribute("aria-current");
  if (id) document.getElementById(`s-${id}`)?.setAttribute("aria-current", "true");
}

async function update() {
  refreshed = Date.now();
  await Promise.all([draw(), refreshList()]);
  if (state().get("station")) await openCard(state().get("station"));
}

/** Take over what the controls say. The LKI opens with the 24 hours that it is made for, the European index with now. */
function choose(event) {
  if (event.target.name === "index") {
    form.elements.averaging.value = event.target.value === "lki" ? "24h" : "last";
  }
  change({ property: choice("property"), averaging: choice("averaging"), index: choice("index"), show: choice("show"), page: "" }, { push: true });
  update();
}

/** Let the controls say what the address says, after going back. */
function follow() {
  for (const name of ["property", "averaging", "index", "show"]) {
    const said = state().get(name);
    const first = form.querySelector(`[name=${name}]`).value;
    form.elements[name].value = said ?? (name === "averaging" && state().get("index") === "lki" ? "24h" : first);
  }
  document.getElementById("filter").value = state().get("q") ?? "";
  if (!state().get("station")) closeCard();
  update();
}

function seen() {
  const box = map.getBounds();
  return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((edge) => edge.toFixed(4)).join(",");
}

/** Write the camera into the address; a table of what is seen follows it. */
function moved() {
  const { lat, lng } = map.getCenter();
  const only = document.getElementById("only-seen")?.checked;
  change({ at: `${map.getZoom().toFixed(2)}/${lat.toFixed(4)}/${lng.toFixed(4)}`, within: "", bbox: only ? seen() : "", page: only ? "" : state().get("page") });
  if (only) refreshList();
}

function later(work) {
  let timer = null;
  return (...parts) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...parts), PAUSE);
  };
}

function clicked(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("[data-show], [data-list], [data-close]");
  if (!link) return;
  event.preventDefault();
  if (link.matches("[data-show]")) show(link.closest("tr").dataset.station, link);
  else if (link.matches("[data-close]")) hide();
  else {
    const query = new URL(link.href).searchParams;
    change({ sort: query.get("sort"), page: query.get("page") });
    refreshList();
  }
}

function listen() {
  form.addEventListener("change", (event) => {
    if (event.target.type === "radio") choose(event);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  const filter = later((text) => {
    change({ q: text.trim(), page: "" });
    update();
  });
  document.getElementById("filter").addEventListener("input", ({ target }) => filter(target.value));
  document.addEventListener("click", clicked);
  document.addEventListener("change", ({ target }) => {
    if (target.id === "only-seen" && map) moved();
    if (target.id === "only-seen" && !target.checked) refreshList();
  });
  document.addEventListener("click", ({ target }) => {
    if (target.id === "save-png" && map) savePicture(map, document.getElementById("words").dataset.title);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.getElementById("card").hidden) hide();
  });
  addEventListener("popstate", follow);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => location.reload()); // the canvas keeps its colours
  setInterval(() => {
    if (!document.hidden && Date.now() - refreshed >= REFRESH[choice("averaging")]) update();
  }, 10_000);
}

function start() {
  wake();
  startCopying();
  listen();
  startSearch((query) => {
    const place = { station: query.get("station"), at: query.get("at"), within: query.get("within") };
    change(place, { push: true });
    if (map && camera()) surface.go(map, camera());
    if (place.station) show(place.station, document.getElementById("search"));
  });
  startMap();
}

/** Bring the map; where it cannot be had, or drawn, the table stays alone. */
async function startMap() {
  const arriving = fetchStations(frame.dataset.stations);
  const station = state().get("station");
  surface = await loadSurface(frame);
  map = surface?.createMap(frame, camera() ?? bounds(frame.dataset.bounds), { picked: (id) => show(id), missed: hide }) ?? null;
  if (!map) return;
  await Promise.all([arriving, map.once("style.load")]); // "load" would wait for the ground to be drawn first
  await draw(arriving);
  if (station) surface.select(map, stationOf(station), !camera());
  map.on("moveend", later(moved));
}

start();

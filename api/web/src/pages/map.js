// The map page: draws what the table says, opens cards, and fetches the same page again every minute.
import "maplibre-gl/dist/maplibre-gl.css";
import { closeCard, openCard } from "../card.js";
import { createMap, drawStations, select, showAll } from "../drawing.js";
import { filterRows, readStations, sortRows, startTable, wake } from "../table.js";

const REFRESH = 60_000; // [ms]
const form = document.getElementById("controls");
let map = null;
let selected = null;

function draw(visible) {
  const stations = readStations().filter((station) => visible.has(station.id));
  if (map) drawStations(map, stations);
}

function show(id, from = null) {
  const station = readStations().find((one) => one.id === id);
  if (!station) return;
  selected = id;
  for (const row of document.querySelectorAll("#rows > tr")) row.toggleAttribute("aria-current", false);
  station.row.setAttribute("aria-current", "true");
  history.replaceState(null, "", `#s-${id}`);
  openCard(station, { from, closed: hide });
  if (map) select(map, station, from !== null);
}

function hide() {
  closeCard();
  if (map) select(map, null);
  document.querySelector("#rows > tr[aria-current]")?.removeAttribute("aria-current");
  history.replaceState(null, "", location.pathname + location.search);
  selected = null;
}

/** Fetch the page as the server would show it now, and take over what can have changed. */
async function refresh(address) {
  let page;
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) return; // the shown values keep their age; the next minute tries again
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (error) {
    if (error instanceof TypeError) return; // the network is away
    throw error;
  }
  wake(page);
  const focused = document.activeElement?.closest("#rows > tr")?.id;
  for (const place of ["#rows", "#legend", "#updated", ".languages"]) {
    const fresh = page.querySelector(place);
    if (fresh) document.querySelector(place)?.replaceChildren(...fresh.childNodes);
  }
  sortRows();
  draw(filterRows());
  if (focused) document.getElementById(focused)?.querySelector("[data-show]")?.focus();
  if (selected) show(selected);
}

function choose() {
  const query = new URLSearchParams(new FormData(form));
  history.replaceState(null, "", `?${query}${location.hash}`);
  refresh(`?${query}`);
}

function listen() {
  form.addEventListener("change", choose);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show]");
    if (button) show(button.closest("tr").dataset.station, button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && selected) hide();
  });
  setInterval(() => {
    if (!document.hidden) refresh(location.pathname + location.search);
  }, REFRESH);
}

wake();
startTable(draw);
listen();
filterRows();
map = createMap(document.getElementById("map"), { picked: show, missed: hide });
if (map) {
  map.once("load", () => {
    draw(filterRows());
    if (location.hash.startsWith("#s-")) show(decodeURIComponent(location.hash.slice(3)));
  });
  showAll(map, readStations());
}

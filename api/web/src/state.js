// What the reader chose stands in the address of the page, and nowhere else: each view can be shared, kept and gone back to.
const DATA = ["property", "averaging", "index", "show", "q"]; // what decides which stations are drawn, and how

/** Read the address. */
export function state() {
  return new URLSearchParams(location.search);
}

/** Change parts of the address; what is empty leaves it. `push` makes a step to go back to. */
export function change(parts, { push = false } = {}) {
  const query = state();
  for (const [name, text] of Object.entries(parts)) {
    if (text) query.set(name, text);
    else query.delete(name);
  }
  const address = `${location.pathname}?${query}`.replace(/\?$/, "").replaceAll("%2F", "/").replaceAll("%2C", ",");
  history[push ? "pushState" : "replaceState"](null, "", address);
  keepInLinks();
}

/** Write the address of something that depends on the view, as its columns. */
export function addressOf(path) {
  const query = new URLSearchParams();
  for (const name of [...DATA, "lang"]) {
    if (state().get(name)) query.set(name, state().get(name));
  }
  return `${path}?${query}`;
}

/** Let the other language show the same view. */
function keepInLinks() {
  for (const link of document.querySelectorAll(".languages a")) {
    const query = state();
    query.set("lang", link.hreflang);
    link.href = `${location.pathname}?${query}`;
  }
}

/** Read the camera: `at=zoom/latitude/longitude`, or `within=west,south,east,north` [degrees]. */
export function camera() {
  const [zoom, latitude, longitude, ...more] = numbers(state().get("at"), "/");
  if (!more.length && Number.isFinite(zoom) && isPlace(longitude, latitude)) return { zoom, center: [longitude, latitude] };
  return bounds(state().get("within"));
}

/** Read a box as MapLibre takes it. */
export function bounds(text) {
  const edges = numbers(text, ",");
  if (edges.length !== 4 || !isPlace(edges[0], edges[1]) || !isPlace(edges[2], edges[3])) return null;
  return { bounds: [[edges[0], edges[1]], [edges[2], edges[3]]], fitBoundsOptions: { padding: 45, maxZoom: 13 } };
}

/** Cut a text into numbers; a part that is empty, as in a link that was cut off, is none. */
function numbers(text, separator) {
  return (text ?? "").split(separator).map((part) => (part.trim() ? Number(part) : Number.NaN));
}

function isPlace(longitude, latitude) {
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
}

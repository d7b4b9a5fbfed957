// Connecting a station: the place from a click on the map, and the wait for its first message.
import { startCopying } from "../copy.js";
import { wake } from "../list.js";
import { loadSurface } from "../surface.js";
import { watch } from "../waiting.js";

wake();
startCopying();
const frame = document.getElementById("place-map");
if (frame) choosePlace(frame);
const panel = document.getElementById("watch");
if (panel) watch(panel, document.getElementById("http-token").textContent);

async function choosePlace(frame) {
  const surface = await loadSurface(frame);
  const map = surface?.createMap(frame, null, { picked: () => {}, missed: () => {} });
  if (!map) {
    frame.parentElement.hidden = true;
    document.getElementById("map-instruction").hidden = true;
    return;
  }
  const fields = ["longitude", "latitude"].map((id) => document.getElementById(id));
  const pin = surface.createPin();
  const read = () => fields.map((field) => Number.parseFloat(field.value.replace(",", ".")));
  const put = () => {
    const place = read();
    if (place.every(Number.isFinite) && Math.abs(place[1]) <= 90) pin.setLngLat(place).addTo(map);
  };
  map.on("click", ({ lngLat }) => {
    fields[0].value = lngLat.lng.toFixed(5);
    fields[1].value = lngLat.lat.toFixed(5);
    put();
  });
  for (const field of fields) field.addEventListener("change", put);
  put();
}

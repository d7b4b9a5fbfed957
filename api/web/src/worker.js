// Stands in for MapLibre's worker, which cuts vector tiles: there are none here. Stations and ground are drawn directly, and
// raster tiles need no worker, so half a megabyte stays away. MapLibre asks now and then whether its worker lives.
// Asked to wake the graphics card, it draws nothing and waits for it in the page's stead (surface.js).
import { link } from "./shaders.js";

let kept = null; // what is awake stays so while this worker lives

addEventListener("message", ({ data }) => {
  if (data === "wake") wake();
  else postMessage({ id: data.id, origin: data.origin, targetMapId: data.sourceMapId, type: "<response>" });
});

/** Have a context made and the stations' program compiled; browsers remember programs. */
function wake() {
  kept = globalThis.OffscreenCanvas ? new OffscreenCanvas(1, 1).getContext("webgl2") : null;
  kept?.getProgramParameter(link(kept), kept.LINK_STATUS); // this is the wait
  postMessage("awake");
}

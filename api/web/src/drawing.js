// The drawing surface: MapLibre with our own outline below, or the tiles that were configured. A bundle of its own (surface.js).
import "maplibre-gl/dist/maplibre-gl.css";
import { AttributionControl, Map, Marker, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import { baseStyle } from "./base.js";
import { breathe } from "./breathe.js";
import { layGround } from "./ground.js";
import { theme } from "./marker.js";
import { mercator } from "./mercator.js";
import { createPoints } from "./points.js";

const HOME = [5.18, 52.23]; // Hilversum, until there are stations
const STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;
const MARKER = 900; // [px²] that a marker covers
const CROWDED = 0.35; // share of the map that markers may cover before they become dots

/** Make the map in its frame; null where the browser cannot draw one. */
export function createMap(frame, camera, { picked, missed }) {
  const words = frame.dataset;
  setWorkerUrl(words.worker);
  let map;
  try {
    map = new Map({
      container: frame,
      style: baseStyle(words),
      ...(camera ?? { center: HOME, zoom: 10.5 }),
      minZoom: 5,
      maxZoom: 17,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      renderWorldCopies: false,
      fadeDuration: 0,
      locale: {
        "Map.Title": words.label,
        "NavigationControl.ZoomIn": words.zoomin,
        "NavigationControl.ZoomOut": words.zoomout,
      },
    });
  } catch (error) {
    console.info(`no map: ${error.message}`); // no WebGL: the table stays
    return null;
  }
  drawNoSky(map);
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.addControl(new AttributionControl({ compact: false, customAttribution: words.note }), "bottom-right");
  map.getCanvas().setAttribute("aria-describedby", "map-instruction");
  map.points = createPoints();
  map.on("style.load", () => map.addLayer(map.points)); // again where the browser lost its context
  map.ground = words.tiles ? Promise.resolve() : layGround(map, words.outline);
  listen(map, frame, picked, missed);
  frame.map = map; // for whoever embeds the page, and for its tests
  frame.dataset.scriptReady = "true";
  return map;
}

/** A flat map has no sky; MapLibre would compile it all the same, and wait for that, before it draws a first time. */
function drawNoSky({ painter }) {
  painter.drawFunctions = { ...painter.drawFunctions, sky: () => {}, atmosphere: () => {} };
}

/** Make a pin that stands at a place. */
export function createPin() {
  return new Marker({ color: theme("focus") });
}

/** Put the stations on the map, when there is ground below. Far out, where markers would hide one another, each is a dot. */
export async function drawStations(map, stations, index) {
  await map.ground;
  const below = crowdedBelow(stations);
  await breathe();
  map.points.show(stations, { below, colours: index });
}

/** Find the zoom below which markers of this size would cover too much of the area that they stand in. */
function crowdedBelow(stations) {
  const points = stations.map(({ position }) => mercator(position));
  const spread = (axis) => {
    const sorted = Float64Array.from(points, (point) => point[axis]).sort();
    return 512 * ((sorted[Math.floor(sorted.length * 0.95)] ?? 0) - (sorted[Math.floor(sorted.length * 0.05)] ?? 0));
  };
  const area = spread(0) * spread(1) || 1e-6;
  const fits = Math.log2((stations.length * 0.81 * MARKER) / (CROWDED * area)) / 2;
  return stations.length < 60 ? 0 : Math.min(Math.max(fits, 0), 14);
}

/** Ring a station, and bring it into view where the reader asked for it from the table. */
export function select(map, station, move = false) {
  map.points.choose(station);
  if (!station) return;
  const { offset, covers } = besideCard(map.getContainer());
  if (move) map.easeTo({ center: station.position, zoom: Math.max(map.getZoom(), 12), offset, animate: !STILL });
  else if (covers(map.project(station.position))) map.easeTo({ center: station.position, offset, animate: !STILL });
}

/** Go to a place. */
export function go(map, { center, zoom, bounds, fitBoundsOptions }) {
  if (bounds) map.fitBounds(bounds, { ...fitBoundsOptions, animate: !STILL });
  else map.easeTo({ center, zoom, animate: !STILL });
}

/** Tell where the middle of the free part of the map is, and whether the card lies over a point [px]. */
function besideCard(frame) {
  const card = document.getElementById("card");
  const [width, height] = [card.offsetLeft + card.offsetWidth, card.offsetTop + card.offsetHeight];
  const wide = frame.clientWidth - width > 100;
  return {
    offset: wide ? [width / 2, 0] : [0, -card.offsetHeight / 2],
    covers: ({ x, y }) => x > card.offsetLeft - 15 && x < width + 15 && y > card.offsetTop - 15 && y < height + 15,
  };
}

function listen(map, frame, picked, missed) {
  map.on("click", ({ point }) => {
    const hit = map.points.at(point);
    if (hit) picked(hit.id);
    else missed();
  });
  map.on("mousemove", ({ point }) => { map.getCanvas().style.cursor = map.points.at(point) ? "pointer" : ""; });
  map.on("idle", () => {
    if (!frame.dataset.count) return; // nothing was asked to be drawn yet
    if (performance.getEntriesByName("map-idle").length === 0) performance.mark("map-idle");
    frame.dataset.drawn = map.points.count();
  });
}

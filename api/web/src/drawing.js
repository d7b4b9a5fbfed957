// The drawing surface: MapLibre with our own outline below, or the tiles that were configured.
import { AttributionControl, Map, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import { baseLayers, baseSources } from "./base.js";
import { colourName, drawPicture, pictureName, theme } from "./marker.js";

const HOME = [5.18, 52.23]; // Hilversum, until there are stations
const STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;
const EMPTY = { type: "FeatureCollection", features: [] };
const MARKER = 900; // [px²] that a marker covers
const CROWDED = 0.35; // share of the map that markers may cover before they become dots
const REACH = 9; // [px]; around a dot a finger still hits it

/** Make the map in its frame; null where the browser cannot draw one. */
export function createMap(frame, camera, { picked, missed }) {
  const words = frame.dataset;
  setWorkerUrl(words.worker);
  let map;
  try {
    map = new Map({
      container: frame,
      style: style(words),
      ...(camera ?? { center: HOME, zoom: 10.5 }),
      minZoom: 5,
      maxZoom: 17,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
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
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.addControl(new AttributionControl({ compact: false, customAttribution: words.note }), "bottom-right");
  map.getCanvas().setAttribute("aria-describedby", "map-instruction");
  listen(map, frame, picked, missed);
  frame.map = map; // for whoever embeds the page, and for its tests
  frame.dataset.scriptReady = "true";
  return map;
}

/** Put the stations on the map. Far out, where markers would hide one another, each is a dot. */
export function drawStations(map, stations, index) {
  const zoom = crowdedBelow(map, stations);
  map.setLayoutProperty("dots", "visibility", zoom > 0 ? "visible" : "none");
  map.setLayerZoomRange("dots", 0, zoom || 24);
  map.setLayerZoomRange("markers", zoom, 24);
  const classes = [1, 2, 3, 4, 5, 6].flatMap((band) => [band, theme(colourName(index, band)) || theme("band-0")]);
  map.setPaintProperty("dots", "circle-color", ["match", ["get", "band"], ...classes, theme("band-0")]);
  map.getSource("stations").setData({ type: "FeatureCollection", features: stations.map((one) => feature(one, index)) });
}

/** Find the zoom below which markers of this size would cover too much of the area that they stand in. */
function crowdedBelow(map, stations) {
  const points = stations.map(({ position: [x, y] }) => [x / 360, Math.log(Math.tan(Math.PI / 4 + (y * Math.PI) / 360)) / (2 * Math.PI)]);
  const spread = (axis) => {
    const sorted = points.map((point) => point[axis]).sort((a, b) => a - b);
    return 512 * ((sorted[Math.floor(sorted.length * 0.95)] ?? 0) - (sorted[Math.floor(sorted.length * 0.05)] ?? 0));
  };
  const area = spread(0) * spread(1) || 1e-6;
  const fits = Math.log2((stations.length * 0.81 * MARKER) / (CROWDED * area)) / 2;
  return stations.length < 60 ? 0 : Math.min(Math.max(fits, 0), 14);
}

/** Ring a station, and bring it into view where the reader asked for it from the table. */
export function select(map, station, move = false) {
  map.getSource("selected").setData({ type: "FeatureCollection", features: station ? [feature(station, "")] : [] });
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

function feature(station, index) {
  const { id, kind, band, look, number, position } = station;
  return {
    type: "Feature",
    geometry: { type: "Point", coordinates: position },
    properties: { id, kind, band, look, picture: pictureName(index, station), order: kind === "reference" ? 1000 : (number ?? -1) },
  };
}

function listen(map, frame, picked, missed) {
  map.setMissingStyleImageResolver((name) => { // only what comes into view is drawn
    const { image, options } = drawPicture(name);
    map.addImage(name, image, options);
  });
  const layers = ["references", "markers", "dots"];
  map.on("click", ({ point: { x, y } }) => {
    const [hit] = map.queryRenderedFeatures([[x - REACH, y - REACH], [x + REACH, y + REACH]], { layers });
    if (hit) picked(hit.properties.id);
    else missed();
  });
  for (const layer of layers) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  map.on("idle", () => {
    if (!frame.dataset.count) return; // nothing was asked to be drawn yet
    if (performance.getEntriesByName("map-idle").length === 0) performance.mark("map-idle");
    if (Number(frame.dataset.count) > 2000) { // looking for each would take longer than drawing it
      frame.dataset.drawn = frame.dataset.count;
      return;
    }
    const drawn = map.queryRenderedFeatures({ layers });
    frame.dataset.drawn = new Set(drawn.map((hit) => hit.properties.id)).size;
  });
}

function style(words) {
  return {
    version: 8,
    sources: {
      ...baseSources(words),
      stations: { type: "geojson", data: EMPTY, buffer: 32, tolerance: 0, maxzoom: 14 },
      selected: { type: "geojson", data: EMPTY },
    },
    layers: [
      ...baseLayers(words),
      {
        id: "selected",
        type: "circle",
        source: "selected",
        paint: { "circle-radius": 20, "circle-color": theme("paper"), "circle-stroke-width": 4, "circle-stroke-color": theme("focus") },
      },
      dots(),
      symbols("markers", "station"),
      symbols("references", "reference"),
    ],
  };
}

function dots() {
  return {
    id: "dots",
    type: "circle",
    source: "stations",
    filter: ["==", ["get", "kind"], "station"],
    layout: { "circle-sort-key": ["get", "order"] },
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 6, 3.2, 12, 6.5],
      "circle-color": theme("band-0"),
      "circle-opacity": ["match", ["get", "look"], "full", 1, "old", 0.4, 0],
      "circle-stroke-width": 1,
      "circle-stroke-color": ["match", ["get", "look"], "full", theme("ink"), theme("control-line")],
    },
  };
}

function symbols(id, kind) {
  return {
    id,
    type: "symbol",
    source: "stations",
    filter: ["==", ["get", "kind"], kind],
    layout: {
      "icon-image": ["get", "picture"],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "symbol-sort-key": ["get", "order"],
    },
  };
}

// The drawing surface: MapLibre with our own outline below, or the tiles that were configured.
import { AttributionControl, LngLatBounds, Map, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import { drawPicture, pictureName, theme } from "./marker.js";

const HOME = [5.18, 52.23]; // Hilversum, until there are stations
const STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Make the map in its frame; null where the browser cannot draw one. */
export function createMap(frame, { picked, missed }) {
  const words = frame.dataset;
  setWorkerUrl(words.worker);
  let map;
  try {
    map = new Map({
      container: frame,
      style: style(words),
      center: HOME,
      zoom: 10.5,
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

/** Put the stations on the map: one layer, so that thousands stay fast. */
export function drawStations(map, stations) {
  for (const station of stations) {
    const name = pictureName(station);
    if (map.hasImage(name)) continue;
    const { image, options } = drawPicture(station);
    map.addImage(name, image, options);
  }
  map.getSource("stations").setData({ type: "FeatureCollection", features: stations.map(feature) });
}

/** Ring a station, and bring it into view where the reader asked for it from the table. */
export function select(map, station, move = false) {
  map.getSource("selected").setData({
    type: "FeatureCollection",
    features: station ? [feature(station)] : [],
  });
  if (!station) return;
  const { offset, covers } = besideCard(map.getContainer());
  if (move) map.easeTo({ center: station.position, zoom: Math.max(map.getZoom(), 12), offset, animate: !STILL });
  else if (covers(map.project(station.position))) map.easeTo({ center: station.position, offset, animate: !STILL });
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

/** Show all stations of residents at once; official ones far away may lie outside. */
export function showAll(map, stations) {
  const residents = stations.filter((station) => station.kind === "station");
  const wanted = residents.length > 0 ? residents : stations;
  if (wanted.length === 0) return;
  const bounds = new LngLatBounds();
  for (const station of wanted) bounds.extend(station.position);
  map.fitBounds(bounds, { padding: 45, maxZoom: 13, animate: false });
}

function feature(station) {
  return {
    type: "Feature",
    geometry: { type: "Point", coordinates: station.position },
    properties: { id: station.id, picture: pictureName(station), order: station.kind === "reference" ? 1000 : station.shown },
  };
}

function listen(map, frame, picked, missed) {
  map.on("click", (event) => {
    const [hit] = map.queryRenderedFeatures(event.point, { layers: ["stations"] });
    if (hit) picked(hit.properties.id);
    else missed();
  });
  map.on("mouseenter", "stations", () => { map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", "stations", () => { map.getCanvas().style.cursor = ""; });
  map.on("idle", () => {
    const drawn = map.queryRenderedFeatures({ layers: ["stations"] });
    frame.dataset.drawn = new Set(drawn.map((hit) => hit.properties.id)).size;
  });
}

const EMPTY = { type: "FeatureCollection", features: [] };

function style({ tiles, outline }) {
  return {
    version: 8,
    sources: {
      ...(tiles ? tileSource(tiles) : { outline: { type: "geojson", data: new URL(outline, location.href).href } }),
      stations: { type: "geojson", data: EMPTY },
      selected: { type: "geojson", data: EMPTY },
    },
    layers: [
      { id: "land", type: "background", paint: { "background-color": theme("map-land") } },
      ...(tiles ? [{ id: "tiles", type: "raster", source: "tiles" }] : outlineLayers()),
      {
        id: "selected",
        type: "circle",
        source: "selected",
        paint: { "circle-radius": 20, "circle-color": theme("paper"), "circle-stroke-width": 4, "circle-stroke-color": theme("focus") },
      },
      {
        id: "stations",
        type: "symbol",
        source: "stations",
        layout: {
          "icon-image": ["get", "picture"],
          "icon-allow-overlap": true,
          "icon-ignore-placement": true,
          "symbol-sort-key": ["get", "order"],
        },
      },
    ],
  };
}

function tileSource(tiles) {
  const attribution = tiles.includes("pdok.nl") ? "© Kadaster, PDOK (CC BY 4.0)" : "";
  return { tiles: { type: "raster", tiles: [tiles], tileSize: 256, maxzoom: 19, attribution } };
}

function outlineLayers() {
  const of = (kind) => ["==", ["get", "kind"], kind];
  return [
    { id: "town", type: "fill", source: "outline", filter: of("town"), paint: { "fill-color": theme("map-town") } },
    { id: "water", type: "fill", source: "outline", filter: of("water"), paint: { "fill-color": theme("map-water") } },
    { id: "river", type: "line", source: "outline", filter: of("river"), paint: { "line-color": theme("map-water"), "line-width": 2.5 } },
    {
      id: "label",
      type: "symbol",
      source: "outline",
      filter: of("label"),
      layout: {
        "text-field": ["get", "name"],
        "text-font": ["sans-serif"], // no glyphs are served: the browser's own letters
        "text-size": ["match", ["get", "rank"], 1, 14, 2, 12.5, 11.5],
        "symbol-sort-key": ["get", "rank"],
      },
      paint: { "text-color": theme("map-label"), "text-halo-color": theme("map-land"), "text-halo-width": 1.5 },
    },
  ];
}

// What lies below the stations: an own plain outline, or the tiles that were configured.
import { theme } from "./marker.js";

/** Name the sources of the base map. */
export function baseSources({ tiles, outline }) {
  if (!tiles) return { outline: { type: "geojson", data: new URL(outline, location.href).href } };
  const attribution = tiles.includes("pdok.nl") ? "© Kadaster, PDOK (CC BY 4.0)" : "";
  return { tiles: { type: "raster", tiles: [tiles], tileSize: 256, maxzoom: 19, attribution } };
}

/** List the layers of the base map, from below; the ground stays where tiles do not come. */
export function baseLayers({ tiles }) {
  const ground = { id: "land", type: "background", paint: { "background-color": theme("map-land") } };
  return tiles ? [ground, { id: "tiles", type: "raster", source: "tiles" }] : [ground, ...outlineLayers()];
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

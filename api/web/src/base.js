// What lies below the stations where tiles were configured; else it is our own ground (ground.js).

/** Write the style of the map: the tiles alone, or nothing. Behind both the frame has the colour of land. */
export function baseStyle({ tiles }) {
  if (!tiles) return { version: 8, sources: {}, layers: [] };
  const attribution = tiles.includes("pdok.nl") ? "© Kadaster, PDOK (CC BY 4.0)" : "";
  return {
    version: 8,
    sources: { tiles: { type: "raster", tiles: [tiles], tileSize: 256, maxzoom: 19, attribution } },
    layers: [{ id: "tiles", type: "raster", source: "tiles" }],
  };
}

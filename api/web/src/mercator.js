// Where a position lies on the map's square: web Mercator, 0 to 1 from its north-west corner (EPSG:3857 without its metres).

/** Place a position [longitude, latitude in degrees] on the square. */
export function mercator([longitude, latitude]) {
  return [longitude / 360 + 0.5, 0.5 - Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360)) / (2 * Math.PI)];
}

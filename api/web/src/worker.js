// Stands in for MapLibre's worker, which cuts vector tiles: there are none here. Stations and ground are drawn directly, and
// raster tiles need no worker, so half a megabyte stays away. MapLibre asks now and then whether its worker lives.
addEventListener("message", ({ data: { id, origin, sourceMapId } }) => {
  postMessage({ id, origin, targetMapId: sourceMapId, type: "<response>" });
});

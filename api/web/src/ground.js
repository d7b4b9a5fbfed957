// Our own plain outline below the stations, where no tiles were configured: a canvas under MapLibre's, drawn with its camera.
import { theme } from "./marker.js";
import { mercator } from "./mercator.js";

const ORIGIN = mercator([5.18, 52.23]); // near to it single precision is enough
const WORLD = 512; // [px] that MapLibre's square is wide at zoom 0
const UNIT = 1 << 20; // paths are kept in millionths of the square: canvases are careless about very small lengths
const SIZES = { 1: 14, 2: 12.5 }; // [px] of a name by its rank

/** Lay the outline of an address under the map; settles when it lies there, or cannot be had. */
export async function layGround(map, address) {
  let outline;
  try {
    const answer = await fetch(address);
    if (!answer.ok) return;
    outline = await answer.json();
  } catch (error) {
    if (error instanceof TypeError) return; // the network is away: the plain ground stays
    throw error;
  }
  const canvas = document.createElement("canvas");
  canvas.className = "ground";
  canvas.setAttribute("aria-hidden", "true");
  map.getCanvasContainer().prepend(canvas);
  const shapes = outline.features.map(shape);
  const labels = shapes.filter((one) => one.kind === "label").sort((one, other) => one.rank - other.rank);
  map.on("render", () => draw(canvas, map, shapes, labels));
  map.triggerRepaint();
}

function shape({ properties: { kind, name, rank }, geometry: { type, coordinates } }) {
  if (type === "Point") return { kind, name, rank, at: place(coordinates) };
  const path = new Path2D();
  for (const line of type === "Polygon" ? coordinates : [coordinates]) {
    line.forEach((position, number) => path[number ? "lineTo" : "moveTo"](...place(position)));
  }
  return { kind, path };
}

function place(position) {
  const [x, y] = mercator(position);
  return [(x - ORIGIN[0]) * UNIT, (y - ORIGIN[1]) * UNIT];
}

function draw(canvas, map, shapes, labels) {
  const { width, height } = map.getCanvas();
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const ratio = map.getPixelRatio();
  const scale = (WORLD * 2 ** map.getZoom()) / UNIT;
  const { lng, lat } = map.getCenter();
  const [x, y] = place([lng, lat]);
  const [left, top] = [width / ratio / 2 - x * scale, height / ratio / 2 - y * scale];
  const pen = canvas.getContext("2d");
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * left, ratio * top);
  fill(pen, shapes, "town");
  fill(pen, shapes, "water");
  pen.strokeStyle = theme("map-water");
  pen.lineWidth = 2.5 / scale;
  for (const one of shapes) if (one.kind === "river") pen.stroke(one.path);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  write(pen, labels.map((one) => ({ ...one, at: [left + one.at[0] * scale, top + one.at[1] * scale] })));
}

function fill(pen, shapes, kind) {
  pen.fillStyle = theme(`map-${kind}`);
  for (const one of shapes) if (one.kind === kind) pen.fill(one.path, "evenodd");
}

/** Write names, the important ones first; one that would lie over another is left out. */
function write(pen, labels) {
  const taken = [];
  Object.assign(pen, { textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: 3 });
  pen.strokeStyle = theme("map-land");
  pen.fillStyle = theme("map-label");
  for (const { name, rank, at: [x, y] } of labels) {
    const size = SIZES[rank] ?? 11.5;
    pen.font = `${size}px ${theme("font")}`;
    const [wide, high] = [pen.measureText(name).width / 2 + 3, size / 2 + 3];
    if (taken.some(([left, top, w, h]) => Math.abs(x - left) < wide + w && Math.abs(y - top) < high + h)) continue;
    taken.push([x, y, wide, high]);
    pen.strokeText(name, x, y);
    pen.fillText(name, x, y);
  }
}

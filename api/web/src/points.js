// The stations as one layer of the map: nothing is cut into tiles, so 15,000 are there at once, and stay whatever the zoom.
// Far out residents' stations are dots, nearer each is its picture with the number in it. The highest value lies on top.
import { createBrush } from "./brush.js";
import { colourName, drawAtlas, SIZE, theme } from "./marker.js";
import { mercator } from "./mercator.js";

const REACH = 9; // [px]; around a dot a finger still hits it
const BODY = SIZE / 2 - 1.5; // [px] of a picture's middle to its edge
const RING = { radius: 20, width: 4 }; // around the chosen station

/** Make the layer, empty: what `map.addLayer` takes, and what fills and asks it. */
export function createPoints() {
  const groups = { chosen: group([]), stations: group([]), references: group([]) }; // in the order they are drawn
  let [map, brush, frame] = [null, null, null];
  let [crowded, index, origin] = [0, "european", [0, 0]];

  const replace = (name, items) => {
    if (groups[name].kept) brush.drop(groups[name].kept);
    groups[name] = group(items);
    map?.triggerRepaint();
  };
  const dots = (name) => name === "stations" && frame.zoom < crowded;
  const layer = { id: "stations", type: "custom" };

  /** Draw other stations; below the zoom `below` residents' are dots. */
  layer.show = (stations, { below, colours }) => {
    [crowded, index, origin] = [below, colours, mercator(stations[0]?.position ?? [0, 0])];
    const sorted = stations.toSorted((one, other) => (one.number ?? -1) - (other.number ?? -1));
    for (const [name, kind] of [["stations", "station"], ["references", "reference"]]) {
      replace(name, sorted.filter((one) => one.kind === kind));
    }
    replace("chosen", groups.chosen.items); // its place counts from another origin
  };

  /** Ring a station; null rings none. */
  layer.choose = (station) => replace("chosen", station ? [station] : []);

  layer.onAdd = (owner, gl) => {
    [map, brush] = [owner, createBrush(gl)];
    for (const name of Object.keys(groups)) groups[name] = group(groups[name].items); // a context that was lost kept nothing
  };

  layer.render = (gl, { defaultProjectionData: { mainMatrix } }) => {
    if (!brush.ready()) return map.triggerRepaint();
    const { clientWidth, clientHeight } = map.getCanvas();
    frame = { matrix: moved(mainMatrix, origin), size: [clientWidth, clientHeight], ratio: map.getPixelRatio(), zoom: map.getZoom() };
    for (const [name, one] of Object.entries(groups)) {
      if (!one.items.length) continue;
      one.kept ??= brush.keep(placesOf(one, origin), name === "chosen" ? ringColours() : coloursOf(one.items, index));
      if (name === "chosen") brush.draw(one.kept, frame, RING);
      else if (dots(name)) brush.draw(one.kept, frame, { radius: radius(frame.zoom), width: 1 });
      else {
        if (!one.kept.texture) brush.illustrate(one.kept, drawAtlas(index, one.items));
        brush.draw(one.kept, frame, { half: SIZE / 2 });
      }
    }
  };

  /** Find the station that is seen at a point of the map [px], else the nearest within a finger's reach; null: none. */
  layer.at = ({ x, y }) => {
    let [nearest, least] = [null, REACH];
    for (const name of frame ? ["references", "stations"] : []) {
      const body = dots(name) ? radius(frame.zoom) : BODY;
      for (let number = groups[name].items.length - 1; number >= 0; number -= 1) {
        const [left, top] = seenAt(groups[name].places, number, frame);
        const far = Math.hypot(left - x, top - y);
        if (far <= body) return groups[name].items[number];
        if (far < least + body) [nearest, least] = [groups[name].items[number], far - body];
      }
    }
    return nearest;
  };

  /** Count the stations whose middle lies in the drawn part of the map. */
  layer.count = () => {
    let count = 0;
    for (const { items, places, kept } of frame ? [groups.stations, groups.references] : []) {
      for (let number = 0; kept && number < items.length; number += 1) {
        const [x, y] = seenAt(places, number, frame);
        if (x >= 0 && y >= 0 && x < frame.size[0] && y < frame.size[1]) count += 1;
      }
    }
    return count;
  };
  return layer;
}

function group(items) {
  return { items, places: null, kept: null };
}

/** Place stations on the square, from an origin near them: single precision is exact to a hair there. */
function placesOf(one, origin) {
  one.places = new Float32Array(2 * one.items.length);
  one.items.forEach(({ position }, number) => {
    const [x, y] = mercator(position);
    one.places.set([x - origin[0], y - origin[1]], 2 * number);
  });
  return one.places;
}

function coloursOf(items, index) {
  const inks = { full: bytes(theme("ink")), other: bytes(theme("control-line")) };
  const opaque = { full: 1, old: 0.4, hollow: 0 };
  const fills = new Map();
  const colours = new Uint8Array(8 * items.length);
  items.forEach(({ band, look }, number) => {
    const key = `${band}${look}`;
    if (!fills.has(key)) fills.set(key, [...bytes(theme(colourName(index, band)) || theme("band-0"), opaque[look]), ...(inks[look] ?? inks.other)]);
    colours.set(fills.get(key), 8 * number);
  });
  return colours;
}

function ringColours() {
  return new Uint8Array([...bytes(theme("paper")), ...bytes(theme("focus"))]);
}

/** Read a colour of the theme, `#rrggbb` or `#rrggbbaa`, as four bytes. */
function bytes(colour, opaque = 1) {
  const [red, green, blue, alpha = 255] = colour.match(/[0-9a-f]{2}/gi).map((pair) => Number.parseInt(pair, 16));
  return [red, green, blue, Math.round(alpha * opaque)];
}

/** Say how large a dot is at a zoom, without its line [px]. */
function radius(zoom) {
  return 3.2 + 3.3 * Math.min(Math.max((zoom - 6) / 6, 0), 1);
}

/** Let a matrix of the square (column by column, double precision) count from another origin. */
function moved(matrix, [x, y]) {
  const from = Float32Array.from(matrix);
  for (let row = 0; row < 4; row += 1) from[12 + row] = matrix[row] * x + matrix[4 + row] * y + matrix[12 + row];
  return from;
}

function seenAt(places, number, { matrix, size }) {
  const [x, y] = [places[2 * number], places[2 * number + 1]];
  const depth = matrix[3] * x + matrix[7] * y + matrix[15];
  const [across, up] = [0, 1].map((row) => (matrix[row] * x + matrix[4 + row] * y + matrix[12 + row]) / depth);
  return [((across + 1) / 2) * size[0], ((1 - up) / 2) * size[1]];
}

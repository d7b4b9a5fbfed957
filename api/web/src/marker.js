// The picture of a marker: shape tells who measures, colour and number what, line style how far to trust it.
export const SIZE = 30; // [px]; well over the 24 px that a finger needs (WCAG 2.5.8)
const RATIO = 2; // pixels of a picture to one of the page
const WIDEST = 4096; // [px]; what every graphics card takes

const style = getComputedStyle(document.documentElement);
export const theme = (name) => style.getPropertyValue(`--${name}`).trim();

/** Name the colour of a class in the theme. */
export function colourName(index, band) {
  return index === "lki" && band > 0 ? `lki-${band}` : `band-${band}`;
}

/** Draw each different picture of stations once, in a grid; answers the canvas, its columns and rows, and everyone's cell. */
export function drawAtlas(index, stations) {
  const cells = new Float32Array(stations.length);
  const pictures = new Map();
  stations.forEach((one, number) => {
    const name = [one.kind, one.band, one.look, one.number].join();
    if (!pictures.has(name)) pictures.set(name, { ...one, cell: pictures.size });
    cells[number] = pictures.get(name).cell;
  });
  const columns = Math.min(Math.ceil(Math.sqrt(pictures.size)), Math.floor(WIDEST / (SIZE * RATIO)));
  const grid = [columns, Math.ceil(pictures.size / columns)];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = grid.map((count) => count * SIZE * RATIO);
  const pen = canvas.getContext("2d", { willReadFrequently: true }); // once: it goes to the graphics card as it is
  for (const { cell, kind, band, look, number } of pictures.values()) {
    pen.setTransform(RATIO, 0, 0, RATIO, (cell % columns) * SIZE * RATIO, Math.floor(cell / columns) * SIZE * RATIO);
    drawShape(pen, kind, colourName(index, band), look);
    drawNumber(pen, band, look, number === null ? "–" : String(number));
  }
  return { canvas, grid, cells };
}

function drawShape(pen, kind, colour, look) {
  pen.beginPath();
  if (kind === "reference") pen.roundRect(3, 3, SIZE - 6, SIZE - 6, 3);
  else pen.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 2.5, 0, 2 * Math.PI);
  pen.fillStyle = theme("paper");
  pen.fill();
  pen.globalAlpha = look === "old" ? 0.35 : 1;
  pen.fillStyle = look === "hollow" ? theme("paper") : theme(colour);
  pen.fill();
  pen.globalAlpha = 1;
  pen.lineWidth = kind === "reference" ? 2.5 : 2;
  pen.strokeStyle = look === "full" ? theme("ink") : theme("control-line");
  pen.setLineDash(look === "hollow" ? [4, 2.5] : []);
  pen.stroke();
}

function drawNumber(pen, band, look, number) {
  pen.font = `700 ${number.length > 2 ? 10.5 : 13}px ${theme("font")}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  if (look === "full") pen.fillStyle = band >= 5 ? "#ffffff" : "#000000";
  else pen.fillStyle = theme("ink-soft");
  pen.fillText(number, SIZE / 2, SIZE / 2 + 0.75);
}

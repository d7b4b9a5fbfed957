// The picture of a marker: shape tells who measures, colour and number what, line style how far to trust it.
const SIZE = 30; // [px]; well over the 24 px that a finger needs (WCAG 2.5.8)
const RATIO = 2;

const style = getComputedStyle(document.documentElement);
export const theme = (name) => style.getPropertyValue(`--${name}`).trim();

/** Name the colour of a class in the theme. */
export function colourName(index, band) {
  return index === "lki" && band > 0 ? `lki-${band}` : `band-${band}`;
}

/** Name the picture of a station, so that equal ones are drawn once. */
export function pictureName(index, { kind, band, look, number }) {
  return [index, kind, band, look, number ?? "–"].join("|");
}

/** Draw the picture of a name; answers what `map.addImage` takes. */
export function drawPicture(name) {
  const [index, kind, band, look, number] = name.split("|");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE * RATIO;
  const pen = canvas.getContext("2d");
  pen.scale(RATIO, RATIO);
  drawShape(pen, kind, colourName(index, Number(band)), look);
  drawNumber(pen, index, Number(band), look, number);
  return { image: pen.getImageData(0, 0, canvas.width, canvas.height), options: { pixelRatio: RATIO } };
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

function drawNumber(pen, index, band, look, number) {
  pen.font = `700 ${number.length > 2 ? 10.5 : 13}px ${theme("font")}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  if (look === "full") pen.fillStyle = band >= 5 ? "#ffffff" : "#000000";
  else pen.fillStyle = theme("ink-soft");
  pen.fillText(number, SIZE / 2, SIZE / 2 + 0.75);
}

// The map as a picture to keep: what is drawn, with its legend, its time and where it came from.
import { theme } from "./marker.js";

const EDGE = 16; // [px]
const LINE = 22; // [px]

/** Save what the map shows as PNG. */
export function savePicture(map, title) {
  map.once("render", () => {
    const drawn = map.getCanvas(); // only within this event its pixels can be read
    const lines = [document.querySelector("#legend h2").textContent, document.querySelector("#updated span, #updated").textContent.trim(), `${title} · ${location.host}`];
    const bands = [...document.querySelectorAll("#legend .bands li")];
    const ratio = drawn.width / drawn.clientWidth;
    const canvas = document.createElement("canvas");
    canvas.width = drawn.width;
    canvas.height = drawn.height + (2 * EDGE + LINE * (lines.length + 1)) * ratio;
    const pen = canvas.getContext("2d");
    pen.fillStyle = theme("paper");
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = theme("map-land");
    pen.fillRect(0, 0, drawn.width, drawn.height);
    const ground = map.getCanvasContainer().querySelector(".ground");
    if (ground) pen.drawImage(ground, 0, 0);
    pen.drawImage(drawn, 0, 0);
    pen.translate(0, drawn.height);
    pen.scale(ratio, ratio);
    drawBands(pen, bands);
    pen.fillStyle = theme("ink");
    lines.forEach((line, number) => {
      pen.font = `${number === 0 ? "700 " : ""}14px ${theme("font")}`;
      pen.fillText(line.replace(/\s+/g, " ").trim(), EDGE, EDGE + LINE * (number + 2) - 6);
    });
    canvas.toBlob((blob) => keep(blob, "map.png"));
  });
  map.triggerRepaint();
}

function drawBands(pen, bands) {
  let left = EDGE;
  for (const band of bands) {
    pen.font = `13px ${theme("font")}`;
    pen.fillStyle = getComputedStyle(band.querySelector(".swatch")).fill;
    pen.strokeStyle = theme("ink");
    pen.fillRect(left, EDGE, 14, 14);
    pen.strokeRect(left, EDGE, 14, 14);
    const text = band.textContent.replace(/\s+/g, " ").trim();
    pen.fillStyle = theme("ink");
    pen.fillText(text, left + 20, EDGE + 12);
    left += 20 + pen.measureText(text).width + 16;
  }
}

function keep(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

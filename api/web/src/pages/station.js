// The chart of a station: a week of hours as the table below it has them.
import uPlot from "uplot";
import { startCopying } from "../copy.js";
import { wake } from "../list.js";
import "uplot/dist/uPlot.min.css";

const style = getComputedStyle(document.documentElement);
const theme = (name) => style.getPropertyValue(`--${name}`).trim();
const ZONE = "Europe/Amsterdam";
const HEIGHT = 340; // [px]
const HOUR = 3600; // [s]
// Columns of the plot. The interval is two invisible lines with the space between them filled.
const COLUMN = { upper: 1, lower: 2, raw: 3, reference: 4, value: 5 };
const DRAWN_BY = { value: [5], interval: [1, 2], raw: [3], reference: [4] };

const data = JSON.parse(document.getElementById("chart-data").textContent);
const words = document.getElementById("chart-words").dataset;
const frame = document.getElementById("chart");
const number = new Intl.NumberFormat(data.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(data.language, { maximumFractionDigits: 1 });
const region = { nl: "nl-NL", en: "en-GB" }[data.language];
const weekday = new Intl.DateTimeFormat(region, { weekday: "short", timeZone: ZONE });
const clock = new Intl.DateTimeFormat(region, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: ZONE });
const date = new Intl.DateTimeFormat(region, { day: "numeric", month: "short", timeZone: ZONE });

function sayHour(index) {
  const say = (value) => (value === null ? "–" : number.format(value));
  const parts = [`${words.value} ${say(data.value[index])}`];
  if (data.lower[index] !== null && data.upper[index] !== null) {
    const interval = words.to.replace("{lower}", say(data.lower[index])).replace("{upper}", say(data.upper[index]));
    parts.push(`${words.interval} ${interval}`);
  }
  parts.push(`${words.raw} ${say(data.raw[index])}`);
  if (data.reference[index] !== null) parts.push(`${words.reference} ${say(data.reference[index])}`);
  return `${data.hours[index]}: ${parts.join(" · ")} (${data.unit})`;
}

/** Write a place of the axis: a day, or within days the clock with the day below its midnight. */
function sayTime(time, step) {
  const day = date.format(time * 1000);
  if (step >= 24 * HOUR) return `${weekday.format(time * 1000)}\n${day}`;
  const said = clock.format(time * 1000);
  return said === "00:00" ? `${said}\n${weekday.format(time * 1000)} ${day}` : said;
}

function options() {
  const line = (name, more = {}) => ({ stroke: theme(`chart-${name}`), width: 2, points: { show: false }, spanGaps: false, ...more });
  const edge = { stroke: "transparent", width: 0, points: { show: false } };
  const axis = { stroke: theme("ink-soft"), grid: { stroke: theme("chart-grid"), width: 1 }, ticks: { stroke: theme("chart-grid") }, font: `13px ${theme("font")}` };
  return {
    width: frame.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), ZONE),
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: true }, points: { size: 7 } },
    scales: { y: { range: (_, low, high) => span(low, high) } },
    series: [
      {},
      edge,
      edge,
      line("raw", { width: 1.25, dash: [5, 4] }),
      line("reference", { width: 1.75 }),
      line("value", { width: 2.5 }),
    ],
    bands: [{ series: [COLUMN.upper, COLUMN.lower], fill: theme("chart-interval") }],
    axes: [
      { ...axis, space: 64, size: 46, incrs: [1, 3, 6, 12, 24, 48, 96, 168].map((hours) => hours * HOUR), values: (_, times, __, ___, step) => times.map((time) => sayTime(time, step)) },
      { ...axis, size: 52, values: (_, levels) => levels.map((level) => whole.format(level)) },
    ],
    hooks: { draw: [drawLines], setCursor: [(plot) => { if (plot.cursor.idx != null) read(plot.cursor.idx); }] },
  };
}

/** Keep the day lines in view, and zero where values cannot be negative for long. */
function span(low, high) {
  const levels = data.lines.map((line) => line.level);
  if (levels.length === 0) {
    const room = (high - low || 1) * 0.08;
    return [low - room, high + room];
  }
  return [Math.min(low, 0), Math.max(high, ...levels) * 1.08];
}

function drawLines(plot) {
  const pen = plot.ctx;
  pen.save();
  pen.strokeStyle = pen.fillStyle = theme("chart-line");
  pen.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
  pen.lineWidth = 1.25 * devicePixelRatio;
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  pen.font = `${12.5 * devicePixelRatio}px ${theme("font")}`;
  for (const { label, level } of data.lines) {
    const height = plot.valToPos(level, "y", true);
    pen.beginPath();
    pen.moveTo(plot.bbox.left, height);
    pen.lineTo(plot.bbox.left + plot.bbox.width, height);
    pen.stroke();
    writeOver(pen, label, plot.bbox.left + 6 * devicePixelRatio, height - 5 * devicePixelRatio);
  }
  pen.restore();
}

/** Write with a rim of paper, so that the curves below do not cross out the words. */
function writeOver(pen, text, x, y) {
  pen.save();
  pen.setLineDash([]);
  pen.lineWidth = 4 * devicePixelRatio;
  pen.strokeStyle = theme("paper");
  pen.strokeText(text, x, y);
  pen.restore();
  pen.fillText(text, x, y);
}

let at = data.time.length - 1;

function read(index) {
  at = index;
  const text = sayHour(index);
  document.getElementById("readout").textContent = text;
  frame.setAttribute("aria-valuenow", index);
  frame.setAttribute("aria-valuetext", text);
}

/** Let the keyboard read the hours: for assistive technology the chart is a slider over them. */
function readByKeyboard(plot) {
  const last = data.time.length - 1;
  const moves = { ArrowLeft: () => at - 1, ArrowRight: () => at + 1, PageUp: () => at - 24, PageDown: () => at + 24, Home: () => 0, End: () => last };
  frame.setAttribute("role", "slider");
  frame.setAttribute("aria-valuemin", 0);
  frame.setAttribute("aria-valuemax", last);
  frame.setAttribute("aria-valuenow", last);
  frame.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const index = Math.min(Math.max(move(), 0), last);
    bringIntoView(plot, data.time[index]);
    plot.setCursor({ left: plot.valToPos(data.time[index], "x"), top: plot.bbox.height / devicePixelRatio / 2 });
    read(index);
  });
}

/** Shift a narrowed chart so that a time is in it. */
function bringIntoView(plot, time) {
  const { min, max } = plot.scales.x;
  if (time >= min && time <= max) return;
  const begin = time < min ? time : time - (max - min);
  plot.setScale("x", { min: begin, max: begin + (max - min) });
}

/** Zoom by buttons as well as by dragging: to half, to double, to all. */
function zoomBy(plot, how) {
  const [first, last] = [data.time[0], data.time.at(-1)];
  const { min, max } = plot.scales.x;
  const middle = data.time[at] >= min && data.time[at] <= max ? data.time[at] : (min + max) / 2;
  const half = how === "all" ? last - first : Math.max((max - min) * (how === "in" ? 0.25 : 1), 3 * HOUR);
  const begin = Math.max(first, Math.min(middle - half, last - 2 * half));
  plot.setScale("x", { min: begin, max: Math.min(last, begin + 2 * half) });
}

function start() {
  wake();
  startCopying();
  const plot = new uPlot(options(), [data.time, data.upper, data.lower, data.raw, data.reference, data.value], frame);
  frame.dataset.drawn = "true";
  const keys = document.getElementById("chart-keys");
  keys.hidden = false;
  keys.addEventListener("change", ({ target }) => {
    for (const column of DRAWN_BY[target.dataset.draws]) plot.setSeries(column, { show: target.checked });
  });
  const zoom = document.getElementById("chart-zoom");
  zoom.hidden = false;
  zoom.addEventListener("click", ({ target }) => { if (target.dataset.zoom) zoomBy(plot, target.dataset.zoom); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => location.reload()); // a canvas keeps its colours
  new ResizeObserver(() => plot.setSize({ width: frame.clientWidth, height: HEIGHT })).observe(frame);
  readByKeyboard(plot);
}

start();

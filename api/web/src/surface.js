// The way to the drawing surface: a bundle of its own, as it is ten times larger than all the rest of a page.
import { breathe } from "./breathe.js";

const PATIENCE = 5000; // [ms] that a graphics card may take to wake before the map is tried all the same

/** Fetch the bundle that a map's frame names, and wake what draws; null where it cannot be had. */
export async function loadSurface(frame) {
  if (!frame.dataset.surface) return null;
  const awake = wakeCard(frame.dataset.worker);
  try {
    const surface = await import(frame.dataset.surface);
    await awake;
    await breathe();
    return surface;
  } catch (error) {
    console.info(`no map: ${error.message}`); // the network went away: the table stays
    return null;
  }
}

/** Let a worker wait for the graphics card: the first to ask waits long, most of all where it is made in software. */
function wakeCard(address) {
  const worker = new Worker(address, { type: "module" });
  const awake = new Promise((done) => {
    worker.onmessage = worker.onerror = done;
    setTimeout(done, PATIENCE);
  });
  worker.postMessage("wake");
  return awake;
}

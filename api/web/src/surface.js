// The way to the drawing surface: a bundle of its own, as it is ten times larger than all the rest of a page.

/** Fetch the bundle that a map's frame names; null where it cannot be had. */
export async function loadSurface(frame) {
  try {
    return await import(frame.dataset.surface);
  } catch (error) {
    console.info(`no map: ${error.message}`); // the network went away: the table stays
    return null;
  }
}

/** Let the browser answer what came meanwhile, a key or a finger, before more work. */
export function breathe() {
  return globalThis.scheduler?.yield?.() ?? new Promise((done) => setTimeout(done));
}

/** Let the browser answer what came meanwhile, a key or a finger, before more work. */
export function breathe() {
  return globalThis.scheduler?.yield?.() ?? new Promise((done) => setTimeout(done));
}

// Bundle the scripts and styles of the page into static/build; nothing is fetched, nothing names a host.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const out = "static/build";

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: { map: "src/map.js", station: "src/station.js" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  legalComments: "linked", // the licences of what is bundled stay beside it
});
// MapLibre starts its worker from a URL of its own, so that the policy needs no blob: for scripts.
await copyFile("node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs", `${out}/maplibre-gl-worker.mjs`);
for (const name of await readdir(out)) {
  if (/\.(m?js|css)$/.test(name)) await writeFile(`${out}/${name}.gz`, gzipSync(await readFile(`${out}/${name}`), { level: 9 }));
}

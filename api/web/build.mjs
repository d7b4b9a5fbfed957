// Bundle the scripts and styles of the pages into static/build; nothing is fetched, nothing names a host.
// Each file of src/pages is the script of one page, and becomes static/build/<name>.js and, where it imports styles, .css;
// the drawing surface of maps is a bundle of its own, which pages load when they need it.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const out = "static/build";
const pages = (await readdir("src/pages")).filter((name) => name.endsWith(".js"));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: { drawing: "src/drawing.js", worker: "src/worker.js", ...Object.fromEntries(pages.map((name) => [name.replace(/\.js$/, ""), `src/pages/${name}`])) },
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  legalComments: "linked", // the licences of what is bundled stay beside it
});
for (const name of await readdir(out)) {
  if (!/\.(m?js|css)$/.test(name)) continue;
  const plain = await readFile(`${out}/${name}`);
  await writeFile(`${out}/${name}.gz`, gzipSync(plain, { level: 9 }));
  await writeFile(`${out}/${name}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }));
}

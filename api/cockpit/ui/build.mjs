// Bundles the third-party scripts of the cockpit into the folder named on the command line, with their licences.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("Expected the folder to write to as the only argument but got none");

const { metafile } = await build({
  entryPoints: ["bpmn-viewer.js", "bpmn-viewer.css"],
  outdir: folder,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "inline",
  metafile: true,
  logLevel: "warning",
});

const packageFolder = /^node_modules\/(@[^/]+\/)?[^/]+/;
const packages = new Set(Object.keys(metafile.inputs).map((path) => packageFolder.exec(path)?.[0]).filter(Boolean));
writeFileSync(join(folder, "LICENSES.txt"), [...packages].sort().map(licence).join("\n"));
writeFileSync(join(folder, "bpmn-js.LICENSE"), readFileSync("node_modules/bpmn-js/LICENSE"));

function licence(path) {
  const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const file = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(path, file), "utf8") : `Licence: ${license}\n`;
  return `==== ${name} ${version} ====\n\n${text}`;
}

// Fails when the gzipped size of the entry and the wizard exceeds the budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 320;
const BUILT = new URL("../../src/araldo/web/", import.meta.url);
const WIZARD = "src/wizard/CreateSocialPostWizard.tsx";
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", BUILT), "utf8"));

/** Return the files that a module loads: itself, its styles, and those of its static imports. */
function filesOf(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`${key} is not in the build's manifest: was it moved?`);
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const style of chunk.css ?? []) found.add(style);
  for (const other of chunk.imports ?? []) filesOf(other, found);
  return found;
}

const files = filesOf(WIZARD, filesOf("index.html"));
// One language is loaded: count the largest.
const size = (file) => gzipSync(readFileSync(new URL(file, BUILT)), { level: 9 }).length / 1000;
const total = (all) => [...all].reduce((sum, file) => sum + size(file), 0);
const languages = Object.keys(manifest).filter((key) => /^src\/i18n\/\w+\/index\.ts$/.test(key));
if (languages.length === 0) throw new Error("The build's manifest has no language: were they moved?");
const kb = total(files) + Math.max(...languages.map((key) => size(manifest[key].file)));

console.log(`entry + wizard: ${kb.toFixed(1)} kB gzip of ${BUDGET_KB} kB, in ${files.size + 1} files`);
if (kb > BUDGET_KB) {
  for (const file of files) console.error(`  ${size(file).toFixed(1).padStart(7)} kB  ${file}`);
  process.exit(1);
}

// Fails when the gzipped size of the entry and the wizard exceeds the budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 300;
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
const size = (file) => gzipSync(readFileSync(new URL(file, BUILT)), { level: 9 }).length / 1000;
const total = (all) => [...all].reduce((sum, file) => sum + size(file), 0);
// The areas whose messages are loaded: what the router names for the wizard, and what every page has.
const router = readFileSync(new URL("../src/app/router.tsx", import.meta.url), "utf8");
const named = new RegExp(`import\\("@/wizard/CreateSocialPostWizard"\\),([^)]*)`).exec(router)?.[1];
if (!named) throw new Error("The router names no messages for the wizard: was it moved?");
const areas = ["app", "ui", ...[...named.matchAll(/"([^"]+)"/g)].map(([, area]) => area)];
// One language is loaded: count the largest.
const languages = new Map();
for (const key of Object.keys(manifest)) {
  const [, language, area] = /^src\/i18n\/(\w+)\/([\w-]+)\.json$/.exec(key) ?? [];
  if (areas.includes(area)) languages.set(language, (languages.get(language) ?? 0) + size(manifest[key].file));
}
if (languages.size === 0) throw new Error("The build's manifest has no messages: were they moved?");
const kb = total(files) + Math.max(...languages.values());

console.log(`entry + wizard: ${kb.toFixed(1)} kB gzip of ${BUDGET_KB} kB, in ${files.size + areas.length} files`);
if (kb > BUDGET_KB) {
  for (const file of files) console.error(`  ${size(file).toFixed(1).padStart(7)} kB  ${file}`);
  process.exit(1);
}

// Fails when src/app/mantine.css lacks the styles of a Mantine component that the build contains, has those of another,
// or has them in another order than Mantine. Mantine's class names are hashes, which JavaScript and styles share.
import { readdirSync, readFileSync } from "node:fs";

const ASSETS = new URL("../../src/araldo/web/assets/", import.meta.url);
const LIST = new URL("../src/app/mantine.css", import.meta.url);
const MANTINE = new URL("../node_modules/@mantine/core/", import.meta.url);
// Without classes: what all components share. The variables are made by MantineProvider.
const SHARED = ["baseline.css", "global.css"];

const read = (url) => readFileSync(url, "utf8");
const classesIn = (text) => [...text.matchAll(/\bm_[0-9a-f]{6,8}\b/g)].map(([name]) => name);
const assets = (ending) => readdirSync(ASSETS).filter((name) => name.endsWith(ending));
const builtClasses = (ending) => new Set(assets(ending).flatMap((name) => classesIn(read(new URL(name, ASSETS)))));

const used = builtClasses(".js");
const styled = builtClasses(".css");
if (used.size === 0 || styled.size === 0) throw new Error("The build has none of Mantine's classes: is it there?");
const order = classesIn(read(new URL("styles.css", MANTINE)));
const components = readdirSync(new URL("styles/", MANTINE))
  .filter((name) => name.endsWith(".css") && !name.endsWith(".layer.css"))
  .map((name) => ({ name, classes: classesIn(read(new URL(`styles/${name}`, MANTINE))) }))
  .filter(({ classes }) => classes.length > 0)
  .sort((one, other) => order.indexOf(one.classes[0]) - order.indexOf(other.classes[0]));

const wanted = components.filter(({ classes }) => classes.some((name) => used.has(name)));
const expected = [...SHARED, ...wanted.map(({ name }) => name)].map((name) => `@mantine/core/styles/${name}`);
const listed = [...read(LIST).matchAll(/@import "(@mantine\/core\/[^"]+)"/g)].map(([, path]) => path);
const unstyled = [...new Set(wanted.flatMap(({ classes }) => classes))].filter((name) => !styled.has(name));

console.log(`styles of ${wanted.length} of ${components.length} Mantine components`);
if (listed.join() !== expected.join() || unstyled.length > 0) {
  console.error("src/app/mantine.css does not have the styles of what the build contains. Its imports should be:");
  for (const path of expected) console.error(`@import "${path}";`);
  if (unstyled.length > 0) console.error(`Classes without rules in the build: ${unstyled.join(", ")}`);
  process.exit(1);
}

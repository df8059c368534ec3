// Every module that is loaded with messages names the areas that it and its imports use: no more and no less.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const SOURCE = join(import.meta.dirname, "..");
/** Loaded before anything is rendered. */
const ALWAYS = ["app", "ui"];

const LOADED_WITH_MESSAGES = /withMessages\(\s*\(\) => import\("([^"]+)"\),([^)]*)\)/g;
const IMPORTS = /(?:^import (?!type )(?:[^;]*?from )?|import\()"@\/([^"]+)"/gm;

/** Return the source of a module, e.g. of `posts/PostsPage`, without what it loads with messages; empty for styles. */
function readModule(name: string): string {
  // A key in a comment is an example.
  if (name.startsWith("i18n/")) return "";
  const path = [".tsx", ".ts"].map((ending) => join(SOURCE, name + ending)).find(existsSync);
  return path ? readFileSync(path, "utf8").replace(LOADED_WITH_MESSAGES, "") : "";
}

/** Return a module and all that it imports, also when it is used. */
function withImports(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, imported = ""] of readModule(name).matchAll(IMPORTS)) withImports(imported, found);
  return found;
}

function areasUsedBy(name: string): string[] {
  const keys = [...withImports(name)].flatMap((module) => [
    ...readModule(module).matchAll(/["'`]([a-z-]+):[a-zA-Z$]/g),
  ]);
  const used = new Set(keys.map(([, area = ""]) => area));
  return areas.filter((area) => used.has(area));
}

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" });
const areas = readdirSync(join(SOURCE, "i18n/en")).map((name) => name.replace(".json", ""));
const screens = files
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$|^testing/.test(name))
  .flatMap((name) => [...readFileSync(join(SOURCE, name), "utf8").matchAll(LOADED_WITH_MESSAGES)])
  .map(([, module = "", named = ""]) => ({
    module: module.replace("@/", ""),
    named: [...named.matchAll(/"([^"]+)"/g)].map(([, area = ""]) => area),
  }));

describe("the messages of", () => {
  it.each(screens)("$module are those that it uses", ({ module, named }) => {
    expect([...named].sort()).toEqual(
      areasUsedBy(module)
        .filter((area) => !ALWAYS.includes(area))
        .sort(),
    );
  });

  it("what is always there are always there", () => {
    expect(screens.length).toBeGreaterThan(10);
    expect(areasUsedBy("main").sort()).toEqual(ALWAYS);
  });
});

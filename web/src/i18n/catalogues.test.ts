// Both languages say everything, nothing else, and with the same values in it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { words as english } from "@/i18n/en";
import { words as italian } from "@/i18n/it";

const SOURCE = join(import.meta.dirname, "..");

/** Key to words, e.g. `ui:saved` -> "Saved". */
function flat(words: object, prefix = "", separator = ":"): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(words) as [string, unknown][]) {
    const key = prefix ? `${prefix}${separator}${name}` : name;
    if (typeof value === "string") found.set(key, value);
    else for (const [inner, its] of flat(value as object, key, prefix ? "." : ":")) found.set(inner, its);
  }
  return found;
}

const asked = (key: string) => key.replace(/_(one|many|other)$/, "");
const values = (sentence: string | undefined) =>
  [...(sentence ?? "").matchAll(/{{\s*(\w+)/g)].map((match) => match[1]).sort();

const en = flat(english);
const ita = flat(italian);
const keys = new Set([...en.keys()].map(asked));
const areas = Object.keys(english).join("|");

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter(
  (name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$|^testing|^i18n/.test(name),
);
// A key stands whole in quotes; in a template every ${...} may be anything without a dot.
const uses = files.flatMap((name) =>
  [...readFileSync(join(SOURCE, name), "utf8").matchAll(new RegExp(`["'\`]((?:${areas}):[^"'\`\\s]+)["'\`]`, "g"))].map(
    ([, key = ""]) => ({ name, key }),
  ),
);
const pattern = (key: string) =>
  new RegExp(
    `^${key
      .split(/\$\{[^}]*\}/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("[^.]+")}$`,
  );

describe("the words", () => {
  it("are the same set in both languages", () => {
    const plain = (map: Map<string, string>) => [...new Set([...map.keys()].map(asked))].sort();
    expect(plain(ita)).toEqual(plain(en));
  });

  it("are none of them empty", () => {
    for (const map of [en, ita]) expect([...map].filter(([, value]) => !value.trim())).toEqual([]);
  });

  it("have the same values in them in both languages", () => {
    const other = [...en].filter(
      ([key, value]) => ita.has(key) && values(value).join() !== values(ita.get(key)).join(),
    );
    expect(other).toEqual([]);
  });

  it.each([
    ["en", en],
    ["it", ita],
  ] as const)("have every plural that %s needs", (language, map) => {
    // "many" is for whole millions in Italian.
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const counted = new Set([...map.keys()].filter((key) => asked(key) !== key).map(asked));
    const missing = [...counted]
      .flatMap((key) => needed.map((form) => `${key}_${form}`))
      .filter((key) => !map.has(key));
    expect(missing).toEqual([]);
  });

  it("are there for every key that the source asks for", () => {
    expect(uses.length).toBeGreaterThan(20);
    const missing = uses.filter(({ key }) => ![...keys].some((known) => pattern(key).test(known)));
    expect(missing).toEqual([]);
  });

  it("are all used somewhere", () => {
    const patterns = uses.map(({ key }) => pattern(key));
    expect([...keys].filter((key) => !patterns.some((one) => one.test(key)))).toEqual([]);
  });
});

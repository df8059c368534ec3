// The catalogues: the same keys and values in both languages, none missing and none unused.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { messages as english } from "@/i18n/en";
import { messages as italian } from "@/i18n/it";

const SOURCE = join(import.meta.dirname, "..");

/** Flatten a catalogue to key and message, e.g. `ui:saved` -> "Saved". */
function flatten(catalogue: object, prefix = "", separator = ":"): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(catalogue) as [string, unknown][]) {
    const key = prefix ? `${prefix}${separator}${name}` : name;
    if (typeof value === "string") flat.set(key, value);
    else for (const [inner, message] of flatten(value as object, key, prefix ? "." : ":")) flat.set(inner, message);
  }
  return flat;
}

const withoutPlural = (key: string) => key.replace(/_(one|many|other)$/, "");
const valuesOf = (message: string | undefined) =>
  [...(message ?? "").matchAll(/{{\s*(\w+)/g)].map((match) => match[1]).sort();

const en = flatten(english);
const ita = flatten(italian);
const keys = new Set([...en.keys()].map(withoutPlural));
const areas = Object.keys(english).join("|");

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter(
  (name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$|^testing|^i18n/.test(name),
);
// A key is written in full in quotes; in a template, each ${...} may be anything without a dot.
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

describe("the catalogues", () => {
  it("have the same keys in both languages", () => {
    const plain = (flat: Map<string, string>) => [...new Set([...flat.keys()].map(withoutPlural))].sort();
    expect(plain(ita)).toEqual(plain(en));
  });

  it("have no empty message", () => {
    for (const flat of [en, ita]) expect([...flat].filter(([, message]) => !message.trim())).toEqual([]);
  });

  it("use the same values in both languages", () => {
    const different = [...en].filter(
      ([key, message]) => ita.has(key) && valuesOf(message).join() !== valuesOf(ita.get(key)).join(),
    );
    expect(different).toEqual([]);
  });

  it.each([
    ["en", en],
    ["it", ita],
  ] as const)("have every plural form that %s needs", (language, flat) => {
    // "many" is for whole millions in Italian.
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const counted = new Set([...flat.keys()].filter((key) => withoutPlural(key) !== key).map(withoutPlural));
    const missing = [...counted]
      .flatMap((key) => needed.map((form) => `${key}_${form}`))
      .filter((key) => !flat.has(key));
    expect(missing).toEqual([]);
  });

  it("have every key that the source uses", () => {
    expect(uses.length).toBeGreaterThan(20);
    const known = [...keys];
    const missing = uses.filter(({ key }) => {
      const used = pattern(key);
      return !known.some((other) => used.test(other));
    });
    expect(missing).toEqual([]);
  });

  it("have no key that the source does not use", () => {
    const patterns = uses.map(({ key }) => pattern(key));
    expect([...keys].filter((key) => !patterns.some((used) => used.test(key)))).toEqual([]);
  });
});

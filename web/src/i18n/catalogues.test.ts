// The catalogues: the same keys and values in every language, none missing and none unused.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { LANGUAGES } from "@/i18n/language";

const SOURCE = join(import.meta.dirname, "..");
const OPENAPI = join(SOURCE, "../../docs/openapi.json");

interface Description {
  components: { schemas: { WorkspaceRead: { properties: { language: { enum: string[] } } } } };
}

type Messages = Map<string, string>;

/** Flatten a catalogue to key and message, e.g. `ui:saved` -> "Saved". */
function flatten(catalogue: object, prefix = "", separator = ":"): Messages {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(catalogue) as [string, unknown][]) {
    const key = prefix ? `${prefix}${separator}${name}` : name;
    if (typeof value === "string") flat.set(key, value);
    else for (const [inner, message] of flatten(value as object, key, prefix ? "." : ":")) flat.set(inner, message);
  }
  return flat;
}

/** Read a language's folder, each file as the area that it is named by. */
function readCatalogue(language: string): Messages {
  const folder = join(SOURCE, "i18n", language);
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const areas = files.map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(folder, name), "utf8"))] as const);
  return flatten(Object.fromEntries(areas));
}

const withoutPlural = (key: string) => key.replace(/_(one|two|few|many|other)$/, "");
const plainKeys = (flat: Messages) => new Set([...flat.keys()].map(withoutPlural));
const valuesOf = (message: string | undefined) =>
  [...(message ?? "").matchAll(/{{\s*(\w+)/g)].map((match) => match[1]).sort();

const english = readCatalogue("en");
const keys = plainKeys(english);
const areas = [...new Set([...keys].map((key) => key.split(":")[0]))].join("|");
const catalogues = LANGUAGES.map((language) => [language, readCatalogue(language)] as const);

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

describe.each(catalogues)("the catalogue %s", (language, flat) => {
  it("has the keys of the English one, and no others", () => {
    const own = plainKeys(flat);
    const missing = [...keys].filter((key) => !own.has(key));
    const unknown = [...own].filter((key) => !keys.has(key));
    expect({ missing, unknown }, `src/i18n/${language}`).toEqual({ missing: [], unknown: [] });
  });

  it("has no empty message", () => {
    expect([...flat].filter(([, message]) => !message.trim())).toEqual([]);
  });

  it("uses the same values as the English one", () => {
    const different = [...flat].filter(([key, message]) => {
      // English has no form for whole millions, which Italian and Spanish have.
      const original = english.get(key) ?? english.get(`${withoutPlural(key)}_other`) ?? message;
      return valuesOf(message).join() !== valuesOf(original).join();
    });
    expect(different).toEqual([]);
  });

  it("has every plural form that its language needs", () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const counted = plainKeys(new Map([...flat].filter(([key]) => withoutPlural(key) !== key)));
    const missing = [...counted]
      .flatMap((key) => needed.map((form) => `${key}_${form}`))
      .filter((key) => !flat.has(key));
    expect(missing, `src/i18n/${language}`).toEqual([]);
  });
});

describe("the catalogues", () => {
  it("are those of the server's languages", () => {
    const { components } = JSON.parse(readFileSync(OPENAPI, "utf8")) as Description;
    expect([...LANGUAGES].sort()).toEqual(components.schemas.WorkspaceRead.properties.language.enum);
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

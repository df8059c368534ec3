// The example: columns that the import recognizes, and CSV that the region's spreadsheets open.
import { describe, expect, it } from "vitest";

import { exampleFile } from "@/imports/exampleFile";
import type { Translate } from "@/i18n/keys";
import { csvDelimiter } from "@/ui/csvDelimiter";

const t: Translate = (key) => (key === "imports:example.first" ? 'Say "hello"' : key.replace(/^.*\./, ""));

describe("the delimiter of CSV", () => {
  it.each([
    ["it-IT", ";"],
    ["es-ES", ";"],
    ["en-GB", ","],
    ["es-MX", ","],
  ])("in %s is %s", (locale, delimiter) => {
    expect(csvDelimiter(locale)).toBe(delimiter);
  });
});

describe("the example file", () => {
  it("has quoted cells, and a date a week from now in the workspace's zone", async () => {
    const file = exampleFile(
      { labels: ["One", "Two"], zone: "Europe/Rome", locale: "it-IT", now: new Date("2030-01-31T23:30:00Z") },
      t,
    );
    const bytes = new Uint8Array(await file.arrayBuffer());
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect((await file.text()).replace("\ufeff", "").split("\r\n")).toEqual([
      '"text";"platforms";"date";"time";"hashtags";"picture"',
      '"Say ""hello""";"One, Two";"2030-02-08";"10:00";"tags";""',
      '"second";"One";"";"";"";""',
      "",
    ]);
  });
});

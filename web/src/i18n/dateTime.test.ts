// Dates, times and zones as text, also around clock changes; and that no other module formats them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import ts from "typescript";
import { describe, expect, it } from "vitest";

import {
  currentZoneName,
  formatDateTime,
  formatWallTime,
  formatWithOffset,
  haveSameClock,
  listTimeZones,
  offsetAt,
  toInstant,
  wallTimeAt,
} from "@/i18n/dateTime";

const NOW = new Date("2026-11-24T08:58:30Z");
const at = "2026-11-24T17:57:04Z";
const spaces = (text: string) => text.replace(/\s/gu, " ");

describe("an instant", () => {
  it.each([
    ["en-GB", "minute", "Tue 24 Nov, 18:57"],
    ["en-US", "minute", "Tue Nov 24, 6:57 PM"],
    ["it-IT", "minute", "mar 24 nov, 18:57"],
    ["en-GB", "clock", "18:57"],
    ["es-ES", "minute", "mar 24 nov, 18:57"],
    ["it-IT", "second", "24 nov, 18:57:04"],
    ["it-IT", "day", "24 nov 2026"],
  ] as const)("in %s and style %s is %s", (locale, style, text) => {
    expect(spaces(formatDateTime(at, { locale, style, zone: "Europe/Rome", now: NOW }))).toBe(text);
  });

  it("shows its year when it is another one in its zone, and its offset where asked for", () => {
    const options = { locale: "it-IT", zone: "Europe/Rome", now: NOW };
    expect(formatDateTime("2026-12-31T23:30:00Z", options)).toBe("ven 1 gen 2027, 00:30");
    expect(formatDateTime("2026-12-31T23:30:00Z", { ...options, zone: "UTC" })).toBe("gio 31 dic, 23:30");
    expect(formatWithOffset("2026-11-24T09:00:00Z", options)).toBe("mar 24 nov, 10:00 (UTC+01:00)");
  });
});

describe("a wall time", () => {
  it.each([
    ["2026-11-24", "10:00", "Europe/Rome", "2026-11-24T09:00:00.000Z", "+01:00"],
    ["2026-07-01", "10:00", "Europe/Rome", "2026-07-01T08:00:00.000Z", "+02:00"],
    ["2026-07-01", "10:00", "Asia/Kolkata", "2026-07-01T04:30:00.000Z", "+05:30"],
    ["2026-07-01", "10:00", "America/St_Johns", "2026-07-01T12:30:00.000Z", "-02:30"],
    ["2027-03-28", "03:00", "Europe/Rome", "2027-03-28T01:00:00.000Z", "+02:00"],
  ])("%s %s in %s is an instant with an offset", (date, time, zone, instant, offset) => {
    const found = toInstant(date, time, zone);
    expect(found?.toISOString()).toBe(instant);
    expect(offsetAt(new Date(instant), zone)).toBe(offset);
    expect(wallTimeAt(new Date(instant), zone)).toEqual({ date, time });
  });

  it("survives the way to an instant and back, except where clocks skip or repeat it", () => {
    const zones = fc.constantFrom("Europe/Rome", "America/New_York", "Australia/Lord_Howe", "UTC");
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 60 * 24 * 365 * 3 }), (zone, minutes) => {
        const instant = new Date(Date.UTC(2026, 0, 1) + minutes * 60_000);
        const { date, time } = wallTimeAt(instant, zone);
        const back = toInstant(date, time, zone);
        // A repeated wall time may come back as the other instant, which reads the same.
        expect(back && wallTimeAt(back, zone)).toEqual({ date, time });
      }),
    );
  });

  it("has no instant while it is incomplete", () => {
    expect(toInstant("", "10:00", "UTC")).toBeNull();
    expect(toInstant("2026-11-24", "", "UTC")).toBeNull();
  });

  it("is short, and has its year only when it is another one", () => {
    expect(formatWallTime("2026-11-24", "10:00", "it-IT", NOW)).toBe("mar 24 nov, 10:00");
    expect(formatWallTime("2026-11-24", "10:00", "en-GB", NOW)).toBe("Tue 24 Nov, 10:00");
    expect(formatWallTime("2027-03-28", "03:00", "it-IT", NOW)).toBe("dom 28 mar 2027, 03:00");
  });
});

describe("the list of zones", () => {
  it("begins with the preferred one, has UTC, and uses today's names", () => {
    const zones = listTimeZones("America/New_York");
    expect(zones[0]).toBe("America/New_York");
    expect(zones).toEqual(expect.arrayContaining(["UTC", "Europe/Kyiv", "Asia/Kolkata", "Europe/Rome"]));
    expect(zones.filter((zone) => zone !== currentZoneName(zone))).toEqual([]);
    expect(new Set(zones).size).toBe(zones.length);
  });

  it("knows which zones have the same clock all year", () => {
    expect(haveSameClock("Europe/Rome", "Europe/Berlin", NOW)).toBe(true);
    expect(haveSameClock("Europe/London", "UTC", NOW)).toBe(false);
  });
});

/** Find what formats a date in a module: `Intl.DateTimeFormat`, `toLocale*String`, and the Date methods that do. */
function dateFormatters(path: string): string[] {
  const text = readFileSync(path, "utf8");
  // Most modules name none of these, not even in a comment: there is nothing to parse.
  if (!/DateTimeFormat|toLocale|toDateString|toTimeString/.test(text)) return [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && FORMATTERS.test(node.name.text)) found.push(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const FORMATTERS = /^(DateTimeFormat|toLocale(Date|Time)?String|toDateString|toTimeString)$/;

describe("every other module", () => {
  it("leaves the formatting of dates and times to this one", () => {
    const root = join(import.meta.dirname, "..");
    const modules = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
    const formatting = modules.filter((name) => dateFormatters(join(root, name)).length > 0);
    expect(formatting).toEqual(["i18n/dateTime.ts"]);
  });
});

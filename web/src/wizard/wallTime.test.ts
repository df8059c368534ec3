// Wall clocks and instants, also where clocks change.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  instantOf,
  instantWords,
  offsetAt,
  roundedAfter,
  scheduleTime,
  tomorrowAt,
  wallAt,
  wallWords,
} from "@/wizard/times";

const NOW = new Date("2026-11-24T08:58:30Z");

describe("a wall clock", () => {
  it.each([
    ["2026-11-24", "10:00", "Europe/Rome", "2026-11-24T09:00:00.000Z", "+01:00"],
    ["2026-07-01", "10:00", "Europe/Rome", "2026-07-01T08:00:00.000Z", "+02:00"],
    ["2026-07-01", "10:00", "Asia/Kolkata", "2026-07-01T04:30:00.000Z", "+05:30"],
    ["2026-07-01", "10:00", "America/St_Johns", "2026-07-01T12:30:00.000Z", "-02:30"],
    ["2027-03-28", "03:00", "Europe/Rome", "2027-03-28T01:00:00.000Z", "+02:00"],
  ])("%s %s in %s", (date, time, zone, instant, offset) => {
    const found = instantOf(date, time, zone);
    expect(found?.toISOString()).toBe(instant);
    expect(offsetAt(new Date(instant), zone)).toBe(offset);
    expect(wallAt(new Date(instant), zone)).toEqual({ date, time });
  });

  it("reads again what it was made from, wherever clocks do not skip or repeat it", () => {
    const zones = fc.constantFrom("Europe/Rome", "America/New_York", "Australia/Lord_Howe", "UTC");
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 60 * 24 * 365 * 3 }), (zone, minutes) => {
        const instant = new Date(Date.UTC(2026, 0, 1) + minutes * 60_000);
        const { date, time } = wallAt(instant, zone);
        const back = instantOf(date, time, zone);
        // Of a time that comes twice it may be the other one, which reads the same.
        expect(back && wallAt(back, zone)).toEqual({ date, time });
      }),
    );
  });

  it("is nothing while it is not filled in", () => {
    expect(instantOf("", "10:00", "UTC")).toBeNull();
    expect(instantOf("2026-11-24", "", "UTC")).toBeNull();
  });
});

describe("words for a time", () => {
  it("are short, and have the year only when it is another one", () => {
    expect(wallWords("2026-11-24", "10:00", "it", NOW)).toBe("mar 24 nov, 10:00");
    expect(wallWords("2026-11-24", "10:00", "en", NOW)).toBe("Tue 24 Nov, 10:00");
    expect(wallWords("2027-03-28", "03:00", "it", NOW)).toBe("dom 28 mar 2027, 03:00");
    expect(instantWords(new Date("2026-11-24T09:00:00Z"), "Europe/Rome", "it", NOW)).toBe(
      "mar 24 nov, 10:00 (UTC+01:00)",
    );
  });
});

describe("quick choices", () => {
  it("are round, and on the zone's own clock", () => {
    expect(roundedAfter(NOW, 3_600_000).toISOString()).toBe("2026-11-24T10:00:00.000Z");
    expect(tomorrowAt("09:00", "Pacific/Auckland", new Date("2026-11-24T12:00:00Z"))).toEqual({
      date: "2026-11-26",
      time: "09:00",
    });
    const when = { act: "schedule", date: "2026-11-25", time: "09:00", zone: "Europe/Rome", exact: null } as const;
    expect(scheduleTime(when)).toBe("2026-11-25T09:00:00");
    expect(scheduleTime({ ...when, exact: "2026-11-25T09:00:00+01:00" })).toBe("2026-11-25T09:00:00+01:00");
  });
});

// The calendar's pure parts: days, the address, entries and moves.
import { describe, expect, it } from "vitest";

import { newPostTime, nextPeriod, shownDays, spanOf } from "@/calendar/days";
import { addDays } from "@/i18n/dates";
import {
  calendarTime,
  crossesClockChange,
  entriesByDay,
  movedTime,
  platformMark,
  slotsByDay,
  type Entry,
} from "@/calendar/entries";
import { isMovable } from "@/ui/post/availableActions";
import { parseCalendarSearch } from "@/calendar/search";
import { firstDayOfWeek } from "@/i18n/dates";
import { post } from "@/testing/sample-posts";

const ROME = "Europe/Rome";
const scheduled = (at: string, zone = ROME) =>
  post({ status: "scheduled", states: ["scheduled"], schedule_time: at, zone });
const entryAt = (at: string, zone = ROME): Entry => {
  const [entry] = [...entriesByDay([scheduled(at, zone)], ROME).values()].flat();
  if (!entry) throw new Error("the post has a time");
  return entry;
};

describe("the days", () => {
  it.each([
    ["month", "2026-11-15", 1, "2026-10-26", "2026-12-06"],
    ["month", "2026-11-15", 7, "2026-11-01", "2026-12-05"],
    ["month", "2027-02-01", 1, "2027-02-01", "2027-02-28"],
    ["week", "2026-11-15", 1, "2026-11-09", "2026-11-15"],
    ["week", "2026-11-15", 7, "2026-11-15", "2026-11-21"],
    ["agenda", "2028-02-10", 1, "2028-02-10", "2028-03-11"],
  ] as const)("of the %s of %s, from weekday %i, are %s to %s", (view, date, firstDay, first, last) => {
    const days = shownDays(view, date, firstDay);
    expect([days[0], days.at(-1)]).toEqual([first, last]);
    expect(new Set(days).size).toBe(days.length);
  });

  it("begin and end at midnight in the zone, also when the clocks change", () => {
    expect(spanOf(["2027-03-28"], ROME)).toEqual({ from: "2027-03-27T23:00:00.000Z", to: "2027-03-28T22:00:00.000Z" });
  });

  it("of the next and the last period", () => {
    expect(nextPeriod("month", "2026-01-31", 1)).toBe("2026-02-01");
    expect(nextPeriod("agenda", "2026-01-31", -1)).toBe("2025-12-31");
    expect(nextPeriod("week", "2026-12-30", 1)).toBe("2027-01-06");
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  });

  it.each([
    ["en-US", 7],
    ["it-IT", 1],
    ["en-GB", 1],
    ["ar-EG", 6],
  ])("in %s begin their week on day %i", (locale, day) => {
    expect(firstDayOfWeek(locale)).toBe(day);
  });

  it("give a new post nine o'clock, today the next hour, and none when they are over", () => {
    const now = new Date("2026-11-24T12:20:00Z");
    expect(newPostTime("2026-11-25", ROME, now)).toBe("2026-11-25T09:00");
    expect(newPostTime("2026-11-24", ROME, now)).toBe("2026-11-24T14:00");
    expect(newPostTime("2026-11-23", ROME, now)).toBeNull();
    expect(newPostTime("2026-11-24", ROME, new Date("2026-11-24T22:40:00Z"))).toBeNull();
  });
});

describe("the address", () => {
  it.each([
    [{}, {}],
    [{ view: "month", show: "all", date: "2026-02-30", platform: "", account: 3 }, {}],
    [
      { view: "week", date: "2026-02-28", show: "scheduled", platform: "other", account: "acc_1", evil: "x" },
      { view: "week", date: "2026-02-28", show: "scheduled", platform: "other", account: "acc_1" },
    ],
  ])("reads %j as %j", (search, address) => {
    expect(parseCalendarSearch(search)).toEqual(address);
  });
});

describe("the entries", () => {
  it("are by the day in the calendar's zone and by time; posts without a time are none", () => {
    const late = post({ job_id: "late", status: "scheduled", schedule_time: "2026-11-24T23:30:00Z" });
    const early = post({
      job_id: "early",
      status: "published",
      schedule_time: null,
      created_at: "2026-11-24T23:10:00Z",
    });
    const byDay = entriesByDay([late, early, post({ status: "draft" })], ROME);
    expect([...byDay.keys()]).toEqual(["2026-11-25"]);
    expect(byDay.get("2026-11-25")?.map((entry) => [entry.post.job_id, entry.time])).toEqual([
      ["early", "00:10"],
      ["late", "00:30"],
    ]);
  });

  it("show a draft only at its planned time", () => {
    const times = { schedule_time: null, created_at: "2026-11-24T23:10:00Z" };
    expect(calendarTime({ status: "draft", ...times })).toBeNull();
    expect(calendarTime({ status: "draft", ...times, schedule_time: "2026-12-01T09:00:00Z" })).toBe(
      "2026-12-01T09:00:00Z",
    );
  });

  it.each([
    ["scheduled", ["scheduled"], true],
    ["publishing", ["publishing"], false],
    ["published", ["published"], false],
    ["failed", ["failed"], false],
    ["draft", ["draft"], true],
  ])("can be moved when %s: %j %s", (status, states, movable) => {
    expect(isMovable(post({ status, states, schedule_time: "2026-12-01T09:00:00Z" }))).toBe(movable);
  });

  it("cannot be moved when the server does not allow it", () => {
    expect(isMovable({ ...scheduled("2026-12-01T09:00:00Z"), actions: [] })).toBe(false);
  });

  it("take the free slots of several accounts at one time together", () => {
    const slots = [
      { schedule_time: "2026-11-24T17:00:00Z", account: "B" },
      { schedule_time: "2026-11-24T09:00:00Z", account: "A" },
      { schedule_time: "2026-11-24T10:00:00+01:00", account: "B" },
    ];
    const found = slotsByDay(slots, ROME).get("2026-11-24");
    expect(found?.map(({ time, accounts }) => [time, accounts.join()])).toEqual([
      ["10:00", "A,B"],
      ["18:00", "B"],
    ]);
  });

  it.each([
    ["Instagram Story", "IS"],
    ["Facebook", "F"],
    ["Émile Ça Va", "ÉÇ"],
  ])("mark %s with %s", (label, mark) => {
    expect(platformMark(label)).toBe(mark);
  });
});

describe("a move", () => {
  it("by days keeps the wall time over a clock change", () => {
    const entry = entryAt("2027-03-26T09:00:00Z");
    const moved = movedTime(entry, { date: "2027-03-29", time: null }, ROME);
    expect(moved).toEqual({ schedule_time: "2027-03-29T10:00:00", zone: ROME });
    expect(crossesClockChange(entry.at, "2027-03-29T08:00:00Z", ROME)).toBe(true);
    expect(crossesClockChange(entry.at, "2027-03-27T09:00:00Z", ROME)).toBe(false);
  });

  it("keeps the wall time of the post's own zone, and the zone", () => {
    // 18:00 in New York is 23:00 in Rome, in most weeks of the year.
    const entry = entryAt("2027-03-10T23:00:00Z", "America/New_York");
    expect(entry.date).toBe("2027-03-11");
    expect(movedTime(entry, { date: "2027-03-16", time: null }, ROME)).toEqual({
      schedule_time: "2027-03-15T18:00:00",
      zone: "America/New_York",
    });
  });

  it("to another hour is in the calendar's zone, kept as a time of the post's own", () => {
    expect(movedTime(entryAt("2026-11-24T09:00:00Z"), { date: "2026-11-25", time: "15:00" }, ROME)).toEqual({
      schedule_time: "2026-11-25T15:00:00",
      zone: ROME,
    });
    const elsewhere = entryAt("2026-11-24T15:00:00Z", "America/New_York");
    expect(movedTime(elsewhere, { date: "2026-11-25", time: "20:00" }, ROME)).toEqual({
      schedule_time: "2026-11-25T14:00:00",
      zone: "America/New_York",
    });
  });
});

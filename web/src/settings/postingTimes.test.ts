import { expect, it } from "vitest";

import { parseTimes, parseWeek, typedTimesOf } from "@/settings/postingTimes";

it.each([
  ["18:30, 9", ["09:00", "18:30"]],
  ["9.30 09:30; 9h30", ["09:30"]],
  ["0, 23:59", ["00:00", "23:59"]],
  ["", []],
  ["24", null],
  ["9:60", null],
  ["noon", null],
  ["9:5", null],
])("reads %j as %j", (typed, times) => {
  expect(parseTimes(typed)).toEqual(times);
});

it("reads a week, with empty days for those that are left out", () => {
  const typed = typedTimesOf({ mon: ["09:00", "18:00"] });
  expect(typed.mon).toBe("09:00, 18:00");
  expect(typed.sun).toBe("");
  expect(parseWeek(typed)?.mon).toEqual(["09:00", "18:00"]);
  expect(parseWeek(typed)?.sun).toEqual([]);
  expect(parseWeek({ ...typed, sun: "late" })).toBeNull();
});

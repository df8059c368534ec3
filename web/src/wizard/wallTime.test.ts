// The wall time of a schedule, and the quick choices.
import { describe, expect, it } from "vitest";

import type { Schedule } from "@/wizard/state";
import { nextFiveMinutes, scheduledInstant, scheduleTime, tomorrowAt } from "@/wizard/wallTime";

const NOW = new Date("2026-11-24T08:58:30Z");
const schedule: Schedule = { mode: "schedule", date: "2026-11-25", time: "09:00", zone: "Europe/Rome", exact: null };

describe("a schedule", () => {
  it("has an instant once it is complete, the exact one where it is given", () => {
    expect(scheduledInstant(schedule)?.toISOString()).toBe("2026-11-25T08:00:00.000Z");
    expect(scheduledInstant({ ...schedule, exact: "2026-11-25T09:00:00+02:00" })?.toISOString()).toBe(
      "2026-11-25T07:00:00.000Z",
    );
    expect(scheduledInstant({ ...schedule, time: "" })).toBeNull();
    expect(scheduledInstant({ ...schedule, exact: "soon" })).toBeNull();
  });

  it("is sent as wall time, or as the exact instant", () => {
    expect(scheduleTime(schedule)).toBe("2026-11-25T09:00:00");
    expect(scheduleTime({ ...schedule, exact: "2026-11-25T09:00:00+01:00" })).toBe("2026-11-25T09:00:00+01:00");
  });
});

describe("quick choices", () => {
  it("are round, and in the zone's own wall time", () => {
    expect(nextFiveMinutes(NOW, 3_600_000).toISOString()).toBe("2026-11-24T10:00:00.000Z");
    expect(tomorrowAt("09:00", "Pacific/Auckland", new Date("2026-11-24T12:00:00Z"))).toEqual({
      date: "2026-11-26",
      time: "09:00",
    });
  });
});

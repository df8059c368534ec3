// Which posts a bulk action applies to, and the times of shifted posts.
import { describe, expect, it } from "vitest";

import { isApplicable, shiftedTime, type BulkAction } from "@/posts/bulk";
import { post } from "@/testing/sample-posts";

const WHEN = "2027-03-26T09:00:00Z";
const ACTIONS: BulkAction[] = [
  { name: "schedule" },
  { name: "shift", days: 3 },
  { name: "retry" },
  { name: "duplicate" },
  { name: "delete" },
];

describe("bulk actions", () => {
  it.each([
    ["draft", ["draft"], null, "schedule duplicate delete"],
    ["draft", ["draft"], WHEN, "schedule shift duplicate delete"],
    ["scheduled", ["scheduled"], WHEN, "shift duplicate delete"],
    ["publishing", ["publishing"], WHEN, "duplicate"],
    ["failed", ["failed"], WHEN, "schedule retry duplicate delete"],
    ["published", ["published"], WHEN, "duplicate delete"],
  ])("apply to what is %s in %j at %s: %s", (status, states, schedule_time, names) => {
    const listed = post({ status, states, schedule_time });
    expect(
      ACTIONS.filter((action) => isApplicable(action, listed))
        .map(({ name }) => name)
        .join(" "),
    ).toBe(names);
  });

  it("shift a post by days at the same wall time in its own zone, over a clock change too", () => {
    const rome = { schedule_time: WHEN, zone: "Europe/Rome" };
    expect(shiftedTime(rome, 3, "UTC")).toEqual({ schedule_time: "2027-03-29T10:00:00", zone: "Europe/Rome" });
    expect(shiftedTime({ ...rome, zone: null }, -1, "UTC")).toEqual({
      schedule_time: "2027-03-25T09:00:00",
      zone: "UTC",
    });
  });
});

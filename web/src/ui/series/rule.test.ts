import { describe, expect, it } from "vitest";

import { dayOf, fromRule, toRule, type RuleChoice } from "@/ui/series/rule";

const choice: RuleChoice = { frequency: "daily", days: ["MO"], monthDay: 15, end: { kind: "never" } };

describe("a recurrence rule", () => {
  it.each<[Partial<RuleChoice>, string]>([
    [{}, "FREQ=DAILY"],
    [{ end: { kind: "count", count: 5 } }, "FREQ=DAILY;COUNT=5"],
    [{ end: { kind: "until", until: "2026-12-24" } }, "FREQ=DAILY;UNTIL=20261224"],
    [{ frequency: "weekly", days: ["FR", "MO"] }, "FREQ=WEEKLY;BYDAY=MO,FR"],
    [{ frequency: "monthly" }, "FREQ=MONTHLY;BYMONTHDAY=15"],
    [{ frequency: "monthly", monthDay: 31 }, "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"],
  ])("of %o is %s, and is read back", (part, rule) => {
    const made = { ...choice, ...part };
    expect(toRule(made)).toBe(rule);
    const read = fromRule(rule, "2026-11-30");
    expect(read && toRule(read)).toBe(rule);
    expect(read?.end).toEqual(made.end);
  });

  it.each([
    "FREQ=YEARLY",
    "FREQ=DAILY;INTERVAL=2",
    "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9,18",
    "FREQ=MONTHLY;BYDAY=2MO",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYMONTHDAY=1,15",
  ])("that the studio does not write is left as it is: %s", (rule) => {
    expect(fromRule(rule, "2026-11-30")).toBeNull();
  });

  it("without days has those of its start", () => {
    expect(dayOf("2026-11-30")).toBe("MO");
    expect(fromRule("FREQ=WEEKLY", "2026-11-29")?.days).toEqual(["SU"]);
    expect(fromRule("FREQ=MONTHLY;COUNT=3", "2026-11-29")?.monthDay).toBe(29);
  });
});

// The recurrence rules (RFC 5545) that the studio writes, as choices of a person. Pure.

/** Days of the week in the order of the dialog, as in BYDAY. */
export const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Day = (typeof DAYS)[number];
export const FREQUENCIES = ["daily", "weekly", "monthly"] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** `until`: a date, inclusive; `count`: how many times in all. */
export type End = { kind: "never" } | { kind: "until"; until: string } | { kind: "count"; count: number };

/** `days`: of a weekly rule; `monthDay`: of a monthly one, in shorter months their last day. */
export interface RuleChoice {
  frequency: Frequency;
  days: readonly Day[];
  monthDay: number;
  end: End;
}

/** Return the day of the week of a date, e.g. `2026-11-24`. */
export function dayOf(date: string): Day {
  return DAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7] ?? "MO";
}

export function toRule({ frequency, days, monthDay, end }: RuleChoice): string {
  const by = {
    daily: [],
    weekly: [`BYDAY=${DAYS.filter((day) => days.includes(day)).join(",")}`],
    monthly: byMonthDay(monthDay),
  }[frequency];
  const last = { never: [], until: [], count: [] } as Record<End["kind"], string[]>;
  if (end.kind === "until") last.until = [`UNTIL=${end.until.replaceAll("-", "")}`];
  if (end.kind === "count") last.count = [`COUNT=${end.count}`];
  return [`FREQ=${frequency.toUpperCase()}`, ...by, ...last[end.kind]].join(";");
}

/** A month without the day has the last one before it: of the days 28 to 30, say, the last that exists. */
function byMonthDay(day: number): string[] {
  if (day <= 28) return [`BYMONTHDAY=${day}`];
  const days = Array.from({ length: day - 27 }, (_, index) => 28 + index);
  return [`BYMONTHDAY=${days.join(",")}`, "BYSETPOS=-1"];
}

/** Return the choice that makes this rule, which began on `start` (a date); null for a rule of another client. */
export function fromRule(rrule: string, start: string): RuleChoice | null {
  const parts = new Map(rrule.split(";").map((part) => part.split("=", 2) as [string, string]));
  const frequency = FREQUENCIES.find((name) => name.toUpperCase() === parts.get("FREQ"));
  if (!frequency || parts.get("BYMONTHDAY")?.startsWith("-")) return null;
  const days = DAYS.filter((day) => (parts.get("BYDAY")?.split(",") ?? [dayOf(start)]).includes(day));
  const monthDay = Number(parts.get("BYMONTHDAY")?.split(",").at(-1) ?? start.slice(8, 10));
  const until = /^(\d{4})(\d\d)(\d\d)/.exec(parts.get("UNTIL") ?? "");
  const end: End = parts.has("COUNT")
    ? { kind: "count", count: Number(parts.get("COUNT")) }
    : until
      ? { kind: "until", until: until.slice(1).join("-") }
      : { kind: "never" };
  const choice = { frequency, days, monthDay, end };
  // What the choice does not make is not described by it: times of day, intervals, the second Monday.
  const bare = toRule(choice).split(";");
  const isWhole = [...parts].every(([name, value]) => name === "UNTIL" || bare.includes(`${name}=${value}`));
  return isWhole ? choice : null;
}

// Posting times as they are typed: "9, 12.30, 18:00". Pure.

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export type TypedTimes = Record<Weekday, string>;

/** Return the times of a day as HH:MM, sorted and each once; null when one is no time of day. */
export function parseTimes(typed: string): string[] | null {
  const times = typed
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(parseTime);
  const valid = times.filter((time) => time !== null);
  return valid.length === times.length ? [...new Set(valid)].sort() : null;
}

/** Accept `9`, `9:30`, `9.30` and `09h30`. */
function parseTime(word: string): string | null {
  const match = /^(\d{1,2})(?:[:.h](\d{2}))?$/i.exec(word);
  const [hour, minute] = [Number(match?.[1]), Number(match?.[2] ?? 0)];
  if (!match || hour > 23 || minute > 59) return null;
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

export function typedTimesOf(times: Record<string, string[]>): TypedTimes {
  return fromEntries((day) => (times[day] ?? []).join(", "));
}

/** Return the times by day; null while one of them cannot be read. */
export function parseWeek(typed: TypedTimes): Record<Weekday, string[]> | null {
  const days = WEEKDAYS.map((day) => parseTimes(typed[day]));
  return days.includes(null) ? null : fromEntries((day) => parseTimes(typed[day]) ?? []);
}

function fromEntries<T>(valueOf: (day: Weekday) => T): Record<Weekday, T> {
  return Object.fromEntries(WEEKDAYS.map((day) => [day, valueOf(day)])) as Record<Weekday, T>;
}

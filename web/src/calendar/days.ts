// Days of a calendar as dates without a zone, e.g. `2026-11-24`. Pure.
import { addDays, daysBetween } from "@/i18n/dates";
import { toInstant, wallTimeAt } from "@/i18n/dateTime";

export const VIEWS = ["month", "week", "agenda"] as const;
export type CalendarView = (typeof VIEWS)[number];

export function isDate(value: unknown): value is string {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const parsed = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value);
}

function firstOfMonth(date: string): string {
  return `${date.slice(0, 7)}-01`;
}

/** Return the first day of the week of `date`. `firstDay`: 1 for Monday to 7 for Sunday. */
export function startOfWeek(date: string, firstDay: number): string {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return addDays(date, -((weekday - firstDay + 7) % 7));
}

const AGENDA_DAYS = 31;

/** Return the days that a view shows: whole weeks of the month, the week, or a month from the date on for the agenda. */
export function shownDays(view: CalendarView, date: string, firstDay: number): string[] {
  if (view === "week") return range(startOfWeek(date, firstDay), 7);
  if (view === "agenda") return range(date, AGENDA_DAYS);
  const first = firstOfMonth(date);
  const next = nextPeriod("month", date, 1);
  const start = startOfWeek(first, firstDay);
  return range(start, Math.ceil(daysBetween(start, next) / 7) * 7);
}

/** Return the date that lies `steps` periods of the view after; of months the first day. */
export function nextPeriod(view: CalendarView, date: string, steps: number): string {
  if (view !== "month") return addDays(date, (view === "week" ? 7 : AGENDA_DAYS) * steps);
  const [year = 0, month = 1] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + steps, 1)).toISOString().slice(0, 10);
}

/** Return the instants at which the first day begins and the last one ends in `zone`, as RFC 3339. */
export function spanOf(days: readonly string[], zone: string): { from: string; to: string } {
  const begin = (date: string) => (toInstant(date, "00:00", zone) ?? new Date(0)).toISOString();
  return { from: begin(days[0] ?? ""), to: begin(addDays(days.at(-1) ?? "1970-01-01", 1)) };
}

/** Return the time that a new post on this day gets: nine o'clock, or the next full hour; null for a day that is over. */
export function newPostTime(date: string, zone: string, now: Date): string | null {
  const today = wallTimeAt(now, zone);
  if (date < today.date) return null;
  if (date > today.date || today.time < "08:30") return `${date}T09:00`;
  const hour = Number(today.time.slice(0, 2)) + 1;
  return hour > 23 ? null : `${date}T${String(hour).padStart(2, "0")}:00`;
}

function range(start: string, length: number): string[] {
  return Array.from({ length }, (_, index) => addDays(start, index));
}

// The wall time of a schedule. Pure; the server decides whether a time is valid.
import { toInstant, wallTimeAt } from "@/i18n/dateTime";
import type { Schedule } from "@/wizard/state";

const STEP_MS = 5 * 60_000;

/** Return whether the value is a date and a time, as `2026-11-24T10:00`. */
export function isWallTime(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
}

/** Return the instant of the schedule; null while it is incomplete. */
export function scheduledInstant(schedule: Schedule): Date | null {
  const instant =
    schedule.exact === null ? toInstant(schedule.date, schedule.time, schedule.zone) : new Date(schedule.exact);
  return instant === null || Number.isNaN(instant.getTime()) ? null : instant;
}

/** Return the value for the API's `schedule_time`. */
export function scheduleTime(schedule: Schedule): string {
  return schedule.exact ?? `${schedule.date}T${schedule.time}:00`;
}

/** Return the first multiple of five minutes that lies at least `ms` after `now`. */
export function nextFiveMinutes(now: Date, ms: number): Date {
  return new Date(Math.ceil((now.getTime() + ms) / STEP_MS) * STEP_MS);
}

/** Return the time of day on the day after `now`, in `zone`. */
export function tomorrowAt(time: string, zone: string, now: Date): { date: string; time: string } {
  const today = new Date(`${wallTimeAt(now, zone).date}T12:00:00Z`);
  today.setUTCDate(today.getUTCDate() + 1);
  return { date: today.toISOString().slice(0, 10), time };
}

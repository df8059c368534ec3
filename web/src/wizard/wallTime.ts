// Wall clocks and instants in a time zone, as far as they are shown; what is valid, the server says. Pure.
import type { When } from "@/wizard/state";

const MINUTE_MS = 60_000;

/** How a zone's clocks stand to UTC at an instant, e.g. `+01:00`. */
export function offsetAt(instant: Date, zone: string): string {
  const minutes = Math.round((wallMs(instant, zone) - instant.getTime()) / MINUTE_MS);
  const part = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${part(minutes / 60)}:${part(minutes % 60)}`;
}

/** The date and time that clocks in `zone` read at an instant. */
export function wallAt(instant: Date, zone: string): { date: string; time: string } {
  const [date = "", time = ""] = new Date(wallMs(instant, zone)).toISOString().split("T");
  return { date, time: time.slice(0, 5) };
}

/** An instant at which clocks in `zone` read this; where clocks skip it or repeat it, one close by. */
export function instantOf(date: string, time: string, zone: string): Date | null {
  const wall = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(wall)) return null;
  // The offset at a first guess may be that of the other side of a change of clocks.
  const guess = wall - (wallMs(new Date(wall), zone) - wall);
  return new Date(wall - (wallMs(new Date(guess), zone) - guess));
}

export function chosenInstant(when: When): Date | null {
  return when.exact === null ? instantOf(when.date, when.time, when.zone) : new Date(when.exact);
}

/** What is sent as `schedule_time`. */
export function scheduleTime(when: When): string {
  return when.exact ?? `${when.date}T${when.time}:00`;
}

/** `mar 24 nov, 10:00`; with the year where it is another one than `now`'s. */
export function wallWords(date: string, time: string, language: string, now: Date): string {
  const noon = new Date(`${date}T12:00:00Z`);
  const year = date.slice(0, 4) === String(now.getUTCFullYear()) ? {} : ({ year: "numeric" } as const);
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
    ...year,
  });
  return `${format.format(noon).replace(",", "")}, ${time}`;
}

/** An instant as clocks in `zone` read it, with their offset: `dom 28 mar 2027, 03:00 (UTC+02:00)`. */
export function instantWords(instant: Date, zone: string, language: string, now: Date): string {
  const { date, time } = wallAt(instant, zone);
  return `${wallWords(date, time, language, now)} (UTC${offsetAt(instant, zone)})`;
}

/** The next five minutes on the clock that lie at least `ms` ahead. */
export function roundedAfter(now: Date, ms: number): Date {
  const step = 5 * MINUTE_MS;
  return new Date(Math.ceil((now.getTime() + ms) / step) * step);
}

/** The time of day on the day after `now`, in `zone`. */
export function tomorrowAt(time: string, zone: string, now: Date): { date: string; time: string } {
  const today = new Date(`${wallAt(now, zone).date}T12:00:00Z`);
  today.setUTCDate(today.getUTCDate() + 1);
  return { date: today.toISOString().slice(0, 10), time };
}

/** The wall clock's reading as if it were UTC, in ms. */
function wallMs(instant: Date, zone: string): number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (name: string) => parts[name] ?? 0;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}

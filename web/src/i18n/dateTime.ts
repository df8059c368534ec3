// Dates, times and time zones as text: no other module formats them (a test checks that).
// Pure but for `browserTimeZone`: locale, zone and clock are handed in.

const MINUTE_MS = 60_000;

/**
 * `day`: a date. `dayMonth`: without the year. `longDay`: weekday and date in words. `month`: month and year. `weekday`:
 * its short name; `weekdayNumber`: and the day of the month. `minute`: weekday, date and time. `second`: date and time with seconds. `clock`: the time of day.
 */
export type DateTimeStyle = "minute" | "second" | "clock" | DateStyle;
export type DateStyle = "day" | "dayMonth" | "longDay" | "month" | "weekday" | "weekdayNumber";
/** Styles that never have the year. */
const WITHOUT_YEAR: readonly DateTimeStyle[] = ["weekday", "weekdayNumber"];

const STYLES: Record<DateTimeStyle, { date?: Intl.DateTimeFormatOptions; clock?: Intl.DateTimeFormatOptions }> = {
  day: { date: { day: "numeric", month: "short", year: "numeric" } },
  dayMonth: { date: { day: "numeric", month: "short" } },
  longDay: { date: { weekday: "long", day: "numeric", month: "long" } },
  month: { date: { month: "long", year: "numeric" } },
  weekday: { date: { weekday: "short" } },
  weekdayNumber: { date: { weekday: "short", day: "numeric" } },
  minute: { date: { weekday: "short", day: "numeric", month: "short" }, clock: {} },
  second: { date: { day: "numeric", month: "short" }, clock: { second: "2-digit" } },
  clock: { clock: {} },
};

export interface DateTimeOptions {
  /** BCP 47; decides between the 12-hour and the 24-hour clock. */
  locale: string;
  /** IANA name. */
  zone: string;
  style?: DateTimeStyle;
  /** The year is left out where it is the current one (except in the style `day`). */
  now?: Date;
}

/** Format an instant (RFC 3339 or a Date) as wall time in `zone`, e.g. `Tue 24 Nov, 10:00`. */
export function formatDateTime(at: string | Date, options: DateTimeOptions): string {
  const { locale, zone, style = "minute", now = new Date() } = options;
  const instant = new Date(at);
  const { date, clock } = STYLES[style];
  const isThisYear = wallTimeAt(instant, zone).date.slice(0, 4) === wallTimeAt(now, zone).date.slice(0, 4);
  const year = isThisYear || WITHOUT_YEAR.includes(style) ? {} : ({ year: "numeric" } as const);
  const format = (fields: Intl.DateTimeFormatOptions) =>
    formatter(locale, { ...fields, timeZone: zone }).format(instant);
  return [
    // Browsers disagree on the comma behind the weekday.
    ...(date ? [format({ ...date, ...year }).replace(/^(\p{L}+\.?),/u, "$1")] : []),
    ...(clock ? [format({ hour: hourStyle(locale), minute: "2-digit", ...clock })] : []),
  ].join(", ");
}

/** Pad the hour on a 24-hour clock only: `06:57` and `6:57 PM`. */
function hourStyle(locale: string): "numeric" | "2-digit" {
  return formatter(locale, { hour: "numeric" }).resolvedOptions().hour12 ? "numeric" : "2-digit";
}

/** As `formatDateTime` in the style `minute`, with the offset: `dom 28 mar 2027, 03:00 (UTC+02:00)`. */
export function formatWithOffset(at: string | Date, options: Omit<DateTimeOptions, "style">): string {
  return `${formatDateTime(at, options)} (UTC${offsetAt(new Date(at), options.zone)})`;
}

/** Format a wall time that is in no zone: `2026-11-24` and `10:00`. */
export function formatWallTime(date: string, time: string, locale: string, now: Date): string {
  return formatDateTime(`${date}T${time}:00Z`, { locale, zone: "UTC", now });
}

/** Format a date that is in no zone: `2026-11-24`. */
export function formatDate(date: string, style: DateStyle, locale: string, now: Date): string {
  return formatDateTime(`${date}T00:00:00Z`, { locale, zone: "UTC", style, now });
}

/** Return a zone's offset from UTC at an instant, e.g. `+01:00`. */
export function offsetAt(instant: Date, zone: string): string {
  const minutes = Math.round((wallMs(instant, zone) - instant.getTime()) / MINUTE_MS);
  const part = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${part(minutes / 60)}:${part(minutes % 60)}`;
}

/** Return the wall date and time in `zone` at an instant. */
export function wallTimeAt(instant: Date, zone: string): { date: string; time: string } {
  const [date = "", time = ""] = new Date(wallMs(instant, zone)).toISOString().split("T");
  return { date, time: time.slice(0, 5) };
}

/** Return an instant with this wall time in `zone`; null when it is incomplete. Near a clock change it may be off. */
export function toInstant(date: string, time: string, zone: string): Date | null {
  const wall = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(wall)) return null;
  // The offset at the first guess may be that of the other side of a clock change.
  const guess = wall - (wallMs(new Date(wall), zone) - wall);
  return new Date(wall - (wallMs(new Date(guess), zone) - guess));
}

/** Return the IANA name of the browser's zone, by today's name. */
export function browserTimeZone(): string {
  return currentZoneName(Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** Return whether both zones have the same offset in winter and in summer of the year of `now`. */
export function haveSameClock(zone: string, other: string, now: Date): boolean {
  const year = now.getUTCFullYear();
  const instants = [now, new Date(Date.UTC(year, 0, 1)), new Date(Date.UTC(year, 6, 1))];
  return instants.every((instant) => offsetAt(instant, zone) === offsetAt(instant, other));
}

/** List the time zones by today's names, `preferred` and the browser's first, UTC next. The server has the last word. */
export function listTimeZones(...preferred: string[]): string[] {
  const known = Intl.supportedValuesOf("timeZone").map(currentZoneName).sort();
  return [...new Set([...preferred.map(currentZoneName), browserTimeZone(), "UTC", ...known])];
}

/** Return today's name of a zone: browsers still list some by the name that the tz database has replaced. */
export function currentZoneName(zone: string): string {
  return RENAMED_ZONES[zone] ?? zone;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Return a formatter, made once: making one takes longer than formatting a hundred times. */
function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formatters.set(key, made);
  return made;
}

/** The wall time in `zone` read as UTC, in ms. */
function wallMs(instant: Date, zone: string): number {
  const format = formatter("en-US", {
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

// The tz database's `backward` file: https://data.iana.org/time-zones/tzdb/backward
const RENAMED_ZONES: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Etc/UTC": "UTC",
  "Etc/GMT": "UTC",
  GMT: "UTC",
  "Europe/Kiev": "Europe/Kyiv",
  "Europe/Uzhgorod": "Europe/Kyiv",
  "Europe/Zaporozhye": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

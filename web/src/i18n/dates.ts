// Dates without a zone, e.g. `2026-11-24`, and the first day of the week by locale. Pure.

const DAY_MS = 24 * 60 * 60 * 1000;

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** What CLDR says of the regions whose week does not begin on Monday, for browsers that do not know it. */
const SATURDAY = "AE AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY".split(" ");
const SUNDAY = (
  "AG AS AU BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH PK PR " +
  "PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW"
).split(" ");

interface WithWeekInfo {
  getWeekInfo?: () => { firstDay: number };
}

/** Return the first day of the locale's week: 1 for Monday to 7 for Sunday. */
export function firstDayOfWeek(locale: string): number {
  const known = new Intl.Locale(locale);
  const info = (known as WithWeekInfo).getWeekInfo?.();
  if (info) return info.firstDay;
  const region = known.maximize().region ?? "";
  if (SATURDAY.includes(region)) return 6;
  return SUNDAY.includes(region) ? 7 : 1;
}

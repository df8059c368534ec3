// A recurrence rule in words.
import { formatDate, formatDateTime } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { DAYS, fromRule, type Day } from "@/ui/series/rule";

/** The Monday whose week gives the days their names. */
const MONDAY = "2024-01-01";

/** Return the short name of a day of the week. */
export function useDayName(): (day: Day) => string {
  const { locale } = useMessages();
  return (day) => formatDate(`${MONDAY.slice(0, 9)}${DAYS.indexOf(day) + 1}`, "weekday", locale, new Date());
}

/** Return `describe(rrule, start, zone)`; `start`: wall time in `zone`. */
export function useRuleText(): (rrule: string, start: string, zone: string) => string {
  const { t, locale, language } = useMessages();
  const dayName = useDayName();
  return (rrule, start, zone) => {
    const [date = "", clock = ""] = start.split("T");
    const now = new Date();
    const time = formatDateTime(`${date}T${clock.slice(0, 5)}:00Z`, { locale, zone: "UTC", style: "clock", now });
    const choice = fromRule(rrule, date);
    if (!choice) return t("series:rule.other", { rule: rrule, zone });
    const { end, monthDay } = choice;
    const days = new Intl.ListFormat(language).format(choice.days.map(dayName));
    const rhythm = {
      daily: () => t("series:rule.daily", { time, zone }),
      weekly: () => t("series:rule.weekly", { days, time, zone }),
      monthly: () =>
        t(monthDay > 28 ? "series:rule.monthlyOrLast" : "series:rule.monthly", { day: monthDay, time, zone }),
    }[choice.frequency]();
    if (end.kind === "never") return rhythm;
    const until =
      end.kind === "until"
        ? t("series:rule.until", { date: formatDate(end.until, "day", locale, now) })
        : t("series:rule.count", { count: end.count });
    return `${rhythm} ${until}`;
  };
}

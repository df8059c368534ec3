// The period that is shown, with links to others, and to the other views.
import { Group, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";

import { nextPeriod, VIEWS, type CalendarView } from "@/calendar/days";
import { parseCalendarSearch, type CalendarSearch } from "@/calendar/search";
import { formatDate } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { LinkButton } from "@/ui/LinkButton";

import viewStyles from "@/ui/views.module.css";

import styles from "./Toolbar.module.css";

interface Props {
  view: CalendarView;
  date: string;
  today: string;
  days: readonly string[];
  search: CalendarSearch;
  hasViews: boolean;
}

export function CalendarToolbar({ view, date, today, days, search, hasViews }: Props) {
  const { t, locale } = useMessages();
  const to = (steps: number) => ({ ...search, date: nextPeriod(view, date, steps) });
  const atToday = parseCalendarSearch({ ...search, date: undefined });
  const common = { to: "/calendar", variant: "default", mih: "2.75rem", px: "sm", resetScroll: false } as const;
  const period = view;
  return (
    <Group justify="space-between" gap="md">
      <Group gap="xs" role="group" aria-label={t("calendar:period")}>
        <LinkButton {...common} search={to(-1)} aria-label={t(`calendar:previous.${period}`)}>
          <ChevronLeft size={18} aria-hidden />
        </LinkButton>
        <LinkButton {...common} search={atToday}>
          {t("calendar:today")}
        </LinkButton>
        <LinkButton {...common} search={to(1)} aria-label={t(`calendar:next.${period}`)}>
          <ChevronRight size={18} aria-hidden />
        </LinkButton>
        <Title order={2} size="h4" className={styles["title"]} aria-live="polite">
          {title(view, date, days, today, locale)}
        </Title>
      </Group>
      {hasViews && (
        <nav aria-label={t("calendar:views")}>
          <ul className={viewStyles["views"]}>
            {VIEWS.map((one) => (
              <li key={one}>
                <Link
                  to="/calendar"
                  search={parseCalendarSearch({ ...search, view: one })}
                  resetScroll={false}
                  activeOptions={{ exact: true }}
                  className={viewStyles["view"]}
                >
                  {t(`calendar:view.${one}`)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </Group>
  );
}

function title(view: CalendarView, date: string, days: readonly string[], today: string, locale: string): string {
  const now = new Date(`${today}T00:00:00Z`);
  if (view === "month") return formatDate(date, "month", locale, now);
  return `${formatDate(days[0] ?? date, "dayMonth", locale, now)} – ${formatDate(days.at(-1) ?? date, "dayMonth", locale, now)}`;
}

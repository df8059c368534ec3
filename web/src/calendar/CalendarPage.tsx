// The calendar: posts at their times by month, week or day; to start, open and move them.
import { Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { AgendaView } from "@/calendar/AgendaView";
import { CalendarToolbar } from "@/calendar/CalendarToolbar";
import { shownDays, spanOf, type CalendarView } from "@/calendar/days";
import { DayDialog } from "@/calendar/DayDialog";
import { Filters } from "@/calendar/Filters";
import { MonthView } from "@/calendar/MonthView";
import { MoveDialog } from "@/calendar/MoveDialog";
import type { ViewProps } from "@/calendar/types";
import { useCalendar } from "@/calendar/useCalendar";
import { WeekView } from "@/calendar/WeekView";
import { offsetAt, wallTimeAt } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { firstDayOfWeek } from "@/i18n/dates";
import { useDateTime } from "@/ui/DateTime";
import { FirstUseHint } from "@/ui/FirstUseHint";
import { Loading } from "@/ui/Loading";
import { Notice } from "@/ui/Notice";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";

const PHONE = "(max-width: 48em)";

export function CalendarPage() {
  const { t, locale } = useMessages();
  const { zone } = useDateTime();
  const search = useSearch({ from: "/signed-in/calendar" });
  const isPhone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  const [now] = useState(() => new Date());
  const today = wallTimeAt(now, zone).date;
  // A phone has no room for a grid.
  const view = isPhone ? "agenda" : (search.view ?? "month");
  const date = search.date ?? today;
  const days = useMemo(() => shownDays(view, date, firstDayOfWeek(locale)), [view, date, locale]);
  const span = useMemo(() => spanOf(days, zone), [days, zone]);
  const { data, list, move, actions, dialogs } = useCalendar(span, search, zone, now);
  const first = new Date(span.from);
  return (
    <>
      <PageHeader title={t("calendar:title")} />
      <Stack gap="md">
        <FirstUseHint name="calendar" text={isPhone ? t("calendar:firstUse.agenda") : t("calendar:firstUse.grid")} />
        <CalendarToolbar view={view} date={date} today={today} days={days} search={search} hasViews={!isPhone} />
        <Filters search={search} />
        <Text size="sm" c="dimmed">
          {t("calendar:zone", { zone, offset: offsetAt(first > now ? first : now, zone) })}{" "}
          {view !== "agenda" && t("calendar:hint")}
        </Text>
        <ProblemAlert error={list.error} retry={() => void list.refetch()} />
        {list.data?.isCut && <Notice tone="warn">{t("calendar:cut")}</Notice>}
        {list.isPending && <Loading />}
        {list.isSuccess && <View view={view} {...{ days, date, today, data, actions, now, zone }} />}
      </Stack>
      <Dialogs data={data} actions={actions} isPending={move.isPending} {...dialogs} />
    </>
  );
}

function View({ view, date, ...props }: ViewProps & { view: CalendarView; date: string }) {
  if (view === "month") return <MonthView date={date} {...props} />;
  return view === "week" ? <WeekView {...props} /> : <AgendaView {...props} />;
}

type DialogsProps = ReturnType<typeof useCalendar>["dialogs"] &
  Pick<ViewProps, "data" | "actions"> & { isPending: boolean };

function Dialogs({ data, actions, isPending, day, setDay, moved, setMoved }: DialogsProps) {
  return (
    <>
      {day !== null && <DayDialog date={day} data={data} actions={actions} close={() => setDay(null)} />}
      {moved !== null && (
        <MoveDialog
          key={moved.entry.post.job_id}
          {...moved}
          isPending={isPending}
          save={actions.save}
          close={() => setMoved(null)}
        />
      )}
    </>
  );
}

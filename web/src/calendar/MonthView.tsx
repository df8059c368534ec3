// A month as a table of weeks: the first posts of each day, how many more, and free posting times.
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";

import { CellEntries } from "@/calendar/CellEntries";
import { newPostTime } from "@/calendar/days";
import type { ViewProps } from "@/calendar/types";
import { useCellFocus } from "@/calendar/useCellFocus";
import { useEntryDrag } from "@/calendar/useEntryDrag";
import { formatDate } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";

import styles from "./Grid.module.css";

/** So many lines a cell has room for. */
const ROOM = 3;

export function MonthView({ days, date, today, data, actions, now, zone }: ViewProps & { date: string }) {
  const { locale } = useMessages();
  const drag = useEntryDrag(data, actions.save);
  const cellFocus = useCellFocus(
    7,
    days.length,
    Math.max(
      0,
      days.findIndex((day) => day >= today),
    ),
  );
  const weeks = Array.from({ length: days.length / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7));
  return (
    <table className={styles["month"]} aria-label={formatDate(date, "month", locale, now)} {...drag}>
      <thead>
        <tr>
          {days.slice(0, 7).map((day) => (
            <th key={day} scope="col">
              {formatDate(day, "weekday", locale, now)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week, row) => (
          <tr key={week[0]}>
            {week.map((day, column) => (
              <td
                key={day}
                {...(day >= today ? { "data-drop": day } : {})}
                data-outside={day.slice(0, 7) !== date.slice(0, 7)}
                data-past={day < today}
                {...(day === today ? { "aria-current": "date" } : {})}
              >
                <DayLink day={day} at={newPostTime(day, zone, now)} now={now} focus={cellFocus(row * 7 + column)} />
                <DayEntries day={day} data={data} actions={actions} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DayEntries({ day, data, actions }: { day: string } & Pick<ViewProps, "data" | "actions">) {
  const entries = data.entries.get(day) ?? [];
  const slots = (data.slots.get(day) ?? []).slice(0, Math.max(0, ROOM - entries.length));
  return <CellEntries day={day} entries={entries} slots={slots} actions={actions} room={ROOM} />;
}

interface DayLinkProps {
  day: string;
  /** The time of a new post; null where none can be. */
  at: string | null;
  now: Date;
  focus: object;
}

/** The number of the day: a link that starts a post there. */
function DayLink({ day, at, now, focus }: DayLinkProps) {
  const { t, locale } = useMessages();
  const number = Number(day.slice(8));
  const name = formatDate(day, "longDay", locale, now);
  if (at === null) return <span className={styles["day"]}>{number}</span>;
  return (
    <Link
      to="/posts/new"
      search={{ at }}
      preload={false}
      className={styles["day"]}
      aria-label={t("calendar:writeOn", { day: name })}
      {...focus}
    >
      {number}
      <Plus size={14} aria-hidden className={styles["plus"]} />
    </Link>
  );
}

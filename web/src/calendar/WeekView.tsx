// A week as a table of hours: posts at their hour, and a link in each coming hour that starts a post there.
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useEffect, useRef } from "react";

import { CellEntries } from "@/calendar/CellEntries";
import type { ViewProps } from "@/calendar/types";
import { useCellFocus } from "@/calendar/useCellFocus";
import { useEntryDrag } from "@/calendar/useEntryDrag";
import { formatDate, formatDateTime, wallTimeAt } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";

import styles from "./Grid.module.css";

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
/** So many lines an hour has room for. */
const ROOM = 4;
/** The first hour in sight. */
const MORNING = 7;

export function WeekView({ days, today, data, actions, now, zone }: ViewProps) {
  const { t, locale } = useMessages();
  const drag = useEntryDrag(data, actions.save);
  const coming = wallTimeAt(now, zone);
  const isComing = (day: string, hour: string) =>
    day > coming.date || (day === coming.date && `${hour}:59` > coming.time);
  const firstColumn = Math.max(
    0,
    days.findIndex((day) => day > today),
  );
  const cellFocus = useCellFocus(7, 7 * 24, MORNING * 7 + 14 + firstColumn);
  const scrolled = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const row = scrolled.current?.querySelector<HTMLElement>(`[data-hour="${HOURS[MORNING] ?? ""}"]`);
    if (row && scrolled.current) scrolled.current.scrollTop = row.offsetTop - row.offsetHeight;
  }, []);
  return (
    // Focusable, so that it can be scrolled with the keyboard.
    <div className={styles["scrolled"]} ref={scrolled} tabIndex={-1}>
      <table className={styles["week"]} aria-label={t("calendar:view.week")} {...drag}>
        <thead>
          <tr>
            <td />
            {days.map((day) => (
              <th key={day} scope="col" {...(day === today ? { "aria-current": "date" } : {})}>
                {formatDate(day, "weekdayNumber", locale, now)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {HOURS.map((hour, row) => (
            <tr key={hour} data-hour={hour}>
              <th scope="row">{formatDateTime(`1970-01-01T${hour}:00Z`, { locale, zone: "UTC", style: "clock" })}</th>
              {days.map((day, column) => (
                <td
                  key={day}
                  {...(isComing(day, hour) ? { "data-drop": `${day}T${hour}` } : {})}
                  data-past={!isComing(day, hour)}
                >
                  <CellEntries
                    entries={inHour(data.entries.get(day), hour)}
                    slots={inHour(data.slots.get(day), hour)}
                    actions={actions}
                    day={day}
                    room={ROOM}
                  />
                  {isComing(day, hour) && (
                    <Link
                      to="/posts/new"
                      search={{ at: `${day}T${hour}:00` }}
                      preload={false}
                      className={styles["hour"]}
                      aria-label={t("calendar:writeAt", {
                        time: formatDateTime(`${day}T${hour}:00Z`, { locale, zone: "UTC", now }),
                      })}
                      {...cellFocus(row * 7 + column)}
                    >
                      <Plus size={14} aria-hidden className={styles["plus"]} />
                    </Link>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inHour<T extends { time: string }>(all: readonly T[] | undefined, hour: string): readonly T[] {
  return (all ?? []).filter(({ time }) => time.startsWith(`${hour}:`));
}

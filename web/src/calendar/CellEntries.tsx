// The posts and free posting times of one cell: the first ones, and how many more.
import { CalendarEntry } from "@/calendar/CalendarEntry";
import type { Entry, FreeSlot } from "@/calendar/entries";
import { FreeSlotLink } from "@/calendar/FreeSlotLink";
import type { CalendarActions } from "@/calendar/types";
import { useMessages } from "@/i18n/useMessages";

import styles from "./Grid.module.css";

interface CellEntriesProps {
  day: string;
  entries: readonly Entry[];
  slots: readonly FreeSlot[];
  actions: CalendarActions;
  /** So many posts the cell has room for. */
  room: number;
}

export function CellEntries({ day, entries, slots, actions, room }: CellEntriesProps) {
  const { t } = useMessages();
  if (entries.length + slots.length === 0) return null;
  const shown = entries.length > room ? entries.slice(0, room - 1) : entries;
  return (
    <ul className={styles["entries"]}>
      {shown.map((entry) => (
        <li key={entry.post.job_id}>
          <CalendarEntry entry={entry} askWhere={actions.askWhere} />
        </li>
      ))}
      {entries.length > shown.length && (
        <li>
          <button type="button" className={styles["more"]} onClick={() => actions.showDay(day)}>
            {t("calendar:more", { count: entries.length - shown.length })}
          </button>
        </li>
      )}
      {slots.map((slot) => (
        <li key={slot.at}>
          <FreeSlotLink slot={slot} />
        </li>
      ))}
    </ul>
  );
}

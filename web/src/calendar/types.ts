// What the views of the calendar are given.
import type { Entry, FreeSlot, PostTime, Target } from "@/calendar/entries";

export interface CalendarData {
  /** By date, each in the order of time. */
  entries: ReadonlyMap<string, readonly Entry[]>;
  slots: ReadonlyMap<string, readonly FreeSlot[]>;
}

export interface CalendarActions {
  /** Move a post; `time`: exactly there. When the server refuses, the dialog opens with its reason. */
  save: (entry: Entry, target: Target, time?: PostTime) => void;
  /** Open the dialog that asks for the new time. */
  askWhere: (entry: Entry) => void;
  /** Open all of one day. */
  showDay: (date: string) => void;
}

export interface ViewProps {
  days: readonly string[];
  today: string;
  data: CalendarData;
  actions: CalendarActions;
  now: Date;
  /** The calendar's zone. */
  zone: string;
}

// The calendar's address: its view, date and filters. Pure.
import { isDate, VIEWS, type CalendarView } from "@/calendar/days";
import { parseTargetSearch, VIEWS as POST_VIEWS, type View } from "@/ui/post/views";

export interface CalendarSearch {
  view?: CalendarView;
  /** A day in the month or week that is shown; today's without it. */
  date?: string;
  show?: View;
  platform?: string;
  /** The id of an account. */
  account?: string;
}

/** Parse an address's search parameters; leave out defaults and what is invalid. */
export function parseCalendarSearch(search: Record<string, unknown>): CalendarSearch {
  const view = VIEWS.find((one) => one === search["view"]);
  const show = POST_VIEWS.find((one) => one === search["show"]);
  return {
    ...(view && view !== "month" ? { view } : {}),
    ...(isDate(search["date"]) ? { date: search["date"] } : {}),
    ...(show && show !== "all" ? { show } : {}),
    ...parseTargetSearch(search),
  };
}

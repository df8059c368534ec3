// What the calendar's page shows and does: posts and free times of the days in sight, moves, and the open dialog.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";

import { accountsQuery } from "@/api/accounts";
import { entriesByDay, movedTime, slotsByDay, type Entry, type Target } from "@/calendar/entries";
import { useCalendarPosts, useFreeSlots } from "@/calendar/queries";
import type { CalendarSearch } from "@/calendar/search";
import type { CalendarActions, CalendarData } from "@/calendar/types";
import { useMovePost } from "@/calendar/useMovePost";

interface Moved {
  entry: Entry;
  target: Target;
  error: unknown;
}

export function useCalendar(span: { from: string; to: string }, search: CalendarSearch, zone: string, now: Date) {
  const list = useCalendarPosts(span, search);
  const { data: accounts = [] } = useQuery(accountsQuery);
  const [day, setDay] = useState<string | null>(null);
  const [moved, setMoved] = useState<Moved | null>(null);
  const move = useMovePost();
  const wanted = accounts.filter(
    ({ id, platforms, health }) =>
      health !== "dead" &&
      (!search.account || id === search.account) &&
      (!search.platform || platforms.includes(search.platform)),
  );
  const slots = useFreeSlots(span, wanted, now);
  const { movingId, movingTo } = move;
  const data = useMemo<CalendarData>(() => {
    const posts = (list.data?.posts ?? []).map((post) =>
      movingTo !== null && movingId === post.job_id ? { ...post, schedule_time: movingTo } : post,
    );
    return { entries: entriesByDay(posts, zone), slots: slotsByDay(slots, zone) };
  }, [list.data, slots, zone, movingId, movingTo]);
  const save: CalendarActions["save"] = (entry, target, time = movedTime(entry, target, zone)) =>
    move.mutate(
      { entry, time },
      { onSuccess: () => setMoved(null), onError: (error) => setMoved({ entry, target, error }) },
    );
  // The same at each rendering, because every entry has it.
  const askWhere = useCallback((entry: Entry) => {
    setDay(null);
    setMoved({ entry, target: { date: entry.date, time: entry.time }, error: null });
  }, []);
  const actions: CalendarActions = { save, askWhere, showDay: setDay };
  return { data, list, move, actions, dialogs: { day, setDay, moved, setMoved } };
}

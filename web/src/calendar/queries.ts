// What the calendar reads: the posts of its days, and the free posting times.
import { useQueries, useQuery } from "@tanstack/react-query";

import type { Account } from "@/api/accounts";
import { api, unwrap } from "@/api/client";
import { allPostsQuery } from "@/api/posts";
import type { CalendarSearch } from "@/calendar/search";
import { VIEW_STATUSES } from "@/ui/post/views";

const REFETCH_MS = 4_000;
/** The most that the server lists at once, for each account. */
const SLOTS_MAX = 100;

interface Span {
  from: string;
  to: string;
}

export function useCalendarPosts({ from, to }: Span, { show = "all", platform, account }: CalendarSearch) {
  return useQuery({
    ...allPostsQuery({
      from,
      until: to,
      status: VIEW_STATUSES[show],
      ...(platform ? { platform } : {}),
      ...(account ? { account } : {}),
    }),
    // A post that is being published is about to change.
    refetchInterval: ({ state }) =>
      state.data?.posts.some(({ status }) => status === "publishing") ? REFETCH_MS : false,
  });
}

/** Return the free posting times of these accounts in the span; none while they are loaded. */
export function useFreeSlots({ from, to }: Span, accounts: readonly Account[], now: Date) {
  const isOver = Date.parse(to) <= now.getTime();
  return useQueries({
    queries: accounts.map(({ id, name }) => ({
      queryKey: ["accounts", id, "slots", from],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const params = { path: { account_id: id }, query: { from, limit: SLOTS_MAX } };
        const { data } = await unwrap(api.GET("/api/v1/accounts/{account_id}/slots", { params, signal }));
        return data.map(({ schedule_time }) => ({ schedule_time, account: name }));
      },
      enabled: !isOver,
    })),
    combine: (results) =>
      results
        .flatMap(({ data = [] }) => data)
        .filter(({ schedule_time }) => Date.parse(schedule_time) < Date.parse(to)),
  });
}

// API calls for the posting times of accounts.
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";

export type PostingTimes = components["schemas"]["PostingTimesRead"];
const NEXT_SLOTS = 3;

const pathOf = (accountId: string) => ({ path: { account_id: accountId } });

export function postingTimesQuery(accountId: string) {
  return queryOptions({
    queryKey: ["posting-times", accountId],
    queryFn: ({ signal }): Promise<PostingTimes> =>
      unwrap(api.GET("/api/v1/accounts/{account_id}/posting-times", { params: pathOf(accountId), signal })),
  });
}

export function nextSlotsQuery(accountId: string) {
  return queryOptions({
    queryKey: ["posting-times", accountId, "slots"],
    queryFn: async ({ signal }) => {
      const params = { ...pathOf(accountId), query: { limit: NEXT_SLOTS } };
      return (await unwrap(api.GET("/api/v1/accounts/{account_id}/slots", { params, signal }))).data;
    },
  });
}

export function savePostingTimes(accountId: string, zone: string, times: Record<string, string[]>) {
  const params = pathOf(accountId);
  return unwrap(api.PUT("/api/v1/accounts/{account_id}/posting-times", { params, body: { zone, times } }));
}

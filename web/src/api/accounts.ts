// The workspace's connected accounts, and connections that are being made.
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";

export type Account = components["schemas"]["AccountRead"];
export type Connection = components["schemas"]["ConnectionRead"];
export type FoundGroup = components["schemas"]["FoundGroup"];

export const accountsQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: async ({ signal }): Promise<Account[]> => (await unwrap(api.GET("/api/v1/accounts", { signal }))).data,
});

export function connectionQuery(connectionId: string) {
  return queryOptions({
    queryKey: ["connections", connectionId],
    queryFn: ({ signal }): Promise<Connection> =>
      unwrap(
        api.GET("/api/v1/connections/{connection_id}", { params: { path: { connection_id: connectionId } }, signal }),
      ),
  });
}

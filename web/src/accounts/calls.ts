// API calls for accounts and connections.
import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { accountsQuery, connectionQuery, type Account, type Connection } from "@/api/accounts";
import { api, unwrap } from "@/api/client";
import { POSTS } from "@/api/posts";

const RETURN_PATH = "araldo.after-connect";

/** Start a login and navigate to it; it leads back to the studio (docs/connect-meta.md). */
export function useMetaLogin() {
  return useMutation({
    mutationFn: async (next: string | undefined) => {
      const { dialog_url } = await unwrap(api.POST("/api/v1/accounts/connect/meta", { body: null }));
      storeReturnPath(next);
      if (dialog_url) globalThis.location.assign(dialog_url);
    },
  });
}

/** Return the connection, to choose Pages from, for a token that the person has. */
export async function connectWithToken(token: string): Promise<Connection> {
  return unwrap(api.POST("/api/v1/accounts/connect/meta", { body: { user_token: token } }));
}

export function useConnectPages(connectionId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (pageIds: string[]) => {
      const params = { path: { connection_id: connectionId } };
      const body = { page_ids: pageIds };
      return (await unwrap(api.POST("/api/v1/connections/{connection_id}/choose", { params, body }))).data;
    },
    onSuccess: () => refreshAccounts(client),
    onError: () => client.invalidateQueries({ queryKey: connectionQuery(connectionId).queryKey }),
  });
}

export function useInspectAccount(account: Account) {
  const client = useQueryClient();
  const params = { path: { account_id: account.id } };
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/accounts/{account_id}/check", { params })),
    onSuccess: () => refreshAccounts(client),
  });
}

export function useMakeDefault(account: Account) {
  const client = useQueryClient();
  const params = { path: { account_id: account.id } };
  return useMutation({
    mutationFn: () => unwrap(api.PATCH("/api/v1/accounts/{account_id}", { params, body: { default: true } })),
    onSuccess: () => refreshAccounts(client),
  });
}

/** Reload accounts and posts: posts that waited for an account go on, and others may have other problems. */
function refreshAccounts(client: QueryClient): Promise<unknown> {
  void client.invalidateQueries({ queryKey: POSTS });
  return client.invalidateQueries({ queryKey: accountsQuery.queryKey });
}

/** Store where to go once an account is connected; in this tab, across the login on another site. */
export function storeReturnPath(next: string | undefined): void {
  if (next === undefined) sessionStorage.removeItem(RETURN_PATH);
  else sessionStorage.setItem(RETURN_PATH, next);
}

export function takeReturnPath(): string | null {
  const next = sessionStorage.getItem(RETURN_PATH);
  sessionStorage.removeItem(RETURN_PATH);
  return next;
}

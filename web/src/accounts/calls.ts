// API calls for accounts and connections.
import { queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { accountsQuery, connectionQuery, type Account, type Connection } from "@/api/accounts";
import { api, unwrap } from "@/api/client";
import { POSTS } from "@/api/posts";
import type { components } from "@/api/schema";

const RETURN_PATH = "araldo.after-connect";

export type Service = components["schemas"]["ServiceRead"];
export type Method = components["schemas"]["MethodRead"];
export type Field = components["schemas"]["FieldRead"];
export type Answers = Record<string, string>;

/** What can be connected, and how. The texts are in the studio's language. */
export function servicesQuery(language: string) {
  return queryOptions({
    queryKey: ["services", language],
    queryFn: async ({ signal }): Promise<Service[]> => (await unwrap(api.GET("/api/v1/services", { signal }))).data,
    staleTime: Infinity,
  });
}

interface Begin {
  service: string;
  /** The service's suggested one by default. */
  method?: string | null;
  answers?: Answers;
}

/** Begin a connection. A login is opened, and leads back to the studio (docs/api.md); else the connection is returned. */
export function useBeginConnection(next: string | undefined) {
  return useMutation({
    mutationFn: async ({ service, method = null, answers = {} }: Begin): Promise<Connection | null> => {
      const begun = await unwrap(api.POST("/api/v1/connections", { body: { service, method, answers } }));
      storeReturnPath(next);
      if (begun.login_url === null || begun.login_url === undefined) return begun;
      globalThis.location.assign(begun.login_url);
      return null;
    },
  });
}

export function useConnectGroups(connectionId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (groupIds: string[]) => {
      const params = { path: { connection_id: connectionId } };
      const body = { group_ids: groupIds };
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

/** What would wait if the account were disconnected. */
export function disconnectionQuery(accountId: string) {
  const params = { path: { account_id: accountId } };
  return queryOptions({
    queryKey: ["disconnection", accountId],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/accounts/{account_id}/disconnection", { params, signal })),
    gcTime: 0,
  });
}

export function useDisconnect(account: Account) {
  const client = useQueryClient();
  const params = { path: { account_id: account.id } };
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/accounts/{account_id}", { params })),
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

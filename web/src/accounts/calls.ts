// What a person does with accounts, as calls.
import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { accountsQuery, connectionQuery, type Account, type Connection } from "@/api/accounts";
import { answered, api } from "@/api/client";
import { POSTS } from "@/api/posts";

const AFTER = "araldo.after-connect";

/** Begins a log-in and leaves for it; it leads back to the studio (docs/connect-meta.md). */
export function useLogIn() {
  return useMutation({
    mutationFn: async (next: string | undefined) => {
      const { dialog_url } = await answered(api.POST("/api/v1/accounts/connect/meta", { body: null }));
      keepNext(next);
      if (dialog_url) globalThis.location.assign(dialog_url);
    },
  });
}

/** The connection to choose from, out of a token that a person brought. */
export async function paste(token: string): Promise<Connection> {
  return answered(api.POST("/api/v1/accounts/connect/meta", { body: { user_token: token } }));
}

export function useChoose(connectionId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (pageIds: string[]) => {
      const params = { path: { connection_id: connectionId } };
      const body = { page_ids: pageIds };
      return (await answered(api.POST("/api/v1/connections/{connection_id}/choose", { params, body }))).data;
    },
    onSuccess: () => changed(client),
    onError: () => client.invalidateQueries({ queryKey: connectionQuery(connectionId).queryKey }),
  });
}

export function useCheck(account: Account) {
  const client = useQueryClient();
  const params = { path: { account_id: account.id } };
  return useMutation({
    mutationFn: () => answered(api.POST("/api/v1/accounts/{account_id}/check", { params })),
    onSuccess: () => changed(client),
  });
}

export function useMakeDefault(account: Account) {
  const client = useQueryClient();
  const params = { path: { account_id: account.id } };
  return useMutation({
    mutationFn: () => answered(api.PATCH("/api/v1/accounts/{account_id}", { params, body: { default: true } })),
    onSuccess: () => changed(client),
  });
}

/** Posts that waited for an account go on, and what others lack may have changed. */
function changed(client: QueryClient): Promise<unknown> {
  void client.invalidateQueries({ queryKey: POSTS });
  return client.invalidateQueries({ queryKey: accountsQuery.queryKey });
}

/** Where to go once something is connected, through the log-in elsewhere and in this tab only. */
export function keepNext(next: string | undefined): void {
  if (next === undefined) sessionStorage.removeItem(AFTER);
  else sessionStorage.setItem(AFTER, next);
}

export function takeNext(): string | null {
  const next = sessionStorage.getItem(AFTER);
  sessionStorage.removeItem(AFTER);
  return next;
}

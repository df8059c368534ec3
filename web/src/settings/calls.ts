// API calls for keys, sessions and the password.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import { sessionQuery } from "@/api/session";

export type ApiKey = components["schemas"]["KeyRead"];
export type CreatedKey = components["schemas"]["KeyMade"];
export type UserSession = components["schemas"]["SessionListed"];

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: async ({ signal }): Promise<ApiKey[]> => (await unwrap(api.GET("/api/v1/keys", { signal }))).data,
});

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: async ({ signal }): Promise<UserSession[]> => (await unwrap(api.GET("/api/v1/sessions", { signal }))).data,
});

/** `expiresAt`: RFC 3339, or null for no expiry. `password`: null unless the server required it. */
interface NewKey {
  name: string;
  scopes: readonly string[];
  expiresAt: string | null;
  password: string | null;
}

export function useCreateKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, scopes, expiresAt, password }: NewKey): Promise<CreatedKey> =>
      unwrap(api.POST("/api/v1/keys", { body: { name, expires_at: expiresAt, scopes: [...scopes], password } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
    // The answer contains the key: do not cache it.
    gcTime: 0,
  });
}

export function useRevokeKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/v1/keys/{key_id}", { params: { path: { key_id: id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
}

/** Ends a session by id; null ends all but this one. */
export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string | null) =>
      id === null
        ? unwrap(api.DELETE("/api/v1/sessions"))
        : unwrap(api.DELETE("/api/v1/sessions/{session_id}", { params: { path: { session_id: id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
}

export function useSetPassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ current, newPassword }: { current: string | null; newPassword: string }) =>
      unwrap(api.PUT("/api/v1/session/password", { body: { current, new: newPassword } })),
    onSuccess: () =>
      Promise.all(
        [sessionQuery.queryKey, sessionsQuery.queryKey].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
}

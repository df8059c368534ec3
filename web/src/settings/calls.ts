// Keys, workspaces, sessions and the password, as calls.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import type { components } from "@/api/schema";
import { sessionQuery } from "@/api/session";

export type ApiKey = components["schemas"]["KeyRead"];
export type MadeKey = components["schemas"]["KeyMade"];
export type SignedInAt = components["schemas"]["SessionListed"];
export type WorkspaceChange = components["schemas"]["WorkspaceChange"];

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: async ({ signal }): Promise<ApiKey[]> => (await answered(api.GET("/api/v1/keys", { signal }))).data,
});

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: async ({ signal }): Promise<SignedInAt[]> => (await answered(api.GET("/api/v1/sessions", { signal }))).data,
});

/** `expiresAt` as RFC 3339; null: good until it is ended. `password`: null unless it was asked for again. */
interface KeyWanted {
  name: string;
  expiresAt: string | null;
  password: string | null;
}

export function useMakeKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, expiresAt, password }: KeyWanted): Promise<MadeKey> =>
      answered(api.POST("/api/v1/keys", { body: { name, expires_at: expiresAt, scopes: ["*"], password } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
    // The key itself is in the answer: it is not to be kept longer than it is shown.
    gcTime: 0,
  });
}

export function useEndKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answered(api.DELETE("/api/v1/keys/{key_id}", { params: { path: { key_id: id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
}

/** Null: all but this one. */
export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string | null) =>
      id === null
        ? answered(api.DELETE("/api/v1/sessions"))
        : answered(api.DELETE("/api/v1/sessions/{session_id}", { params: { path: { session_id: id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
}

export function useChangeWorkspace(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: WorkspaceChange) =>
      answered(api.PATCH("/api/v1/workspaces/{workspace_id}", { params: { path: { workspace_id: id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
}

export function makeWorkspace(name: string, zone: string, language: "it" | "en") {
  return answered(api.POST("/api/v1/workspaces", { body: { name, zone, language } }));
}

export function useSetPassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ current, fresh }: { current: string | null; fresh: string }) =>
      answered(api.PUT("/api/v1/session/password", { body: { current, new: fresh } })),
    onSuccess: () =>
      Promise.all(
        [sessionQuery.queryKey, sessionsQuery.queryKey].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
}

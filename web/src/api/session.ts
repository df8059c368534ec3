// The session: who is signed in, in which workspace, and its changes.
import { queryOptions, useMutation, useQueryClient, useSuspenseQuery, type QueryClient } from "@tanstack/react-query";
import { use } from "react";

import { unwrap, api, setSession, isOtherWorkspace } from "@/api/client";
import { Problem } from "@/api/problem";
import type { components } from "@/api/schema";
import { followPreference, isLanguage, setLanguage, type Language } from "@/i18n/language";

export type SessionRead = components["schemas"]["SessionRead"];
export type Role = SessionRead["role"];
export type Permission = SessionRead["permissions"][number];
/** `code`: the second factor's, once the server has answered `totp_required`. `invitation`: to join a workspace. */
export type Credential = ({ link: string } | { name: string; password: string; invitation?: string }) & {
  code?: string;
};

/** Null when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<SessionRead | null> => {
    try {
      const session = await unwrap(api.GET("/api/v1/session"));
      if (!isOtherWorkspace(session)) return await adoptSession(session);
      globalThis.location.reload();
      // Never resolves: the page is being reloaded.
      return await new Promise<never>(() => undefined);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60 * 1000,
});

/** Use the session for calls, and its user's language; without one, the language chosen in this browser or its own. */
async function adoptSession(session: SessionRead): Promise<SessionRead> {
  setSession(session);
  const { language } = session.user;
  await (isLanguage(language) ? setLanguage(language) : followPreference());
  return session;
}

// Never resolves: the router is about to show the sign-in instead of the page.
const sessionEnded = new Promise<never>(() => undefined);

/** Return the session; only for pages behind the sign-in. Suspends the page once the session has ended. */
export function useSession(): SessionRead {
  const { data } = useSuspenseQuery(sessionQuery);
  return data ?? use(sessionEnded);
}

/** Return whether the person may do this in the workspace; the server decides again about each request. */
export function useMay(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}

export async function signIn(client: QueryClient, credential: Credential): Promise<void> {
  await startSession(client, await unwrap(api.POST("/api/v1/session", { body: credential })));
}

/** Use the session that the server has just begun, or moved to another workspace. */
export async function startSession(client: QueryClient, begun: SessionRead): Promise<void> {
  const session = await adoptSession(begun);
  // Removes everything that another user has loaded.
  client.clear();
  client.setQueryData(sessionQuery.queryKey, session);
}

/** Move the session to another of the person's workspaces; do nothing for the present one and for any other. */
export async function moveSession(client: QueryClient, workspaceId: string): Promise<void> {
  const session = client.getQueryData(sessionQuery.queryKey);
  const isOther = session?.workspace.id !== workspaceId && session?.workspaces.some(({ id }) => id === workspaceId);
  if (!isOther) return;
  await startSession(client, await unwrap(api.PATCH("/api/v1/session", { body: { workspace_id: workspaceId } })));
}

export async function signOut(client: QueryClient): Promise<void> {
  try {
    await unwrap(api.DELETE("/api/v1/session"));
  } catch (error) {
    // A session that has ended already is no error here.
    if (!(error instanceof Problem && error.status === 401)) throw error;
  }
  clearSession(client);
}

/** Clear the session and everything loaded in it. */
export function clearSession(client: QueryClient): void {
  setSession(null);
  client.clear();
  client.setQueryData(sessionQuery.queryKey, null);
}

export function useChangeSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (change: { workspace_id?: string; language?: Language }) =>
      adoptSession(await unwrap(api.PATCH("/api/v1/session", { body: change }))),
    onSuccess: async (session, change) => {
      client.setQueryData(sessionQuery.queryKey, session);
      // The server's answers depend on workspace and language: load everything else again.
      const others = { predicate: (query: { queryKey: readonly unknown[] }) => query.queryKey[0] !== "session" };
      if (change.workspace_id === undefined) await client.invalidateQueries(others);
      else {
        client.removeQueries({ ...others, type: "inactive" });
        // Not invalidated: the screen would go on showing the old workspace until the answers come.
        void client.resetQueries(others);
      }
    },
  });
}

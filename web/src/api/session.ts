// Who is signed in, where, and how that changes.
import { queryOptions, useMutation, useQueryClient, useSuspenseQuery, type QueryClient } from "@tanstack/react-query";

import { answered, api, carry, wasMoved } from "@/api/client";
import { Problem } from "@/api/problem";
import type { components } from "@/api/schema";
import { isLanguage, speak, type Language } from "@/i18n/language";

export type SessionRead = components["schemas"]["SessionRead"];
/** `code`: of the second factor, once the answer to the rest is `totp_required`. */
export type Credential = ({ link: string } | { name: string; password: string }) & { code?: string };

/** Null when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<SessionRead | null> => {
    try {
      const session = await answered(api.GET("/api/v1/session"));
      if (!wasMoved(session)) return await taken(session);
      globalThis.location.reload();
      // Nothing goes on here until the page is another one.
      return await new Promise<never>(() => undefined);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60 * 1000,
});

/** From now on calls carry its token, and the studio speaks its person's language. */
async function taken(session: SessionRead): Promise<SessionRead> {
  carry(session);
  if (isLanguage(session.user.language)) await speak(session.user.language);
  return session;
}

/** The session of a page behind the sign-in. */
export function useSession(): SessionRead {
  const { data } = useSuspenseQuery(sessionQuery);
  if (data === null) throw new Problem({ status: 401, code: "not_signed_in", detail: "" });
  return data;
}

export async function signIn(client: QueryClient, credential: Credential): Promise<void> {
  const session = await taken(await answered(api.POST("/api/v1/session", { body: credential })));
  // Nothing of whoever was here before stays.
  client.clear();
  client.setQueryData(sessionQuery.queryKey, session);
}

export async function signOut(client: QueryClient): Promise<void> {
  try {
    await answered(api.DELETE("/api/v1/session"));
  } catch (error) {
    // Already over: that is what was wanted.
    if (!(error instanceof Problem && error.status === 401)) throw error;
  }
  forget(client);
}

/** The session is over, whoever ended it. */
export function forget(client: QueryClient): void {
  carry(null);
  client.clear();
  client.setQueryData(sessionQuery.queryKey, null);
}

export function useChangeSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (change: { workspace_id?: string; language?: Language }) =>
      taken(await answered(api.PATCH("/api/v1/session", { body: change }))),
    onSuccess: async (session, change) => {
      client.setQueryData(sessionQuery.queryKey, session);
      // Another workspace, or other words from the server: everything else is asked for again.
      const others = { predicate: (query: { queryKey: readonly unknown[] }) => query.queryKey[0] !== "session" };
      if (change.workspace_id === undefined) await client.invalidateQueries(others);
      else {
        client.removeQueries({ ...others, type: "inactive" });
        // What is on the screen would else go on showing the workspace that was left.
        void client.resetQueries(others);
      }
    },
  });
}

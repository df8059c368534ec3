// API calls of the page that an invitation's link opens.
import { queryOptions, type QueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import { startSession } from "@/api/session";

export type Invitation = components["schemas"]["InvitationPreview"];

/** What the link invites to. In the body and not in the address, which logs record. */
export function invitationQuery(token: string) {
  return queryOptions({
    queryKey: ["invitation", token],
    queryFn: ({ signal }): Promise<Invitation> => unwrap(api.POST("/api/v1/join/preview", { body: { token }, signal })),
    staleTime: Infinity,
  });
}

export interface Registration {
  name: string;
  email: string;
  password: string;
}

/** Join as a new person, and sign in. */
export async function register(client: QueryClient, token: string, fields: Registration): Promise<void> {
  const body = { ...fields, email: fields.email || null, token };
  await startSession(client, await unwrap(api.POST("/api/v1/join/register", { body })));
}

/** Join as the person who is signed in. */
export async function join(client: QueryClient, token: string): Promise<void> {
  await startSession(client, await unwrap(api.POST("/api/v1/join", { body: { token } })));
}

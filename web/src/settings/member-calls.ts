// API calls for members and invitations.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import { sessionQuery, type Role } from "@/api/session";
import { keysQuery } from "@/settings/calls";

export type Member = components["schemas"]["MemberRead"];
export type Invitation = components["schemas"]["InvitationRead"];

/** From the most to the least that one may do. */
export const ROLES: readonly Role[] = ["owner", "editor", "viewer"];

export const membersQuery = queryOptions({
  queryKey: ["members"],
  queryFn: async ({ signal }): Promise<Member[]> => (await unwrap(api.GET("/api/v1/members", { signal }))).data,
});

export const invitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: async ({ signal }): Promise<Invitation[]> => (await unwrap(api.GET("/api/v1/invitations", { signal }))).data,
});

export function useInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { role: Role; note: string; password: string | null }) =>
      unwrap(api.POST("/api/v1/invitations", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
    // The answer contains the link: do not cache it.
    gcTime: 0,
  });
}

export function useWithdrawInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE("/api/v1/invitations/{invitation_id}", { params: { path: { invitation_id: id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  });
}

export function useChangeRole(member: Member) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ role, keepKeys }: { role: Role; keepKeys: boolean }) =>
      unwrap(
        api.PATCH("/api/v1/members/{user_id}", {
          params: { path: { user_id: member.id } },
          body: { role, keep_keys: keepKeys },
        }),
      ),
    onSettled: refresh,
  });
}

export function useRemoveMember(member: Member) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ keepKeys }: { keepKeys: boolean }) =>
      unwrap(
        api.DELETE("/api/v1/members/{user_id}", {
          params: { path: { user_id: member.id }, query: { keep_keys: keepKeys } },
        }),
      ),
    onSettled: refresh,
  });
}

/** Load again what a change of members changes; the session too, for it may be one's own role. */
function useRefresh() {
  const client = useQueryClient();
  return () =>
    Promise.all(
      [membersQuery.queryKey, invitationsQuery.queryKey, keysQuery.queryKey, sessionQuery.queryKey].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    );
}

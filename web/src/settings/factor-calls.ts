// API calls for the user's second factor.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import { sessionsQuery } from "@/settings/calls";

export type FactorSecret = components["schemas"]["SecondFactorSecret"];
type FactorState = components["schemas"]["SecondFactorRead"];

export const factorQuery = queryOptions({
  queryKey: ["second-factor"],
  queryFn: ({ signal }): Promise<FactorState> => unwrap(api.GET("/api/v1/session/totp", { signal })),
});

/** The answer contains the secret: it is not cached. */
export function useBeginFactor() {
  return useMutation({
    mutationFn: (password: string | null): Promise<FactorSecret> =>
      unwrap(api.POST("/api/v1/session/totp", { body: { password } })),
    gcTime: 0,
  });
}

/** `show` gets the recovery codes before the state is read again, because the form is unmounted by that. */
export function useConfirmFactor(show: (codes: string[]) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (code: string): Promise<string[]> =>
      (await unwrap(api.POST("/api/v1/session/totp/confirm", { body: { code } }))).recovery_codes,
    onSuccess: async (codes) => {
      show(codes);
      await Promise.all(
        [factorQuery.queryKey, sessionsQuery.queryKey].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    },
    gcTime: 0,
  });
}

export function useDisableFactor() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (code: string) => unwrap(api.POST("/api/v1/session/totp/disable", { body: { code } })),
    onSuccess: () => client.invalidateQueries({ queryKey: factorQuery.queryKey }),
  });
}
